/** The queues: a row each, every number of it opens to what it counts. */
import { h, set, text } from "../base/dom.js";
import { clock, number, percent, t } from "../base/i18n.js";
import { icon } from "../base/icons.js";
import { sparkline } from "./chart.js";
import { heat, level, ORDERS, SPARE } from "./counts.js";
import { rows } from "./rows.js";

const ROW_PX = 38;

/** Columns: the name of its words, by which order it is sorted, its class. */
const COLUMNS = [
  ["queue", "name", "first"],
  ["waiting", "waiting", ""],
  ["longest", "longest", ""],
  ["level", "level", ""],
  ["answered", "answered", "wide"],
  ["abandoned", "abandoned", "wide"],
  ["active", null, "wide"],
  ["cases", null, "wide"],
  ["bot", null, "wider"],
  ["free", null, "wide"],
  ["trend", null, "wider"],
];

/**
 * @param {{open: (what: any) => void, narrow: (queue: string) => void, means: () => string}} page
 * @returns {{node: HTMLElement, show: (queues: import("./counts.js").QueueNow[], now: number, trend: any) => void}}
 */
export function queueTable({ open, narrow, means }) {
  let order = "urgent";
  let held = [];
  let shown = { queues: [], now: 0, trend: null };
  const title = h("h2", { id: "queues-title" }, t("dashboard.queues"));
  const many = h("span", { class: "muted small" });
  const urgent = h("button", { class: "button small", type: "button", onclick: () => sort("urgent") }, t("dashboard.sort.urgent"));
  const heads = COLUMNS.map(([name, by, more]) => head(name, by, more));
  const body = h("div", { class: "rows", role: "rowgroup" });
  const scroller = h(
    "div",
    { class: "queue-rows", role: "table", "aria-labelledby": "queues-title", tabindex: 0 },
    h("div", { role: "rowgroup", class: "queue-head" }, h("div", { role: "row", class: "queue" }, heads)),
    body,
  );
  const nothing = h("div", { class: "state", hidden: true }, icon("search"), h("p", null, t("state.none_found")));
  const node = h("section", { class: "card queues" }, h("header", null, title, many, h("span", { class: "grow" }), urgent), scroller, nothing);
  const list = rows(scroller, { list: body, key: (row) => row.queue, make, update });

  function head(name, by, more) {
    const words = t(`dashboard.column.${name}`);
    const inside = by ? h("button", { type: "button", onclick: () => sort(by) }, words) : words;
    return h("div", { role: "columnheader", class: `cell ${more}`, title: t(`dashboard.means.${name}`), data: { by: by ?? "" } }, inside);
  }

  function sort(by) {
    order = by;
    held = [];
    draw();
  }

  function make(row) {
    const cells = {};
    const link = (name, what, words) =>
      (cells[name] = h("button", { type: "button", class: "figure", onclick: () => open({ ...what, queue: row.queue }), title: t(words) }));
    const cell = (more, ...inside) => h("div", { role: "cell", class: `cell ${more}` }, inside);
    const spark = sparkline();
    const name = h("button", { type: "button", class: "queue-name clip", onclick: () => narrow(row.queue) });
    const node = h(
      "div",
      { role: "row", class: "queue" },
      h("div", { role: "rowheader", class: "cell first" }, name),
      cell("", link("waiting", { kind: "items", state: "waiting" }, "dashboard.open.waiting")),
      cell("", link("longest", { kind: "items", state: "waiting" }, "dashboard.open.longest")),
      cell("", link("level", { kind: "waits" }, "dashboard.open.ended")),
      cell("wide", link("answered", { kind: "waits", outcome: "answered" }, "dashboard.open.answered")),
      cell("wide", link("abandoned", { kind: "waits", outcome: "abandoned" }, "dashboard.open.abandoned")),
      cell("wide", link("active", { kind: "items", state: "owned" }, "dashboard.open.active")),
      cell("wide", link("cases", { kind: "cases" }, "dashboard.open.cases")),
      cell("wider", link("bot", { kind: "items", state: "bot" }, "dashboard.open.bot")),
      cell("wide", link("free", { kind: "agents", groups: SPARE }, "dashboard.open.free")),
      cell("wider", h("button", { type: "button", class: "figure chart", "aria-label": t("dashboard.open.trend", { queue: row.label }), onclick: () => open({ kind: "trend", queue: row.queue }) }, spark.node)),
    );
    return Object.assign(node, { parts: { ...cells, name, spark }, about: "" });
  }

  function update(node, row, index) {
    const { parts } = node;
    set(node, { class: `queue ${heat(row, shown.now)}`, "aria-rowindex": index + 2 });
    text(parts.longest, row.oldest === null ? "–" : clock(shown.now - row.oldest));
    parts.spark.show(shown.trend?.byQueue.get(row.queue) ?? NONE, row.aim);
    // The rest is written where it is another: at most a few queues each time.
    const about = Object.values(row).join("\n");
    if (node.about === about) return;
    node.about = about;
    const share = level(row);
    text(parts.name, row.label);
    set(parts.name, { title: row.label });
    text(parts.waiting, number(row.waiting));
    text(parts.level, share === null ? "–" : percent(share));
    set(parts.level, { class: `figure ${share !== null && share < row.aim ? "below" : ""}`, title: t("dashboard.level.row", { target: clock(row.target), aim: percent(row.aim), means: means() }) });
    text(parts.answered, number(row.answered));
    text(parts.abandoned, number(row.abandoned));
    text(parts.active, number(row.active));
    text(parts.cases, number(row.cases));
    text(parts.bot, number(row.bot));
    text(parts.free, number(row.free));
  }

  /** Rows keep their places while somebody reads or aims here; they are put in order again after. */
  function sorted(queues, now) {
    const busy = node.matches(":hover") || node.contains(document.activeElement);
    if (busy && held.length) {
      const place = new Map(held.map((queue, at) => [queue, at]));
      return [...queues].sort((a, b) => (place.get(a.queue) ?? 1e9) - (place.get(b.queue) ?? 1e9));
    }
    const all = [...queues].sort(ORDERS[order](now));
    held = all.map((row) => row.queue);
    return all;
  }

  function draw() {
    const { queues, now } = shown;
    text(many, t("dashboard.queues.count", { count: queues.length }));
    set(urgent, { "aria-pressed": order === "urgent" });
    for (const one of heads) set(one, { "aria-sort": one.dataset.by && one.dataset.by === order ? (order === "name" || order === "level" ? "ascending" : "descending") : null });
    set(scroller, { "aria-rowcount": queues.length + 1, hidden: queues.length === 0 });
    set(nothing, { hidden: queues.length > 0 });
    list.show(sorted(queues, now), (index) => ({ top: index * ROW_PX }), queues.length * ROW_PX);
  }

  return {
    node,
    show(queues, now, trend) {
      shown = { queues, now, trend };
      draw();
    },
  };
}

const NONE = [];
