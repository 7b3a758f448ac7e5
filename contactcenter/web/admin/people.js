/** The people who work here. */
import { patch, post } from "../base/api.js";
import { button } from "../base/button.js";
import { dialog } from "../base/dialog.js";
import { h } from "../base/dom.js";
import { choice, failAt, field } from "../base/field.js";
import { date, t } from "../base/i18n.js";
import { toast } from "../base/toast.js";
import { listing } from "./listing.js";
import { once } from "./once.js";
import { personView } from "./person.js";

const ROLES = ["agent", "supervisor", "administrator"];

/** @param {{rules: () => any, drawer: any, me: any}} house @returns {{node: HTMLElement, load: () => Promise<void>}} */
export function people(house) {
  const find = field({ label: t("admin.people.find"), name: "find", type: "search", autocomplete: "off" });
  const role = field({ label: t("admin.people.role"), name: "role", options: [["", t("admin.people.all_roles")], ...ROLES.map((one) => [one, t(`role.${one}`)])] });
  const gone = choice({ label: t("admin.people.disabled_too"), name: "disabled" });
  const fits = (one) => {
    const words = find.input.value.trim().toLowerCase();
    return (!role.input.value || one.role === role.input.value) && (gone.input.checked || !one.disabled_at) && `${one.name} ${one.login}`.toLowerCase().includes(words);
  };
  const list = listing({
    path: "/v1/people",
    columns: ["admin.people.name", "admin.people.role", "admin.people.abilities", "admin.people.since"],
    label: t("admin.people"),
    none: { title: t("admin.people.none") },
    tools: [find, role, gone, h("span", { class: "grow" }), button({ label: t("admin.people.new"), icon: "plus", kind: "primary", run: make })],
    whole: true,
    fits,
    row,
  });
  for (const one of [find.input, role.input, gone.input]) one.addEventListener("input", list.draw);

  function row(one) {
    const open = h("button", { type: "button", class: "opens", onclick: () => show(one.id) }, one.name);
    return h("tr", { class: one.disabled_at ? "over" : null },
      h("td", null, open, h("div", { class: "small muted wrap" }, one.login)),
      h("td", null, h("div", { class: "row wraps" }, t(`role.${one.role}`), one.disabled_at && h("span", { class: "chip bad" }, t("admin.people.disabled")))),
      h("td", { class: "less small" }, one.teams.length > 0 && h("div", { class: "wrap" }, one.teams.map((team) => team.name).join(", ")), one.abilities ? t("admin.people.can", { count: Object.keys(one.abilities.skills).length, capacity: one.abilities.capacity }) : "–"),
      h("td", { class: "less small muted" }, h("time", { datetime: one.created_at, title: date(one.created_at, "full") }, date(one.created_at, "date"))));
  }

  const show = (id) => house.drawer.open(() => personView(id, { ...house, changed: list.load }));

  async function make() {
    const fields = {
      name: field({ label: t("admin.people.name"), name: "name", required: true, maxlength: 100, autocomplete: "off" }),
      login: field({ label: t("admin.people.login"), name: "login", hint: t("admin.people.login_hint"), required: true, maxlength: 64, autocomplete: "off", autocapitalize: "none", spellcheck: "false" }),
      role: field({ label: t("admin.people.role"), name: "role", options: ROLES.map((one) => [one, t(`role.${one}`)]) }),
    };
    const made = await dialog({
      title: t("admin.people.new"),
      body: Object.values(fields),
      actions: [
        { label: t("do.cancel"), value: null },
        { label: t("admin.people.create"), kind: "primary", run: () => asked(fields, () => post("/v1/people", values(fields))) },
      ],
    });
    if (!made) return;
    list.load();
    await linkFor(made);
    show(made.id);
  }

  return { node: list.node, load: list.load };
}

/** A link by which a person sets their password. @param {{id: number, name: string}} person */
export async function linkFor(person) {
  const { link, expires_at: until } = await post(`/v1/people/${person.id}/password-link`);
  return once({ title: t("admin.link.title", { name: person.name }), label: t("admin.link.label"), secret: link, words: t("admin.link.words", { until: date(until) }) });
}

/** What stands in the fields. @param {Record<string, import("../base/field.js").Field>} fields */
export const values = (fields) => Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.input.value.trim()]));

/**
 * Ask it of the server; what is missing or refused is said at its field. False where it did not work.
 * @param {Record<string, any>} fields @param {() => Promise<any>} work
 */
export async function asked(fields, work) {
  const missing = Object.values(fields).filter((one) => one.input.required && !one.input.value.trim());
  for (const one of missing) one.fail(t("state.required"));
  if (missing.length) {
    missing[0].input.focus();
    return false;
  }
  try {
    return (await work()) ?? true;
  } catch (problem) {
    if (problem.code === "login-taken") problem.pointer = "/login";
    if (problem.code?.endsWith("name-taken")) problem.pointer = "/name";
    if (failAt(problem, fields)) return false;
    throw problem;
  }
}

/** Change a person, and say so. @param {number} id @param {any} change */
export async function changePerson(id, change) {
  const changed = await patch(`/v1/people/${id}`, change);
  toast(t("state.saved"), { kind: "good" });
  return changed;
}
