/** Teams: which there are, who leads each, and which agents are in it. */
import { get, patch, post } from "../base/api.js";
import { button } from "../base/button.js";
import { dialog } from "../base/dialog.js";
import { fill, h, patch as show, set, text } from "../base/dom.js";
import { choice, field } from "../base/field.js";
import { date, t } from "../base/i18n.js";
import { failed, loading, notice } from "../base/states.js";
import { failure, toast } from "../base/toast.js";
import { all, listing } from "./listing.js";
import { asked } from "./people.js";
import { section } from "./person.js";
import { history } from "./trail.js";

const FOUND_MAX = 20;

/** @param {any} house @returns {{node: HTMLElement, load: () => Promise<void>}} */
export function teamList(house) {
  const gone = choice({ label: t("admin.teams.archived_too"), name: "archived" });
  const list = listing({
    path: "/v1/teams",
    columns: ["admin.teams.name", "admin.teams.lead", "admin.teams.members", "admin.teams.since"],
    label: t("admin.teams"),
    none: { title: t("admin.teams.none"), words: t("admin.teams.none_hint"), icon: "people" },
    tools: [gone, h("span", { class: "grow" }), button({ label: t("admin.teams.new"), icon: "plus", kind: "primary", run: make })],
    fits: (one) => gone.input.checked || !one.archived_at,
    whole: true,
    row,
  });
  gone.input.addEventListener("input", list.draw);

  function row(one) {
    return h("tr", { class: one.archived_at ? "over" : null },
      h("td", null, h("button", { type: "button", class: "opens", onclick: () => open(one.id) }, one.name), one.archived_at && h("span", { class: "chip" }, t("admin.teams.archived"))),
      h("td", null, one.lead_name ?? h("span", { class: "muted" }, t("admin.teams.no_lead"))),
      h("td", { class: "less small" }, t("admin.teams.count", { count: one.members })),
      h("td", { class: "less small muted" }, date(one.created_at, "date")));
  }

  const open = (id) => house.drawer.open(() => teamView(id, { ...house, changed: list.load }));

  async function make() {
    const fields = await teamFields({ name: "", lead: house.me.id });
    const made = await dialog({
      title: t("admin.teams.new"),
      body: Object.values(fields),
      actions: [
        { label: t("do.cancel"), value: null },
        { label: t("admin.teams.create"), kind: "primary", run: () => asked(fields, () => post("/v1/teams", given(fields))) },
      ],
    }).catch(failure);
    if (!made?.id) return;
    list.load();
    open(made.id);
  }

  return { node: list.node, load: list.load };
}

/** @param {number} id @param {any} house @returns {import("../dashboard/drawer.js").View} */
function teamView(id, house) {
  const node = h("div", { class: "stack" }, loading(8));
  const path = `/v1/teams/${id}`;

  async function load() {
    try {
      const [team, people] = await Promise.all([get(path), all("/v1/people")]);
      house.drawer.title(team.name);
      const agents = people.filter((one) => one.abilities);
      fill(node, team.archived_at && notice({ kind: "warn", words: t("admin.teams.is_archived", { when: date(team.archived_at) }) }),
        await aboutForm(team), !team.archived_at && members(agents), section(t("admin.teams.end"), archive(team)), section(t("admin.history"), history("team", id)));
    } catch (problem) {
      fill(node, failed(problem, load));
    }
  }

  function done() {
    toast(t("state.saved"), { kind: "good" });
    house.changed();
    return load();
  }

  async function aboutForm(team) {
    const fields = await teamFields(team);
    const said = h("div");
    const form = h("form", { class: "body stack", novalidate: true }, Object.values(fields), said, h("div", { class: "row ends" }, button({ label: t("do.save"), kind: "primary", type: "submit" })));
    form.onsubmit = async (event) => {
      event.preventDefault();
      fill(said);
      try {
        if ((await asked(fields, () => patch(path, given(fields)))) !== false) await done();
      } catch (problem) {
        fill(said, notice({ kind: "bad", words: problem.detail, live: true }));
      }
    };
    return section(t("admin.teams.about"), form);
  }

  function members(agents) {
    const [inside, outside] = [agents.filter((one) => isIn(one)), agents.filter((one) => !isIn(one) && !one.disabled_at)];
    const find = field({ label: t("admin.teams.add"), name: "find", type: "search", autocomplete: "off" });
    const found = h("ul", { class: "plain" });
    const more = h("p", { class: "small muted" });
    const search = () => {
      const words = find.input.value.trim().toLowerCase();
      const fits = words ? outside.filter((one) => `${one.name} ${one.login}`.toLowerCase().includes(words)) : [];
      show(found, fits.slice(0, FOUND_MAX), { key: (one) => one.id, make: (one) => line(one, "join", "plus", "admin.teams.join") });
      text(more, words && fits.length === 0 ? t("state.none_found") : fits.length > FOUND_MAX ? t("admin.teams.more", { count: fits.length - FOUND_MAX }) : "");
    };
    find.input.addEventListener("input", search);
    const list = inside.length ? h("ul", { class: "plain" }, inside.map((one) => line(one, "leave", "close", "admin.teams.leave"))) : h("p", { class: "small muted" }, t("admin.teams.empty"));
    return section(t("admin.teams.members"), h("div", { class: "body stack" }, list, find, found, more));
  }

  const isIn = (person) => person.teams.some((team) => team.id === id);

  function line(person, verb, name, words) {
    const others = person.teams.filter((team) => team.id !== id).map((team) => team.name).join(", ");
    return h("li", { class: "row" }, h("span", { class: "grow wrap" }, person.name, " ", h("span", { class: "small muted" }, others || person.login)),
      button({ label: t(words, { name: person.name }), icon: name, only: true, kind: "quiet", run: () => post(`${path}/members`, { [verb]: [person.id] }).then(done, failure) }));
  }

  function archive(team) {
    const back = Boolean(team.archived_at);
    const order = button({ label: t(back ? "admin.teams.back" : "admin.teams.archive"), icon: back ? "undo" : "lock", run: () => patch(path, { archived: !back }).then(done, failure) });
    set(order, { disabled: !back && team.members > 0 });
    return h("div", { class: "body stack" }, !back && team.members > 0 && h("p", { class: "small muted" }, t("admin.teams.archive_hint")), h("div", null, order));
  }

  load();
  return { title: "…", node };
}

async function teamFields({ name, lead }) {
  const leads = (await all("/v1/people")).filter((one) => one.role !== "agent" && !one.disabled_at);
  return {
    name: field({ label: t("admin.teams.name"), name: "name", value: name, required: true, maxlength: 100, autocomplete: "off" }),
    lead: field({ label: t("admin.teams.lead"), name: "lead", options: [["", t("admin.teams.no_lead")], ...leads.map((one) => [String(one.id), one.name])], value: lead === null ? "" : String(lead) }),
  };
}

const given = ({ name, lead }) => ({ name: name.input.value.trim(), lead: lead.input.value ? Number(lead.input.value) : null });
