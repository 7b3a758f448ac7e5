/** Elements without HTML: what people write is only ever text. */

/**
 * @param {string} tag
 * @param {Record<string, any>} props `on…` listens, true and false set or leave out an attribute
 * @param {...(Node|string|null|undefined|false)} children
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child || child === 0));
  return element;
}

/** Change a text only where it is another: a screen reader reads what changes. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Make the children of `parent` be those of `items`, each kept as long as its key is there.
 * @template T
 * @param {HTMLElement} parent
 * @param {T[]} items
 * @param {(item: T) => string} key
 * @param {(item: T) => HTMLElement} make
 * @param {(element: HTMLElement, item: T) => void} draw
 */
export function patch(parent, items, key, make, draw) {
  const had = new Map([...parent.children].map((child) => [child.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const child = had.get(name) ?? Object.assign(make(item), { key: name });
    had.delete(name);
    draw(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const child of had.values()) child.remove();
}
