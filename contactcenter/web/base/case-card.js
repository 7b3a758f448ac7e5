/** A case as it is shown on every page: what it is, whose, the conversations about it, what happened. */
import { h } from "./dom.js";
import { date, has, t } from "./i18n.js";
import { icon } from "./icons.js";

/** @param {string} severity @returns {HTMLElement} */
export const severityChip = (severity) =>
  h("span", { class: `chip ${severity === "critical" ? "bad" : severity === "high" ? "warn" : ""}` }, t(`case.severity.${severity}`));

/** @param {string} state @returns {HTMLElement} */
export const stateChip = (state) => h("span", { class: "chip" }, t(`case.state.${state}`));

/**
 * @param {any} whole as `GET /v1/cases/{case}` gives it
 * @param {{queue: (name: string) => string, category?: (name: string) => string, look?: (conversation: number) => void}} how
 *   `look`: what is done when a conversation is chosen
 * @returns {HTMLElement[]}
 */
export function caseCard(whole, { queue, category = (name) => name, look }) {
  const { case: one, work, conversations, events } = whole;
  return [
    h("p", { class: "row wraps" }, stateChip(one.state), severityChip(one.severity), h("span", { class: "muted small" }, t("case.number", { id: String(one.id) }))),
    h("dl", { class: "facts" }, rows(one, work, queue, category).map(([name, value]) => [h("dt", null, name), h("dd", { class: "wrap" }, value)])),
    one.description ? h("p", { class: "wrap case-words" }, one.description) : null,
    one.resolution_code ? h("p", { class: "notice small wrap" }, icon("check"), `${one.resolution_code}${one.resolution ? `: ${one.resolution}` : ""}`) : null,
    conversations.length ? h("h3", null, t("case.conversations")) : null,
    conversations.length ? h("ul", { class: "plain" }, conversations.map((said) => conversation(said, look))) : null,
    h("h3", null, t("case.timeline")),
    h("ol", { class: "plain stack close timeline" }, events.items.map((event) => entry(event, queue))),
  ];
}

function rows(one, work, queue, category) {
  const at = work?.agent ? t("case.at_work", { name: work.agent_name }) : work ? t("case.waits") : t("case.nobody");
  return [
    [t("case.customer"), one.customer_name ?? t("case.customer_number", { id: String(one.customer) })],
    [t("case.category"), category(one.category)],
    [t("case.queue"), queue(one.queue)],
    [t("case.owner"), one.owner_name ?? t("case.no_owner")],
    [t("case.work"), at],
    [t("case.opened"), date(one.opened_at, "full")],
    one.reopened ? [t("case.reopened"), t("case.times", { count: one.reopened })] : null,
  ].filter(Boolean);
}

const conversation = (said, look) =>
  h("li", null, h("button", { type: "button", class: "button quiet small", disabled: !look, onclick: () => look?.(said.id) },
    icon("chat"), h("span", { class: "clip" }, `${channel(said.channel)} · ${date(said.last_at ?? said.opened_at)}`)));

const channel = (name) => (name && has(`channel.${name}`) ? t(`channel.${name}`) : name ?? t("case.conversation"));

function entry(event, queue) {
  const who = event.by_name ?? t(`case.by.${event.by_kind}`);
  const words = event.kind === "changed" ? Object.entries(event.changes).filter(([name]) => SAID.has(name)).map((one) => changed(one, queue)) : [t(`case.event.${event.kind}`)];
  return h("li", null,
    h("p", { class: "small muted" }, `${who} · ${date(event.at)}`),
    words.map((each) => h("p", { class: "small wrap" }, each)),
    event.text ? h("p", { class: "wrap" }, event.text) : null);
}

const SAID = new Set(["state", "severity", "queue", "owner", "subject", "category", "description", "resolution_code"]);

function changed([name, [, now]], queue) {
  if (name === "state") return t("case.became", { state: t(`case.state.${now}`) });
  if (name === "severity") return t("case.severity_became", { severity: t(`case.severity.${now}`) });
  if (name === "queue") return t("case.queue_became", { queue: queue(now) });
  if (name === "resolution_code") return now ? t("case.resolved_as", { code: now }) : t("case.resolution_gone");
  return t(`case.changed.${name}`);
}
