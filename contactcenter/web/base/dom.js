/** Nodes from plain calls. Whatever people wrote goes in as text, never as HTML. */

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

/**
 * Make an element: `h("button", {class: "button", onclick: run, disabled: false}, "Send")`.
 * Properties: see `set`. Children that are null, undefined or false are left out.
 * @param {string} tag @param {Record<string, any> | null} [props] @param {...Child} children
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  if (props) set(node, props);
  append(node, children);
  return node;
}

/**
 * Set what differs: `on*` are listeners, `data` and `style` are objects (a style's own names, also
 * `--custom`), true is an attribute without value, null and false take it away. `value`, `checked`
 * and `text` are the properties themselves.
 * @template {Element} T @param {T} node @param {Record<string, any>} props @returns {T}
 */
export function set(node, props) {
  for (const [name, value] of Object.entries(props)) setOne(/** @type {any} */ (node), name, value);
  return node;
}

function setOne(node, name, value) {
  if (name.startsWith("on")) {
    if (node[name] !== value) node[name] = value ?? null;
  } else if (name === "data") {
    for (const [key, one] of Object.entries(value)) {
      if (one === null || one === undefined) delete node.dataset[key];
      else if (node.dataset[key] !== String(one)) node.dataset[key] = one;
    }
  } else if (name === "style") {
    for (const [key, one] of Object.entries(value)) node.style.setProperty(dashed(key), one ?? "");
  } else if (name === "text") {
    text(node, value);
  } else if (name === "value" || name === "checked" || name === "indeterminate") {
    // An option without a value has that of its words, which come only after: "" is to be written down.
    if (node[name] !== value || node.localName === "option") node[name] = value;
  } else if (value === null || value === undefined || value === false) {
    // Of aria-* "false" means something that is not the same as nothing.
    if (value === false && name.startsWith("aria-")) attribute(node, name, "false");
    else node.removeAttribute(name);
  } else {
    attribute(node, name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
}

function attribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

const dashed = (name) => (name.startsWith("--") ? name : name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`));

/** Put children at the end. @param {Node} node @param {Child[]} children */
export function append(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(node, child);
    else node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Put these in place of all children. @param {Element} node @param {...Child} children */
export function fill(node, ...children) {
  const all = document.createDocumentFragment();
  append(all, children);
  node.replaceChildren(all);
}

/** Set a node's text where it is another: what is selected stays so. @param {Node} node @param {string | number} value */
export function text(node, value) {
  const wanted = String(value ?? "");
  if (node.textContent !== wanted) node.textContent = wanted;
}

/**
 * Show a list: nodes stay those of their key, keep their focus, and move only where they must.
 * `make` gives a new node, `update` writes into a node what differs (also right after `make`).
 * @template T
 * @param {Element} parent whose children are all of this list
 * @param {Iterable<T>} items
 * @param {{key: (item: T) => string | number, make: (item: T) => Element, update?: (node: any, item: T) => void}} how
 */
export function patch(parent, items, { key, make, update }) {
  const held = lists.get(parent) ?? new Map();
  const next = new Map();
  for (const item of items) {
    const name = key(item);
    const node = held.get(name) ?? make(item);
    update?.(node, item);
    next.set(name, node);
  }
  const focused = document.activeElement;
  for (const [name, node] of held) if (!next.has(name)) node.remove();
  let at = parent.firstElementChild;
  for (const node of next.values()) {
    // What stands in the way of its successor is itself what moved: it is placed at its turn.
    if (at && at !== node && at.nextElementSibling === node) at = node;
    if (at === node) at = at.nextElementSibling;
    else place(parent, node, at);
  }
  lists.set(parent, next);
  if (focused instanceof HTMLElement && focused !== document.activeElement && parent.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
}

const lists = new WeakMap();

/** A node that is moved keeps its focus and its scroll place, where the browser can do that. */
function place(parent, node, before) {
  if (node.isConnected && parent.moveBefore) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}
