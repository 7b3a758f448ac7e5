/** Each element once, as pages use it. */
import { busy, button } from "../base/button.js";
import { confirm } from "../base/dialog.js";
import { h } from "../base/dom.js";
import { choice, field } from "../base/field.js";
import { clock, date, duration, number, percent, relative, size, t } from "../base/i18n.js";
import { icon, names } from "../base/icons.js";
import { menu } from "../base/menu.js";
import { avatar, presenceDot } from "../base/person.js";
import { connection, empty, failed, loading, notice } from "../base/states.js";
import { tabs } from "../base/tabs.js";
import { toast } from "../base/toast.js";

const COLOURS = ["ink", "ink-2", "ink-3", "paper", "ground", "raised", "hover", "rule", "edge", "accent", "accent-soft", "good", "good-soft", "warn", "warn-soft", "bad", "bad-soft", "customer", "agent", "note"];
const AT = Date.UTC(2026, 10, 22, 3, 4, 5);

/** Headings (keys of texts) and what stands under them. @param {string} scheme @returns {[string, any][]} */
export const shown = (scheme) => [
  ["style.colours", colours()],
  ["style.type", type()],
  ["style.buttons", buttons()],
  ["style.fields", fields(scheme)],
  ["style.badges", badges()],
  ["style.card", card()],
  ["style.tabs", [tabbed(scheme), segments()]],
  ["style.menus", opened()],
  ["style.states", states()],
  ["style.icons", h("div", { class: "icons" }, names.map((name) => h("div", null, icon(name), name)))],
];

const colours = () =>
  h("div", { class: "swatches" }, COLOURS.map((name) =>
    h("div", { class: "swatch" }, h("i", { style: { background: `var(--${name})` } }), h("span", null, name))));

const type = () => [
  h("p", { class: "large strong" }, t("app.name")),
  h("p", null, t("style.words", { count: 1, due: clock(108_000) })),
  h("p", { class: "small muted" }, t("style.words", { count: 12_345, due: clock(4_000_000) })),
  h("p", { class: "small" }, [date(AT), date(AT, "day"), relative(AT, AT + 300_000), duration(720_000), percent(0.764, 1), number(184_223), size(48_200)].join(" · ")),
  h("p", { class: "clip" }, t("style.sample_long")),
];

function buttons() {
  const working = button({ label: t("style.busy"), icon: "send" });
  busy(working, () => new Promise(() => {}));
  return [
    h("div", { class: "row wraps" }, button({ label: t("style.normal"), icon: "transfer", key: "t" }), button({ label: t("style.primary"), kind: "primary", key: "a" }),
      button({ label: t("style.danger"), kind: "danger", icon: "trash" }), button({ label: t("style.quiet"), kind: "quiet" })),
    h("div", { class: "row wraps" }, button({ label: t("style.disabled"), disabled: true }), working,
      button({ label: t("do.search"), icon: "search", only: true }), button({ label: t("do.edit"), kind: "small", icon: "edit" }), h("a", { href: "#main" }, t("do.more"))),
  ];
}

function fields(scheme) {
  const wrong = field({ label: t("style.text"), name: `${scheme}-wrong`, value: "+62" });
  wrong.fail(t("style.wrong"));
  return [
    field({ label: t("style.text"), name: `${scheme}-text`, hint: t("style.hint"), placeholder: "siti@shop.example" }),
    wrong,
    field({ label: t("style.several"), name: `${scheme}-lines`, lines: 2 }),
    field({ label: t("style.choose"), name: `${scheme}-one`, options: [["a", t("style.first")], ["b", t("style.second")]] }),
    choice({ label: t("style.tick"), name: `${scheme}-tick`, checked: true }),
  ];
}

const badges = () => [
  h("div", { class: "row wraps" }, ["", "accent", "good", "gold", "bad"].map((kind) => h("span", { class: `chip ${kind}`.trim() }, kind || "chip")),
    h("span", { class: "count" }, "2"), h("span", { class: "count bad" }, "12")),
  h("div", { class: "row wraps" }, presenceDot("available"), t("presence.available"), presenceDot("away"), t("presence.away"), presenceDot("offline"), t("presence.offline")),
  h("div", { class: "row" }, avatar("Siti Rahma"), avatar("Budi", "big"), h("span", { class: "meter grow" }, h("i", { style: { width: "62%" } }))),
];

const card = () => [
  h("div", { class: "card" }, h("header", null, h("h4", { class: "grow" }, t("style.waiting")), h("span", { class: "muted small" }, "37")),
    h("table", { class: "table" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, t("style.name")), h("th", { scope: "col", class: "number" }, t("style.waiting")), h("th", { scope: "col", class: "number" }, t("style.longest")))),
      h("tbody", null, [["Fiber", 21, 252_000, "hot"], ["Billing", 9, 65_000, "warm"], ["Sales", 4, 22_000, ""]].map(([name, count, ms, heat]) =>
        h("tr", { class: heat || null }, h("td", null, name), h("td", { class: "number" }, number(count)), h("td", { class: "number" }, clock(ms))))))),
  h("dl", { class: "facts" }, h("dt", null, t("style.name")), h("dd", null, t("style.sample_long")), h("dt", null, t("style.waiting")), h("dd", null, "37")),
];

function tabbed(scheme) {
  const one = h("div", { class: "body" }, t("style.words", { count: 1, due: "1:48" }));
  const two = h("div", { class: "body" }, t("style.sample_long"));
  const all = [{ id: `${scheme}-1`, label: t("style.first"), panel: one }, { id: `${scheme}-2`, label: t("style.second"), panel: two }];
  return h("div", { class: "card" }, tabs({ label: t("style.tabs"), tabs: all }), one, two);
}

const segments = () =>
  h("div", { class: "row" }, h("div", { class: "segments", role: "group", "aria-label": t("theme.label") },
    h("button", { type: "button", "aria-pressed": "true" }, t("style.first")), h("button", { type: "button", "aria-pressed": "false" }, t("style.second"))));

function opened() {
  const opener = menu(button({ label: t("style.open"), icon: "more" }), () => [
    { heading: t("style.menus") },
    { label: t("do.edit"), icon: "edit", key: "e" },
    { label: t("style.sample_long"), icon: "customer", detail: t("style.hint") },
    "line",
    { label: t("style.first"), checked: true },
    { label: t("style.second"), checked: false },
  ]);
  return h("div", { class: "row wraps" }, opener,
    button({ label: t("style.ask"), run: () => confirm({ title: t("style.sure"), words: t("style.sure_text"), yes: t("style.danger") }) }),
    button({ label: t("style.say"), key: "s", run: () => void toast(t("style.said"), { kind: "good", action: { label: t("do.undo"), run: () => {} } }) }),
    button({ label: t("style.fail"), run: () => void toast(t("style.failed"), { kind: "bad" }) }));
}

function states() {
  const away = connection();
  away.show("reconnecting");
  const problem = { detail: t("style.failed") };
  return [
    away,
    ["", "good", "warn", "bad"].map((kind) => notice({ kind: /** @type {any} */ (kind), words: t("style.words", { count: 3, due: "1:48" }) })),
    h("div", { class: "card" }, empty()),
    h("div", { class: "card" }, loading()),
    h("div", { class: "card" }, failed(problem, () => {})),
  ];
}
