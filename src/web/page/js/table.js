// The private-DNS table as a view of its own: four cells for the chosen asker, and below them the form with all three
// flags. A strip of the same cells stands under the picture.

import { fill, glyph, h, row, soft } from "./dom.js";
import { look } from "./ask.js";
import { serviceName } from "./scene.js";
import { privateDnsSwitch, vpcSwitch } from "./switches.js";
import { t } from "./words.js";

const chosen = { endpoint: null };

/** The table of the endpoint that the question is about, else of the chosen one, else the first. */
function concerned(tables, asked) {
  return tables.find((it) => it.rows.some((one) => one.name === asked)) ?? tables[0];
}

function cellKind(it) {
  return it.cell.code !== undefined ? "nowhere" : look(it.cell.verdict, it.cell.path);
}

function cellWords(it) {
  if (it.cell.code !== undefined) return t("refusedCell", it.cell.code);
  if (["NXDOMAIN", "NODATA", "SILENCE", "SERVFAIL"].includes(it.cell.verdict)) return t(`V_${it.cell.verdict}`);
  return t(it.cell.path === "blocked" ? "blocked" : cellKind(it));
}

function data(it, table) {
  return {
    force: it.in_force, support: it.dns_support, hostnames: it.dns_hostnames, private: it.private_dns, of: it.name_of,
    answer: it.cell.code !== undefined ? `refused: ${it.cell.code}` : it.cell.addresses.length ? it.cell.addresses.join(" ") : it.cell.verdict.toLowerCase(),
    way: it.cell.way ?? "none", endpoint: table.endpoint,
  };
}

function addresses(it) {
  if (it.cell.code !== undefined) return [];
  return it.cell.addresses.slice(0, 6);
}

export function show(panel, { tables, total, world, asked, choose, change }) {
  const again = () => show(panel, { tables, total, world, asked, choose, change });
  const title = h("h2", {}, t("table"));
  if (!tables.length) {
    fill(panel, title, h("p", { class: "note" }, t("noEndpoint")));
    return;
  }
  const table = tables.find((it) => it.endpoint === chosen.endpoint) ?? concerned(tables, asked);
  const vpc = world.vpcs.find((it) => it.endpoints.some((one) => one.id === table.endpoint));
  const endpoint = vpc?.endpoints.find((it) => it.id === table.endpoint);
  const select = h("select", { id: "table-endpoint", class: "m", "aria-label": t("endpoint"), data: { key: "table-endpoint" }, onchange: (event) => { chosen.endpoint = event.target.value; again(); } },
    tables.map((it) => h("option", { value: it.endpoint, selected: it === table }, `${serviceName(it.service.split(".").at(-1))} (${it.endpoint})`)));
  const at = (on, of) => table.rows.find((it) => it.private_dns === on && it.name_of === of);
  const nameOf = (of) => at(false, of)?.name ?? at(true, of)?.name;
  const head = (of) => h("th", { scope: "col" }, h("span", {}, t(`${of}Name`)), nameOf(of) ? h("button", { type: "button", class: "name m", data: { key: `name/${of}` }, onclick: () => choose(nameOf(of)) }, soft(nameOf(of))) : null);
  const cell = (on, of) => {
    const it = at(on, of);
    if (!it) return h("td", { class: "none" }, "–");
    const kind = cellKind(it);
    return h("td", { class: `cell ${kind} ${it.in_force ? "force" : ""}`, "aria-current": it.in_force ? "true" : null, data: data(it, table) },
      h("p", { class: "cn" }, t(`${of}Name`)),
      h("p", { class: "v" }, glyph(kind), " ", cellWords(it)),
      h("p", { class: "m" }, addresses(it).map((one) => h("span", { class: "d" }, one))),
      h("p", {}, it.cell.code !== undefined ? h("span", { lang: "en" }, it.cell.message) : (it.cell.way ?? "")),
      it.in_force ? h("span", { class: "nowmark" }, t("now")) : null);
  };
  const line = (on) => h("tr", {}, h("th", { scope: "row" }, h("b", {}, `${t("pdns")} ${t(on ? "on" : "off")}`),
    endpoint && endpoint.private_dns === on ? h("span", { class: "swhere" }, privateDnsSwitch(vpc, endpoint, change, "table/")) : null), cell(on, "service"), cell(on, "endpoint"));
  fill(
    panel,
    h("div", { class: "lens" }, title, tables.length > 1 ? select : h("span", { class: "m" }, soft(table.endpoint)), h("span", { class: "gap" }),
      vpc ? h("span", { class: "sws" }, scoped(vpcSwitch(vpc, "support", change)), scoped(vpcSwitch(vpc, "hostnames", change))) : null),
    total > tables.length ? h("p", { class: "note" }, t("firstTables", tables.length)) : null,
    h("table", { class: "hero", id: "table" },
      h("thead", {}, h("tr", {}, h("td", {}), head("service"), head("endpoint"))),
      h("tbody", {}, line(false), line(true))),
    table.rows.some((it) => it.in_force) ? null : h("p", { class: "note" }, t("notNow")),
    h("details", { class: "flags", open: true }, h("summary", {}, t("flags")), flags(table, choose)),
    h("p", { class: "note", id: "table-from" }, t("askedFromWhere", table.from)),
  );
}

/** A switch that is on the page twice needs another key. */
function scoped(element) {
  element.dataset.key = `table/${element.dataset.key}`;
  return element;
}

function flags(table, choose) {
  const on = (flag) => h("span", { class: flag ? "yes" : "no" }, t(flag ? "on" : "off"));
  const heads = [t("support"), t("hostnames"), t("pdns"), t("nameAsked"), t("answer"), t("takes")];
  return h("table", { class: "grid", id: "flags" },
    h("thead", {}, row("th", heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, table.flags.map((it) => {
      const refused = it.cell.code !== undefined;
      const kind = cellKind(it);
      const cells = [on(it.dns_support), on(it.dns_hostnames), on(it.private_dns),
        h("button", { type: "button", class: "name", title: it.name, onclick: () => choose(it.name) }, t(`${it.name_of}Name`)),
        refused ? [h("b", { class: kind }, t("refusedCell", it.cell.code)), h("small", { lang: "en" }, it.cell.message)] : [h("span", { class: `v ${kind}` }, glyph(kind)), " ", h("span", { class: "m" }, it.cell.addresses.length ? it.cell.addresses.join(" ") : cellWords(it))],
        (it.cell.way ?? "") || t("none")];
      return h("tr", { class: it.in_force ? "force" : "", "aria-current": it.in_force ? "true" : null, data: data(it, table) },
        cells.map((one, index) => h("td", { "data-head": heads[index] }, one)));
    })));
}

/** The four cells under the picture, of the endpoint that the question is about. */
export function strip(element, tables, asked) {
  const table = tables.length ? concerned(tables, asked) : null;
  fill(element, (table?.rows ?? []).map((it) => {
    const kind = cellKind(it);
    return h("div", { class: `cell ${kind} ${it.in_force ? "force" : ""}` },
      h("p", {}, h("b", {}, `${t("pdns")} ${t(it.private_dns ? "on" : "off")}`), " · ", t(`${it.name_of}Name`)),
      h("p", { class: "v" }, glyph(kind), " ", cellWords(it), it.in_force && it.name === asked ? h("span", { class: "nowmark" }, t("now")) : null),
      h("p", { class: "m" }, addresses(it).slice(0, 3).map((one) => h("span", { class: "d" }, one))));
  }));
}
