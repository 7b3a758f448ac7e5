/** Administration: people, teams, queues, keys, connections, and who changed what. */
import { get } from "../base/api.js";
import { bar } from "../base/bar.js";
import { h } from "../base/dom.js";
import { add, t } from "../base/i18n.js";
import "../base/keys.js";
import { HOME, me as whoIsHere } from "../base/session.js";
import { failed, loading } from "../base/states.js";
import { tabs } from "../base/tabs.js";
import { drawer } from "../dashboard/drawer.js";
import { connectionList } from "./connections.js";
import { keyList } from "./keys.js";
import { people } from "./people.js";
import { queueList } from "./queues.js";
import { teamList } from "./teams.js";
import texts from "./texts.js";
import { know, trail } from "./trail.js";

add(texts);

begin().catch((problem) => document.body.replaceChildren(failed(problem, () => location.reload())));

async function begin() {
  document.title = t("admin.title");
  document.body.append(h("main", { id: "main" }, loading(8)));
  const me = await whoIsHere();
  if (me.role !== "administrator") return location.replace(HOME[me.role]);
  const rules = await get("/v1/board/rules");
  know(rules);
  const house = { me, rules: () => rules, drawer: drawer() };
  const parts = { people: people(house), teams: teamList(house), queues: queueList(house), keys: keyList(house), connections: connectionList(house), audit: trail() };
  const views = Object.entries(parts).map(([id, part]) => ({ id, label: t(`admin.${id}`), panel: h("div", null, part.node) }));
  const wanted = () => (Object.hasOwn(parts, location.hash.slice(1)) ? location.hash.slice(1) : "people");
  const show = (id) => {
    if (wanted() !== id) history.replaceState(null, "", `#${id}`);
    parts[id].load();
  };
  const choosing = tabs({ label: t("admin.title"), tabs: views, chosen: wanted(), change: show });
  addEventListener("hashchange", () => {
    choosing.choose(wanted());
    show(wanted());
  });
  document.body.replaceChildren(
    bar(me, { page: "admin" }),
    h("main", { id: "main", class: "admin", tabindex: -1 }, h("h1", null, t("admin.title")), choosing, views.map((view) => view.panel)),
    ...document.querySelectorAll("dialog"),
  );
  show(wanted());
}
