/** The agents by state: each with the time in it and what they carry. Thousands scroll as ten do. */
import { h, patch, set, text } from "../base/dom.js";
import { clock, number, t } from "../base/i18n.js";
import { icon } from "../base/icons.js";
import { GROUPS } from "./counts.js";
import { rows } from "./rows.js";

const HEAD_PX = 34;
const CARD_PX = 62;
const CARD_WIDE_PX = 190;
const DOTS = { free: "dot", busy: "dot busy", full: "dot full", wrapup: "dot wrapup", away: "dot warn", offline: "dot off" };

/** @typedef {import("./counts.js").AgentNow} AgentNow */

/**
 * @param {{open: (what: any) => void}} page
 * @returns {{node: HTMLElement, show: (agents: AgentNow[], now: number) => void}}
 */
export function agentList({ open }) {
  let only = null;
  let shown = { agents: [], now: 0 };
  const many = h("span", { class: "muted small" });
  const chips = h("div", { class: "row wraps groups", role: "group", "aria-label": t("dashboard.agents.by_state") });
  const scroller = h("div", { class: "agent-rows", tabindex: 0, role: "region", "aria-label": t("dashboard.agents") });
  const nothing = h("div", { class: "state" }, icon("people"), h("p", null, t("dashboard.agents.none")));
  const node = h("section", { class: "card agents" }, h("header", { class: "wraps" }, h("h2", null, t("dashboard.agents")), many), chips, scroller, nothing);
  const list = rows(scroller, {
    height: (one) => (one.group ? HEAD_PX : CARD_PX),
    key: (one) => one.key,
    make: (one) => (one.group ? h("h3", { class: "group-head" }) : h("div", { class: "agent-row" })),
    update: (node, one) => (one.group ? updateHead(node, one) : updateRow(node, one)),
  });
  new ResizeObserver(() => draw()).observe(scroller);

  function draw() {
    const { agents } = shown;
    const byGroup = new Map(GROUPS.map((group) => [group, []]));
    for (const one of agents) byGroup.get(one.group).push(one);
    text(many, t("dashboard.agents.count", { count: agents.length }));
    patch(chips, GROUPS, { key: (group) => group, make: chip, update: (node, group) => updateChip(node, group, byGroup.get(group).length) });
    set(scroller, { hidden: agents.length === 0 });
    set(nothing, { hidden: agents.length > 0 });
    list.show(arranged(byGroup));
  }

  function arranged(byGroup) {
    const across = Math.max(1, Math.floor((scroller.clientWidth - 16) / CARD_WIDE_PX));
    scroller.style.setProperty("--across", String(across));
    const all = [];
    for (const [group, agents] of byGroup) {
      if (agents.length === 0 || (only && only !== group)) continue;
      all.push({ key: group, group, count: agents.length });
      for (let at = 0; at < agents.length; at += across) all.push({ key: `${group} ${at}`, agents: agents.slice(at, at + across) });
    }
    return all;
  }

  function chip(group) {
    const count = h("b");
    const node = h("button", { type: "button", class: "button small", onclick: () => ((only = only === group ? null : group), draw()) }, h("span", { class: DOTS[group] }), t(`dashboard.group.${group}`), count);
    node.count = count;
    return node;
  }

  function updateChip(node, group, count) {
    text(node.count, number(count));
    set(node, { "aria-pressed": only === group });
  }

  function updateHead(node, { group, count }) {
    text(node, t("dashboard.group.head", { group: t(`dashboard.group.${group}`), count }));
  }

  function updateRow(node, { agents }) {
    patch(node, agents, { key: (one) => one.id, make: card, update: (card, one) => updateCard(card, one) });
  }

  function card(agent) {
    const parts = { dot: h("span"), name: h("b", { class: "grow clip" }), time: h("span", { class: "muted" }), what: h("span", { class: "grow clip muted" }), load: h("span", { class: "muted" }), meter: h("i") };
    const node = h(
      "button",
      { type: "button", class: "agent", onclick: () => open({ kind: "items", state: "owned", agent: agent.id }) },
      h("span", { class: "row" }, parts.dot, parts.name, parts.time),
      h("span", { class: "row tiny" }, parts.what, parts.load),
      h("span", { class: "meter" }, parts.meter),
    );
    node.parts = parts;
    return node;
  }

  function updateCard(node, agent) {
    const { parts } = node;
    set(parts.dot, { class: DOTS[agent.group] });
    text(parts.name, agent.name);
    text(parts.time, clock(shown.now - agent.since));
    text(parts.what, stateOf(agent));
    text(parts.load, t("dashboard.agent.load", { load: agent.load, capacity: agent.capacity }));
    set(node, { title: `${agent.name} · ${stateOf(agent)}`, class: `agent ${agent.load > agent.capacity ? "over" : ""} ${agent.offered ? "asked" : ""}` });
    const share = agent.capacity ? Math.min(1, agent.load / agent.capacity) : Number(agent.load > 0);
    const scale = `scaleX(${share.toFixed(3)})`;
    if (parts.meter.style.transform !== scale) parts.meter.style.transform = scale;
  }

  return {
    node,
    show(agents, now) {
      shown = { agents, now };
      draw();
    },
  };
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
