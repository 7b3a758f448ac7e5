// Offers: the one thing that is loud. What it is, whose, why to this agent, and how long it stands.

import {assertive} from "../base/announce.js";
import {severityChip} from "../base/case-card.js";
import {h, patch, set, text} from "../base/dom.js";
import {icon} from "../base/icons.js";
import {t} from "../base/i18n.js";
import {inShort, others} from "../base/why.js";
import {colleagueName} from "./colleagues.js";
import {offersInOrder} from "./state.js";
import {channelIcon, channelName, customerName, queueName} from "./words.js";

/** @param {import("./main.js").Desk} desk */
export function createOffers(desk) {
  const element = h("div", {class: "offers"});
  const began = new Map(); // offer -> ms that it stood when it was first seen

  return {
    element,
    draw(now) {
      const offers = offersInOrder(desk.store.state);
      patch(element, offers, {
        key: (offer) => offer.id,
        make: (offer) => card(desk, offer),
        update: (node, offer) => countdown(node, offer, now, began, offers[0] === offer),
      });
      for (const id of began.keys()) if (!desk.store.state.offers[id]) began.delete(id);
    },
  };
}

function card(desk, offer) {
  const name = customerName(offer);
  assertive(t("desktop.offer_announced", {name, channel: channelName(offer.channel)}));
  return h("article", {class: "offer", "aria-label": t("desktop.offer_of", {name})},
    h("div", {class: "row"},
      icon(channelIcon(offer.channel)),
      h("b", {class: "grow clip"}, t("desktop.offer", {channel: channelName(offer.channel)})),
      h("b", {class: "left number", role: "timer"})),
    h("div", {class: "meter"}, h("i", {})),
    h("div", {class: "row"},
      h("span", {class: "grow clip strong name", title: name}, name),
      offer.tier ? h("span", {class: `chip ${offer.tier === "gold" ? "gold" : ""}`}, offer.tier) : null,
      offer.severity ? severityChip(offer.severity) : null,
      offer.value ? h("span", {class: "chip", title: t("desktop.value_of_100", {value: offer.value})}, t("desktop.value", {value: offer.value})) : null),
    h("p", {class: "small muted"}, queueName(desk.store.state, offer.queue)),
    offer.excerpt ? h("blockquote", {class: "small excerpt"}, offer.excerpt) : null,
    why(desk, offer),
    h("div", {class: "row"},
      h("button", {class: "button primary grow accept", type: "button", onclick: () => desk.act.accept(offer.id)},
        t("do.accept"), h("kbd", {class: "key"}, "A")),
      h("button", {class: "button decline", type: "button", onclick: () => desk.act.decline(offer.id)},
        t("do.decline"), h("kbd", {class: "key"}, "D"))));
}

/** Why it is theirs; what is asked only by whoever wants to know it is behind a press. */
function why(desk, {explanation, sentence}) {
  if (!explanation) return h("p", {class: "small muted why"}, icon("info"), sentence);
  const names = {queue: (name) => queueName(desk.store.state, name), agent: (id) => id};
  const words = h("p", {class: "small muted why"}, icon("info"), inShort(explanation, names));
  const reasons = others(explanation, names).map((reason) => h("li", {}, reason));
  if (reasons.length === 0) return words;
  const list = h("ul", {class: "plain"}, ...reasons);
  const more = h("details", {class: "small muted why"}, h("summary", {}, t("why.others")), list);
  more.addEventListener("toggle", () => next(explanation.runner_up, list), {once: true});
  return [words, more];
}

/** Who would have been next, once their name is known. */
async function next(id, list) {
  if (id === null) return;
  const name = await colleagueName(id).catch(() => null);
  if (name) list.append(h("li", {}, t("why.next", {agent: name})));
}

function countdown(node, offer, now, began, first) {
  const left = Math.max(0, Date.parse(offer.expires_at) - now);
  if (!began.has(offer.id)) began.set(offer.id, Math.max(left, 1));
  const seconds = Math.ceil(left / 1000);
  text(node.querySelector(".left"), t("desktop.seconds", {count: seconds}));
  node.querySelector(".meter i").style.transform = `scaleX(${left / began.get(offer.id)})`;
  set(node, {class: `offer${seconds <= 5 ? " soon" : ""}`});
  // The keys act on the first offer: only there they are printed.
  for (const key of node.querySelectorAll("kbd")) key.hidden = !first;
}
