/** The one family of icons: strokes of 1.7 on a grid of 24, in the colour of the words beside them. */

const PATHS = {
  accept: "M4 12.5l5 5L20 6.5",
  admin: "M12 3l7 3v5c0 4.6-2.9 8.2-7 10-4.1-1.8-7-5.4-7-10V6z M9 11.5l2.2 2.2L15.2 9.7",
  agent: "M4 13a8 8 0 0 1 16 0 M4 13v3a2 2 0 0 0 2 2h1v-6H4 M20 13v3a2 2 0 0 1-2 2h-1v-6h3 M17 18c0 1.7-1.8 3-4 3",
  alert: "M12 4L2.8 19.5h18.4z M12 10v4.5 M12 17.2v.1",
  app: "M8 2.8h8a1.6 1.6 0 0 1 1.6 1.6v15.2a1.6 1.6 0 0 1-1.6 1.6H8a1.6 1.6 0 0 1-1.6-1.6V4.4A1.6 1.6 0 0 1 8 2.8z M11 18.3h2",
  attach: "M20 11.2l-8.3 8.3a5.2 5.2 0 0 1-7.4-7.4l8.6-8.6a3.5 3.5 0 0 1 5 5L9.4 17a1.7 1.7 0 0 1-2.5-2.5l7.6-7.6",
  back: "M14.5 5l-7 7 7 7",
  bell: "M6 10a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4S6 15 6 10z M10 19.5a2.2 2.2 0 0 0 4 0",
  bot: "M6 8.5h12a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2z M12 8.5V4.5 M9 13.2v1.3 M15 13.2v1.3 M1.8 13v3 M22.2 13v3",
  chart: "M4 4v16h16 M8 15l3.5-4 3 2.5L20 7.5",
  chat: "M5.5 5h13A1.5 1.5 0 0 1 20 6.5v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 3.5V17h-1A1.5 1.5 0 0 1 4 15.5v-9A1.5 1.5 0 0 1 5.5 5z",
  check: "M4 12.5l5 5L20 6.5",
  checks: "M2.5 12.5l4.5 4.5L16 7 M12 16l1.5 1L22 7",
  clock: "M12 3.5a8.5 8.5 0 1 0 .01 0z M12 7.5V12l3 2",
  close: "M5.5 5.5l13 13 M18.5 5.5l-13 13",
  copy: "M9 8.5h9a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H9A1.5 1.5 0 0 1 7.5 19v-9A1.5 1.5 0 0 1 9 8.5z M4.5 15V5A1.5 1.5 0 0 1 6 3.5h9",
  customer: "M12 4a4 4 0 1 0 .01 0z M4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6",
  decline: "M12 3.5a8.5 8.5 0 1 0 .01 0z M6.1 6.1l11.8 11.8",
  device: "M4.5 5h15A1.5 1.5 0 0 1 21 6.5v8a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 14.5v-8A1.5 1.5 0 0 1 4.5 5z M12 16v3.5 M8 19.5h8",
  down: "M5 9l7 7 7-7",
  download: "M12 4v11 M7 10.5l5 5 5-5 M4.5 19.5h15",
  draft: "M5 19h14 M6 15.5l.6-3L15 4l2.5 2.5L9 15z",
  edit: "M5 19l1-4L16.5 4.5l3 3L9 18z M14 7l3 3",
  empty: "M4 13l2.5-8h11L20 13v5.5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1z M4 13h4.5l1.5 2.5h4L15.5 13H20",
  file: "M6.5 3h7l5 5v11.5A1.5 1.5 0 0 1 17 21H6.5A1.5 1.5 0 0 1 5 19.5v-15A1.5 1.5 0 0 1 6.5 3z M13.5 3v5h5",
  filter: "M4 6h16 M7 12h10 M10 18h4",
  first: "M18 5l-7 7 7 7 M6.5 5v14",
  flag: "M5.5 21V4 M5.5 4.5h12l-2.5 4 2.5 4h-12",
  forward: "M9.5 5l7 7-7 7",
  help: "M12 3.5a8.5 8.5 0 1 0 .01 0z M9.5 9.5a2.6 2.6 0 1 1 3.7 2.4c-.8.4-1.2.9-1.2 1.8 M12 16.7v.1",
  history: "M4.5 9A8 8 0 1 1 4 13 M4 4.5V9h4.5 M12 8v4.5l3 1.5",
  image: "M5.5 4.5h13A1.5 1.5 0 0 1 20 6v12a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18V6a1.5 1.5 0 0 1 1.5-1.5z M4.5 17l4.5-4.5 3 3 3.5-3.5 4 4 M9 8.2a.8.8 0 1 0 .01 0z",
  info: "M12 3.5a8.5 8.5 0 1 0 .01 0z M12 11v5.5 M12 7.7v.1",
  key: "M8 10.5a4 4 0 1 0 .01 0z M11 12.5l8.5-8.5 M16 7.5l2.5 2.5",
  keyboard: "M4 6.5h16A1.5 1.5 0 0 1 21.5 8v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 16V8A1.5 1.5 0 0 1 4 6.5z M6.5 10.2v.1 M10.2 10.2v.1 M13.9 10.2v.1 M17.5 10.2v.1 M8 14h8",
  language: "M12 3.5a8.5 8.5 0 1 0 .01 0z M3.5 12h17 M12 3.5c-5 5-5 12 0 17 M12 3.5c5 5 5 12 0 17",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1 M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  list: "M9 6h11 M9 12h11 M9 18h11 M4.5 6v.1 M4.5 12v.1 M4.5 18v.1",
  lock: "M6.5 10.5h11A1.5 1.5 0 0 1 19 12v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 19v-7a1.5 1.5 0 0 1 1.5-1.5z M8 10.5V8a4 4 0 0 1 8 0v2.5",
  mail: "M4.5 5.5h15A1.5 1.5 0 0 1 21 7v10a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17V7a1.5 1.5 0 0 1 1.5-1.5z M3.5 7l8.5 6 8.5-6",
  menu: "M4 6.5h16 M4 12h16 M4 17.5h16",
  merge: "M6 4v3.5c0 2.5 6 2.5 6 6V20 M18 4v3.5c0 2.5-6 2.5-6 6 M9 17l3 3 3-3",
  minus: "M5 12h14",
  mobile: "M8 2.8h8a1.6 1.6 0 0 1 1.6 1.6v15.2a1.6 1.6 0 0 1-1.6 1.6H8a1.6 1.6 0 0 1-1.6-1.6V4.4A1.6 1.6 0 0 1 8 2.8z M11 18.3h2",
  more: "M5.5 11.4a.6.6 0 1 0 .01 0z M12 11.4a.6.6 0 1 0 .01 0z M18.5 11.4a.6.6 0 1 0 .01 0z",
  note: "M5.5 4h13A1.5 1.5 0 0 1 20 5.5v9L14.5 20h-9A1.5 1.5 0 0 1 4 18.5v-13A1.5 1.5 0 0 1 5.5 4z M14.5 20v-5.5H20 M8 9h8 M8 13h4",
  offline: "M3 3l18 18 M5 12.5a10 10 0 0 1 4-2.5 M2 9a14 14 0 0 1 4-2.7 M12 6a14 14 0 0 1 10 3 M15 10.5a10 10 0 0 1 4 2 M8.5 16a5 5 0 0 1 5.5-1 M12 19.5v.1",
  open: "M13 4.5h6.5V11 M19.5 4.5L11 13 M17.5 14v4a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18V8A1.5 1.5 0 0 1 6 6.5h4",
  password: "M6.5 10.5h11A1.5 1.5 0 0 1 19 12v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 19v-7a1.5 1.5 0 0 1 1.5-1.5z M8 10.5V8a4 4 0 0 1 8 0v2.5 M9 15.5v.1 M12 15.5v.1 M15 15.5v.1",
  pause: "M8.5 5v14 M15.5 5v14",
  people: "M9 4.5a3.5 3.5 0 1 0 .01 0z M2.5 19.5c.5-3.5 3-5.5 6.5-5.5s6 2 6.5 5.5 M15.5 5a3.5 3.5 0 0 1 0 6.5 M18 14.5c2 .7 3.2 2.5 3.5 5",
  phone: "M5 4h3.5l1.5 4.5-2 1.5a11 11 0 0 0 6 6l1.5-2L20 15.5V19a1.5 1.5 0 0 1-1.6 1.5A16 16 0 0 1 3.5 5.6 1.5 1.5 0 0 1 5 4z",
  pin: "M9 3.5h6l-.8 6.5 3.3 3.5h-11L9.8 10z M12 13.5V21",
  play: "M7.5 4.5l11 7.5-11 7.5z",
  plus: "M12 5v14 M5 12h14",
  priority: "M6 11l6-6 6 6 M6 18l6-6 6 6",
  queue: "M5 5h14v4H5z M5 12h14v3H5z M5 18h14v2H5z",
  refresh: "M19.5 9A8 8 0 1 0 20 13 M20 4.5V9h-4.5",
  reply: "M9.5 6L4 11.5 9.5 17 M4.5 11.5H14c3.5 0 6 2.5 6 7",
  search: "M10.5 4a6.5 6.5 0 1 0 .01 0z M15.3 15.3L20.5 20.5",
  send: "M4 4.5l16.5 7.5L4 19.5l2.5-7.5z M6.5 12h6.5",
  settings: "M4 7h9 M17 7h3 M15 4.8v4.4 M4 12h3 M11 12h9 M9 9.8v4.4 M4 17h8 M16 17h4 M14 14.8v4.4",
  sign_out: "M10 4.5H6A1.5 1.5 0 0 0 4.5 6v12A1.5 1.5 0 0 0 6 19.5h4 M14.5 7.5L19 12l-4.5 4.5 M19 12H9.5",
  skill: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z",
  smile: "M12 3.5a8.5 8.5 0 1 0 .01 0z M8.5 14c.8 1.5 2 2.2 3.5 2.2s2.7-.7 3.5-2.2 M9 9.5v.6 M15 9.5v.6",
  sort: "M8 5v14 M4.5 15.5L8 19l3.5-3.5 M16 19V5 M12.5 8.5L16 5l3.5 3.5",
  sound: "M4 9.5h3.5L12 5.5v13l-4.5-4H4z M15.5 9a4.2 4.2 0 0 1 0 6 M18 6.5a8 8 0 0 1 0 11",
  spam: "M8 3.5h8l4.5 4.5v8L16 20.5H8L3.5 16V8z M12 8v5 M12 16v.1",
  split: "M12 20v-6c0-3.5-6-3.5-6-6V4 M12 14c0-3.5 6-3.5 6-6V4 M3.5 6.5L6 4l2.5 2.5 M15.5 6.5L18 4l2.5 2.5",
  system: "M12 3.5a8.5 8.5 0 1 0 .01 0z M12 3.5v17 M12 7l5-1.5 M12 12h8.5 M12 17l5 1.5",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  sun: "M12 8a4 4 0 1 0 .01 0z M12 2.5v2 M12 19.5v2 M2.5 12h2 M19.5 12h2 M5.3 5.3l1.4 1.4 M17.3 17.3l1.4 1.4 M5.3 18.7l1.4-1.4 M17.3 6.7l1.4-1.4",
  tag: "M4 4.5h7.5l8.5 8.5-7 7L4.5 11.5z M8 8.2v.1",
  transfer: "M4 8.5h14 M14.5 5L18 8.5 14.5 12 M20 15.5H6 M9.5 12L6 15.5 9.5 19",
  trash: "M4.5 7h15 M9.5 7V4.5h5V7 M6.5 7l.8 12.5h9.4L17.5 7 M10.3 11v5 M13.7 11v5",
  undo: "M8.5 5L4.5 9l4 4 M5 9h9a5.5 5.5 0 0 1 0 11H9",
  unlock: "M6.5 10.5h11A1.5 1.5 0 0 1 19 12v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 19v-7a1.5 1.5 0 0 1 1.5-1.5z M8 10.5V8a4 4 0 0 1 7.5-2",
  up: "M5 15l7-7 7 7",
  upload: "M12 15V4 M7 8.5l5-5 5 5 M4.5 19.5h15",
  view: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z M12 9.3a2.7 2.7 0 1 0 .01 0z",
  wall: "M4 4.5h7v7H4z M14 4.5h6v4h-6z M14 11.5h6v8h-6z M4 14.5h7v5H4z",
  web: "M4.5 4.5h15A1.5 1.5 0 0 1 21 6v12a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 18V6a1.5 1.5 0 0 1 1.5-1.5z M3.5 9h17 M6.5 6.8v.1 M9.5 6.8v.1",
  webhook: "M12 5a3.2 3.2 0 0 1 2.7 4.9L17.5 15 M9.8 9.6A3.2 3.2 0 0 1 9.5 6.5 M6.5 15.5L9.8 9.6 M6.8 18.5H15 M17 15a3.2 3.2 0 1 1-2 5.7 M9 20a3.2 3.2 0 1 1-4.5-4.5",
  whatsapp: "M4 20l1.2-4A8 8 0 1 1 8 18.8z M9 8.5c0 3.5 3 6.5 6.5 6.5l.8-1.8-2.3-1-1 1a5.5 5.5 0 0 1-2.4-2.4l1-1-1-2.3z",
  wrong: "M12 3.5a8.5 8.5 0 1 0 .01 0z M12 7.5v5.5 M12 16.2v.1",
};

/** Which icon a channel has; a channel that the house does not know has that of a chat. */
const CHANNELS = {
  web: "web", mobile: "mobile", app: "mobile", bot: "bot", voice: "phone", call: "phone", sms: "mobile",
  email: "mail", mail: "mail", whatsapp: "whatsapp", telegram: "send", line: "chat", messenger: "chat",
  case: "flag", lead: "priority",
};

/** The names that there are. */
export const names = Object.keys(PATHS);

/**
 * A drawing that says nothing by itself: the words beside it, or the label of the button, do.
 * @param {string} name @param {string} [more] further classes, as in "big"
 * @returns {SVGSVGElement}
 */
export function icon(name, more = "") {
  const path = PATHS[name];
  if (!path) throw new Error(`there is no icon '${name}'`);
  const svg = make("svg", {
    class: `icon ${more}`.trim(), viewBox: "0 0 24 24", fill: "none", stroke: "currentColor",
    "stroke-width": "1.7", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
  });
  svg.append(make("path", { d: path }));
  return svg;
}

/** @param {string} channel @param {string} [more] */
export const channelIcon = (channel, more) => icon(CHANNELS[channel] ?? "chat", more);

function make(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
