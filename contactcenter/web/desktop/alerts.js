// What the rules ask this agent to look at: it stays until they say that they do.

import {polite} from "../base/announce.js";
import {post} from "../base/api.js";
import {h, patch} from "../base/dom.js";
import {icon} from "../base/icons.js";
import {t} from "../base/i18n.js";
import {alertsIn} from "./state.js";

/** @param {import("./main.js").Desk} desk */
export function createAlerts(desk) {
  const element = h("div", {class: "asks alerts"});
  const heard = new Set();
  return {
    element,
    draw() {
      const alerts = alertsIn(desk.store.state);
      for (const {id, title} of alerts) if (!heard.has(id) && heard.add(id)) polite(title);
      patch(element, alerts, {key: (one) => one.id, make: (one) => card(desk, one), update: () => {}});
    },
  };
}

function card(desk, one) {
  const acknowledge = h("button", {class: "button grow", type: "button", onclick: () => taken(desk, one, acknowledge)}, t("desktop.look_after"));
  return h("article", {class: "ask", "aria-label": t("desktop.alert")},
    h("div", {class: "row"}, icon("bell"), h("b", {class: "grow wrap"}, one.title)),
    h("div", {class: "row"}, acknowledge));
}

function taken(desk, one, button) {
  button.disabled = true;
  desk.attempt(async () => {
    try {
      await post(`/v1/alerts/${one.id}/acknowledge`, {});
    } finally {
      button.disabled = false;
    }
  });
}
