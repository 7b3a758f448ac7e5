/** What the script tag's attributes say. */

/**
 * @typedef {object} Settings
 * @property {string} house where the contact center is, with a slash at its end
 * @property {string} connection its name
 * @property {"en"|"id"} language
 * @property {string} title
 * @property {string} greeting the first words, before anything is said
 * @property {string} colour as `#rgb` or `#rrggbb`
 * @property {"left"|"right"} side
 * @property {"system"|"light"|"dark"} scheme
 * @property {boolean} form whether strangers are asked for a name first
 * @property {boolean} open whether it opens by itself
 * @property {string|null} jwt what the host's server has signed
 * @property {string} [name] what a stranger says they are called
 */

/**
 * @param {HTMLScriptElement} script
 * @param {string} address of the widget's module: two steps above it is the house
 * @returns {Settings}
 */
export function read(script, address) {
  const { connection, language, title, greeting, colour, side, scheme, form, open, jwt } = script.dataset;
  const spoken = language || document.documentElement.lang || navigator.language;
  return {
    house: new URL("../../", address).href,
    connection,
    language: /^(id|in)\b/i.test(spoken) ? "id" : "en",
    title: title ?? "",
    greeting: greeting ?? "",
    colour: colour ?? "",
    side: side === "left" ? "left" : "right",
    scheme: scheme === "light" || scheme === "dark" ? scheme : "system",
    form: form !== "off",
    open: open !== undefined && open !== "false",
    jwt: jwt || null,
  };
}
