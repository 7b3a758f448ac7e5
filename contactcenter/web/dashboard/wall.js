/** For a big screen: the most urgent queues, large, and nothing else. Numbers open here too, where somebody can touch it. */
import { h, patch, set, text } from "../base/dom.js";
import { clock, number, percent, t } from "../base/i18n.js";
import { heat, level, ORDERS, SPARE } from "./counts.js";

const OPENS = {
  waiting: { kind: "items", state: "waiting" },
  longest: { kind: "items", state: "waiting" },
  level: { kind: "waits" },
  free: { kind: "agents", groups: SPARE },
  away: { kind: "agents", groups: ["away"] },
};

const OPENERS = { waiting: "waiting", longest: "longest", level: "ended", free: "free", away: "away" };

/**
 * @param {{open: (what: any) => void}} page
 * @returns {{node: HTMLElement, show: (counted: any, now: number) => void}}
 */
export function wall({ open }) {
  const opener = (name, value, where = {}) =>
    h("button", { type: "button", class: "figure", title: t(`dashboard.open.${OPENERS[name]}`), onclick: () => open({ ...OPENS[name], ...where }) }, value);
  const sums = Object.fromEntries(Object.keys(OPENS).map((name) => [name, h("b")]));
  const head = h("dl", { class: "wall-sums" }, Object.entries(sums).map(([name, value]) => h("div", null, h("dt", null, t(`dashboard.wall.${name}`)), h("dd", null, opener(name, value)))));
  const tiles = h("ul", { class: "plain tiles" });
  const rest = h("p", { class: "muted" });
  const node = h("div", { class: "wall", hidden: true }, head, tiles, rest);

  function make({ queue }) {
    const parts = { name: h("h2", { class: "clip" }), waiting: h("b"), longest: h("span"), level: h("span") };
    const node = h("li", { class: "tile" }, parts.name, opener("waiting", parts.waiting, { queue }), h("p", null, opener("longest", parts.longest, { queue }), opener("level", parts.level, { queue })));
    return Object.assign(node, { parts });
  }

  function update(node, row, now) {
    const { parts } = node;
    const share = level(row);
    set(node, { class: `tile ${heat(row, now)}` });
    text(parts.name, row.label);
    text(parts.waiting, number(row.waiting));
    text(parts.longest, row.oldest === null ? t("dashboard.wall.nobody") : t("dashboard.wall.since", { time: clock(now - row.oldest) }));
    text(parts.level, share === null ? "" : t("dashboard.wall.share", { share: percent(share) }));
    set(parts.level, { class: share !== null && share < row.aim ? "below" : "" });
  }

  /** As many tiles as the screen holds: of a wall nobody scrolls. */
  function room() {
    const across = Math.max(1, Math.floor((tiles.clientWidth + 16) / 276));
    const down = Math.max(1, Math.floor((innerHeight - 220) / 190));
    return across * down;
  }

  return {
    node,
    show({ queues, agents, total }, now) {
      const share = level(total);
      text(sums.waiting, number(total.waiting));
      text(sums.longest, total.oldest === null ? "–" : clock(now - total.oldest));
      text(sums.level, share === null ? "–" : percent(share, 1));
      text(sums.free, number(agents.filter((one) => SPARE.includes(one.group)).length));
      text(sums.away, number(agents.filter((one) => one.group === "away").length));
      const urgent = [...queues].sort(ORDERS.urgent(now)).slice(0, room());
      patch(tiles, urgent.sort(ORDERS.name()), { key: (row) => row.queue, make, update: (node, row) => update(node, row, now) });
      text(rest, urgent.length < queues.length ? t("dashboard.wall.rest", { count: urgent.length, all: queues.length }) : "");
    },
  };
}
