/** The accounts by which customers reach us. */
import { del, get, patch, post } from "../base/api.js";
import { button } from "../base/button.js";
import { confirm, dialog } from "../base/dialog.js";
import { fill, h } from "../base/dom.js";
import { choice, field } from "../base/field.js";
import { date, has, t } from "../base/i18n.js";
import { channelIcon } from "../base/icons.js";
import { notice } from "../base/states.js";
import { failure, toast } from "../base/toast.js";
import { listing } from "./listing.js";
import { once } from "./once.js";
import { asked } from "./people.js";
import { section } from "./person.js";
import { history } from "./trail.js";

/** @param {any} house @returns {{node: HTMLElement, load: () => Promise<void>}} */
export function connectionList(house) {
  const gone = choice({ label: t("admin.connections.disabled_too"), name: "disabled" });
  const list = listing({
    path: "/v1/connections",
    columns: ["admin.connections.name", "admin.connections.channel", "admin.connections.origins", "admin.connections.secrets"],
    label: t("admin.connections"),
    none: { title: t("admin.connections.none"), words: t("admin.connections.none_hint"), icon: "link" },
    tools: [gone, h("span", { class: "grow" }), button({ label: t("admin.connections.new"), icon: "plus", kind: "primary", run: make })],
    fits: (one) => gone.input.checked || !one.disabled_at,
    whole: true,
    row,
  });
  gone.input.addEventListener("input", list.draw);

  function row(one) {
    return h("tr", { class: one.disabled_at ? "over" : null },
      h("td", null, h("button", { type: "button", class: "opens", onclick: () => show(one) }, one.name), one.disabled_at && h("div", null, h("span", { class: "chip bad" }, t("admin.people.disabled")))),
      h("td", null, h("span", { class: "row" }, channelIcon(one.channel), nameOf(one.channel))),
      h("td", { class: "less small wrap" }, one.origins.join(", ") || "–"),
      h("td", { class: "less small mono" }, one.secret_fingerprints.join(", ") || "–"));
  }

  const show = (one) => house.drawer.open(() => connectionView(one, { ...house, changed: list.load, keys }));

  async function make() {
    const fields = {
      name: field({ label: t("admin.connections.name"), name: "name", hint: t("admin.connections.name_hint"), required: true, maxlength: 100, autocomplete: "off" }),
      channel: field({ label: t("admin.connections.channel"), name: "channel", options: house.rules().channels.map((one) => [one, nameOf(one)]) }),
      origins: originsField([]),
      api_key_id: keyField(await keys(), null),
    };
    const made = await dialog({
      title: t("admin.connections.new"),
      body: Object.values(fields),
      actions: [
        { label: t("do.cancel"), value: null },
        { label: t("admin.connections.create"), kind: "primary", run: () => asked(fields, () => post("/v1/connections", { name: fields.name.input.value.trim(), channel: fields.channel.input.value, ...given(fields) })) },
      ],
    }).catch(failure);
    if (!made?.id) return;
    await list.load();
    show(made);
  }

  return { node: list.node, load: list.load };
}

/** @param {any} first @param {any} house @returns {import("../dashboard/drawer.js").View} */
function connectionView(first, house) {
  const node = h("div", { class: "stack" });
  const { id } = first;

  async function draw(one) {
    const fields = { origins: originsField(one.origins), api_key_id: keyField(await house.keys().catch(() => []), one.api_key_id) };
    const said = h("div");
    const form = h("form", { class: "body stack", novalidate: true }, Object.values(fields), said, h("div", { class: "row ends" }, button({ label: t("do.save"), kind: "primary", type: "submit" })));
    form.onsubmit = (event) => {
      event.preventDefault();
      change(given(fields), fields, said);
    };
    fill(node, one.disabled_at && notice({ kind: "warn", words: t("admin.connections.is_disabled", { when: date(one.disabled_at) }) }),
      section(t("admin.connections.open_to"), form),
      section(t("admin.connections.secrets"), secrets(one)),
      section(t("admin.person.access"), h("div", { class: "body" }, one.disabled_at
        ? button({ label: t("admin.person.enable"), icon: "unlock", run: () => change({ disabled: false }) })
        : button({ label: t("admin.person.disable"), icon: "lock", kind: "danger", run: () => disable(one) }))),
      section(t("admin.history"), history("connection", id)));
  }

  async function change(what, fields = {}, said = null) {
    if (said) fill(said);
    try {
      const changed = await asked(fields, () => patch(`/v1/connections/${id}`, what));
      if (changed === false) return;
      toast(t("state.saved"), { kind: "good" });
      house.changed();
      draw(changed);
    } catch (problem) {
      if (said) fill(said, notice({ kind: "bad", words: problem.detail, live: true }));
      else failure(problem);
    }
  }

  function secrets(one) {
    const lines = one.secret_fingerprints.map((print) => h("li", { class: "row" }, h("span", { class: "grow mono" }, print), button({ label: t("admin.secret.remove", { print }), icon: "trash", only: true, kind: "quiet", run: () => remove(one, print) })));
    return h("div", { class: "body stack" }, h("p", { class: "small muted" }, t("admin.secret.hint")), h("ul", { class: "plain" }, lines), h("div", null, button({ label: t("admin.secret.add"), icon: "plus", run: () => add(one) })));
  }

  async function add(one) {
    try {
      const made = await post(`/v1/connections/${id}/secrets`, {});
      await once({ title: t("admin.secret.made", { name: one.name }), label: t("admin.secret.label"), secret: made.secret });
      house.changed();
      draw({ ...one, secret_fingerprints: [...one.secret_fingerprints, made.fingerprint] });
    } catch (problem) {
      failure(problem);
    }
  }

  async function remove(one, print) {
    const yes = await confirm({ title: t("admin.secret.remove_ask", { print }), words: t("admin.secret.remove_words"), yes: t("do.delete") });
    if (!yes) return;
    try {
      await del(`/v1/connections/${id}/secrets/${print}`);
      house.changed();
      draw({ ...one, secret_fingerprints: one.secret_fingerprints.filter((other) => other !== print) });
    } catch (problem) {
      failure(problem);
    }
  }

  async function disable(one) {
    const yes = await confirm({ title: t("admin.person.disable_ask", { name: one.name }), words: t("admin.connections.disable_words"), yes: t("admin.person.disable") });
    if (yes) await change({ disabled: true });
  }

  draw(first);
  return { title: first.name, node };
}

const nameOf = (channel) => (has(`channel.${channel}`) ? t(`channel.${channel}`) : channel);
const keys = async () => (await get("/v1/keys", { limit: 200 })).items.filter((one) => !one.revoked_at);
const originsField = (origins) => field({ label: t("admin.connections.origins"), name: "origins", lines: 3, hint: t("admin.connections.origins_hint"), value: origins.join("\n"), spellcheck: "false" });
const keyField = (all, chosen) => field({ label: t("admin.connections.key"), name: "api_key_id", hint: t("admin.connections.key_hint"), options: [["", t("admin.connections.no_key")], ...all.map((one) => [String(one.id), one.name])], value: chosen === null ? "" : String(chosen) });
const given = ({ origins, api_key_id: key }) => ({
  origins: origins.input.value.split(/\s+/).filter(Boolean),
  api_key_id: key.input.value ? Number(key.input.value) : null,
});
