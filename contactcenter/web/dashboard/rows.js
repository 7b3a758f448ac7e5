/**
 * A long list of which only what is on screen is in the page. Places are known beforehand, so
 * nothing is measured and nothing jumps; a node is its item's as long as that is shown.
 */
import { h } from "../base/dom.js";

const BEYOND_PX = 300;

/** @typedef {{top: number, left?: number}} Place in px */

/**
 * @template T
 * @param {HTMLElement} scroller that scrolls
 * @param {{key: (item: T) => string | number, make: (item: T) => HTMLElement,
 *   update: (node: any, item: T, index: number) => void, list?: HTMLElement}} how
 * @returns {{show: (items: T[], place: (index: number) => Place, height: number) => void, count: () => number}}
 *   `place`: of an item, never above the one before it; `height`: of all
 */
export function rows(scroller, { key, make, update, list = h("div", { class: "rows" }) }) {
  /** @type {T[]} */ let items = [];
  /** @type {(index: number) => Place} */ let place = () => ({ top: 0 });
  const nodes = new Map();
  // Kept: to ask for them while drawing would lay out the page once more.
  let seen = 0;
  let scrolled = 0;
  if (!list.isConnected) scroller.append(list);

  /** @param {boolean} anew false: only rows that were not there are written */
  function draw(anew) {
    const from = scrolled - BEYOND_PX;
    const to = from + seen + 2 * BEYOND_PX;
    const wanted = new Set();
    const fresh = document.createDocumentFragment();
    for (let index = first(from); index < items.length; index++) {
      const { top, left = 0 } = place(index);
      if (top > to) break;
      const name = key(items[index]);
      wanted.add(name);
      const held = nodes.get(name);
      const node = held ?? make(items[index]);
      if (!held || anew) {
        if (node.top !== top) node.style.top = `${(node.top = top)}px`;
        if (node.left !== left) node.style.left = `${(node.left = left)}px`;
        update(node, items[index], index);
      }
      if (held) continue;
      nodes.set(name, node);
      fresh.append(node);
    }
    if (fresh.firstChild) list.append(fresh);
    // Whoever is at a row by the keyboard keeps it, wherever it has gone.
    for (const [name, node] of nodes) {
      if (wanted.has(name) || node.contains(document.activeElement)) continue;
      node.remove();
      nodes.delete(name);
    }
  }

  /** The first that begins below `y`. */
  function first(y) {
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place(middle).top < y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  let asked = 0;
  const soon = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      scrolled = scroller.scrollTop;
      draw(false);
    });
  };
  scroller.addEventListener("scroll", soon, { passive: true });
  new ResizeObserver(([{ contentRect }]) => {
    seen = contentRect.height;
    soon();
  }).observe(scroller);

  return {
    show(all, placed, height) {
      items = all;
      place = placed;
      const whole = `${height}px`;
      if (list.style.height !== whole) list.style.height = whole;
      draw(true);
    },
    count: () => nodes.size,
  };
}
