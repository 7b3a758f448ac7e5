/** Tabs: one of several views at a time, by pointer and by arrows. */
import { h, set } from "./dom.js";

/**
 * @param {{label: string, tabs: {id: string, label: string, panel: HTMLElement}[], chosen?: string, change?: (id: string) => void}} how
 *   the panels are put into the page by the caller, where they belong
 * @returns {HTMLElement & {choose: (id: string) => void}}
 */
export function tabs({ label, tabs: all, chosen = all[0].id, change }) {
  const buttons = all.map(({ id, label: words, panel }) => {
    set(panel, { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, tabindex: 0 });
    return h("button", { role: "tab", type: "button", id: `tab-${id}`, "aria-controls": panel.id, onclick: () => choose(id, true) }, words);
  });
  const node = h("div", { class: "tabs", role: "tablist", "aria-label": label }, buttons);
  function choose(id, told = false) {
    all.forEach((tab, i) => {
      const on = tab.id === id;
      set(buttons[i], { "aria-selected": String(on), tabindex: on ? 0 : -1 });
      tab.panel.hidden = !on;
    });
    if (told) change?.(id);
  }
  node.onkeydown = (event) => {
    const at = buttons.indexOf(/** @type {any} */ (document.activeElement));
    const to = { ArrowRight: (at + 1) % all.length, ArrowLeft: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[to].focus();
    choose(all[to].id, true);
  };
  choose(chosen);
  return Object.assign(node, { choose });
}
