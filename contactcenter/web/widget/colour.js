/** The host's colour, made readable: contrast after WCAG 2.2, 4.5:1 or more in both schemes. */

const ACCENT = { light: "#1f5fbf", dark: "#7db0ff" };
const PAPER = { light: "#ffffff", dark: "#14171b" };
const INK = { light: "#14171b", dark: "#ffffff" };
const ENOUGH = 4.5;

/**
 * The custom properties that hang on attributes.
 * @param {import("./settings.js").Settings} settings
 */
export function scheme(settings) {
  const given = parse(settings.colour);
  if (settings.colour && !given) console.warn(`contactcenter: data-colour is no #rrggbb: ${settings.colour}`);
  const shown = (kind) => (given ? readable(given, kind) : parse(ACCENT[kind]));
  const light = shown("light"), dark = shown("dark");
  const both = settings.scheme === "system" ? "light dark" : settings.scheme;
  return `:host { color-scheme: ${both} !important; }
    aside {
      --accent: light-dark(${css(light)}, ${css(dark)});
      --on-accent: light-dark(${upon(light)}, ${upon(dark)});
      --accent-soft: light-dark(${css(mix(light, parse(PAPER.light), 0.9))}, ${css(mix(dark, parse(PAPER.dark), 0.8))});
    }`;
}

/** The colour itself, or as far towards the ink as it must go to be read on the paper. */
export function readable(colour, kind) {
  const paper = parse(PAPER[kind]), ink = parse(INK[kind]);
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, ink, share);
    if (contrast(mixed, paper) >= ENOUGH) return mixed;
  }
  return ink;
}

/** @returns {number[]|null} red, green, blue of 0 to 255 */
export function parse(text) {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text);
  const found = short ? short.slice(1).map((c) => c + c) : /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(text)?.slice(1);
  return found ? found.map((two) => parseInt(two, 16)) : null;
}

export function contrast(one, other) {
  const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}

function luminance(colour) {
  const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function mix(from, to, share) {
  return from.map((c, i) => Math.round(c + (to[i] - c) * share));
}

function upon(colour) {
  const [white, black] = [parse("#ffffff"), parse("#14171b")];
  return css(contrast(colour, white) >= ENOUGH || contrast(colour, white) > contrast(colour, black) ? white : black);
}

function css(colour) {
  return `rgb(${colour.join(" ")})`;
}
