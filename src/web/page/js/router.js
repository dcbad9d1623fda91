// Finds ways for lines around boxes: A* on a grid of small cells, with right angles only. A line leaves a box by any of
// several ports on its sides, whichever makes the whole way cheapest.

/** The size of a cell, in pixels. */
const CELL = 5;
/** The distance kept from boxes, and that of a port's first cell from its box. */
const MARGIN = 5;
const REACH = 9;
const BEND = 9;
const STEPS = [[1, 0], [0, 1], [-1, 0], [0, -1]];
const RIGHT = 0;
const DOWN = 1;
const LEFT = 2;
const UP = 3;

/** The grid of a picture. Rectangles have left, right, top and bottom. */
export class Grid {
  constructor(width, height) {
    this.columns = Math.max(2, Math.floor(width / CELL));
    this.rows = Math.max(2, Math.floor(height / CELL));
    this.size = this.columns * this.rows;
    this.walls = new Uint8Array(this.size);
    this.costs = new Float32Array(this.size);
    this.best = new Float32Array(this.size * 4);
    this.from = new Int32Array(this.size * 4);
    this.used = new Set();
    for (let y = 0; y < this.rows; y += 1) {
      for (const x of [0, 1, this.columns - 2, this.columns - 1]) this.costs[y * this.columns + x] += 4;
    }
    for (let x = 0; x < this.columns; x += 1) {
      for (const y of [0, this.rows - 1]) this.costs[y * this.columns + x] += 4;
    }
  }

  /** Calls `run` with every cell that touches a rectangle grown by `by`. */
  each(rect, by, run) {
    const left = Math.max(0, Math.ceil((rect.left - by) / CELL));
    const right = Math.min(this.columns - 1, Math.floor((rect.right + by) / CELL));
    const top = Math.max(0, Math.ceil((rect.top - by) / CELL));
    const bottom = Math.min(this.rows - 1, Math.floor((rect.bottom + by) / CELL));
    for (let y = top; y <= bottom; y += 1) for (let x = left; x <= right; x += 1) run(y * this.columns + x);
  }

  /** Nothing passes a wall; beside it a line costs a little more. */
  wall(rect) {
    this.each(rect, MARGIN, (cell) => { this.walls[cell] = 1; });
    this.each(rect, MARGIN * 2 + 1, (cell) => { this.costs[cell] += 1; });
  }

  /** A line does not run along a frame's border, but may cross it. */
  border(rect) {
    const { left, right, top, bottom } = rect;
    for (const side of [
      { left, right: left, top, bottom }, { left: right, right, top, bottom },
      { left, right, top, bottom: top }, { left, right, top: bottom, bottom },
    ]) this.each(side, 4, (cell) => { this.costs[cell] += 1.6; });
  }

  /** The ports of a box: where a line may end, outside of it. */
  ports(rect, name, sides) {
    const { left, right, top, bottom } = rect;
    const ports = [];
    const add = (side, x, y, edgeX, edgeY, away) => {
      const cellX = Math.round(x / CELL);
      const cellY = Math.round(y / CELL);
      if (cellX < 0 || cellY < 0 || cellX >= this.columns || cellY >= this.rows) return;
      const cell = cellY * this.columns + cellX;
      if (this.walls[cell]) return;
      const id = `${name} ${side} ${Math.round((side % 2 ? cellX : cellY) / 2)}`;
      ports.push({ cell, out: side, edge: [edgeX, edgeY], id, cost: away + (this.used.has(id) ? 40 : 0) });
    };
    const tall = bottom - top > 34 ? [0.5, 0.25, 0.75] : [0.5];
    const wide = right - left > 60 ? [0.5, 0.25, 0.75, 0.12, 0.88] : [0.5];
    for (const at of tall) {
      const y = top + (bottom - top) * at;
      const away = at === 0.5 ? 0 : 1;
      if (sides.includes(LEFT)) add(LEFT, left - REACH, y, left, y, away);
      if (sides.includes(RIGHT)) add(RIGHT, right + REACH, y, right, y, away);
    }
    for (const at of wide) {
      const x = left + (right - left) * at;
      const away = at === 0.5 ? 0 : 1;
      if (sides.includes(UP)) add(UP, x, top - REACH, x, top, away);
      if (sides.includes(DOWN)) add(DOWN, x, bottom + REACH, x, bottom, away);
    }
    return ports;
  }

  /**
   * The way from one box to another as points, or nothing. `foreign` are frames that hold neither: the line does not
   * enter them.
   */
  route(start, end, foreign = [], sides = {}) {
    const { columns, rows, size, best, from } = this;
    const closed = this.walls.slice();
    for (const frame of foreign) this.each(frame, 2, (cell) => { closed[cell] = 1; });
    const all = [RIGHT, DOWN, LEFT, UP];
    const starts = this.ports(start.rect, start.name, sides.start ?? all).filter((port) => !closed[port.cell]);
    const ends = this.ports(end.rect, end.name, sides.end ?? all).filter((port) => !closed[port.cell]);
    if (!starts.length || !ends.length) return null;
    best.fill(Infinity);
    from.fill(-1);
    const goals = new Map();
    let [goalLeft, goalRight, goalTop, goalBottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const port of ends) {
      goals.set(port.cell, [...(goals.get(port.cell) ?? []), port]);
      const [x, y] = [port.cell % columns, Math.floor(port.cell / columns)];
      goalLeft = Math.min(goalLeft, x);
      goalRight = Math.max(goalRight, x);
      goalTop = Math.min(goalTop, y);
      goalBottom = Math.max(goalBottom, y);
    }
    const guess = (x, y) => Math.max(goalLeft - x, 0, x - goalRight) + Math.max(goalTop - y, 0, y - goalBottom);
    const heap = new Heap();
    const begun = new Map();
    for (const port of starts) {
      const state = port.cell * 4 + port.out;
      if (port.cost >= best[state]) continue;
      best[state] = port.cost;
      begun.set(state, port);
      heap.push(port.cost + guess(port.cell % columns, Math.floor(port.cell / columns)), state);
    }
    let found = null;
    let least = Infinity;
    while (heap.length) {
      const [estimate, state] = heap.pop();
      if (estimate >= least) break;
      const cell = state >> 2;
      const heading = state & 3;
      const cost = best[state];
      for (const port of goals.get(cell) ?? []) {
        // The line goes into the box against the direction in which the port leaves it.
        const turn = (port.out + 2) % 4;
        if (heading === port.out) continue;
        const sum = cost + port.cost + (heading === turn ? 0 : BEND);
        if (sum < least) {
          least = sum;
          found = { state, port };
        }
      }
      const x = cell % columns;
      const y = (cell - x) / columns;
      for (let next = 0; next < 4; next += 1) {
        if ((next + 2) % 4 === heading) continue;
        const nextX = x + STEPS[next][0];
        const nextY = y + STEPS[next][1];
        if (nextX < 0 || nextY < 0 || nextX >= columns || nextY >= rows) continue;
        const to = nextY * columns + nextX;
        if (closed[to]) continue;
        const sum = cost + 1 + this.costs[to] + (next === heading ? 0 : BEND);
        const key = to * 4 + next;
        if (sum < best[key]) {
          best[key] = sum;
          from[key] = state;
          heap.push(sum + guess(nextX, nextY), key);
        }
      }
    }
    if (!found || size === 0) return null;
    const cells = [];
    let state = found.state;
    let first = state;
    while (state >= 0) {
      cells.push(state >> 2);
      first = state;
      state = from[state];
    }
    cells.reverse();
    const port = begun.get(first);
    this.used.add(port.id).add(found.port.id);
    this.occupy(cells);
    return corners(cells.map((cell) => [(cell % columns) * CELL, Math.floor(cell / columns) * CELL]), port, found.port);
  }

  /** Makes the cells of a line, and those beside it, dear for the lines that follow. */
  occupy(cells) {
    const { columns, rows } = this;
    for (const cell of cells) {
      const x = cell % columns;
      const y = (cell - x) / columns;
      for (let dy = -2; dy <= 2; dy += 1) {
        for (let dx = -2; dx <= 2; dx += 1) {
          const [nearX, nearY] = [x + dx, y + dy];
          if (nearX < 0 || nearY < 0 || nearX >= columns || nearY >= rows) continue;
          this.costs[nearY * columns + nearX] += dx || dy ? 0.5 : 1.4;
        }
      }
    }
  }
}

/** The corners of a way, with its ends on the boxes' borders. */
function corners(points, start, end) {
  const level = (port) => port.out === LEFT || port.out === RIGHT;
  const first = level(start) ? [start.edge[0], points[0][1]] : [points[0][0], start.edge[1]];
  const last = points.at(-1);
  const final = level(end) ? [end.edge[0], last[1]] : [last[0], end.edge[1]];
  const all = [first, ...points, final];
  const out = [all[0]];
  for (let index = 1; index < all.length - 1; index += 1) {
    const [before, at, after] = [out.at(-1), all[index], all[index + 1]];
    const straight = (before[0] === at[0] && at[0] === after[0]) || (before[1] === at[1] && at[1] === after[1]);
    if (!straight) out.push(at);
  }
  out.push(all.at(-1));
  return out;
}

/** A binary heap of numbers with a state each, the smallest first. */
class Heap {
  constructor() {
    this.keys = [];
    this.states = [];
  }

  get length() {
    return this.keys.length;
  }

  push(key, state) {
    const { keys, states } = this;
    let at = keys.length;
    keys.push(key);
    states.push(state);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (keys[above] <= key) break;
      keys[at] = keys[above];
      states[at] = states[above];
      at = above;
    }
    keys[at] = key;
    states[at] = state;
  }

  pop() {
    const { keys, states } = this;
    const top = [keys[0], states[0]];
    const key = keys.pop();
    const state = states.pop();
    const { length } = keys;
    if (length) {
      let at = 0;
      for (;;) {
        let below = 2 * at + 1;
        if (below >= length) break;
        if (below + 1 < length && keys[below + 1] < keys[below]) below += 1;
        if (keys[below] >= key) break;
        keys[at] = keys[below];
        states[at] = states[below];
        at = below;
      }
      keys[at] = key;
      states[at] = state;
    }
    return top;
  }
}
