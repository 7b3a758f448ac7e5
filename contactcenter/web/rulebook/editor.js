/** A text with numbered lines: the browser's own text area, so that typing, undo and keyboard are its own. */
import { fill, h, set } from "../base/dom.js";
import { t } from "../base/i18n.js";

const LINE_PX = 20;

/**
 * @param {(text: string) => void} changed called whenever somebody has typed
 * @returns {{node: HTMLElement, input: HTMLTextAreaElement, read: () => string, write: (text: string) => void, mark: (lines: number[]) => void, go: (line: number) => void}}
 *   `mark`: lines in which something is wrong; `go`: put the cursor into a line and show it
 */
export function editor(changed) {
  const lines = h("div", { class: "lines", "aria-hidden": "true" });
  const input = /** @type {HTMLTextAreaElement} */ (
    h("textarea", { "aria-label": t("rulebook.text"), spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", name: "toml" })
  );
  let marked = new Set();

  function number() {
    const count = input.value.split("\n").length;
    while (lines.children.length > count) lines.lastElementChild.remove();
    if (lines.children.length < count) {
      const more = document.createDocumentFragment();
      for (let n = lines.children.length + 1; n <= count; n += 1) more.append(h("i", null, n));
      lines.append(more);
    }
  }
  const follow = () => void (lines.scrollTop = input.scrollTop);

  input.oninput = () => {
    number();
    changed(input.value);
  };
  input.onscroll = follow;

  return {
    node: h("div", { class: "card editor" }, lines, input),
    input,
    read: () => input.value,
    write(text) {
      fill(lines);
      input.value = text;
      number();
      input.setSelectionRange(0, 0);
      input.scrollTop = 0;
    },
    mark(wrong) {
      for (const line of marked) set(lines.children[line - 1] ?? lines, { class: lines.children[line - 1] ? null : "lines" });
      marked = new Set(wrong);
      for (const line of marked) if (lines.children[line - 1]) set(lines.children[line - 1], { class: "bad" });
      set(input, { "aria-invalid": wrong.length ? "true" : null });
    },
    go(line) {
      const all = input.value.split("\n");
      const start = all.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
      input.focus();
      input.setSelectionRange(start, start + (all[line - 1]?.length ?? 0));
      input.scrollTop = Math.max(0, (line - 1) * LINE_PX - input.clientHeight / 3);
      follow();
    },
  };
}
