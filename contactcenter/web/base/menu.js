/** Menus: a button that opens a list of things to do or to choose, by pointer and by arrows. */
import { h, set } from "./dom.js";
import { icon } from "./icons.js";
import { printed } from "./kbd.js";

/**
 * @typedef {{label: string, run?: () => any, href?: string, icon?: string, key?: string, checked?: boolean, detail?: string} |
 *   {heading: string} | "line"} Item
 * `checked`: one of a few that is, or is not, chosen
 */

/**
 * Let a button open a menu. @template {HTMLElement} T @param {T} opener @param {() => Item[]} items asked each time
 * @param {{label?: string}} [how] @returns {T}
 */
export function menu(opener, items, { label = opener.textContent ?? "" } = {}) {
  set(opener, { "aria-haspopup": "menu", "aria-expanded": "false" });
  opener.addEventListener("click", () => open(opener, items(), label || opener.getAttribute("aria-label") || ""));
  opener.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    opener.click();
  });
  return opener;
}

function open(opener, items, label) {
  const node = h("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label }, items.map((one) => made(one, () => node.hidePopover())));
  const close = () => {
    set(opener, { "aria-expanded": "false" });
    const inside = node.contains(document.activeElement) || document.activeElement === document.body;
    node.remove();
    if (inside && opener.isConnected) opener.focus();
  };
  node.addEventListener("toggle", (event) => /** @type {any} */ (event).newState === "closed" && close());
  node.onkeydown = (event) => walk(event, node);
  // Within the dialog that is open, or it would lie under it.
  (opener.closest("dialog") ?? document.body).append(node);
  /** @type {any} */ (node).showPopover({ source: opener });
  place(node, opener);
  set(opener, { "aria-expanded": "true" });
  (node.querySelector('[aria-checked="true"]') ?? all(node)[0])?.focus();
}

function made(item, close) {
  if (item === "line") return h("hr");
  if ("heading" in item) return h("div", { class: "heading", role: "presentation" }, item.heading);
  const role = item.checked === undefined ? "menuitem" : "menuitemradio";
  const words = [
    item.checked === undefined ? item.icon && icon(item.icon) : icon("check", item.checked ? "" : "absent"),
    h("span", { class: "grow" }, h("span", { class: "clip" }, item.label), item.detail && h("span", { class: "small muted clip detail" }, item.detail)),
    item.key && printed(item.key),
  ];
  const more = { role, tabindex: -1, "aria-checked": item.checked === undefined ? null : String(item.checked) };
  if (item.href) return h("a", { ...more, href: item.href }, words);
  return h("button", { ...more, type: "button", onclick: () => (close(), item.run?.()) }, words);
}

const all = (node) => /** @type {HTMLElement[]} */ ([...node.querySelectorAll('[role^="menuitem"]')]);

function walk(event, node) {
  const items = all(node);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Tab") return node.hidePopover();
  const found = to ?? lettered(items, at, event);
  if (found === undefined || found < 0) return undefined;
  event.preventDefault();
  event.stopPropagation();
  return items[found].focus();
}

/** The next that begins with the letter. */
function lettered(items, at, event) {
  if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  event.stopPropagation();
  const order = items.map((_, i) => (at + 1 + i) % items.length);
  return order.find((i) => items[i].textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase()));
}

function place(node, opener) {
  const [from, size] = [opener.getBoundingClientRect(), node.getBoundingClientRect()];
  const below = from.bottom + 4 + size.height < innerHeight || from.top < size.height;
  const left = Math.max(8, Math.min(from.left, document.documentElement.clientWidth - size.width - 8));
  set(node, { style: { left: `${left}px`, top: `${below ? from.bottom + 4 : from.top - 4 - size.height}px` } });
}
