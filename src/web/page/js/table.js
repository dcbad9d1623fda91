// The private-DNS table of the current World: the chapter's four rows, and a tab with all flags.

import { fill, h, row } from "./dom.js";

const names = { service: "the service's default DNS host name", endpoint: "the endpoint's own DNS host name" };

const chosen = { endpoint: null, flags: false };

export function show(panel, tables, choose, cut) {
  if (!tables.length) {
    fill(panel, h("h2", { class: "sr" }, "Table"), h("p", { class: "note" }, "There is no interface endpoint, so there is no private DNS to switch."));
    return;
  }
  const table = tables.find((it) => it.endpoint === chosen.endpoint) ?? tables[0];
  const again = () => show(panel, tables, choose, cut);
  const rows = chosen.flags ? table.flags : table.rows;
  const tab = (flags, label) => h("button", {
    type: "button", class: "small", "aria-pressed": String(chosen.flags === flags), data: { key: `flags/${flags}` },
    onclick: () => { chosen.flags = flags; again(); },
  }, label);
  const heads = [...(chosen.flags ? ["DNS support", "DNS hostnames"] : []), "private DNS", "name asked", "answer", "traffic takes"];
  const select = h("select", { id: "table-endpoint", data: { key: "table-endpoint" }, onchange: (event) => { chosen.endpoint = event.target.value; again(); } },
    tables.map((it) => h("option", { value: it.endpoint, selected: it === table }, `${it.service.split(".").at(-1)} (${it.endpoint})`)));
  fill(
    panel,
    h("h2", { class: "sr" }, "Table"),
    h("label", { class: "stack" }, "Endpoint", select),
    cut ? h("p", { class: "note" }, `The first ${tables.length} endpoints. vpcdns table prints all.`) : null,
    h("div", { class: "choice", role: "group", "aria-label": "Rows" }, tab(false, "private DNS"), tab(true, "all three flags")),
    h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Private-DNS table" }, h(
      "table",
      { class: "grid", id: "table" },
      h("thead", {}, row("th", heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, rows.map((it) => row("td", cells(it, choose, table), {
        class: it.in_force ? "force" : "",
        "aria-current": it.in_force ? "true" : null,
        data: { support: it.dns_support, hostnames: it.dns_hostnames, private: it.private_dns, of: it.name_of },
      }))),
    )),
    h("p", { class: "note" }, `Asked from ${table.from}. The highlighted rows apply now.${rows.some((it) => it.in_force) ? "" : " None of these rows applies now; see all three flags."}`),
  );
}

function cells(it, choose) {
  const on = (flag) => (flag ? "on" : "off");
  const flags = chosen.flags ? [on(it.dns_support), on(it.dns_hostnames)] : [];
  const refused = it.cell.code !== undefined;
  const answer = refused ? `refused: ${it.cell.code}` : it.cell.addresses.length ? it.cell.addresses.join(" ") : it.cell.verdict.toLowerCase();
  const name = h("button", { type: "button", class: "name", title: it.name, onclick: () => choose(it.name) }, names[it.name_of]);
  return [...flags, on(it.private_dns), h("td", {}, name), h("td", {}, answer, refused ? h("small", {}, it.cell.message) : null), it.cell.way ?? "none"];
}
