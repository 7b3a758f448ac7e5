/** The question how content somebody is: asked once, when the matter is settled. */
import { h, say } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param {(key: string, value?: any) => any} t
 * @param {ReturnType<import("./talk.js").talk>} talk
 * @param {() => void} done
 */
export function rating(t, talk, done) {
  const stars = [1, 2, 3, 4, 5].map((score) =>
    h("label", { title: t(`score${score}`) },
      h("input", { type: "radio", name: "score", value: score, class: "unseen", "aria-label": t(`score${score}`), required: true, onchange: chosen }), icon("star")));
  const comment = h("textarea", { rows: 2, maxlength: 2000, "aria-label": t("comment"), placeholder: t("comment") });
  const trouble = h("p", { class: "bad", role: "alert" });
  const more = h("div", { class: "form", hidden: true }, comment, h("button", { class: "primary" }, t("rate")), trouble);
  const later = h("button", { type: "button", class: "round", "aria-label": t("later"), onclick: dismiss }, icon("close"));
  const element = h("form", { class: "rating", hidden: true, onsubmit: submit },
    h("fieldset", {}, h("legend", {}, t("content")), ...stars), later, more);
  let asked = null;

  function chosen() {
    more.hidden = false;
  }

  function dismiss() {
    talk.rated();
    done();
  }

  async function submit(event) {
    event.preventDefault();
    const score = Number(new FormData(element).get("score"));
    say(trouble, "");
    if (await talk.rate(score, comment.value.trim())) done();
    else say(trouble, t("notRated"));
  }

  return {
    element,
    draw({ satisfaction }) {
      if (satisfaction?.item !== asked) {
        element.reset();
        more.hidden = true;
      }
      asked = satisfaction?.item;
      element.hidden = !satisfaction;
    },
  };
}
