/** A drawer at the side of the page, in which one thing after another is opened, and the way back. */
import { button } from "../base/button.js";
import { fill, h, set, text } from "../base/dom.js";
import { t } from "../base/i18n.js";

/** @typedef {{title: string, node: HTMLElement, stop?: () => void, tick?: (now: number) => void}} View `stop`: it is left */

/** @returns {{open: (make: () => View) => void, close: () => void, tick: (now: number) => void, title: (words: string) => void}} */
export function drawer() {
  /** @type {(() => View)[]} */ let path = [];
  /** @type {View | null} */ let view = null;
  const heading = h("h2", { class: "large grow clip", id: "drawer-title", tabindex: -1 });
  const back = button({ label: t("do.back"), icon: "back", only: true, kind: "quiet", run: () => show(path.slice(0, -1)) });
  const close = button({ label: t("do.close"), icon: "close", only: true, kind: "quiet", run: () => node.close() });
  const body = h("div", { class: "drawer-body" });
  const node = /** @type {HTMLDialogElement} */ (h("dialog", { class: "dialog drawer", "aria-labelledby": "drawer-title" }, h("header", { class: "row" }, back, heading, close), body));
  node.onclose = () => {
    leave();
    path = [];
  };
  // A press beside the drawer, which is on its backdrop, closes it.
  node.onclick = (event) => {
    if (event.target === node) node.close();
  };
  document.body.append(node);

  function leave() {
    view?.stop?.();
    view = null;
    fill(body);
  }

  function show(next) {
    leave();
    path = next;
    view = path.at(-1)();
    text(heading, view.title);
    set(back, { hidden: path.length < 2 });
    fill(body, view.node);
    if (!node.open) node.showModal();
    heading.focus();
  }

  return {
    open: (make) => show([...path, make]),
    close: () => node.close(),
    tick: (now) => view?.tick?.(now),
    title: (words) => text(heading, words),
  };
}
