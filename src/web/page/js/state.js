// What the page shows, and what its parts ask of each other.

/** The most resources that are read. The picture folds what it has no room for. */
export const READ = 10_000;

/** Where the page remembers its step. In a class, several pages share a tab. */
export const LESSON = location.pathname === "/" ? "lesson" : `lesson ${location.pathname}`;

export const state = {
  from: null,
  name: null,
  type: "A",
  world: null,
  labs: [],
  at: null,
  /** How far the World has come in each lab. */
  progress: {},
  /** The placement groups, with their racks. */
  racks: [],
  /** Whether the server asks for a token. */
  token: false,
  /** Whose page it is in a class; null without one. */
  group: null,
  /** The lab and step that were last chosen, or that the World was last at. */
  lesson: JSON.parse(sessionStorage.getItem(LESSON) ?? "null"),
  /** The step that was just done, while what it shows is told. */
  passed: null,
  /** Whether the question follows the step. */
  follows: false,
  /** Whether the step that is shown was predicted, and has not been told yet. */
  foreseen: false,
  /** What a prediction of a switch would predict of the step; none if the step is done or predicted. */
  foresees: null,
  /** The prediction of the switch that is being thrown. */
  foretold: null,
  explanation: null,
  tables: [],
  total: 0,
  /** The World and the explanation before the last change, while they are shown. */
  past: null,
  /** The key of the way that is drawn. */
  way: null,
  /** The VPC that is shown while the client is in none. */
  focus: null,
  /** The beat of the journey that is shown; the whole without one. */
  hop: null,
  /** Why the last question has no answer, if the server refused it. */
  refusal: null,
  /** The last question that the page wrote into the question box. */
  written: null,
  view: "picture",
  big: false,
  present: false,
};

/** What main.js and the frame do for the other parts, which cannot import them in a circle. */
export const page = {};

/** The id of a client, by its name or id. */
export function clientId(text) {
  const all = state.world.vpcs.flatMap((vpc) => [vpc, ...vpc.subnets.flatMap((subnet) => subnet.instances)]);
  return all.find((it) => it.name === text || it.id === text)?.id;
}
