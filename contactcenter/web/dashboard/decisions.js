/** The last decisions of the routing, and why each was made. */
import { get } from "../base/api.js";
import { fill, h, patch, set, text } from "../base/dom.js";
import { date, has, list, number, relative, t } from "../base/i18n.js";
import { empty, failed, loading } from "../base/states.js";
import { asked, inWords, others, terms, waited } from "../base/why.js";

const KINDS = { accepted: "good", pending: "accent", declined: "warn", expired: "warn", rescinded: "" };

/**
 * @param {{open: (what: any) => void, label: (queue: string) => string, agent: (id: number) => string}} house
 * @returns {{node: HTMLElement, show: (decisions: import("./state.js").Decision[], now: number, of: number) => void}} `of`: how many there are without a filter
 */
export function decisionList(house) {
  const all = h("ol", { class: "plain decisions", tabindex: 0, "aria-label": t("dashboard.decisions") });
  const narrowed = h("span", { class: "small muted" });
  const nothing = empty({ title: t("dashboard.decisions.none"), words: t("dashboard.decisions.none_hint") });
  const node = h("section", { class: "card" }, h("header", null, h("h2", null, t("dashboard.decisions")), narrowed), all, nothing);

  function make(decision) {
    const parts = { who: h("b", { class: "grow clip" }), outcome: h("span", { class: "chip" }), time: h("time", { class: "muted" }), why: h("p", { class: "small sentence" }) };
    const button = h("button", { type: "button", class: "figure small", onclick: () => house.open({ kind: "why", item: decision.item }) }, t("dashboard.why"));
    const node = h("li", null, h("div", { class: "row" }, parts.who, parts.outcome), parts.why, h("div", { class: "row tiny muted" }, parts.time, h("span", { class: "grow" }), button));
    return Object.assign(node, { parts });
  }

  function update({ parts }, decision, now) {
    text(parts.who, `${house.agent(decision.agent)} · ${house.label(decision.queue)}`);
    text(parts.outcome, t(`dashboard.outcome.${decision.outcome}`));
    set(parts.outcome, { class: `chip fixed ${KINDS[decision.outcome] ?? ""}` });
    text(parts.why, decision.explanation ? inWords(decision.explanation, namesOf(house)) : decision.sentence);
    text(parts.time, `${t("dashboard.item", { id: String(decision.item) })} · ${relative(decision.at, now)}`);
    set(parts.time, { datetime: decision.at, title: date(decision.at, "full") });
  }

  return {
    node,
    show(decisions, now, of) {
      text(narrowed, decisions.length < of ? t("dashboard.decisions.of", { count: decisions.length, all: of }) : "");
      set(all, { hidden: decisions.length === 0 });
      set(nothing, { hidden: decisions.length > 0 });
      // Who reads here keeps what they read: what is new comes when they have left.
      if ((all.matches(":hover") || all.contains(document.activeElement)) && all.children.length) {
        const held = new Map(decisions.map((one) => [one.offer, one]));
        for (const one of shown) if (held.has(one.offer)) Object.assign(one, held.get(one.offer));
      } else {
        shown = decisions.map((one) => ({ ...one }));
      }
      patch(all, shown, { key: (one) => one.offer, make, update: (node, one) => update(node, one, now) });
    },
  };
}

let shown = [];

/** All offers of an item with their whole explanation. @param {number} item @param {{agent: (id: number) => string}} house @returns {import("./drawer.js").View} */
export function whyView(item, house) {
  const node = h("div", { class: "stack" }, loading());
  const load = async () => {
    try {
      const [{ items }, { waiting }] = await Promise.all([get("/v1/decisions", { item }), get(`/v1/items/${item}/waiting`)]);
      const told = [waiting && whyStill(waiting, house), ...items.map((one) => explained(one, house))].filter(Boolean);
      fill(node, told.length ? told : empty({ title: t("dashboard.why.none") }));
    } catch (problem) {
      fill(node, failed(problem, load));
    }
  };
  load();
  return { title: t("dashboard.why.title", { id: String(item) }), node };
}

/** @param {{queue: string, requirement: Record<string, number>, waited_us: number, ahead: number, only: number | null, rests_us: number, reasons: any[]}} why @param {any} house */
function whyStill(why, house) {
  const able = why.reasons.some((one) => !one.why.rule.startsWith("without_"));
  const asks = list([house.label(why.queue), ...asked(why)]);
  const helps = [
    why.rests_us > 0 && t("dashboard.still.rests", { time: waited({ waited_us: why.rests_us }) }),
    why.only !== null && t("dashboard.still.only", { agent: house.agent(why.only) }),
    able ? t("dashboard.still.free") : t("dashboard.still.signs_in", { asked: asks }),
  ];
  return h("section", { class: "card" }, h("div", { class: "body stack" }, h("h3", null, t("dashboard.still.title")), facts([
    [t("dashboard.still.waited"), waited(why)],
    [t("dashboard.still.ahead"), number(why.ahead)],
    [t("dashboard.why.asked"), asks],
    [t("dashboard.still.reasons"), why.reasons.length ? lines(others({ others: why.reasons }, namesOf(house))) : t("dashboard.still.nobody")],
    [t("dashboard.still.helps"), lines(helps.filter(Boolean))],
  ])));
}

const facts = (told) => h("dl", { class: "facts" }, told.filter(Boolean).map(([name, value]) => [h("dt", null, name), h("dd", null, value)]));

function explained(one, house) {
  const why = one.explanation;
  const told = [
    [t("dashboard.why.agent"), house.agent(one.agent)],
    [t("dashboard.why.outcome"), `${t(`dashboard.outcome.${one.outcome}`)}${one.reason ? ` (${reason(one.reason)})` : ""}`],
    ...(why ? partsOf(why, house) : []),
    [t("dashboard.why.rules"), String(one.rulebook_version)],
  ];
  return h("section", { class: "card" }, h("div", { class: "body stack" },
    !why && h("p", null, one.sentence),
    facts(told),
    h("p", { class: "tiny muted" }, date(one.at, "full"))));
}

function partsOf(why, house) {
  const names = namesOf(house);
  return [
    [t("dashboard.why.waited"), waited(why)],
    [t("dashboard.why.asked"), list([house.label(why.queue), ...asked(why)])],
    [t("dashboard.why.terms"), lines(terms(why, names))],
    why.runner_up !== null && [t("dashboard.why.next"), house.agent(why.runner_up)],
    why.others.length > 0 && [t("dashboard.why.others"), lines(others(why, names))],
    why.step > 0 && [t("dashboard.why.step"), String(why.step)],
  ];
}

const lines = (all) => h("ul", { class: "plain" }, all.map((one) => h("li", null, one)));

const namesOf = (house) => ({ agent: house.agent, queue: house.label });

const reason = (name) => (has(`dashboard.reason.${name}`) ? t(`dashboard.reason.${name}`) : name);
