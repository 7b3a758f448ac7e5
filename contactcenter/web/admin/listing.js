/** A list that comes in pages: loading, empty, failed, found, and the way to more. */
import { get } from "../base/api.js";
import { button } from "../base/button.js";
import { fill, h, set } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { empty, failed, loading } from "../base/states.js";

const PAGE = 100;

/** All of a list that comes in pages. @param {string} path @returns {Promise<any[]>} */
export async function all(path) {
  let items = [];
  let after = null;
  do {
    const page = await get(path, { after, limit: PAGE * 2 });
    items = [...items, ...page.items];
    after = page.next;
  } while (after !== null);
  return items;
}

/**
 * @param {{path: string, columns: string[], row: (one: any) => (HTMLTableRowElement), query?: () => any,
 *   fits?: (one: any) => boolean, tools: any, label: string, none: {title: string, words?: string}, whole?: boolean}} how
 *   `columns`: keys of their words; `fits`: what of it is shown; `whole`: all pages are read, to be searched through
 * @returns {{node: HTMLElement, load: () => Promise<void>, draw: () => void, items: () => any[]}}
 */
export function listing({ path, columns, row, query = () => ({}), fits = () => true, tools, label, none, whole = false }) {
  let items = [];
  let next = null;
  let asked = 0;
  const body = h("tbody");
  const head = h("tr", null, columns.map((name, place) => h("th", { scope: "col", class: place > 1 ? "less" : null }, t(name))));
  const table = h("div", { class: "scrolls", tabindex: 0, role: "region", "aria-label": label }, h("table", { class: "table listed" }, h("thead", null, head), body));
  const state = h("div");
  const more = h("div", { class: "foot row", hidden: true }, button({ label: t("do.more"), run: () => read(false) }));
  const node = h("section", { class: "card" }, h("div", { class: "tools" }, tools), table, state, more);

  async function read(anew) {
    const turn = (asked += 1);
    try {
      let found = anew ? [] : items;
      let after = anew ? null : next;
      do {
        const page = await get(path, { ...query(), after, limit: PAGE });
        found = [...found, ...page.items];
        after = page.next;
      } while (whole && after !== null);
      // What was asked for later is what is wanted.
      if (turn !== asked) return;
      items = found;
      next = after;
      draw();
    } catch (problem) {
      if (turn !== asked) return;
      set(table, { hidden: true });
      fill(state, failed(problem, () => read(true)));
    }
  }

  function draw() {
    const shown = items.filter(fits);
    fill(body, shown.map(row));
    set(table, { hidden: shown.length === 0 });
    set(more, { hidden: next === null });
    fill(state, shown.length === 0 && empty(items.length ? { title: t("state.none_found"), icon: "search" } : none));
  }

  return {
    node,
    draw,
    items: () => items,
    load() {
      if (items.length === 0) {
        set(table, { hidden: true });
        fill(state, loading());
      }
      return read(true);
    },
  };
}
