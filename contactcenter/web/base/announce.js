/** What screen readers hear though nothing has got the focus. */
import { h } from "./dom.js";

/** At the next pause. @param {string} words */
export const polite = (words) => say("polite", words);

/** At once: an offer, a failure. @param {string} words */
export const assertive = (words) => say("assertive", words);

/** @type {Record<string, HTMLElement>} */
const regions = {};

function say(how, words) {
  const region = (regions[how] ??= made(how));
  // A page that draws itself anew may have taken it away.
  if (!region.isConnected) document.body.append(region);
  // Each in an element of its own: the same words twice are said twice.
  const line = h("p", null, words);
  region.append(line);
  setTimeout(() => line.remove(), 8_000);
}

function made(how) {
  return h("div", { class: "unseen", "aria-live": how, role: how === "polite" ? "status" : "alert" });
}
