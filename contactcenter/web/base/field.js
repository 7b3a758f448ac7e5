/** Fields: a label that is seen, a hint, and what is wrong, said where it is. */
import { h, set, text } from "./dom.js";
import { icon } from "./icons.js";

let number = 0;

/**
 * @typedef {HTMLElement & {input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement, fail: (words: string | null) => void}} Field
 * `input` is the control itself; `fail(words)` says what is wrong with it, `fail(null)` nothing any more
 */

/**
 * A field of any kind: `field({label: t("..."), name: "login", autocomplete: "username"})`.
 * @param {{label: string, name: string, hint?: string, type?: string, lines?: number,
 *   options?: ([string, string] | {group: string, options: [string, string][]})[], [more: string]: any}} how
 *   `lines`: a text of several lines; `options`: values and words to choose of. Whatever else: the control's own.
 * @returns {Field}
 */
export function field({ label, name, hint, type = "text", lines, options, ...more }) {
  const id = `f${(number += 1)}-${name}`;
  const input = /** @type {any} */ (control({ id, name, type, lines, options, more }));
  const wrong = h("p", { class: "wrong", id: `${id}-wrong` });
  const node = /** @type {any} */ (
    h("div", { class: "field" }, h("label", { for: id }, label), input,
      hint && h("p", { class: "hint", id: `${id}-hint` }, hint), wrong)
  );
  const described = hint ? `${id}-hint ${id}-wrong` : `${id}-wrong`;
  set(input, { "aria-describedby": described });
  node.input = input;
  node.fail = (words) => {
    text(wrong, "");
    if (words) wrong.append(icon("wrong"), words);
    set(input, { "aria-invalid": words ? "true" : null });
  };
  input.addEventListener("input", () => node.fail(null));
  return node;
}

function control({ id, name, type, lines, options, more }) {
  const all = { id, name, class: "input", ...more };
  if (options) {
    const { value, ...rest } = all;
    const node = h("select", rest, options.map(option));
    if (value !== undefined) /** @type {any} */ (node).value = value;
    return node;
  }
  return lines ? h("textarea", { rows: lines, ...all }) : h("input", { type, ...all });
}

const option = (one) =>
  Array.isArray(one)
    ? h("option", { value: one[0] }, one[1])
    : h("optgroup", { label: one.group }, one.options.map(option));

/**
 * A box to tick, with its words. @param {{label: string, name: string, checked?: boolean, type?: "checkbox" | "radio", [more: string]: any}} how
 * @returns {HTMLElement & {input: HTMLInputElement}}
 */
export function choice({ label, type = "checkbox", ...more }) {
  const input = h("input", { type, ...more });
  return Object.assign(h("label", { class: "choice" }, input, h("span", null, label)), { input: /** @type {any} */ (input) });
}

/**
 * Say what the server refuses at the field that it names (`pointer` "/login"), and go there.
 * @param {import("./api.js").Problem} problem @param {Record<string, Field>} fields by name
 * @returns {boolean} whether there is such a field; otherwise it is to be said elsewhere
 */
export function failAt(problem, fields) {
  const found = problem.pointer && fields[problem.pointer.split("/")[1]];
  if (!found) return false;
  found.fail(problem.detail);
  found.input.focus();
  return true;
}
