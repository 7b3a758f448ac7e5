// Changing what we know of a customer, while others may do the same. What somebody has begun to write
// stays; what another has changed meanwhile is told beside it, and nothing is overwritten unseen.

import {fill, h} from "../base/dom.js";
import {t} from "../base/i18n.js";
import {notice} from "../base/states.js";
import {openDialog} from "./dialogs.js";

const FIELDS = ["name", "language"];

/** @param {import("./main.js").Desk} desk @param {number} id @param {object} all as the API tells it */
export async function editCustomer(desk, id, {profile: begun}) {
  const inputs = {
    name: h("input", {class: "input", id: "edit-name", maxlength: "200", value: begun.name ?? "", autocomplete: "off"}),
    language: h("input", {class: "input", id: "edit-language", maxlength: "35", value: begun.language ?? "", autocomplete: "off"}),
  };
  const rows = h("div", {class: "stack close"});
  const told = h("div", {class: "stack close", "aria-live": "polite"});
  for (const [key, value] of Object.entries(begun.attributes)) rows.append(attributeRow(key, value));
  rows.append(attributeRow("", ""));
  const seen = {...begun}; // what the agent knows the record to hold
  const wanted = () => ({name: inputs.name.value.trim() || null, language: inputs.language.value.trim() || null, attributes: attributesIn(rows)});

  /** What another has changed: taken where nothing was written, told where something was. */
  function meet(now) {
    const change = wanted();
    const against = FIELDS.filter((field) => now[field] !== seen[field]).filter((field) => {
      if (change[field] !== seen[field] && change[field] !== now[field]) return true;
      inputs[field].value = now[field] ?? "";
      seen[field] = now[field];
      return false;
    });
    const mine = attributeChange(begun.attributes, change.attributes);
    const touched = Object.keys(mine).filter((key) => now.attributes[key] !== seen.attributes[key]);
    seen.attributes = touched.reduce((all, key) => withKey(all, key, seen.attributes[key]), now.attributes);
    const know = (key) => { seen.attributes = withKey(seen.attributes, key, now.attributes[key]); };
    const again = () => meet(now);
    fill(told, against.map((field) => clash(t(`desktop.${field}`), now[field], {
      mine() { seen[field] = now[field]; },
      theirs() { seen[field] = now[field]; inputs[field].value = now[field] ?? ""; },
    }, again)), touched.map((key) => clash(key, now.attributes[key], {
      mine() { know(key); },
      theirs() { know(key); write(rows, key, now.attributes[key]); },
    }, again)));
  }

  let last = begun;
  function look() {
    const now = desk.customers.of(id)?.profile;
    if (!now || now === last) return;
    last = now;
    meet(now);
  }
  const stop = desk.store.draws(look);

  const dialog = openDialog(t("desktop.edit_title"), [
    told,
    field("edit-name", t("desktop.name"), inputs.name),
    field("edit-language", t("desktop.language"), inputs.language, t("desktop.language_hint")),
    h("fieldset", {class: "field"}, h("legend", {}, t("desktop.attributes")), rows,
      h("button", {class: "button small start", type: "button", onclick: () => { const row = attributeRow("", ""); rows.append(row); row.querySelector("input").focus(); }}, t("do.add"))),
  ], async () => {
    const {change, expected} = asked(begun, seen, wanted());
    if (Object.keys(change).length === 0) return true;
    try {
      await desk.customers.edit(id, change, expected);
    } catch (problem) {
      if (problem.code !== "edited-meanwhile") throw problem;
      look();
      throw {detail: t("desktop.edited_meanwhile")};
    }
    return true;
  }, t("do.save"));
  inputs.name.focus();
  await dialog;
  stop();
}

/** Only what is another is sent, with what it is known to hold. */
function asked(begun, seen, wanted) {
  const change = {};
  const expected = {};
  for (const field of FIELDS) {
    if (wanted[field] === seen[field]) continue;
    change[field] = wanted[field];
    expected[field] = seen[field];
  }
  const attributes = attributeChange(begun.attributes, wanted.attributes);
  if (Object.keys(attributes).length > 0) {
    change.attributes = attributes;
    expected.attributes = seen.attributes;
  }
  return {change, expected};
}

function clash(name, now, choose, after) {
  const pick = (which) => () => { choose[which](); after(); };
  return h("div", {class: "stack close clash"},
    notice({kind: "warn", words: t("desktop.changed_to", {field: name, value: now ?? t("desktop.not_known")})}),
    h("div", {class: "row wraps"},
      h("button", {class: "button small", type: "button", onclick: pick("theirs")}, t("desktop.take_theirs")),
      h("button", {class: "button quiet small", type: "button", onclick: pick("mine")}, t("desktop.keep_mine"))));
}

function withKey(all, key, value) {
  const {[key]: _, ...rest} = all;
  return value === undefined ? rest : {...rest, [key]: value};
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

function write(rows, key, value) {
  for (const row of rows.children) {
    const [name, input] = row.querySelectorAll("input");
    if (name.value.trim() === key) input.value = value ?? "";
  }
}

const attributeRow = (key, value) => h("div", {class: "row"},
  h("input", {class: "input", maxlength: "64", value: key, "aria-label": t("desktop.attribute_name"), placeholder: t("desktop.attribute_name")}),
  h("input", {class: "input", maxlength: "1000", value: String(value), "aria-label": t("desktop.attribute_value"), placeholder: t("desktop.attribute_value")}));

const field = (id, label, input, hint) => h("div", {class: "field"},
  h("label", {for: id}, label), input, hint ? h("span", {class: "hint"}, hint) : null);
