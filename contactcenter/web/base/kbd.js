/** Keys as they are printed where they work. */
import { h } from "./dom.js";
import { t } from "./i18n.js";

const NAMES = {
  ctrl: "keys.ctrl", alt: "keys.alt", shift: "keys.shift", enter: "keys.enter", escape: "keys.escape",
  " ": "keys.space", arrowup: "keys.up", arrowdown: "keys.down",
};

/** The keys as they are printed: `<kbd>` for each. @param {string} keys @returns {HTMLElement} */
export function printed(keys) {
  const parts = keys.split(" ").map((step) => {
    const named = (step === "" ? [" "] : step.split("+")).map((key) => (NAMES[key] ? t(NAMES[key]) : key.toUpperCase()));
    return h("kbd", { class: "key" }, named.join(" + "));
  });
  return parts.length === 1 ? parts[0] : h("span", { class: "row" }, parts.flatMap((p, i) => (i ? [` ${t("keys.then")} `, p] : [p])));
}
