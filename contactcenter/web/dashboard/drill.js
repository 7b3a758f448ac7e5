/** What a number counts: the items that have not ended, or the waits that have; a page at a time. */
import { get } from "../base/api.js";
import { button } from "../base/button.js";
import { fill, h, patch, set, text } from "../base/dom.js";
import { clock, date, has, t } from "../base/i18n.js";
import { channelIcon } from "../base/icons.js";
import { empty, failed, loading } from "../base/states.js";

const PAGE = 50;
const AGAIN_MS = 3_000;

/**
 * @typedef {{kind: "items", state: string, queue?: string, channel?: string, agent?: number, team?: number} |
 *   {kind: "waits", queue?: string, channel?: string, outcome?: string, within?: boolean, since?: number, until?: number}} What
 */
/** @typedef {{label: (queue: string) => string, agent: (id: number) => string, look: (conversation: number) => void, seq: () => number}} House what the page knows */

/** @param {What} what @param {House} house @returns {import("./drawer.js").View} */
export function drill(what, house) {
  const list = h("ul", { class: "plain items" });
  const more = button({ label: t("do.more"), run: () => load(items.length + PAGE) });
  set(more, { hidden: true });
  const state = h("div", null, loading(5));
  const node = h("div", { class: "stack" }, state, list, more);
  let items = [];
  let next = null;
  let wanted = PAGE;
  let askedAt = 0;
  let seq = -1;
  let present = 0;
  let stopped = false;

  async function load(count) {
    wanted = count;
    askedAt = performance.now();
    seq = house.seq();
    try {
      const found = await pages(what, wanted);
      if (stopped) return;
      ({ items, next } = found);
      draw();
    } catch (problem) {
      if (!stopped && items.length === 0) fill(state, failed(problem, () => load(PAGE)));
    }
  }

  function draw() {
    if (items.length) fill(state);
    else fill(state, empty({ title: t(what.kind === "items" ? "dashboard.drill.none" : "dashboard.drill.none_ended") }));
    set(more, { hidden: next === null });
    const live = what.kind === "items";
    patch(list, items, {
      key: (one) => `${one.item} ${one.epoch ?? ""}`,
      make: (one) => entry(one, house),
      update: (node, one) => update(node, one, live),
    });
  }

  function update(node, one, live) {
    const { parts } = node;
    const since = Date.parse(live && one.agent !== null ? one.waiting_since : one.enqueued_at);
    const waited = clock((live ? present || Date.now() : Date.parse(one.ended_at)) - since);
    text(parts.time, live ? waited : t("dashboard.drill.waited", { time: waited }));
    set(parts.time, { title: date(one.enqueued_at, "full") });
    text(parts.state, live ? liveState(one, house) : endedState(one, house));
    text(parts.excerpt, live ? one.excerpt : date(one.ended_at));
  }

  load(PAGE);
  return {
    title: titleOf(what, house),
    node,
    stop: () => (stopped = true),
    tick(now) {
      present = now;
      if (what.kind !== "items") return;
      for (const node of list.children) if (node.one) update(node, items.find((one) => one.item === node.one) ?? node.first, true);
      if (house.seq() !== seq && performance.now() - askedAt > AGAIN_MS) load(wanted);
    },
  };
}

/** So many of them, asked for in pages. */
async function pages(what, wanted) {
  const { kind, ...query } = what;
  let items = [];
  let after = null;
  do {
    const page = await get(`/v1/board/${kind}`, { ...query, after, limit: Math.min(200, wanted - items.length) });
    items = [...items, ...page.items];
    after = page.next;
    // The following pages are of the same moment.
    if (kind === "waits") Object.assign(query, { since: page.since, until: page.until });
  } while (after !== null && items.length < wanted);
  return { items, next: after };
}

function entry(one, house) {
  const parts = { time: h("b", { class: "fixed" }), state: h("span", { class: "grow clip" }), excerpt: h("p", { class: "small clip" }) };
  const name = one.customer_name ?? t("dashboard.customer", { id: String(one.customer) });
  const node = h(
    "li",
    null,
    h(
      "button",
      { type: "button", class: "item", disabled: one.kind === "lead", onclick: () => (one.case ? house.lookAtCase(one.case) : house.look(one.conversation)) },
      h("span", { class: "row" }, channelIcon(one.channel), h("b", { class: "grow clip" }, name), one.tier && h("span", { class: "chip gold" }, one.tier), parts.time),
      h("span", { class: "row small muted" }, parts.state, h("span", { class: "fixed" }, `${house.label(one.queue)} · ${channelName(one.channel)}`)),
      parts.excerpt,
    ),
  );
  return Object.assign(node, { parts, one: one.item, first: one });
}

/** @param {string} channel */
export const channelName = (channel) => (has(`channel.${channel}`) ? t(`channel.${channel}`) : channel);

/** Where an item stands, in words. @param {any} one @param {House} house */
export function liveState(one, house) {
  if (one.offered_to) return t("dashboard.item.offered", { agent: house.agent(one.offered_to) });
  if (one.state === "bot") return t("dashboard.item.bot");
  if (one.agent === null) return t("dashboard.item.waiting");
  const words = one.state === "wrapup" ? "wrapup" : one.waiting_for === "us" ? "ours" : "theirs";
  return t(`dashboard.item.${words}`, { agent: house.agent(one.agent) });
}

function endedState(one, house) {
  if (one.outcome === "abandoned") return t(one.within ? "dashboard.item.abandoned_early" : "dashboard.item.abandoned");
  const who = one.agent === null ? t("dashboard.item.assigned") : house.agent(one.agent);
  return t(one.within ? "dashboard.item.answered" : "dashboard.item.answered_late", { agent: who });
}

function titleOf(what, house) {
  const where = what.agent ? house.agent(what.agent) : what.team ? house.team(what.team) : what.queue ? house.label(what.queue) : t("dashboard.all_queues");
  const name = what.kind === "items" ? what.state : what.outcome ?? "ended";
  return t(`dashboard.drill.${name}`, { where });
}
