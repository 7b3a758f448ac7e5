/** Where one is signed in, and how to end that. */
import { del, get, post } from "../base/api.js";
import { button } from "../base/button.js";
import { confirm } from "../base/dialog.js";
import { fill, h, patch } from "../base/dom.js";
import { date, rich, t } from "../base/i18n.js";
import { icon } from "../base/icons.js";
import { failed, loading } from "../base/states.js";
import { ago } from "../base/time.js";
import { failure, toast } from "../base/toast.js";
import { named } from "./browser.js";

/** @typedef {{id: number, address: string, browser: string, created_at: string, expires_at: string, current: boolean}} Session */

export function sessionsCard() {
  const place = h("div", null, loading(3));
  const list = h("ul", { class: "plain" });
  const everywhere = button({ label: t("account.end_all"), icon: "sign_out", kind: "small", run: endAll });
  const more = button({ label: t("do.more"), kind: "small", run: () => load(next) });
  const foot = h("div", { class: "body", hidden: true }, more);
  let sessions = /** @type {Session[]} */ ([]);
  let next = /** @type {number | null} */ (null);

  async function load(after = null) {
    try {
      const page = await get("/v1/sessions", { after });
      sessions = after === null ? page.items : [...sessions, ...page.items];
      next = page.next;
      show();
    } catch (problem) {
      fill(place, failed(problem, () => load()));
    }
  }

  function show() {
    if (!list.isConnected) fill(place, list);
    patch(list, sessions, { key: (one) => one.id, make: (one) => line(one, end) });
    foot.hidden = next === null;
  }

  async function end(session) {
    try {
      await del(`/v1/sessions/${session.id}`);
      sessions = sessions.filter((one) => one !== session);
      show();
      toast(t("account.ended"), { kind: "good" });
      everywhere.focus();
    } catch (problem) {
      failure(problem);
    }
  }

  addEventListener("sessions-changed", () => load());
  load();
  return h("section", { class: "card", "aria-labelledby": "sessions-title" },
    h("header", null, h("h2", { class: "grow", id: "sessions-title" }, t("account.sessions")), everywhere), place, foot);
}

function line(session, end) {
  const browser = named(session.browser);
  const words = h("div", { class: "grow stack close" },
    h("div", { class: "row wraps" }, h("span", { class: "strong" }, browser), session.current && h("span", { class: "chip accent" }, t("account.here"))),
    h("div", { class: "small muted row wraps" },
      h("span", null, rich("account.since", { ago: ago(session.created_at) })),
      h("span", null, t("account.until", { time: date(session.expires_at) })),
      session.address && h("span", { class: "wrap" }, t("account.address", { address: session.address }))));
  const button_ = button({ label: t("account.end"), kind: "small", "aria-label": t("account.end_label", { browser }), run: () => end(session) });
  return h("li", { class: "line row" }, icon("device"), words, session.current ? null : button_);
}

async function endAll() {
  const sure = await confirm({ title: t("account.end_all_title"), words: t("account.end_all_text"), yes: t("account.end_all") });
  if (!sure) return;
  try {
    await post("/v1/sign-out-everywhere");
    location.assign("/sign-in");
  } catch (problem) {
    failure(problem);
  }
}
