/** Who changed what, and when: the audit trail, whole or of one thing. */
import { get } from "../base/api.js";
import { button } from "../base/button.js";
import { fill, h, set } from "../base/dom.js";
import { field } from "../base/field.js";
import { date, has, list, number, relative, t } from "../base/i18n.js";
import { empty, failed, loading } from "../base/states.js";
import { now } from "../base/time.js";
import { skillName } from "../base/why.js";

const PAGE = 50;
const KINDS = ["person", "team", "rulebook", "session", "key", "connection", "customer", "conversation", "work_item", "canned_reply", "webhook_event"];
const BY = ["person", "bot", "system", "nobody"];

/** Of what kind it is what a field names by number; the server tells their names. */
const NUMBERED = { agent: "person", lead: "person", owner_id: "person", joined: "person", left: "person", sessions: "session", api_key_id: "key", merged_into: "customer" };

let labels = new Map();

/** How queues are called. @param {{queues: {queue: string, label: string}[]}} rules */
export const know = (rules) => void (labels = new Map(rules.queues.map((one) => [one.queue, one.label])));

/** All of it, to be narrowed down. @returns {{node: HTMLElement, load: () => Promise<void>}} */
export function trail() {
  const kind = field({ label: t("admin.audit.subject"), name: "kind", options: [["", t("admin.audit.everything")], ...KINDS.map((one) => [one, t(`admin.subject.${one}`)])] });
  const by = field({ label: t("admin.audit.by"), name: "by", options: [["", t("admin.audit.everybody")], ...BY.map((one) => [one, t(`admin.by.${one}`)])] });
  const list = entries(() => ({ subject_kind: kind.input.value || null, actor_kind: by.input.value || null }));
  for (const one of [kind, by]) one.input.addEventListener("input", list.load);
  return { node: h("section", { class: "card" }, h("div", { class: "tools" }, kind, by), list.node), load: list.load };
}

/** What was done to one thing. @param {string} kind @param {number} id */
export function history(kind, id) {
  const list = entries(() => ({ subject_kind: kind, subject_id: id }));
  list.load();
  return list.node;
}

function entries(query) {
  const all = h("ol", { class: "plain" });
  const state = h("div");
  const more = h("div", { class: "foot", hidden: true }, button({ label: t("do.more"), run: () => read(next) }));
  let next = null;
  let asked = 0;

  async function read(after) {
    const turn = (asked += 1);
    try {
      const page = await get("/v1/audit", { ...query(), after, limit: PAGE });
      if (turn !== asked) return;
      if (after === null) fill(all);
      const names = new Map((page.names ?? []).map(({ kind, id, name }) => [`${kind} ${id}`, name]));
      all.append(...page.items.map((one) => entry(one, names)));
      next = page.next;
      set(more, { hidden: next === null });
      fill(state, all.children.length === 0 && empty({ title: t("admin.audit.none"), icon: "history" }));
    } catch (problem) {
      if (turn === asked) fill(state, failed(problem, () => read(after)));
    }
  }

  return {
    node: h("div", null, all, state, more),
    load() {
      if (!all.children.length) fill(state, loading());
      return read(null);
    },
  };
}

function entry(one, names) {
  const what = has(`admin.action.${one.action}`) ? t(`admin.action.${one.action}`) : one.action;
  const who = one.actor_name ?? t(`admin.by.${one.actor_kind}`);
  const subject = has(`admin.subject.${one.subject_kind}`) ? t(`admin.subject.${one.subject_kind}`) : one.subject_kind;
  return h("li", { class: "entry small" },
    h("div", { class: "row wraps" }, h("b", { class: "grow" }, what), h("time", { class: "muted", datetime: one.at, title: date(one.at, "full") }, `${date(one.at)} · ${relative(one.at, now())}`)),
    h("div", { class: "muted wrap" }, t("admin.audit.who", { who, subject, name: one.subject_id === null ? "" : called(names, one.subject_kind, one.subject_id) })),
    changes(one.detail, names));
}

/** What was before and after, of each field that changed. */
function changes({ before = {}, after = {} }, names) {
  const [old, young] = [object(before), object(after)];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(young)])];
  if (fields.length === 0) return null;
  return h("dl", { class: "facts" }, fields.map((name) => [
    h("dt", null, has(`admin.field.${name}`) ? t(`admin.field.${name}`) : name),
    h("dd", { class: "change" }, name in old && h("del", null, shown(old[name], name, names)), name in old && name in young && " → ", name in young && h("ins", null, shown(young[name], name, names))),
  ]));
}

const object = (value) => (value !== null && typeof value === "object" && !Array.isArray(value) ? value : { value });

/** What somebody or something is called; its number where it has no name, or is not there any more. */
const called = (names, kind, id) => names.get(`${kind} ${id}`) ?? String(id);

function shown(value, field, names) {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return list(value.map((one) => shown(one, field, names))) || "–";
  if (typeof value === "object") return list(Object.entries(value).map(([name, one]) => `${part(name, field)} ${shown(one, "", names)}`)) || "–";
  if (typeof value === "boolean") return t(value ? "admin.yes" : "admin.no");
  if (typeof value === "number") return NUMBERED[field] ? called(names, NUMBERED[field], value) : number(value);
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return date(value);
  if (field === "queue" || field === "queues") return labels.get(value) ?? value;
  return WORDS[field] && has(`${WORDS[field]}.${value}`) ? t(`${WORDS[field]}.${value}`) : value;
}

/** Which words a field's values have. */
const WORDS = { role: "role", channel: "channel", scopes: "admin.scope", by: "admin.with" };

/** What a level or a ceiling is of. */
function part(name, field) {
  if (field === "skills") return skillName(name);
  return field === "ceilings" && has(`channel.${name}`) ? t(`channel.${name}`) : name;
}
