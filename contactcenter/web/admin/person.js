/** One person: who they are, what they can do, where they are signed in, and who changed what. */
import { del, get } from "../base/api.js";
import { button } from "../base/button.js";
import { confirm } from "../base/dialog.js";
import { fill, h } from "../base/dom.js";
import { field } from "../base/field.js";
import { date, relative, t } from "../base/i18n.js";
import { failed, loading, notice } from "../base/states.js";
import { now } from "../base/time.js";
import { failure, toast } from "../base/toast.js";
import { abilitiesForm } from "./abilities.js";
import { asked, changePerson, linkFor, values } from "./people.js";
import { history } from "./trail.js";

/** @param {number} id @param {any} house @returns {import("../dashboard/drawer.js").View} */
export function personView(id, house) {
  const node = h("div", { class: "stack" }, loading(8));

  async function load() {
    try {
      const [person, sessions] = await Promise.all([get(`/v1/people/${id}`), get(`/v1/people/${id}/sessions`)]);
      house.drawer.title(person.name);
      fill(node, person.disabled_at && notice({ kind: "warn", words: t("admin.person.is_disabled", { when: date(person.disabled_at) }) }),
        whoForm(person), access(person), takesWork(person), signIns(sessions), section(t("admin.history"), history("person", id)));
    } catch (problem) {
      fill(node, failed(problem, load));
    }
  }

  const changed = () => {
    house.changed();
    return load();
  };

  function whoForm(person) {
    const fields = {
      name: field({ label: t("admin.people.name"), name: "name", value: person.name, required: true, maxlength: 100 }),
      role: field({ label: t("admin.people.role"), name: "role", hint: t("admin.person.role_hint"), options: ["agent", "supervisor", "administrator"].map((one) => [one, t(`role.${one}`)]), value: person.role }),
    };
    const said = h("div");
    const saving = button({ label: t("do.save"), kind: "primary", type: "submit" });
    const form = h("form", { class: "body stack", novalidate: true }, h("dl", { class: "facts" }, h("dt", null, t("admin.people.login")), h("dd", null, person.login), person.teams.length > 0 && [h("dt", null, t("admin.teams")), h("dd", null, person.teams.map((team) => team.name).join(", "))]), Object.values(fields), said, h("div", { class: "row ends" }, saving));
    form.onsubmit = async (event) => {
      event.preventDefault();
      fill(said);
      try {
        if ((await asked(fields, () => changePerson(id, values(fields)))) !== false) changed();
      } catch (problem) {
        fill(said, notice({ kind: "bad", words: problem.detail, live: true }));
      }
    };
    return section(t("admin.person.who"), form);
  }

  function access(person) {
    const orders = person.disabled_at
      ? [button({ label: t("admin.person.enable"), icon: "unlock", run: () => allow(person, false) })]
      : [
          button({ label: t("admin.link.make"), icon: "link", run: () => linkFor(person).then(load, failure) }),
          button({ label: t("admin.person.sign_out"), icon: "sign_out", run: () => signOut(person) }),
          button({ label: t("admin.person.disable"), icon: "lock", kind: "danger", run: () => disable(person) }),
        ];
    return section(t("admin.person.access"), h("div", { class: "body row wraps" }, orders));
  }

  function takesWork(person) {
    if (person.abilities || person.role === "agent") return section(t("admin.abilities"), abilitiesForm(person, house.rules(), changed));
    const holder = h("div", { class: "body stack" }, h("p", { class: "small muted" }, t("admin.abilities.none")),
      h("div", null, button({ label: t("admin.abilities.give"), icon: "plus", run: () => holder.replaceWith(abilitiesForm(person, house.rules(), changed)) })));
    return section(t("admin.abilities"), holder);
  }

  async function disable(person) {
    const yes = await confirm({ title: t("admin.person.disable_ask", { name: person.name }), words: t("admin.person.disable_words"), yes: t("admin.person.disable") });
    if (yes) await allow(person, true);
  }

  const allow = (person, disabled) => changePerson(person.id, { disabled }).then(changed, failure);

  async function signOut(person) {
    await del(`/v1/people/${person.id}/sessions`).then(() => toast(t("admin.person.signed_out", { name: person.name }), { kind: "good" }), failure);
    load();
  }

  load();
  return { title: "…", node };
}

function signIns({ items }) {
  const lines = items.map((one) => h("li", { class: "entry small" }, h("div", { class: "wrap" }, one.browser || t("admin.person.unknown_browser")),
    h("div", { class: "muted" }, one.address, " · ", h("time", { datetime: one.created_at, title: date(one.created_at, "full") }, relative(one.created_at, now())))));
  const list = lines.length ? h("ul", { class: "plain" }, lines) : h("p", { class: "body small muted" }, t("admin.person.no_sign_ins"));
  return section(t("admin.person.sign_ins"), list);
}

/** @param {string} title @param {any} inside */
export const section = (title, inside) => h("section", { class: "card" }, h("header", null, h("h3", null, title)), inside);
