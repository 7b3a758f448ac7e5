// Changing what we know of a customer, and joining two customers who are one person.

import {get} from "../base/api.js";
import {fill, h} from "../base/dom.js";
import {t} from "../base/i18n.js";
import {openDialog} from "./dialogs.js";

/** @param {import("./main.js").Desk} desk @param {number} id @param {object} all as the API tells it */
export function editCustomer(desk, id, {profile}) {
  const name = h("input", {class: "input", id: "edit-name", maxlength: "200", value: profile.name ?? "", autocomplete: "off"});
  const language = h("input", {class: "input", id: "edit-language", maxlength: "35", value: profile.language ?? "", autocomplete: "off"});
  const rows = h("div", {class: "stack close"});
  for (const [key, value] of Object.entries(profile.attributes)) rows.append(attributeRow(key, value));
  rows.append(attributeRow("", ""));

  openDialog(t("desktop.edit_title"), [
    field("edit-name", t("desktop.name"), name),
    field("edit-language", t("desktop.language"), language, t("desktop.language_hint")),
    h("fieldset", {class: "field"}, h("legend", {}, t("desktop.attributes")), rows,
      h("button", {class: "button small", type: "button", onclick: () => { const row = attributeRow("", ""); rows.append(row); row.querySelector("input").focus(); }}, t("do.add"))),
  ], () => save(desk, id, profile, {
    name: name.value.trim() || null,
    language: language.value.trim() || null,
    attributes: attributesIn(rows),
  }), t("do.save"));
  name.focus();
}

/** Only what is another is sent, with what it was when it was read. */
async function save(desk, id, before, wanted) {
  const change = {};
  const expected = {};
  for (const field of ["name", "language"]) {
    if (wanted[field] !== before[field]) {
      change[field] = wanted[field];
      expected[field] = before[field];
    }
  }
  const attributes = attributeChange(before.attributes, wanted.attributes);
  if (Object.keys(attributes).length > 0) {
    change.attributes = attributes;
    expected.attributes = before.attributes;
  }
  if (Object.keys(change).length > 0) await desk.customers.edit(id, change, expected);
}

function attributeChange(before, after) {
  const change = {};
  for (const key of Object.keys(before)) if (!(key in after)) change[key] = null;
  for (const [key, value] of Object.entries(after)) {
    if (!(key in before) || String(before[key]) !== value) change[key] = value;
  }
  return change;
}

function attributesIn(rows) {
  const found = {};
  for (const row of rows.children) {
    const [key, value] = row.querySelectorAll("input");
    if (key.value.trim() && value.value.trim()) found[key.value.trim()] = value.value.trim();
  }
  return found;
}

const attributeRow = (key, value) => h("div", {class: "row"},
  h("input", {class: "input", maxlength: "64", value: key, "aria-label": t("desktop.attribute_name"), placeholder: t("desktop.attribute_name")}),
  h("input", {class: "input", maxlength: "1000", value: String(value), "aria-label": t("desktop.attribute_value"), placeholder: t("desktop.attribute_value")}));

const field = (id, label, input, hint) => h("div", {class: "field"},
  h("label", {for: id}, label), input, hint ? h("span", {class: "hint"}, hint) : null);

/** @param {import("./main.js").Desk} desk @param {number} id @param {object} all */
export function mergeCustomer(desk, id, all) {
  const input = h("input", {class: "input", type: "search", id: "merge-search", maxlength: "200", autocomplete: "off", oninput: later});
  const list = h("div", {class: "targets", role: "radiogroup", "aria-label": t("desktop.merge_with")});
  let chosen = null;
  let timer = 0;

  function later() {
    clearTimeout(timer);
    timer = setTimeout(search, 250);
  }

  async function search() {
    const wanted = input.value.trim();
    chosen = null;
    if (wanted.length < 2) return fill(list);
    const query = /^[a-z][a-z0-9_]*:./.test(wanted) ? {identity: wanted} : {q: wanted};
    const {items} = await get("/v1/customers", {...query, limit: 20}).catch(() => ({items: []}));
    const others = items.filter((one) => one.id !== all.id);
    fill(list, others.length === 0 ? h("p", {class: "muted small"}, t("state.none_found")) : others.map((one) => h("label", {class: "choice target"},
      h("input", {type: "radio", name: "merge", onchange: () => { chosen = one; }}),
      h("span", {class: "grow clip"}, one.name ?? t("desktop.customer_number", {id: String(one.id)})),
      h("span", {class: "tiny muted"}, `${one.id}`))));
  }

  openDialog(t("desktop.merge_title"), [
    h("p", {class: "small muted"}, t("desktop.merge_hint")),
    field("merge-search", t("desktop.merge_with"), input, t("desktop.merge_search_hint")), list,
  ], async () => {
    if (!chosen) throw {detail: t("desktop.merge_choose")};
    await desk.customers.merge(chosen.id, id);
  }, t("desktop.merge"));
  input.focus();
}
