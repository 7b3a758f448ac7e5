/** Who changed what, and when: the audit trail, whole or of one thing. */
import { get } from "../base/api.js";
import { button } from "../base/button.js";
import { fill, h, set } from "../base/dom.js";
import { field } from "../base/field.js";
import { date, has, relative, t } from "../base/i18n.js";
import { empty, failed, loading } from "../base/states.js";
import { now } from "../base/time.js";

const PAGE = 50;
const KINDS = ["person", "team", "rulebook", "session", "key", "connection", "customer", "conversation", "work_item", "canned_reply", "webhook_event"];
const BY = ["person", "bot", "system", "nobody"];

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
  const list = h("ol", { class: "plain" });
  const state = h("div");
  const more = h("div", { class: "foot", hidden: true }, button({ label: t("do.more"), run: () => read(next) }));
  let next = null;
  let asked = 0;

  async function read(after) {
    const turn = (asked += 1);
    try {
      const page = await get("/v1/audit", { ...query(), after, limit: PAGE });
      if (turn !== asked) return;
      if (after === null) fill(list);
      list.append(...page.items.map(entry));
      next = page.next;
      set(more, { hidden: next === null });
      fill(state, list.children.length === 0 && empty({ title: t("admin.audit.none"), icon: "history" }));
    } catch (problem) {
      if (turn === asked) fill(state, failed(problem, () => read(after)));
    }
  }

  return {
    node: h("div", null, list, state, more),
    load() {
      if (!list.children.length) fill(state, loading());
      return read(null);
    },
  };
}

function entry(one) {
  const what = has(`admin.action.${one.action}`) ? t(`admin.action.${one.action}`) : one.action;
  const who = one.actor_name ?? t(`admin.by.${one.actor_kind}`);
  const subject = has(`admin.subject.${one.subject_kind}`) ? t(`admin.subject.${one.subject_kind}`) : one.subject_kind;
  return h("li", { class: "entry small" },
    h("div", { class: "row wraps" }, h("b", { class: "grow" }, what), h("time", { class: "muted", datetime: one.at, title: date(one.at, "full") }, `${date(one.at)} · ${relative(one.at, now())}`)),
    h("div", { class: "muted wrap" }, t("admin.audit.who", { who, subject, id: one.subject_id === null ? "" : String(one.subject_id) })),
    changes(one.detail));
}

/** What was before and after, of each field that changed. */
function changes({ before = {}, after = {} }) {
  const [old, young] = [object(before), object(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(young)])];
  if (names.length === 0) return null;
  return h("dl", { class: "facts" }, names.map((name) => [
    h("dt", null, has(`admin.field.${name}`) ? t(`admin.field.${name}`) : name),
    h("dd", { class: "change" }, name in old && h("del", null, shown(old[name])), name in old && name in young && " → ", name in young && h("ins", null, shown(young[name]))),
  ]));
}

const object = (value) => (value !== null && typeof value === "object" && !Array.isArray(value) ? value : { value });

function shown(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map(shown).join(", ") || "–";
  if (typeof value === "object") return Object.entries(value).map(([name, one]) => `${name} ${shown(one)}`).join(", ") || "–";
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return date(value);
  return String(value);
}
