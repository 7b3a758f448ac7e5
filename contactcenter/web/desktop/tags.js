// Words on a customer or a conversation: put on, taken away, suggested from those that are known.

import {get} from "../base/api.js";
import {fill, h} from "../base/dom.js";
import {t} from "../base/i18n.js";
import {icon} from "../base/icons.js";

const WAIT_MS = 150;
let number = 0;

/**
 * @param {{kind: "customer" | "conversation", tags: string[], add: (tag: string) => any, remove: (tag: string) => any}} how
 * @returns {HTMLFormElement}
 */
export function tagField({kind, tags, add, remove}) {
  const list = h("datalist", {id: `known-tags-${(number += 1)}`});
  const input = h("input", {class: "input small", maxlength: "64", list: list.id, autocomplete: "off", placeholder: t("desktop.add_tag"), "aria-label": t("desktop.add_tag"), data: {keep: `tag ${kind}`}, oninput: later, onfocus: suggest});
  let timer = 0;

  function later() {
    clearTimeout(timer);
    timer = setTimeout(suggest, WAIT_MS);
  }

  async function suggest() {
    const found = await get(`/v1/tags/${kind}`, {q: input.value.trim(), limit: 20}).catch(() => ({tags: []}));
    fill(list, found.tags.filter((tag) => !tags.includes(tag)).map((tag) => h("option", {value: tag})));
  }

  function submit(event) {
    event.preventDefault();
    const tag = input.value.trim();
    if (!tag) return;
    input.value = "";
    add(tag);
  }

  return h("form", {class: "row wraps tags", onsubmit: submit},
    tags.map((tag) => h("span", {class: "chip"}, tag,
      h("button", {class: "button quiet small only", type: "button", "aria-label": t("desktop.remove_tag", {tag}), onclick: () => remove(tag)}, icon("close")))),
    input, list);
}
