// Consults as they are seen: who asks one in, where one is asked in, and who looks on in one's own work.

import {fill, h, patch, set, text} from "../base/dom.js";
import {icon} from "../base/icons.js";
import {t} from "../base/i18n.js";
import {failure} from "../base/toast.js";
import {asksOf, consultsAbout, joinedIn} from "./state.js";
import {customerName} from "./words.js";

/** Cards of those who ask: quieter than an offer, and without a time in which they lapse. */
export function createAsks(desk) {
  const element = h("div", {class: "asks"});
  return {
    element,
    draw() {
      const asks = asksOf(desk.store.state);
      patch(element, asks, {
        key: (one) => one.id,
        make: (one) => card(desk, one),
        update: (node, one) => {
          for (const key of node.querySelectorAll("kbd")) key.hidden = one !== asks[0];
        },
      });
    },
  };
}

function card(desk, one) {
  const words = t("desktop.asks_you", {name: one.by_name});
  return h("article", {class: "ask", "aria-label": words},
    h("div", {class: "row"}, icon("people"), h("b", {class: "grow wrap"}, words)),
    h("p", {class: "small clip", title: customerName(one)}, customerName(one)),
    h("blockquote", {class: "small excerpt"}, one.question),
    h("div", {class: "row"},
      h("button", {class: "button grow", type: "button", onclick: () => desk.consulting.join(one)}, t("desktop.look_in"), h("kbd", {class: "key"}, "Y")),
      h("button", {class: "button quiet", type: "button", onclick: () => desk.consulting.end(one)}, t("desktop.not_now"), h("kbd", {class: "key"}, "X"))));
}

/** In the work list: where one looks on. */
export function createLookingOn(desk) {
  const heading = h("h2", {class: "section"});
  const list = h("ul", {class: "plain items"});
  const element = h("section", {class: "looking-on", hidden: true}, heading, list);
  return {
    element,
    draw() {
      const joined = joinedIn(desk.store.state);
      element.hidden = joined.length === 0;
      text(heading, t("desktop.looking_on", {count: joined.length}));
      patch(list, joined, {
        key: (one) => one.id,
        make: (one) => h("li", {}, h("button", {class: "item", type: "button", onclick: () => desk.select(one.conversation)},
          h("span", {class: "channel"}, icon("people")), h("span", {class: "clip name", title: customerName(one)}, customerName(one)), h("span", {}),
          h("span", {class: "last small muted clip"}, t("desktop.of_colleague", {name: one.by_name})))),
        update: (node, one) => set(node.firstChild, {"aria-current": desk.view.selected === one.conversation ? "true" : null}),
      });
    },
  };
}

/** Above what was said: who looks on, and what either can do about it. */
export function createConsultBar(desk) {
  const element = h("section", {class: "consults", hidden: true});
  let shown = "";
  return {
    element,
    draw() {
      const {selected} = desk.view;
      const all = selected === null ? [] : consultsAbout(desk.store.state, selected);
      const wanted = JSON.stringify([desk.language, all.map((one) => [one.id, one.state])]);
      if (wanted === shown) return;
      shown = wanted;
      element.hidden = all.length === 0;
      set(element, {"aria-label": t("desktop.consults")});
      fill(element, all.map((one) => (one.by === desk.store.state.me.id ? asker(desk, one) : colleague(desk, one))));
    },
  };
}

const line = (words, ...buttons) => h("div", {class: "row wraps"}, icon("people"), h("span", {class: "grow small wrap"}, words), buttons);

const act = (label, run, kind = "") => h("button", {class: `button small ${kind}`, type: "button", onclick: run}, label);

function asker(desk, one) {
  const name = one.agent_name;
  const end = act(t("desktop.end_consult"), () => desk.consulting.end(one));
  if (one.state === "asked") return line(t("desktop.was_asked", {name, question: one.question}), end);
  return line(t("desktop.looks_on", {name}),
    act(t("desktop.hand_over", {name}), () => desk.consulting.takeOver(one).catch(failure)), end);
}

function colleague(desk, one) {
  const words = t("desktop.you_were_asked", {name: one.by_name, question: one.question});
  if (one.state === "asked") {
    return line(words, act(t("desktop.look_in"), () => desk.consulting.join(one), "primary"), act(t("desktop.not_now"), () => desk.consulting.end(one)));
  }
  return line(words, act(t("desktop.take_over"), () => desk.consulting.takeOver(one).catch(failure)), act(t("desktop.leave"), () => desk.consulting.end(one)));
}
