/**
 * The chat on a host's page: a button now, the rest when somebody opens it (docs/widget.md).
 * It leaves one element on the page and no name in it.
 */
import { scheme } from "./colour.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { read } from "./settings.js";
import { store } from "./store.js";
import { LAUNCHER } from "./style.js";
import { texts } from "./texts.js";

const BACKGROUND_MS = 500;

/** Put the button on the page. @param {HTMLScriptElement} script the tag, with the host's wishes */
export async function launch(script) {
  const settings = read(script, import.meta.url);
  const kept = store(settings);
  const t = await texts(settings.language);
  const host = document.createElement("contactcenter-chat");
  const root = host.attachShadow({ mode: "open" });
  const badge = h("span", { class: "badge", hidden: true });
  const button = h("button", { class: "launcher", type: "button", onclick: toggle });
  const said = h("p", { class: "unseen", role: "status" });
  const title = settings.title || t("title");
  const aside = h("aside", { "data-side": settings.side, lang: settings.language, "aria-label": title }, button, said);
  let talking, showing, panel;
  let unread = 0;

  wear(LAUNCHER);
  wear(scheme(settings));
  label();
  root.append(aside);
  document.documentElement.append(host);
  addEventListener("contactcenter:token", ({ detail }) => sign(detail?.jwt ?? null));
  addEventListener("contactcenter:open", open);
  addEventListener("contactcenter:close", close);
  new MutationObserver(() => sign(script.dataset.jwt || null)).observe(script, { attributeFilter: ["data-jwt"] });
  resume();
  tell("ready");
  if (settings.open) open();

  function wear(css) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }

  function label() {
    const shown = !!panel && !panel.element.hidden;
    const waiting = unread ? `, ${t("unread", unread)}` : "";
    button.setAttribute("aria-label", shown ? t("close") : t("open") + waiting);
    button.setAttribute("aria-expanded", String(shown));
    button.replaceChildren(icon(shown ? "down" : "chat"), badge);
    badge.hidden = shown || !unread;
    badge.textContent = unread > 9 ? "9+" : String(unread);
  }

  /** Whom the page speaks for: what its server has signed of them, or null for a stranger. */
  async function sign(jwt) {
    settings.jwt = jwt;
    if (talking || !jwt) (await talk()).sign(jwt);
    else resume();
  }

  /** An earlier conversation goes on in the background, so that an answer is seen on the button. */
  function resume() {
    if (!kept.get(settings.jwt ? "account" : "guest")?.talks) return;
    setTimeout(async () => (await talk()).start(), BACKGROUND_MS);
  }

  function talk() {
    talking ??= import("./talk.js").then((module) => module.talk(settings, kept, changed, tell));
    return talking;
  }

  function changed(state, count) {
    panel?.draw(state);
    if (count === unread) return;
    const hidden = !panel || panel.element.hidden;
    said.textContent = count > unread && hidden ? t("news", count) : "";
    unread = count;
    label();
    tell("unread", { count });
  }

  function load() {
    showing ??= Promise.all([talk(), import("./panel.js"), import("./look.js")]).then(([one, { makePanel }, { PANEL }]) => {
      wear(PANEL);
      panel = makePanel(settings, t, one, close);
      aside.prepend(panel.element);
    });
    return showing;
  }

  async function open() {
    if (panel && !panel.element.hidden) return;
    said.className = "unseen";
    try {
      await load();
    } catch (error) {
      talking = showing = undefined;
      said.className = "trouble";
      said.textContent = t("notLoaded");
      throw error;
    }
    panel.show();
    label();
    tell("opened");
  }

  function close() {
    if (!panel || panel.element.hidden) return;
    panel.element.hidden = true;
    label();
    button.focus();
    tell("closed");
  }

  function toggle() {
    if (panel && !panel.element.hidden) close();
    else open();
  }

  function tell(name, detail) {
    script.dispatchEvent(new CustomEvent(`contactcenter:${name}`, { detail, bubbles: true }));
  }
}
