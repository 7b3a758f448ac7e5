// Before anything is drawn: the chosen scheme and language, so that nothing flashes. A classic script.
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    const language = localStorage.getItem("language");
    if (language) root.lang = language;
  } catch {
    // A browser that keeps nothing for us shows what the system wants.
  }
})();
