/** Dialogs: the browser's own, so that focus stays inside, Escape closes, and the page behind rests. */
import { busy, button } from "./button.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { notice } from "./states.js";

/**
 * @typedef {{label: string, kind?: string, key?: string, value?: any, run?: (form: HTMLFormElement) => any}} Action
 * `run` may fail with a `Problem`, which is then said in the dialog, and the dialog stays; what it
 * gives is what the dialog gives. Of false the dialog stays too. The first `primary` one submits.
 */

/**
 * Ask something. @param {{title: string, body?: any, actions?: Action[], wide?: boolean, alert?: boolean}} how
 * @returns {Promise<any>} what the chosen action gives; null where it is closed without one
 */
export function dialog({ title, body, actions = [], wide = false, alert = false }) {
  const heading = h("h2", { class: "large", id: `d${(count += 1)}`, tabindex: -1 }, title);
  const said = h("div");
  const form = /** @type {HTMLFormElement} */ (h("form", { method: "dialog", novalidate: true }, heading, body, said));
  const node = /** @type {HTMLDialogElement} */ (
    h("dialog", { class: wide ? "dialog wide" : "dialog", "aria-labelledby": heading.id, role: alert ? "alertdialog" : null }, form)
  );
  const back = document.activeElement;
  return new Promise((resolve) => {
    let given = null;
    const choose = async (action, pressed) => {
      fill(said);
      try {
        const result = action.run ? await busy(pressed, async () => action.run(form)) : action.value;
        if (result === false) return;
        given = result ?? action.value ?? null;
        node.close();
      } catch (problem) {
        fill(said, notice({ kind: "bad", words: problem.detail ?? String(problem), live: true }));
      }
    };
    const buttons = actions.map((action) => made(action, choose));
    const main = buttons.find((one) => one.type === "submit");
    form.onsubmit = (event) => {
      event.preventDefault();
      if (main) choose(actions[buttons.indexOf(main)], main);
    };
    if (buttons.length) form.append(h("footer", null, buttons));
    node.onclose = () => {
      node.remove();
      if (back instanceof HTMLElement && back.isConnected) back.focus();
      resolve(given);
    };
    document.body.append(node);
    node.showModal();
    (node.querySelector("[autofocus], input:not([type=hidden]), textarea, select") ?? heading).focus();
  });
}

let count = 0;

function made(action, choose) {
  const type = action.kind?.includes("primary") || action.kind?.includes("danger") ? "submit" : "button";
  const node = button({ label: action.label, kind: action.kind, key: action.key, type });
  if (type === "button") node.onclick = () => choose(action, node);
  return node;
}

/**
 * Yes or no, of something that cannot be taken back. @param {{title: string, words?: string, yes: string, kind?: string}} how
 * @returns {Promise<boolean>}
 */
export async function confirm({ title, words, yes, kind = "danger" }) {
  const actions = [{ label: t("do.cancel"), value: null }, { label: yes, kind, value: true }];
  return (await dialog({ title, body: words && h("p", null, words), actions, alert: true })) === true;
}
