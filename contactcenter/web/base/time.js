/** The server's time, and all that ticks by it: one timer for the whole page. */
import { text } from "./dom.js";
import { date, relative } from "./i18n.js";

/** Browsers' clocks are often some seconds off; what is said in whole seconds proves no less. */
const OFF_MS_MIN = 2_000;
let offset = 0;

/** The server's time in ms. */
export const now = () => Date.now() + offset;

/** Go by what an answer says of the time (`Date`, in whole seconds; RFC 9110, 6.6.1). @param {string | null} said */
export function sync(said) {
  const at = said === null ? NaN : Date.parse(said) + 500;
  if (Number.isNaN(at)) return;
  const off = at - Date.now();
  if (Math.abs(off - offset) > OFF_MS_MIN) offset = Math.abs(off) > OFF_MS_MIN ? off : 0;
}

/**
 * Keep a node's text true: `show(now)` is asked now and each second, until the node leaves the page.
 * @template {Element} T @param {T} node @param {(now: number) => string} show @returns {T}
 */
export function ticking(node, show) {
  shown.set(node, show);
  text(node, show(now()));
  timer ??= setInterval(tick, 1_000);
  return node;
}

/**
 * A `<time>` that says how long ago or ahead it is, and exactly when on hover.
 * @param {string} at as the API tells it @param {HTMLElement} [node] a former one
 */
export function ago(at, node = document.createElement("time")) {
  node.setAttribute("datetime", at);
  node.title = date(at, "full");
  return ticking(node, (present) => relative(at, present));
}

/** @type {Map<Element, (now: number) => string>} */
const shown = new Map();
/** A node that was just made is not in the page yet: it may miss this many ticks. */
const ABSENT_MAX = 5;
/** @type {WeakMap<Element, number>} */
const absent = new WeakMap();
let timer;

function tick() {
  const present = now();
  for (const [node, show] of shown) {
    if (node.isConnected) {
      absent.delete(node);
      text(node, show(present));
    } else {
      const missed = (absent.get(node) ?? 0) + 1;
      absent.set(node, missed);
      if (missed > ABSENT_MAX) shown.delete(node);
    }
  }
  if (shown.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}
