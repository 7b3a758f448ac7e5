/** Files and pictures: brought before they are sent, shown where they were said. */
import { h, say } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const MOST = 10;

/**
 * The files that go with the next message.
 * @param {(key: string, value?: any) => string} t
 * @param {ReturnType<import("./talk.js").talk>} talk
 */
export function tray(t, talk) {
  const list = h("ul", { class: "tray", "aria-label": t("files") });
  const chosen = new Map();

  async function bring(file) {
    const state = h("span", { class: "state" }, t("uploading"));
    const drop = h("button", { type: "button", class: "round", "aria-label": t("dropFile", file.name), onclick: () => put(null) }, icon("close"));
    const row = h("li", {}, icon("file"), h("span", { class: "clip" }, file.name), state, drop);
    const put = (kept) => (kept ? chosen.set(row, kept) : (chosen.delete(row), row.remove()));
    put({ row });
    list.append(row);
    try {
      const kept = await talk.upload(file);
      if (!row.isConnected) return;
      put(kept);
      say(state, size(kept.size));
    } catch (refusal) {
      chosen.delete(row);
      row.dataset.state = "failed";
      state.setAttribute("role", "alert");
      say(state, t(REFUSED[refusal.code] ?? "notUploaded"));
    }
  }

  return {
    element: list,
    add: (files) => [...files].slice(0, MOST - chosen.size).forEach(bring),
    /** Whether one is still on its way. */
    busy: () => [...chosen.values()].some((file) => file.row),
    /** All that are there, which are gone from here then. */
    take() {
      const files = [...chosen.values()];
      chosen.clear();
      list.replaceChildren();
      return files;
    },
  };
}

const REFUSED = { "too-large": "tooLarge", "file-type": "wrongKind", "too-many-files": "tooMany" };

/** The files of a message, of one that goes out too. */
export function filesOf(line) {
  const parts = (line.parts ?? []).filter((part) => part.type === "file").map(({ file, ...rest }) => ({ ...rest, id: file }));
  return line.files ?? parts;
}

/** A file where it was said: pictures are seen, others are saved. Both are asked for with the token. */
export function shown(file, t, talk) {
  const name = h("span", { class: "clip" }, file.name);
  const button = h("button", { type: "button", class: "file", title: file.name, onclick: fetched }, icon("file"), name, h("span", {}, size(file.size)));
  if (SHOWN.includes(file.media_type)) picture();
  return button;

  async function picture() {
    button.classList.add("picture");
    const url = await talk.file(file.id).catch(() => null);
    if (!url) return button.classList.remove("picture");
    const image = h("img", { src: url, alt: file.name });
    button.replaceChildren(image);
  }

  async function fetched() {
    const url = await talk.file(file.id).catch(() => null);
    const how = SHOWN.includes(file.media_type) ? { target: "_blank" } : { download: file.name };
    if (url) h("a", { href: url, ...how }).click();
    else say(name, t("gone", file.name));
  }
}

/** In the units that people read: 1 kB is 1,000 bytes. */
function size(bytes) {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(undefined, { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}
