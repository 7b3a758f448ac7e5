/** What was said: a log that keeps its place while somebody reads further up. */
import { filesOf, shown } from "./files.js";
import { h, patch, say } from "./dom.js";
import { icon } from "./icons.js";
import { lines, progress } from "./state.js";

const NEAR_PX = 60;

/**
 * @param {string} language
 * @param {string} greeting above the first message
 * @param {(key: string, value?: any) => string} t
 * @param {ReturnType<import("./talk.js").talk>} talk
 */
export function log(language, greeting, t, talk) {
  const list = h("div", { class: "lines" });
  const hello = h("p", { class: "hello" }, greeting);
  const more = h("button", { type: "button", class: "newer", hidden: true, onclick: end }, t("newer"), icon("down"));
  const before = h("button", { type: "button", class: "quiet", hidden: true, onclick: earlier }, t("earlier"));
  const box = h("div", { class: "box", role: "log", tabindex: 0, "aria-label": t("messages"), "aria-live": "off", onscroll }, hello, before, list);
  const element = h("div", { class: "log" }, box, more);
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
  const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });
  let last = null, stuck = true;
  new ResizeObserver(() => stuck && end()).observe(box);

  function onscroll() {
    stuck = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    if (stuck) more.hidden = true;
  }

  /** What is being read stays where it is. */
  async function earlier() {
    const height = box.scrollHeight, top = box.scrollTop;
    before.disabled = true;
    box.setAttribute("aria-live", "off");
    await talk.earlier().catch(() => {}); // it can be asked again
    before.disabled = false;
    box.scrollTop = top + box.scrollHeight - height;
    box.focus();
  }

  function end() {
    box.scrollTop = box.scrollHeight;
    more.hidden = true;
  }

  function draw(state) {
    const all = lines(state);
    hello.hidden = state.earlier;
    before.hidden = !state.earlier || state.link !== "live";
    const newest = all.at(-1);
    const mine = all.findLast(own);
    let author;
    patch(list, days(all), (line) => line.key, make, (node, line) => {
      if (!line.day) update(node, line, state, line === mine, author);
      author = line.name ?? line.author;
    });
    if (newest && newest.key !== last) {
      if (stuck || own(newest)) end();
      else more.hidden = false;
      last = newest.key;
    }
    // What was there before is not read out; what comes now is.
    if (state.known) requestAnimationFrame(() => box.setAttribute("aria-live", "polite"));
    else box.setAttribute("aria-live", "off");
  }

  /** A line before the first message of each day. */
  function days(all) {
    let before = "";
    return all.flatMap((line) => {
      const at = new Date(line.at);
      const date = at.toDateString();
      if (date === before) return [line];
      before = date;
      return [{ key: date, day: date === new Date().toDateString() ? t("today") : day.format(at) }, line];
    });
  }

  function make(line) {
    if (line.day) return h("p", { class: "day" }, line.day);
    const at = new Date(line.at);
    const node = h("div", { class: `said ${own(line) ? "mine" : "theirs"}` },
      h("p", { class: own(line) ? "unseen" : "name" }, own(line) ? t("you") : line.name || t(line.author)),
      line.text && h("p", { class: "words" }, ...linked(line.text)),
      ...filesOf(line).map((file) => shown(file, t, talk)),
      h("p", { class: "meta" }, h("time", { datetime: line.at, title: whole.format(at) }, clock.format(at)), h("span", { class: "state", hidden: true })));
    return node;
  }

  function update(node, line, state, latest, before) {
    if (!own(line)) return node.firstChild.classList.toggle("unseen", (line.name ?? line.author) === before);
    const name = progress(state, line);
    const words = latest || name === "failed" || name === "sending" ? t(name === "failed" && line.problem?.status === 403 ? "blocked" : name) : "";
    const place = node.lastChild.lastChild;
    node.dataset.state = name;
    say(place, words);
    place.hidden = !words;
    const offered = node.querySelector(".again");
    if (name !== "failed") offered?.remove();
    else if (!offered) node.append(again(line));
  }

  function again({ key }) {
    const act = (name) => h("button", { type: "button", class: "quiet", onclick: () => talk[name](key) }, t(name));
    return h("p", { class: "again", role: "alert" }, act("retry"), act("drop"));
  }

  return { element, draw, end };
}

function own(line) {
  return line.author === "customer" || line.status !== undefined;
}

const ADDRESS = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]']/g;

/** Addresses in a text lead where they say, in a window that knows nothing of this one. */
function linked(text) {
  const parts = [];
  let end = 0;
  for (const { 0: url, index } of text.matchAll(ADDRESS)) {
    parts.push(text.slice(end, index), h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url));
    end = index + url.length;
  }
  return [...parts, text.slice(end)];
}
