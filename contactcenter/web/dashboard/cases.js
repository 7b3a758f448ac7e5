/** The cases of a queue that are not resolved, and one of them with all that happened to it. */
import { get } from "../base/api.js";
import { button } from "../base/button.js";
import { caseCard, severityChip, stateChip } from "../base/case-card.js";
import { fill, h, set } from "../base/dom.js";
import { date, t } from "../base/i18n.js";
import { empty, failed, loading } from "../base/states.js";

const PAGE = 50;

/** @param {string | undefined} queue @param {any} house what the page knows @returns {import("./drawer.js").View} */
export function casesView(queue, house) {
  const state = h("div", null, loading(5));
  const list = h("ul", { class: "plain items" });
  const more = button({ label: t("do.more"), run: () => load() });
  set(more, { hidden: true });
  let next = null;
  let stopped = false;

  async function load() {
    try {
      const page = await get("/v1/cases", { unresolved: true, queue, before: next, limit: PAGE });
      if (stopped) return;
      next = page.next;
      list.append(...page.items.map((one) => entry(one, house)));
      set(more, { hidden: next === null });
      fill(state, list.children.length ? null : empty({ title: t("dashboard.cases.none") }));
    } catch (problem) {
      if (!stopped) fill(state, failed(problem, load));
    }
  }

  load();
  const where = queue ? house.label(queue) : t("dashboard.all_queues");
  return { title: t("dashboard.cases.of", { where }), node: h("div", { class: "stack" }, state, list, more), stop: () => (stopped = true) };
}

/** @param {number} id @param {any} house @returns {import("./drawer.js").View} */
export function caseView(id, house) {
  const node = h("div", { class: "stack" }, loading(6));
  const load = () =>
    get(`/v1/cases/${id}`).then(
      (whole) => {
        house.title(whole.case.subject);
        fill(node, caseCard(whole, { queue: house.label, look: house.look }));
      },
      (problem) => fill(node, failed(problem, load)),
    );
  load();
  return { title: t("case.number", { id: String(id) }), node };
}

const entry = (one, house) =>
  h("li", null, h("button", { type: "button", class: "item", onclick: () => house.lookAtCase(one.id) },
    h("span", { class: "row" }, h("b", { class: "grow clip" }, one.subject), severityChip(one.severity), stateChip(one.state)),
    h("span", { class: "row small muted" }, h("span", { class: "grow clip" }, one.customer_name ?? t("case.customer_number", { id: String(one.customer) })),
      h("span", { class: "fixed" }, one.owner_name ?? t("case.no_owner")), h("time", { class: "fixed", datetime: one.opened_at }, date(one.opened_at)))));
