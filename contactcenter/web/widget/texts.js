/** Texts of one language: `t(key, n)` puts `n` in, and counts by it where the text has forms. */

/** @param {"en"|"id"} language @returns {Promise<(key: string, n?: number|string) => string>} */
export async function texts(language) {
  const { default: all } = await import(`./texts/${language}.js`);
  const plural = new Intl.PluralRules(language);
  return (key, n) => {
    const text = typeof all[key] === "string" ? all[key] : (all[key][plural.select(n)] ?? all[key].other);
    return text.replace("{n}", n);
  };
}
