/** What a person who takes work can do: skills with levels, queues, how much at once. */
import { put } from "../base/api.js";
import { button } from "../base/button.js";
import { fill, h } from "../base/dom.js";
import { choice, field } from "../base/field.js";
import { has, t } from "../base/i18n.js";
import { notice } from "../base/states.js";
import { toast } from "../base/toast.js";

const LEVELS = Array.from({ length: 10 }, (_, n) => [String(n + 1), String(n + 1)]);
const NONE = { skills: {}, queues: [], capacity: 3, ceilings: {} };

/** @param {any} person @param {any} rules @param {() => any} changed @returns {HTMLElement} */
export function abilitiesForm(person, rules, changed) {
  const { skills, queues, capacity, ceilings } = person.abilities ?? NONE;
  const known = h("datalist", { id: `skills-${person.id}` }, rules.skills.map((name) => h("option", { value: name })));
  const rows = h("div", { class: "stack close" }, Object.entries(skills).map(([name, level]) => skillRow(name, level, known.id)));
  const more = button({ label: t("admin.skill.add"), icon: "plus", kind: "small", run: () => addSkill(rows, known.id) });
  const inQueues = rules.queues.map((one) => choice({ label: one.label, name: "queue", value: one.queue, checked: queues.includes(one.queue) }));
  const units = field({ label: t("admin.capacity"), name: "capacity", type: "number", min: 0, max: 1000, value: String(capacity), hint: t("admin.capacity.hint"), required: true });
  const ceiling = rules.channels.map((name) => [name, field({ label: has(`channel.${name}`) ? t(`channel.${name}`) : name, name: `ceiling-${name}`, type: "number", min: 0, max: 1000, value: ceilings[name] === undefined ? "" : String(ceilings[name]), placeholder: "–" })]);
  const said = h("div");
  const form = h("form", { class: "body stack", novalidate: true },
    h("fieldset", { class: "field" }, h("legend", null, t("admin.skills")), h("p", { class: "hint" }, t("admin.skills.hint")), known, rows, h("div", null, more)),
    h("fieldset", { class: "field" }, h("legend", null, t("admin.queues")), h("p", { class: "hint" }, t("admin.queues.hint")), h("div", { class: "queues-choice" }, inQueues)),
    units,
    h("fieldset", { class: "field" }, h("legend", null, t("admin.ceilings")), h("p", { class: "hint" }, t("admin.ceilings.hint")), h("div", { class: "ceilings" }, ceiling.map(([, one]) => one))),
    said,
    h("div", { class: "row ends" }, button({ label: t("do.save"), kind: "primary", type: "submit" })));
  form.onsubmit = async (event) => {
    event.preventDefault();
    fill(said);
    try {
      await put(`/v1/people/${person.id}/abilities`, {
        skills: skillsOf(rows),
        queues: inQueues.filter((one) => one.input.checked).map((one) => one.input.value),
        capacity: whole(units.input),
        ceilings: Object.fromEntries(ceiling.filter(([, one]) => one.input.value !== "").map(([name, one]) => [name, whole(one.input)])),
      });
      toast(t("admin.abilities.saved"), { kind: "good" });
      changed();
    } catch (problem) {
      fill(said, notice({ kind: "bad", words: problem.detail, live: true }));
    }
  };
  return form;
}

// What is no whole number is sent as it is, and refused by name.
const whole = (input) => (input.value === "" ? null : Number(input.value));

/** A skill and its level, to be changed. @param {string} name @param {number} level @param {string} known id of a datalist */
export function skillRow(name, level, known) {
  const node = h("div", { class: "skill" },
    h("input", { class: "input", value: name, list: known, "aria-label": t("admin.skill.name"), placeholder: "language:id", maxlength: 64, autocomplete: "off", spellcheck: "false" }),
    h("select", { class: "input", "aria-label": t("admin.skill.level") }, LEVELS.map(([value, words]) => h("option", { value, selected: Number(value) === level }, words))),
    button({ label: t("admin.skill.remove"), icon: "close", only: true, kind: "quiet", run: () => node.remove() }));
  return node;
}

/** @param {HTMLElement} rows @param {string} known */
export function addSkill(rows, known) {
  const row = skillRow("", 5, known);
  rows.append(row);
  row.querySelector("input").focus();
}

/** What stands in the rows, by name. @param {HTMLElement} rows */
export const skillsOf = (rows) => Object.fromEntries([...rows.children].map(skillOf).filter(([name]) => name));

const skillOf = (row) => [row.querySelector("input").value.trim(), Number(row.querySelector("select").value)];
