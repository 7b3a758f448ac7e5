/** Keys by which programs work here. */
import { del, post } from "../base/api.js";
import { button } from "../base/button.js";
import { confirm, dialog } from "../base/dialog.js";
import { h } from "../base/dom.js";
import { choice, field } from "../base/field.js";
import { date, t } from "../base/i18n.js";
import { failure, toast } from "../base/toast.js";
import { listing } from "./listing.js";
import { once } from "./once.js";
import { asked } from "./people.js";
import { history } from "./trail.js";

const SCOPES = ["interactions:write", "conversations:read", "customers:read", "cases:write", "sales:write"];

/** @param {any} house @returns {{node: HTMLElement, load: () => Promise<void>}} */
export function keyList(house) {
  const gone = choice({ label: t("admin.keys.revoked_too"), name: "revoked" });
  const list = listing({
    path: "/v1/keys",
    columns: ["admin.keys.name", "admin.keys.scopes", "admin.keys.webhook", "admin.keys.made"],
    label: t("admin.keys"),
    none: { title: t("admin.keys.none"), words: t("admin.keys.none_hint"), icon: "key" },
    tools: [gone, h("span", { class: "grow" }), button({ label: t("admin.keys.new"), icon: "plus", kind: "primary", run: make })],
    fits: (one) => gone.input.checked || !one.revoked_at,
    whole: true,
    row,
  });
  gone.input.addEventListener("input", list.draw);

  function row(one) {
    return h("tr", { class: one.revoked_at ? "over" : null },
      h("td", null, h("button", { type: "button", class: "opens", onclick: () => show(one) }, one.name), one.revoked_at && h("div", null, h("span", { class: "chip bad" }, t("admin.keys.revoked")))),
      h("td", null, h("div", { class: "row wraps" }, one.scopes.map((scope) => h("span", { class: "chip" }, scope)))),
      h("td", { class: "less small wrap" }, one.webhook_url ?? "–"),
      h("td", { class: "less small muted" }, h("time", { datetime: one.created_at, title: date(one.created_at, "full") }, date(one.created_at, "date"))));
  }

  function show(one) {
    house.drawer.open(() => ({
      title: one.name,
      node: h("div", { class: "stack" },
        h("dl", { class: "facts" }, facts(one).map(([name, value]) => [h("dt", null, t(name)), h("dd", null, value)])),
        !one.revoked_at && h("div", null, button({ label: t("admin.keys.revoke"), icon: "trash", kind: "danger", run: () => revoke(one) })),
        h("section", { class: "card" }, h("header", null, h("h3", null, t("admin.history"))), history("key", one.id))),
    }));
  }

  async function revoke(one) {
    const yes = await confirm({ title: t("admin.keys.revoke_ask", { name: one.name }), words: t("admin.keys.revoke_words"), yes: t("admin.keys.revoke") });
    if (!yes) return;
    try {
      await del(`/v1/keys/${one.id}`);
      house.drawer.close();
      toast(t("admin.keys.is_revoked", { name: one.name }), { kind: "good" });
    } catch (problem) {
      failure(problem);
    }
    list.load();
  }

  async function make() {
    const name = field({ label: t("admin.keys.name"), name: "name", hint: t("admin.keys.name_hint"), required: true, maxlength: 100, autocomplete: "off" });
    const scopes = SCOPES.map((scope) => choice({ label: t(`admin.scope.${scope}`), name: "scope", value: scope, checked: scope === SCOPES[0] }));
    const wrong = h("p", { class: "wrong", role: "alert" });
    const chosen = () => scopes.filter((one) => one.input.checked).map((one) => one.input.value);
    const made = await dialog({
      title: t("admin.keys.new"),
      body: [name, h("fieldset", { class: "field" }, h("legend", null, t("admin.keys.scopes")), scopes, wrong)],
      actions: [
        { label: t("do.cancel"), value: null },
        { label: t("admin.keys.create"), kind: "primary", run: () => {
          wrong.textContent = chosen().length ? "" : t("admin.keys.no_scope");
          return chosen().length ? asked({ name }, () => post("/v1/keys", { name: name.input.value.trim(), scopes: chosen() })) : false;
        } },
      ],
    });
    if (!made) return;
    list.load();
    await once({ title: t("admin.keys.is_made", { name: made.key.name }), label: t("admin.keys.secret"), secret: made.secret });
  }

  return { node: list.node, load: list.load };
}

const facts = (one) => [
  ["admin.keys.scopes", one.scopes.join(", ")],
  ["admin.keys.webhook", one.webhook_url ?? "–"],
  ["admin.keys.made", date(one.created_at, "full")],
  ...(one.revoked_at ? [["admin.keys.revoked", date(one.revoked_at, "full")]] : []),
];
