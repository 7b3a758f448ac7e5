// How people, channels, queues and times are called on this page.

import {clock, date, day, has, t} from "../base/i18n.js";
import {now} from "../base/time.js";

const ICONS = {
  web: "chat", mobile: "mobile", app: "mobile", voice: "phone", email: "mail", bot: "bot", case: "flag", lead: "priority",
};

/** @param {string} channel */
export const channelIcon = (channel) => ICONS[channel] ?? "chat";

/** Its name; a channel of the rulebook's that we have no words for is called as it is. */
export const channelName = (channel) => (has(`channel.${channel}`) ? t(`channel.${channel}`) : channel);

/** @param {{customer: number, customer_name: string|null}} about */
export const customerName = (about) =>
  about.customer_name || t("desktop.customer_number", {id: String(about.customer)});

const SCHEMES = new Set(["phone", "email", "account", "visitor", "external"]);
/** What an identity is. @param {string} scheme */
export const schemeName = (scheme) => (SCHEMES.has(scheme) ? t(`desktop.scheme.${scheme}`) : scheme);

/** @param {import("./state.js").State} state @param {string} queue */
export const queueName = (state, queue) => state.queues[queue] ?? queue;

/** "10:02" */
export const clockTime = (at) => date(at, "time");

/** "Today", "Yesterday", "Mon 3 Aug" */
export const dayName = (at) => day(at, now());

/** The whole of it, for who hovers. */
export const fullTime = (at) => date(at, "full");

/** "1:48"; beyond a day in days. @param {number} ms */
export function duration(ms) {
  const days = Math.floor(ms / 86_400_000);
  return days > 0 ? t("desktop.days", {count: days}) : clock(ms);
}

/** The time of today, the date of other days. */
export const pastTime = (at) =>
  (new Date(at).toDateString() === new Date().toDateString() ? clockTime(at) : date(at, "date"));
