// What the desktop puts into the bar: presence, how much is on the agent's plate, alerts, the keys.

import {button} from "../base/button.js";
import {fill, h, set, text} from "../base/dom.js";
import {t} from "../base/i18n.js";
import {icon} from "../base/icons.js";
import * as keys from "../base/keys.js";
import {menu} from "../base/menu.js";
import {UNDO_S} from "./holding.js";
import {openSearch} from "./search.js";
import {duration} from "./words.js";

const DOTS = {available: "dot", away: "dot warn", offline: "dot off"};

/** @param {import("./main.js").Desk} desk */
export function createHeader(desk) {
  const dot = h("span", {class: "dot off"});
  const label = h("span", {class: "clip"});
  const since = h("span", {class: "muted small number"});
  const opener = h("button", {class: "button quiet presence", type: "button", disabled: true}, dot, label, since);
  const load = h("span", {class: "muted small load"});
  const search = h("button", {class: "button quiet search", type: "button", "aria-label": t("desktop.search"), onclick: () => openSearch(desk)},
    icon("search"), h("span", {class: "grow muted"}, t("desktop.search_short")), h("kbd", {class: "key"}, "/"));
  const live = h("span", {class: "muted small live row"});

  return {
    middle: [menu(opener, () => presences(desk), {label: t("desktop.presence")}), load],
    end: [search, live, alerts(desk), button({label: t("keys.title"), icon: "keyboard", only: true, kind: "quiet sheet", run: keys.sheet})],
    openPresence: () => opener.click(),
    draw(now) {
      const {me, items} = desk.store.state;
      drawLive(live, desk.connection);
      if (!me) return;
      set(dot, {class: DOTS[me.presence]});
      text(label, me.reason ?? t(`presence.${me.presence}`));
      text(since, duration(now - Date.parse(me.since)));
      set(opener, {title: t("desktop.presence"), disabled: false});
      const awake = Object.values(items).filter((item) => !item.dormant).length;
      text(load, t("desktop.load", {count: awake, capacity: me.capacity}));
    },
  };
}

function presences(desk) {
  const {me, reasons} = desk.store.state;
  if (!me) return [];
  const is = (presence, reason = null) => me.presence === presence && (me.reason ?? null) === reason;
  return [
    {heading: t("desktop.presence")},
    {label: t("presence.available"), checked: is("available"), run: () => desk.act.presence("available")},
    "line",
    {heading: t("presence.away")},
    ...reasons.map((reason) => ({label: reason, checked: is("away", reason), run: () => desk.act.presence("away", reason)})),
    "line",
    {label: t("presence.offline"), checked: is("offline"), run: () => desk.act.presence("offline")},
  ];
}

function alerts(desk) {
  const opener = button({label: t("desktop.settings"), icon: "settings", only: true, kind: "quiet"});
  return menu(opener, () => [
    {heading: t("desktop.alerts")},
    {label: t("desktop.sound"), icon: "sound", detail: t(desk.alerting.sound() ? "desktop.is_on" : "desktop.is_off"), run: () => desk.alerting.toggleSound()},
    {label: t("desktop.notifications"), icon: "bell", detail: t(`desktop.notifications_${desk.alerting.notifications()}`), run: () => desk.alerting.toggleNotifications()},
    "line",
    {heading: t("desktop.undo_for")},
    ...UNDO_S.map((count) => ({label: count ? t("desktop.undo_s", {count}) : t("desktop.undo_off"), checked: desk.store.state.me?.undo_s === count, run: () => desk.holding.set(count)})),
  ], {label: t("desktop.settings")});
}

function drawLive(node, state) {
  if (node.dataset.state === state) return;
  node.dataset.state = state;
  const dot = state === "live" ? "dot" : state === "connecting" ? "dot off" : "dot warn";
  fill(node, h("span", {class: dot}), h("span", {class: "live-words"}, t(state === "live" ? "desktop.live" : "desktop.not_live")));
}

