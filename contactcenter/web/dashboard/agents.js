/** The agents by state: each with the time in it and what they carry. Thousands scroll as ten do. */
import { h, patch, set, text } from "../base/dom.js";
import { clock, number, t } from "../base/i18n.js";
import { icon } from "../base/icons.js";
import { GROUPS } from "./counts.js";
import { rows } from "./rows.js";

const HEAD_PX = 34;
const CARD_PX = 62;
const CARD_WIDE_PX = 190;
const GAP_PX = 8;
const DOTS = { free: "dot", busy: "dot busy", full: "dot full", wrapup: "dot wrapup", away: "dot warn", offline: "dot off" };

/** @typedef {import("./counts.js").AgentNow} AgentNow */

/**
 * @param {{open: (what: any) => void, teams: (agent: number) => string[]}} page
 * @returns {{node: HTMLElement, show: (agents: AgentNow[], now: number) => void}}
 */
export function agentList({ open, teams }) {
  let only = null;
  let shown = { agents: [], now: 0 };
  let wide = 0;
  const many = h("span", { class: "muted small" });
  const chips = h("div", { class: "row wraps groups", role: "group", "aria-label": t("dashboard.agents.by_state") });
  const scroller = h("div", { class: "agent-rows", tabindex: 0, role: "region", "aria-label": t("dashboard.agents") });
  const nothing = h("div", { class: "state" }, icon("people"), h("p", null, t("dashboard.agents.none")));
  const node = h("section", { class: "card agents" }, h("header", { class: "wraps" }, h("h2", null, t("dashboard.agents")), many), chips, scroller, nothing);
  const list = rows(scroller, {
    key: (one) => one.head ?? one.id,
    make: (one) => (one.head ? h("h3", { class: "group-head" }) : card(one)),
    update: (node, one) => (one.head ? updateHead(node, one) : updateCard(node, one)),
  });
  new ResizeObserver(([{ contentRect }]) => {
    wide = contentRect.width;
    draw();
  }).observe(scroller);

  function draw() {
    const { agents } = shown;
    const byGroup = new Map(GROUPS.map((group) => [group, []]));
    for (const one of agents) byGroup.get(one.group).push(one);
    text(many, t("dashboard.agents.count", { count: agents.length }));
    patch(chips, GROUPS, { key: (group) => group, make: chip, update: (node, group) => updateChip(node, group, byGroup.get(group).length) });
    set(scroller, { hidden: agents.length === 0 });
    set(nothing, { hidden: agents.length > 0 });
    const { all, places, height } = arranged(byGroup);
    list.show(all, (index) => places[index], height);
  }

  /** Cards side by side under the head of their group, and where each stands. */
  function arranged(byGroup) {
    const across = Math.max(1, Math.floor((wide + GAP_PX) / CARD_WIDE_PX));
    const step = (wide + GAP_PX) / across;
    scroller.style.setProperty("--card", `${step - GAP_PX}px`);
    const all = [];
    const places = [];
    let top = 0;
    for (const [group, agents] of byGroup) {
      if (agents.length === 0 || (only && only !== group)) continue;
      all.push({ head: group, count: agents.length });
      places.push({ top });
      top += HEAD_PX;
      agents.forEach((one, at) => {
        all.push(one);
        places.push({ top: top + Math.floor(at / across) * CARD_PX, left: (at % across) * step });
      });
      top += Math.ceil(agents.length / across) * CARD_PX;
    }
    return { all, places, height: top };
  }

  function chip(group) {
    const count = h("b");
    const node = h("button", { type: "button", class: "button small", onclick: () => ((only = only === group ? null : group), draw()) }, h("span", { class: DOTS[group] }), t(`dashboard.group.${group}`), count);
    return Object.assign(node, { count });
  }

  function updateChip(node, group, count) {
    text(node.count, number(count));
    set(node, { "aria-pressed": only === group });
  }

  function updateHead(node, { head, count }) {
    text(node, t("dashboard.group.head", { group: t(`dashboard.group.${head}`), count }));
  }

  function card({ id }) {
    const node = agentCard();
    node.onclick = () => open({ kind: "items", state: "owned", agent: id });
    return node;
  }

  const updateCard = (node, agent) => showAgent(node, agent, shown.now, teams);

  return {
    node,
    show(agents, now) {
      shown = { agents, now };
      draw();
    },
  };
}

/** A button that shows an agent: see `showAgent`. @returns {any} */
export function agentCard() {
  const parts = { dot: h("span"), name: h("b", { class: "grow clip" }), time: h("span", { class: "muted" }), what: h("span", { class: "grow clip muted" }), load: h("span", { class: "muted" }), meter: h("i") };
  const node = h(
    "button",
    { type: "button", class: "agent" },
    h("span", { class: "row" }, parts.dot, parts.name, parts.time),
    h("span", { class: "row tiny" }, parts.what, parts.load),
    h("span", { class: "meter" }, parts.meter),
  );
  return Object.assign(node, { parts, about: "" });
}

/** @param {any} node @param {AgentNow} agent @param {number} now @param {(agent: number) => string[]} teams */
export function showAgent(node, agent, now, teams) {
  const { parts } = node;
  text(parts.time, clock(now - agent.since));
  const { name, group, reason, items, wrapup, offered, load, capacity } = agent;
  const named = teams(agent.id);
  // Only the time is another each second; all the rest is written where it is another.
  const about = [name, group, reason, items, wrapup, offered, load, capacity, ...named].join("\n");
  if (node.about === about) return;
  node.about = about;
  const state = stateOf(agent);
  set(parts.dot, { class: DOTS[group] });
  text(parts.name, name);
  text(parts.what, state);
  text(parts.load, t("dashboard.agent.load", { load, capacity }));
  set(node, { title: [name, state, ...named].join(" · "), class: `agent ${load > capacity ? "over" : ""} ${offered ? "asked" : ""}` });
  parts.meter.style.transform = `scaleX(${capacity ? Math.min(1, load / capacity) : Number(load > 0)})`;
}

/** What an agent is, in words: "break", "has 2, 1 offered". @param {AgentNow} agent */
export function stateOf(agent) {
  if (agent.group === "away" && agent.reason) return agent.reason;
  if (agent.group === "away" || agent.group === "offline") return t(`dashboard.group.${agent.group}`);
  const words = [agent.items ? t("dashboard.agent.items", { count: agent.items }) : t("dashboard.group.free")];
  if (agent.wrapup) words.push(t("dashboard.agent.wrapup", { count: agent.wrapup }));
  if (agent.offered) words.push(t("dashboard.agent.offered", { count: agent.offered }));
  return words.join(", ");
}
