/**
 * What a host's page names in its tag (docs/widget.md). The page's `load` waits for this file and for
 * whatever it would import at its top: so it is small, and all else is fetched beside the page.
 */
const script = [...document.scripts].find((one) => one.src === import.meta.url);
if (script?.dataset.connection) begin();
else console.error("contactcenter: the chat's script tag needs data-connection (docs/widget.md)");

async function begin() {
  const { launch } = await import("./launcher.js");
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => launch(script), { once: true });
  else launch(script);
}
