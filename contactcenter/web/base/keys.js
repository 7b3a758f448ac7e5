/**
 * Shortcuts, and the sheet that shows them (`?`). A key is written "a", "?", "g d" (one after the
 * other), "ctrl+enter" (also ⌘), "escape", "alt+arrowup".
 *
 * While somebody types, only those with Ctrl or Alt, Escape, and those that say `typing` work.
 */
import { dialog } from "./dialog.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { printed } from "./kbd.js";
import { keep, kept } from "./kept.js";

/**
 * @typedef {object} Shortcut
 * @property {string} keys
 * @property {string} label what it does, for the sheet
 * @property {(event: KeyboardEvent) => void} run
 * @property {string} [group] a heading of the sheet
 * @property {() => boolean} [when] whether it works now
 * @property {boolean} [typing] works also while somebody types
 */

const THEN_MS = 1_200;

/** @type {Set<Shortcut>} */
const shortcuts = new Set();
let begun = "";
let begunAt = 0;

/** Add shortcuts. @param {...Shortcut} more @returns {() => void} takes them away again */
export function add(...more) {
  for (const one of more) shortcuts.add(one);
  return () => more.forEach((one) => shortcuts.delete(one));
}

/** Whether shortcuts of a single letter work (WCAG 2.1.4). */
export const single = () => kept("single-keys", "on") === "on";

/** The sheet. */
export function sheet() {
  const groups = Map.groupBy([...shortcuts], (one) => one.group ?? t("keys.everywhere"));
  const toggle = h("input", { type: "checkbox", checked: single() });
  toggle.onchange = () => keep("single-keys", toggle.checked ? null : "off");
  const shown = [...groups].map(([name, all]) =>
    h("section", { class: "stack close" }, h("h3", null, name),
      h("dl", { class: "shortcuts" }, all.map((one) => [h("dt", null, printed(one.keys)), h("dd", null, one.label)]))));
  const hint = h("p", { class: "small muted", id: "single-hint" }, t("keys.single_hint"));
  toggle.setAttribute("aria-describedby", hint.id);
  dialog({
    title: t("keys.title"),
    wide: true,
    body: [h("div", null, h("label", { class: "choice" }, toggle, t("keys.single")), hint), ...shown],
    actions: [{ label: t("do.close"), kind: "primary" }],
  });
}

add({ keys: "?", label: t("keys.sheet"), run: sheet });

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const key = spelt(event);
  if (key === null) return;
  const inDialog = document.querySelector("dialog:modal") !== null;
  const chain = begun && performance.now() - begunAt < THEN_MS ? `${begun} ${key}` : key;
  const found = inDialog ? undefined : match(chain, event) ?? match(key, event);
  begun = "";
  if (found) {
    event.preventDefault();
    found.run(event);
  } else if (!inDialog && [...shortcuts].some((one) => one.keys.startsWith(`${key} `) && works(one, event))) {
    begun = key;
    begunAt = performance.now();
  }
});

const match = (keys, event) => [...shortcuts].reverse().find((one) => one.keys === keys && works(one, event));

function works(one, event) {
  if (one.when && !one.when()) return false;
  const plain = !/ctrl\+|alt\+/.test(one.keys);
  if (plain && !one.typing && one.keys !== "escape" && typing(event)) return false;
  return single() || one.keys.split(" ").every((step) => step.length > 1);
}

function typing(event) {
  const at = event.composedPath()[0];
  if (!(at instanceof HTMLElement)) return false;
  return at.isContentEditable || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement ||
    (at instanceof HTMLInputElement && !/^(checkbox|radio|button|submit|range)$/.test(at.type));
}

/** The event as we write it; null for a lone Shift and its like. */
function spelt(event) {
  if (/^(Control|Shift|Alt|Meta|AltGraph|Dead|Unidentified)$/.test(event.key)) return null;
  const ctrl = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  const alt = event.altKey ? "alt+" : "";
  // The shift is in the letter that it makes; of keys that make none it is said.
  const shift = event.shiftKey && event.key.length > 1 ? "shift+" : "";
  return `${ctrl}${alt}${shift}${event.key.toLowerCase()}`;
}
