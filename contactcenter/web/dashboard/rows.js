/**
 * A long list of which only the rows on screen are in the page. Heights are known beforehand, so
 * nothing is measured and nothing jumps; a row keeps its node as long as it is shown.
 */
import { h } from "../base/dom.js";

const BEYOND_PX = 300;

/**
 * @template T
 * @param {HTMLElement} scroller that scrolls
 * @param {{height: (item: T) => number, key: (item: T) => string | number, make: (item: T) => HTMLElement,
 *   update: (node: any, item: T, index: number) => void, list?: HTMLElement}} how
 * @returns {{show: (items: T[]) => void, count: () => number, reveal: (index: number) => void}}
 */
export function rows(scroller, { height, key, make, update, list = h("div", { class: "rows" }) }) {
  /** @type {T[]} */ let items = [];
  /** @type {number[]} */ let tops = [0];
  const nodes = new Map();
  if (!list.isConnected) scroller.append(list);

  /** @param {boolean} anew false: only rows that were not there are written */
  function draw(anew) {
    const from = scroller.scrollTop - BEYOND_PX;
    const to = scroller.scrollTop + scroller.clientHeight + BEYOND_PX;
    const wanted = new Set();
    const fresh = document.createDocumentFragment();
    for (let index = at(from); index < items.length && tops[index] < to; index++) {
      const name = key(items[index]);
      wanted.add(name);
      const held = nodes.get(name);
      const node = held ?? make(items[index]);
      if (!held || anew) {
        const place = `${tops[index]}px`;
        if (node.style.top !== place) node.style.top = place;
        update(node, items[index], index);
      }
      if (held) continue;
      nodes.set(name, node);
      fresh.append(node);
    }
    list.append(fresh);
    // Whoever is at a row by the keyboard keeps it, wherever it has gone.
    for (const [name, node] of nodes) {
      if (wanted.has(name) || node.contains(document.activeElement)) continue;
      node.remove();
      nodes.delete(name);
    }
  }

  /** The first row that ends below `y`. */
  function at(y) {
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tops[middle + 1] <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  let asked = 0;
  const soon = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      draw(false);
    });
  };
  scroller.addEventListener("scroll", soon, { passive: true });
  new ResizeObserver(soon).observe(scroller);

  return {
    show(all) {
      items = all;
      tops = [0];
      for (const item of all) tops.push(tops.at(-1) + height(item));
      const whole = `${tops.at(-1)}px`;
      if (list.style.height !== whole) list.style.height = whole;
      draw(true);
    },
    count: () => nodes.size,
    reveal(index) {
      if (tops[index] < scroller.scrollTop) scroller.scrollTop = tops[index];
      else if (tops[index + 1] > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = tops[index + 1] - scroller.clientHeight;
    },
  };
}
