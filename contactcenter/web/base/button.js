/** Buttons, plain and with what happens meanwhile. */
import { h, set } from "./dom.js";
import { icon } from "./icons.js";
import { printed } from "./kbd.js";

/**
 * @param {{
 *   label: string, run?: (event: Event) => any, icon?: string, key?: string, only?: boolean,
 *   kind?: string, type?: string, disabled?: boolean, [more: string]: any
 * }} how `only`: the icon alone is seen; `kind`: primary, danger, quiet, small, whole; `key`: printed
 *   on it (the shortcut itself is added by keys.js). While the promise of `run` is open, it is busy.
 * @returns {HTMLButtonElement}
 */
export function button({ label, run, icon: drawn, key, only = false, kind = "", type = "button", ...more }) {
  const node = /** @type {HTMLButtonElement} */ (
    h("button", { ...more, type, class: `button ${kind} ${only ? "only" : ""}`.replace(/\s+/g, " ").trim() },
      drawn && icon(drawn), only ? null : h("span", { class: "clip" }, label), key && !only && printed(key))
  );
  if (only) set(node, { "aria-label": label, title: label });
  if (run) node.onclick = (event) => busy(node, () => run(event));
  return node;
}

/**
 * Do something by a button: until it is done the button is busy, and is not to be pressed again.
 * @template T @param {HTMLButtonElement} node @param {() => T | Promise<T>} work @returns {Promise<T | undefined>}
 */
export async function busy(node, work) {
  if (node.getAttribute("aria-busy") === "true") return undefined;
  const done = work();
  if (!(done instanceof Promise)) return done;
  set(node, { "aria-busy": "true", "aria-disabled": "true" });
  try {
    return await done;
  } finally {
    set(node, { "aria-busy": null, "aria-disabled": null });
  }
}
