/** What a browser calls itself, in words: roughly, since browsers pretend to be each other. */
import { t } from "../base/i18n.js";

/** The first that fits: those that are built on others stand before these. */
const BROWSERS = [
  [/Edg(?:e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/SamsungBrowser/, "Samsung Internet"],
  [/Firefox|FxiOS/, "Firefox"],
  [/Chrome|CriOS|Chromium/, "Chrome"],
  [/Safari/, "Safari"],
];
const SYSTEMS = [
  [/Android/, "Android"],
  [/iPhone|iPad|iPod/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux|X11/, "Linux"],
];

/** @param {string} agent the header `User-Agent` */
export function named(agent) {
  const found = (list) => list.find(([sign]) => sign.test(agent))?.[1];
  const [browser, system] = [found(BROWSERS), found(SYSTEMS)];
  if (!browser) return agent.slice(0, 60) || t("account.unknown");
  return system ? t("account.on", { browser, system }) : browser;
}
