/** All elements on one page, in both schemes side by side: to look at, and to take from. */
import "./texts.js";
import { appearanceMenu } from "../base/bar.js";
import { h } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { add } from "../base/keys.js";
import { toast } from "../base/toast.js";
import { shown } from "./elements.js";

add({ keys: "s", label: t("style.say"), run: () => toast(t("style.said"), { kind: "good" }) });

const column = (scheme) =>
  h("section", { class: `scheme ${scheme}`, "aria-label": t(`style.${scheme}`) },
    h("h2", { class: "large" }, t(`style.${scheme}`)), shown(scheme).map(([key, nodes]) =>
      h("div", { class: "show stack" }, h("h3", null, t(key)), nodes)));

document.title = `${t("style.title")} · ${t("app.name")}`;
document.body.append(
  h("header", { class: "bar" }, h("a", { class: "skip", href: "#main" }, t("app.skip")),
    h("h1", null, t("style.title")), h("span", { class: "grow" }), appearanceMenu()),
  h("main", { id: "main" },
    h("p", { class: "about muted" }, t("style.about")),
    h("div", { class: "schemes" }, column("light"), column("dark"))),
);
