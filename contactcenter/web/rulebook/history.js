/** Who put which version in force; compared with what is in force, and put in force once more. */
import { get, post } from "../base/api.js";
import { button } from "../base/button.js";
import { dialog } from "../base/dialog.js";
import { fill, h, set } from "../base/dom.js";
import { field } from "../base/field.js";
import { date, relative, t } from "../base/i18n.js";
import { failed, loading } from "../base/states.js";
import { failure, toast } from "../base/toast.js";
import { now } from "../base/time.js";
import { compared } from "./compared.js";

const PAGE = 30;

/** @param {() => number} inForce @param {(version: any) => void} restored @returns {{node: HTMLElement, load: () => Promise<void>}} */
export function history(inForce, restored) {
  const list = h("ol", { class: "plain" });
  const state = h("div");
  const more = h("div", { class: "foot", hidden: true }, button({ label: t("do.more"), run: () => read(next) }));
  let next = null;

  async function read(after) {
    try {
      const page = await get("/v1/rulebook/versions", { after, limit: PAGE });
      if (after === null) fill(list);
      list.append(...page.items.map(version));
      next = page.next;
      set(more, { hidden: next === null });
      fill(state);
    } catch (problem) {
      fill(state, failed(problem, () => read(after)));
    }
  }

  function version(one) {
    const current = one.version === inForce();
    const name = t("rulebook.version", { version: one.version });
    return h("li", { class: "version" },
      h("div", { class: "what" },
        h("div", { class: "row wraps" }, h("b", null, name), current && h("span", { class: "chip good" }, t("rulebook.in_force")),
          one.restores !== null && h("span", { class: "chip" }, t("rulebook.again", { version: one.restores }))),
        h("div", { class: "small muted" }, `${one.author} · `, h("time", { datetime: one.published_at, title: date(one.published_at, "full") }, `${date(one.published_at)} · ${relative(one.published_at, now())}`)),
        one.note && h("p", { class: "small" }, one.note)),
      h("div", { class: "row wraps" },
        button({ label: t("rulebook.read"), kind: "small", "aria-label": `${t("rulebook.read")}: ${name}`, run: () => show(one).catch(failure) }),
        !current && button({ label: t("rulebook.compare"), kind: "small", "aria-label": `${t("rulebook.compare")}: ${name}`, run: () => compare(one).catch(failure) })));
  }

  async function show(one) {
    const { toml } = await get(`/v1/rulebook/versions/${one.version}`);
    const body = h("pre", { class: "text", tabindex: 0, "aria-label": t("rulebook.text") }, toml);
    await dialog({ title: t("rulebook.version", { version: one.version }), wide: true, body, actions: [{ label: t("do.close") }] });
  }

  async function compare(one) {
    const based_on = inForce();
    const { items } = await get("/v1/rulebook/changes", { before: based_on, after: one.version });
    const note = field({ label: t("rulebook.note"), name: "note", hint: t("rulebook.note_hint"), maxlength: 500, autocomplete: "off" });
    const back = () => post(`/v1/rulebook/versions/${one.version}/rollback`, { based_on, note: note.input.value });
    const made = await dialog({
      title: t("rulebook.compare_title", { version: one.version, current: based_on }),
      wide: true,
      body: items.length ? [compared(items, t("rulebook.version", { version: based_on }), t("rulebook.version", { version: one.version })), note] : h("p", null, t("rulebook.same_rules")),
      actions: [{ label: t("do.close") }, ...(items.length ? [{ label: t("rulebook.restore"), kind: "primary", run: back }] : [])],
    });
    if (!made) return;
    toast(t("rulebook.published", { version: made.version }), { kind: "good" });
    restored(made);
    read(null);
  }

  return {
    node: h("section", { class: "card" }, list, state, more),
    load() {
      if (!list.children.length) fill(state, loading());
      return read(null);
    },
  };
}
