/** The rulebook: every business rule as a text, checked while it is written, and put in force as a whole. */
import { get } from "../base/api.js";
import { bar } from "../base/bar.js";
import { fill, h } from "../base/dom.js";
import { add, date, relative, t } from "../base/i18n.js";
import "../base/keys.js";
import { HOME, me as whoIsHere } from "../base/session.js";
import { failed, loading } from "../base/states.js";
import { tabs } from "../base/tabs.js";
import { now } from "../base/time.js";
import { history } from "./history.js";
import texts from "./texts.js";
import { writing } from "./writing.js";

add(texts);

begin().catch((problem) => document.body.replaceChildren(failed(problem, () => location.reload())));

async function begin() {
  document.title = t("rulebook.title");
  document.body.append(h("main", { id: "main" }, loading(8)));
  const me = await whoIsHere();
  if (me.role !== "administrator") return location.replace(HOME[me.role]);
  let current = await get("/v1/rulebook");
  const inForce = h("p", { class: "muted" });
  const tell = (version) => {
    current = version;
    const when = h("time", { datetime: version.published_at, title: date(version.published_at, "full") }, relative(version.published_at, now()));
    fill(inForce, t("rulebook.is_in_force", { version: version.version, author: version.author }), " · ", when);
  };
  tell(current);
  const text = writing(current, tell);
  const versions = history(() => current.version, async (made) => {
    tell(made);
    if (!text.changed()) text.open(await get("/v1/rulebook"));
  });
  const views = [
    { id: "text", label: t("rulebook.text"), panel: h("div", null, text.node) },
    { id: "history", label: t("rulebook.history"), panel: h("div", null, versions.node) },
  ];
  const choosing = tabs({ label: t("rulebook.title"), tabs: views, change: (id) => id === "history" && versions.load() });
  addEventListener("beforeunload", (event) => text.changed() && event.preventDefault());
  document.body.replaceChildren(
    bar(me, { page: "rulebook" }),
    h("main", { id: "main", class: "rulebook", tabindex: -1 },
      h("div", null, h("h1", null, t("rulebook.title")), inForce), choosing, views.map((view) => view.panel)),
    ...document.querySelectorAll("dialog, .toasts"),
  );
}
