// Files: as parts of what was said, and as what is being brought for the next words.

import {ask} from "../base/api.js";
import {fill, h} from "../base/dom.js";
import {size, t} from "../base/i18n.js";
import {icon} from "../base/icons.js";

const FILES_MAX = 10;
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** @param {Array<object>} parts of an interaction; those that are no files are passed over */
export function attachments(parts) {
  const files = (parts ?? []).filter((part) => part.type === "file");
  return files.length > 0 ? h("ul", {class: "plain files"}, files.map(attachment)) : null;
}

function attachment({file, name, media_type: kind, size: bytes}) {
  const href = `/v1/files/${file}`;
  const shown = SHOWN.has(kind);
  return h("li", {},
    h("a", {class: shown ? "picture" : "file button small", href, target: "_blank", rel: "noopener", download: shown ? null : name, title: name},
      shown ? h("img", {src: href, alt: name, loading: "lazy"}) : icon("file"),
      shown ? null : h("span", {class: "clip"}, name), shown ? null : h("span", {class: "muted"}, size(bytes))));
}

/**
 * Files on their way up: each is shown at once, and can be taken out again.
 * @param {{changed: () => void, tell: (words: string) => void}} on
 */
export function createAttaching(on) {
  const element = h("ul", {class: "plain files attaching"});
  const perConversation = new Map();
  let shown = null;

  const filesOf = (conversation) => perConversation.get(conversation) ?? [];

  function put(conversation, files) {
    if (files.length > 0) perConversation.set(conversation, files);
    else perConversation.delete(conversation);
    draw();
    on.changed();
  }

  const replace = (conversation, one, next) =>
    put(conversation, filesOf(conversation).flatMap((each) => (each !== one ? [each] : next ? [next] : [])));

  async function bring(conversation, blob) {
    if (filesOf(conversation).length >= FILES_MAX) return on.tell(t("desktop.too_many_files", {count: FILES_MAX}));
    const name = blob.name || t("desktop.pasted_file");
    const coming = {name, size: blob.size, id: null};
    put(conversation, [...filesOf(conversation), coming]);
    try {
      const file = await ask(`/v1/files?name=${encodeURIComponent(name.slice(-500))}`, {
        method: "POST", body: blob, headers: {"Content-Type": "application/octet-stream"},
      });
      replace(conversation, coming, file);
    } catch (problem) {
      replace(conversation, coming, null);
      on.tell(`${name}: ${problem.detail}`);
    }
  }

  function draw() {
    const files = shown === null ? [] : filesOf(shown);
    element.hidden = files.length === 0;
    fill(element, files.map((file) => h("li", {class: "chip", "aria-busy": file.id === null ? "true" : null},
      file.id === null ? h("span", {class: "turning"}) : icon("file"), h("span", {class: "clip"}, file.name), size(file.size),
      h("button", {class: "button quiet small only", type: "button", "aria-label": t("desktop.take_out", {name: file.name}), onclick: () => replace(shown, file, null)}, icon("close")))));
  }

  return {
    element,
    show(conversation) {
      shown = conversation;
      draw();
    },
    bring(blobs) {
      for (const blob of blobs) bring(shown, blob);
    },
    /** All are here; null while one is still on its way. */
    ready() {
      const files = filesOf(shown);
      return files.every((file) => file.id !== null) ? files : null;
    },
    take() {
      const files = filesOf(shown);
      put(shown, []);
      return files;
    },
    give: (conversation, files) => put(conversation, [...filesOf(conversation), ...files]),
  };
}

/** As the parts of what was said, while that has no answer yet. */
export const asParts = (files) =>
  files.map(({id, name, media_type, size: bytes}) => ({type: "file", file: id, name, media_type, size: bytes}));
