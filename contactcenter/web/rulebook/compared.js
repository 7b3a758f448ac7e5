/** Two rulebooks side by side: a row for each rule that differs. */
import { h } from "../base/dom.js";
import { t } from "../base/i18n.js";

/** @typedef {{path: string, before: any, after: any}} Change */

/**
 * @param {Change[]} changes @param {string} before what the left column is @param {string} after what the right one is
 */
export const compared = (changes, before, after) =>
  h("table", { class: "table compared" },
    h("thead", null, h("tr", null, [t("rulebook.rule"), before, after].map((words) => h("th", { scope: "col" }, words)))),
    h("tbody", null, changes.map((change) => h("tr", null,
      h("td", { class: "mono small" }, change.path),
      h("td", { class: "small" }, change.before === null ? "–" : h("del", null, shown(change.before))),
      h("td", { class: "small" }, change.after === null ? "–" : h("ins", null, shown(change.after)))))));

/** A value on few lines: a section is a line for each of its rules. */
function shown(value) {
  if (Array.isArray(value)) return value.map(inline).join(", ") || "[ ]";
  if (!object(value)) return String(value);
  const rules = Object.entries(value).filter(([, one]) => one !== null);
  return rules.map(([name, one]) => `${name} = ${inline(one)}`).join("\n") || "{ }";
}

const inline = (value) => (object(value) && Object.keys(value).length ? `{ ${shown(value).replaceAll("\n", ", ")} }` : shown(value));
const object = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
