/** Queues: what each promises and asks for. They are rules, so each change is a version of the rulebook. */
import { get, patch } from "../base/api.js";
import { button } from "../base/button.js";
import { confirm } from "../base/dialog.js";
import { fill, h } from "../base/dom.js";
import { choice, field } from "../base/field.js";
import { percent, t } from "../base/i18n.js";
import { empty, failed, loading, notice } from "../base/states.js";
import { toast } from "../base/toast.js";
import { addSkill, skillRow, skillsOf } from "./abilities.js";
import { section } from "./person.js";

const NEW = { label: "", target_s: 60, service_level: 0.8, wrap_up_s: 30, sticky_patience_s: 60, sticky_wait: false, requirement: {} };
/** In seconds, and whole. */
const SECONDS = ["target_s", "wrap_up_s", "sticky_patience_s"];

/** @param {any} house @returns {{node: HTMLElement, load: () => Promise<void>}} */
export function queueList(house) {
  const body = h("tbody");
  const head = h("tr", null, ["label", "target_s", "service_level", "requirement"].map((name, place) => h("th", { scope: "col", class: place > 1 ? "less" : null }, t(`admin.queue.${name}`))));
  const table = h("div", { class: "scrolls", tabindex: 0, role: "region", "aria-label": t("admin.queues") }, h("table", { class: "table listed" }, h("thead", null, head), body));
  const state = h("div", null, loading());
  const making = button({ label: t("admin.queue.new"), icon: "plus", kind: "primary", run: () => open(null) });
  const node = h("section", { class: "card" }, h("div", { class: "tools" }, h("p", { class: "small muted grow" }, t("admin.queue.hint")), making), table, state);

  async function load() {
    try {
      const book = await get("/v1/rulebook");
      fill(body, Object.entries(book.rules.queues).map(row));
      fill(state, body.children.length === 0 && empty({ title: t("state.none_found") }));
    } catch (problem) {
      fill(state, failed(problem, load));
    }
  }

  function row([name, one]) {
    return h("tr", null,
      h("td", null, h("button", { type: "button", class: "opens", onclick: () => open(name) }, one.label), h("div", { class: "small muted wrap" }, name)),
      h("td", null, t("admin.queue.seconds", { count: one.target_s })),
      h("td", { class: "less small" }, percent(one.service_level)),
      h("td", { class: "less small wrap" }, Object.entries(one.requirement ?? {}).map(([skill, level]) => `${skill} ${level}`).join(", ") || "–"));
  }

  const open = (name) => house.drawer.open(() => queueView(name, { ...house, changed: load }));
  return { node, load };
}

/** @param {string | null} name none: a new one @param {any} house @returns {import("../dashboard/drawer.js").View} */
function queueView(name, house) {
  const node = h("div", { class: "stack" }, loading(8));

  async function load(before = null) {
    try {
      const book = await get("/v1/rulebook");
      const one = name === null ? NEW : book.rules.queues[name];
      if (!one) return fill(node, empty({ title: t("admin.queue.gone") }));
      const form = queueForm(name, one, book, house.rules().skills, published);
      fill(node, before, section(t("admin.queue.rules"), form), name !== null && section(t("admin.queue.end"), retire(book)));
    } catch (problem) {
      fill(node, failed(problem, () => load()));
    }
  }

  /** Somebody else's version is not written over: their values are shown, to be looked at first. */
  function published(problem) {
    if (problem?.code === "rulebook-changed") return load(notice({ kind: "warn", words: t("admin.queue.changed", { detail: problem.detail }), live: true }));
    house.changed();
    toast(t("admin.queue.saved"), { kind: "good" });
    return house.drawer.close();
  }

  function retire(book) {
    const said = h("div");
    const order = button({ label: t("admin.queue.retire"), icon: "trash", kind: "danger", run: async () => {
      const yes = await confirm({ title: t("admin.queue.retire_ask", { label: book.rules.queues[name].label }), words: t("admin.queue.retire_words"), yes: t("admin.queue.retire") });
      if (yes) await publish({ book, name, value: null, note: t("admin.queue.note_retired", { name }) }).then(() => published(null), (problem) => problem.code === "rulebook-changed" ? published(problem) : fill(said, faults(problem)));
    } });
    return h("div", { class: "body stack" }, h("p", { class: "small muted" }, t("admin.queue.retire_hint")), said, h("div", null, order));
  }

  load();
  return { title: name ?? t("admin.queue.new"), node };
}

function queueForm(name, one, book, known, published) {
  const seconds = (of) => field({ label: t(`admin.queue.${of}`), name: of, type: "number", min: 0, step: 1, value: String(one[of] ?? 0), hint: t(`admin.queue.${of}_hint`), required: true });
  const key = field({ label: t("admin.queue.key"), name: "key", maxlength: 64, hint: t("admin.queue.key_hint"), required: true, autocomplete: "off", spellcheck: "false" });
  const fields = {
    label: field({ label: t("admin.queue.label"), name: "label", value: one.label, maxlength: 64, required: true, autocomplete: "off" }),
    target_s: seconds("target_s"),
    service_level: field({ label: t("admin.queue.service_level"), name: "service_level", type: "number", min: 0, max: 100, step: "any", value: String(Math.round(one.service_level * 1e4) / 100), hint: t("admin.queue.service_level_hint"), required: true }),
    wrap_up_s: seconds("wrap_up_s"),
    sticky_patience_s: seconds("sticky_patience_s"),
  };
  const wait = choice({ label: t("admin.queue.sticky_wait"), name: "sticky_wait", checked: one.sticky_wait ?? false });
  const list = h("datalist", { id: "skills-of-queue" }, known.map((skill) => h("option", { value: skill })));
  const rows = h("div", { class: "stack close" }, Object.entries(one.requirement ?? {}).map(([skill, level]) => skillRow(skill, level, list.id)));
  const more = button({ label: t("admin.skill.add"), icon: "plus", kind: "small", run: () => addSkill(rows, list.id) });
  const said = h("div");
  const form = h("form", { class: "body stack", novalidate: true }, name === null && key, Object.values(fields), wait,
    h("fieldset", { class: "field" }, h("legend", null, t("admin.queue.requirement")), h("p", { class: "hint" }, t("admin.queue.requirement_hint")), list, rows, h("div", null, more)),
    said, h("div", { class: "row ends" }, h("span", { class: "small muted grow" }, t("admin.queue.version", { version: String(book.version) })), button({ label: t("admin.queue.publish"), kind: "primary", type: "submit" })));
  form.onsubmit = async (event) => {
    event.preventDefault();
    fill(said);
    const as = name ?? key.input.value.trim();
    const value = { ...one, label: fields.label.input.value.trim(), service_level: whole(fields.service_level) / 100, sticky_wait: wait.input.checked, requirement: skillsOf(rows) };
    for (const of of SECONDS) value[of] = whole(fields[of]);
    const missing = [...(name === null ? [key] : []), ...Object.values(fields)].filter((field) => !field.input.value.trim());
    for (const field of missing) field.fail(t("state.required"));
    if (missing.length) return missing[0].input.focus();
    if (name === null && Object.hasOwn(book.rules.queues, as)) return key.fail(t("admin.queue.key_taken"));
    try {
      await publish({ book, name: as, value, note: t(name === null ? "admin.queue.note_made" : "admin.queue.note_changed", { name: as }) });
      published(null);
    } catch (problem) {
      if (problem.code === "rulebook-changed") return published(problem);
      fill(said, faults(problem, fields, as));
    }
  };
  return form;
}

const whole = (one) => Number(one.input.value);

/** The next version of the rulebook: the one that was seen, with this queue; 409 where there is another meanwhile. */
const publish = ({ book, name, value, note }) => patch("/v1/rulebook", { based_on: book.version, note, changes: [{ path: ["queues", name], value }] });

/** All that is wrong, at its field where it has one, and the rest together. */
function faults(problem, fields = {}, name = "") {
  const rest = problem.errors.filter(({ path, message }) => {
    const at = fields[path.split(`queues.${name}.`)[1]];
    at?.fail(message);
    return !at;
  });
  if (problem.errors.length && rest.length === 0) return null;
  const words = rest.length ? rest.map(({ path, message }) => `${path}: ${message}`).join(" ") : problem.detail;
  return notice({ kind: "bad", words, live: true });
}
