// An offer is heard, seen in the title, and told by the browser where the agent has allowed it.

import {t} from "../base/i18n.js";
import {keep, kept} from "../base/kept.js";
import {offersInOrder} from "./state.js";
import {channelName, customerName} from "./words.js";

/** What is played: when (in s), and how high. */
const OFFER = [[0, 660], [0.16, 880]];
const NUDGE = [[0, 520]];

/** @param {import("./main.js").Desk} desk */
export function createAlerting(desk) {
  const told = new Map(); // offer -> its notification
  let context = null;
  const plain = document.title;

  // A browser plays only for whoever has touched the page.
  const unlock = () => {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume();
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, unlock, {once: true});

  const sound = () => kept("offer-sound", "on") === "on";

  function ring(tones = OFFER) {
    if (!sound() || !context || context.state !== "running") return;
    for (const [at, pitch] of tones) tone(context, context.currentTime + at, pitch);
  }

  function notify(tag, words, body) {
    if (notifications() !== "on" || document.hasFocus()) return null;
    const shown = new Notification(words, {body, tag});
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    return shown;
  }

  function notifyOf(offer) {
    const words = t("desktop.offer_announced", {name: customerName(offer), channel: channelName(offer.channel)});
    const shown = notify(`offer ${offer.id}`, words, offer.excerpt || offer.sentence);
    if (shown) told.set(offer.id, shown);
  }

  return {
    sound,
    notifications,
    toggleSound() {
      unlock();
      keep("offer-sound", sound() ? "off" : null);
      desk.tell(t(sound() ? "desktop.sound_on" : "desktop.sound_off"));
      ring();
    },
    /** A colleague wants something: heard once and low. */
    nudge(tag, words, body) {
      ring(NUDGE);
      notify(tag, words, body);
    },
    async toggleNotifications() {
      if (notifications() === "on") keep("offer-notifications", null);
      else if (globalThis.Notification && (await Notification.requestPermission()) === "granted") keep("offer-notifications", "on");
      desk.tell(t(`desktop.notifications_${notifications()}`));
    },
    /** Called with what changed, whether or not the page is seen. */
    follow(before, after) {
      if (before.offers === after.offers) return;
      const fresh = offersInOrder(after).filter((offer) => !before.offers[offer.id]);
      for (const offer of fresh) notifyOf(offer);
      if (fresh.length > 0) ring();
      for (const [id, shown] of told) {
        if (after.offers[id]) continue;
        shown.close();
        told.delete(id);
      }
      drawTitle(offersInOrder(after), plain);
    },
  };
}

/** "on", "off", or "refused" where the browser does not let us. */
function notifications() {
  if (!globalThis.Notification || Notification.permission === "denied") return "refused";
  return Notification.permission === "granted" && kept("offer-notifications") === "on" ? "on" : "off";
}

function drawTitle(offers, plain) {
  document.title = offers.length > 0
    ? t("desktop.title_offer", {name: customerName(offers[0])}) : plain;
}

function tone(context, at, pitch) {
  const oscillator = new OscillatorNode(context, {type: "sine", frequency: pitch});
  const loudness = new GainNode(context, {gain: 0});
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.18, at + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.34);
  oscillator.connect(loudness).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.36);
}
