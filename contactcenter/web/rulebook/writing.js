/** The text, what is wrong with it or what it changes, and putting it in force. */
import { polite } from "../base/announce.js";
import { get, post } from "../base/api.js";
import { button } from "../base/button.js";
import { confirm, dialog } from "../base/dialog.js";
import { fill, h, set } from "../base/dom.js";
import { field } from "../base/field.js";
import { t } from "../base/i18n.js";
import { failed, notice } from "../base/states.js";
import { failure, toast } from "../base/toast.js";
import { compared } from "./compared.js";
import { editor } from "./editor.js";

const REST_MS = 600;

/**
 * @param {any} first the version in force @param {(version: any) => void} published told of each that is put in force here
 * @returns {{node: HTMLElement, changed: () => boolean, open: (version: any) => void}}
 *   `changed`: whether something would be lost with the page; `open`: write on, on top of this version
 */
export function writing(first, published) {
  const text = editor(typed);
  const found = h("div");
  const said = h("header");
  const warned = h("div");
  const publishing = button({ label: t("rulebook.publish"), kind: "primary", run: publish });
  const discarding = button({ label: t("rulebook.discard"), run: discard });
  let base = first;
  let checked = null;
  let timer = 0;
  let turn = 0;

  function open(version) {
    base = version;
    text.write(version.toml);
    fill(warned);
    check();
  }

  function typed() {
    checked = null;
    draw();
    clearTimeout(timer);
    timer = setTimeout(check, REST_MS);
  }

  async function check() {
    clearTimeout(timer);
    const mine = (turn += 1);
    try {
      const answer = await post("/v1/rulebook/check", { toml: text.read() });
      if (mine !== turn) return;
      checked = answer;
      if (answer.version !== base.version) await meanwhile(answer.version);
      draw();
      polite(summary());
    } catch (problem) {
      if (mine === turn) fill(found, failed(problem, check));
    }
  }

  /** Another has published: what is compared from here on is theirs, and their rules are not written over unseen. */
  async function meanwhile(number) {
    const newer = await get(`/v1/rulebook/versions/${number}`);
    published(newer);
    if (text.read() === base.toml) return open(newer);
    fill(warned, notice({ kind: "warn", live: true, words: h("div", { class: "stack close" },
      t("rulebook.meanwhile", { author: newer.author, version: number }),
      h("div", null, button({ label: t("rulebook.take", { version: number }), kind: "small", run: () => take(newer) }))) }));
    base = newer;
  }

  async function take(newer) {
    if (await confirm({ title: t("rulebook.take_ask"), words: t("rulebook.discard_words"), yes: t("rulebook.take", { version: newer.version }) })) open(newer);
  }

  const summary = () => {
    if (!checked) return t("rulebook.checking");
    if (checked.errors.length) return t("rulebook.faults", { count: checked.errors.length });
    return checked.changes.length ? t("rulebook.changes", { count: checked.changes.length }) : t(text.read() === base.toml ? "rulebook.same" : "rulebook.same_rules");
  };

  function draw() {
    const errors = checked?.errors ?? [];
    fill(said, h("h2", { class: "grow" }, summary()));
    text.mark(errors.map((fault) => fault.line));
    set(publishing, { disabled: !checked || errors.length > 0 || text.read() === base.toml });
    set(discarding, { disabled: text.read() === base.toml });
    if (errors.length) fill(found, h("ul", { class: "plain" }, errors.map((fault) => h("li", null, one(fault)))));
    else if (checked) fill(found, differences());
  }

  const differences = () =>
    checked.changes.length > 0 ? compared(checked.changes, t("rulebook.version", { version: checked.version }), t("rulebook.draft")) : null;

  const one = (fault) =>
    h("button", { class: "fault", type: "button", onclick: () => text.go(fault.line) },
      h("span", { class: "at small" }, t("rulebook.line", { line: fault.line })), h("span", { class: "mono small" }, fault.path),
      h("span", { class: "said small" }, fault.message));

  async function publish() {
    const note = field({ label: t("rulebook.note"), name: "note", hint: t("rulebook.note_hint"), maxlength: 500, autocomplete: "off" });
    const made = await dialog({
      title: t("rulebook.publish_ask"),
      wide: true,
      body: [differences() ?? h("p", null, t("rulebook.same_rules")), note],
      actions: [
        { label: t("do.cancel") },
        { label: t("rulebook.publish"), kind: "primary", run: () => send(note.input.value) },
      ],
    });
    if (made?.version) {
      toast(t("rulebook.published", { version: made.version }), { kind: "good" });
      open({ ...made, toml: text.read() });
      published(made);
    } else if (made) {
      check();
    }
  }

  /** Of what is refused since the rules have changed, the page itself tells. */
  async function send(note) {
    try {
      return await post("/v1/rulebook/versions", { toml: text.read(), based_on: base.version, note });
    } catch (problem) {
      if (problem.code === "rulebook-changed" || problem.code === "bad-rulebook") return problem;
      throw problem;
    }
  }

  async function discard() {
    if (!(await confirm({ title: t("rulebook.discard_ask"), words: t("rulebook.discard_words"), yes: t("rulebook.discard") }))) return;
    await get("/v1/rulebook").then(open, failure);
  }

  open(first);
  return {
    node: h("div", { class: "stack" }, warned,
      h("div", { class: "writing" }, text.node,
        h("div", { class: "stack beside" }, h("div", { class: "row wraps" }, publishing, discarding), h("section", { class: "card" }, said, found)))),
    changed: () => text.read() !== base.toml,
    open,
  };
}
