/** What is shown of the house: one queue, one channel, what bears a name. */
import { button } from "../base/button.js";
import { h, set } from "../base/dom.js";
import { field } from "../base/field.js";
import { t } from "../base/i18n.js";
import { channelName } from "./drill.js";

/**
 * @param {any} rules of the board @param {() => void} changed
 * @returns {{node: HTMLElement, chosen: () => import("./counts.js").Filter, narrow: (queue: string) => void, clear: () => void, focus: () => void, know: (rules: any) => void}}
 */
export function filters(rules, changed) {
  const queue = field({ label: t("dashboard.filter.queue"), name: "queue", options: queueOptions(rules) });
  const channel = field({ label: t("dashboard.filter.channel"), name: "channel", options: [["", t("dashboard.filter.any_channel")], ...rules.channels.map((one) => [one, channelName(one)])] });
  const words = field({ label: t("dashboard.filter.words"), name: "words", type: "search", autocomplete: "off", placeholder: t("dashboard.filter.words_hint"), "aria-keyshortcuts": "/" });
  const clearing = button({ label: t("dashboard.filter.clear"), icon: "close", kind: "small quiet", run: clear });
  const node = h("div", { class: "filters", role: "search", "aria-label": t("dashboard.filter") }, queue, channel, words, clearing);
  let known = signature(rules);

  function chosen() {
    return { queue: queue.input.value, channel: channel.input.value, words: words.input.value };
  }

  function tell() {
    set(clearing, { hidden: !Object.values(chosen()).some(Boolean) });
    changed();
  }

  function clear() {
    for (const one of [queue, channel, words]) one.input.value = "";
    tell();
  }

  for (const one of [queue, channel, words]) one.input.addEventListener("input", tell);
  set(clearing, { hidden: true });
  return {
    node,
    chosen,
    clear,
    narrow(name) {
      queue.input.value = queue.input.value === name ? "" : name;
      tell();
    },
    focus: () => words.input.focus(),
    know(rules) {
      if (signature(rules) === known) return;
      known = signature(rules);
      const { value } = queue.input;
      queue.input.replaceChildren(...queueOptions(rules).map(([name, label]) => h("option", { value: name }, label)));
      queue.input.value = value;
    },
  };
}

const queueOptions = (rules) => [["", t("dashboard.all_queues")], ...rules.queues.map((one) => [one.queue, one.label])];
const signature = (rules) => JSON.stringify(rules.queues.map((one) => [one.queue, one.label]));
