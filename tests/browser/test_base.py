"""What all pages share: words, looks, lists, keys, and the socket that comes back."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, WebSocketRoute, expect

from contactcenter.api.pages import WEB
from tests.browser.conftest import OpenPage, check_accessibility
from tests.contactcenter.team import Team

PUBLIC = ["/sign-in", "/set-password", "/set-password#ccr_x", "/style"]
USED = re.compile(r"""\b(?:t|rich)\(\s*["']([a-z_]+\.[a-z_.]+)["']""")


@pytest.mark.parametrize("path", [*PUBLIC, "/account"])
async def test_a_page_is_accessible_in_both_schemes_and_on_a_phone(
    open_page: OpenPage, team: Team, path: str
) -> None:
    member = await team.hire("supervisor") if path == "/account" else None
    page = await open_page(path, as_=member, locale="id-ID")
    await expect(page.get_by_role("heading").first).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await check_accessibility(page)
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 320, "height": 740})
    await check_accessibility(page)
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0


async def test_every_word_is_there_in_both_languages(open_page: OpenPage) -> None:
    page = await open_page("/style")
    files = sorted(f"/web/{f.relative_to(WEB)}" for f in WEB.glob("*/texts.js"))
    assert await page.evaluate(DIFFERENCES, files) == []


@pytest.mark.parametrize("folder", ["base", *sorted(f.parent.name for f in WEB.glob("*/texts.js"))])
async def test_every_key_that_a_page_uses_has_words(open_page: OpenPage, folder: str) -> None:
    modules = [module.read_text(encoding="utf-8") for module in (WEB / folder).glob("*.js")]
    page = await open_page("/style")
    files = sorted(f"/web/{f.relative_to(WEB)}" for f in WEB.glob("*/texts.js"))
    known = await page.evaluate(KEYS, files)
    assert {key for module in modules for key in USED.findall(module)} - set(known) == set()


# The words that pages add, and those of the widget and of the shop, which have words of their own.
DIFFERENCES = """async (files) => {
  const pairs = [];
  for (const file of files) {
    const module = await import(file);
    pairs.push(module.default ?? module.TEXTS);
  }
  pairs.push((await import("/web/base/i18n.js")).texts);
  const own = ["en", "id"].map((tag) => import(`/web/widget/texts/${tag}.js`));
  const [en, id] = (await Promise.all(own)).map((module) => module.default);
  pairs.push({ en, id });
  const told = (words) => JSON.stringify([...JSON.stringify(words ?? "").matchAll(/\\{\\w+\\}/g)]
    .map(String).filter((name, at, all) => all.indexOf(name) === at).sort());
  const differ = [];
  for (const one of pairs.filter(Boolean)) {
    for (const key of new Set([...Object.keys(one.en), ...Object.keys(one.id)])) {
      const [a, b] = [one.en[key], one.id[key]];
      if (a === undefined || b === undefined || told(a) !== told(b)) differ.push(key);
    }
  }
  return differ;
}"""
KEYS = """async (files) => {
  const { add, texts } = await import("/web/base/i18n.js");
  for (const file of files) {
    const module = await import(file);
    if (module.default) add(module.default);
  }
  return Object.keys(texts.en);
}"""


async def test_scheme_and_language_are_chosen_and_kept(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    await page.get_by_role("button", name="Language, Appearance").click()
    await page.get_by_role("menuitemradio", name="Dark").click()
    await page.get_by_role("button", name="Language, Appearance").click()
    await page.get_by_role("menuitemradio", name="Bahasa Indonesia").click()
    await expect(page.get_by_role("heading", name="Masuk")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Masuk")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "id")
    dark = "() => getComputedStyle(document.body).backgroundColor"
    assert await page.evaluate(dark) == "rgb(13, 15, 18)"


async def test_nothing_that_is_written_into_a_page_runs(
    open_page: OpenPage, faults: list[str]
) -> None:
    page = await open_page("/sign-in")
    await page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const style = document.createElement("style");
          style.textContent = "body { opacity: 0.5 }";
          document.body.append(style);
        }"""
    )
    assert await page.evaluate("() => [window.ran, getComputedStyle(document.body).opacity]") == [
        None,
        "1",
    ]
    assert len(faults) == 2, "a page that does what its policy forbids fails its test"
    faults.clear()


async def test_the_sign_in_page_is_light_on_the_network(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    await page.wait_for_load_state("networkidle")
    sizes = "() => performance.getEntriesByType('resource').map((e) => e.encodedBodySize)"
    assert sum(await page.evaluate(sizes)) < 40_000


async def test_a_list_keeps_its_nodes_and_the_focus(open_page: OpenPage) -> None:
    page = await open_page("/style")
    kept = await page.evaluate(
        """async () => {
          const { h, patch } = await import("/web/base/dom.js");
          const list = document.body.appendChild(h("ul"));
          const show = (keys) => patch(list, keys, {
            key: (one) => one,
            make: (one) => h("li", null, h("button", { type: "button" }, one)),
          });
          const read = () => list.textContent;
          show(["a", "b", "c", "d"]);
          const node = list.children[1];
          node.firstChild.focus();
          const told = [];
          for (const keys of ["bacd", "dcba", "xyzb", "abcdefb".slice(0, 6), "b", "ab"]) {
            show([...keys]);
            told.push([read(), list.contains(node), document.activeElement === node.firstChild]);
          }
          return told;
        }"""
    )
    assert kept == [[k, True, True] for k in ("bacd", "dcba", "xyzb", "abcdef", "b", "ab")]


async def test_a_key_works_where_nobody_types_and_can_be_turned_off(open_page: OpenPage) -> None:
    page = await open_page("/style")
    said = page.get_by_text("The conversation is resolved")
    await page.get_by_label("A text").first.focus()
    await page.keyboard.press("s")
    await expect(said).to_have_count(0)
    await page.get_by_role("heading", name="Elements").click()
    await page.keyboard.press("s")
    await expect(said).to_have_count(1)
    await page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(sheet.get_by_text("Say something")).to_be_visible()
    await check_accessibility(page)
    await sheet.get_by_label("Shortcuts of a single letter").uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await expect(said).to_have_count(1)


class Server:
    """The other end of the page's socket, played by the test."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.socket: WebSocketRoute | None = None
        self.heard: list[dict[str, Any]] = []

    def opened(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.on_message(lambda data: self.heard.append(json.loads(data)))

    def say(self, **frame: Any) -> None:
        assert self.socket
        self.socket.send(json.dumps(frame))

    async def hears(self, **expected: Any) -> dict[str, Any]:
        """Wait for a frame that has these fields, and forget those before it."""
        while True:
            while self.heard:
                frame = self.heard.pop(0)
                if expected.items() <= frame.items():
                    return frame
            await self.page.wait_for_timeout(10)

    async def shown(self) -> list[Any]:
        return await self.page.evaluate("() => [window.states, window.facts]")


@pytest_asyncio.fixture(loop_scope="session")
async def server(open_page: OpenPage) -> AsyncIterator[Server]:
    page = await open_page("/style")
    server = Server(page)
    await page.route_web_socket("**/v1/desktop", server.opened)
    await page.evaluate(
        """async () => {
          const { connect } = await import("/web/base/stream.js");
          window.states = [];
          window.facts = [];
          window.stream = connect("/v1/desktop", {
            frame: (one) => one.type === "event" && window.facts.push(one.fact),
            state: (state) => window.states.push(state),
          });
        }"""
    )
    await server.hears(type="hello")
    yield server
    await page.evaluate("() => window.stream.close()")


def ask(page: Page) -> Any:
    return page.evaluate(
        """() => { window.asked = window.stream.send({ type: "accept", offer: 7 }).then(
          (result) => ["done", result], (problem) => ["refused", problem.code]); }"""
    )


async def test_events_come_in_order_and_a_gap_is_asked_for(server: Server) -> None:
    server.say(type="welcome", seq=5, resumed=False, snapshot={})
    server.say(type="event", seq=8, prev=5, fact="one")
    server.say(type="event", seq=8, prev=5, fact="one")
    server.say(type="event", seq=12, prev=10, fact="three")
    assert (await server.hears(type="hello"))["resume"] == 8
    server.say(type="event", seq=14, prev=12, fact="early")
    server.say(type="welcome", seq=8, resumed=True, snapshot=None)
    server.say(type="event", seq=10, prev=8, fact="two")
    server.say(type="event", seq=12, prev=10, fact="three")
    await server.page.wait_for_function("() => window.facts.length === 3")
    assert await server.shown() == [["live"], ["one", "two", "three"]]


async def test_a_command_is_sent_again_under_its_id_when_the_connection_is_back(
    server: Server,
) -> None:
    server.say(type="welcome", seq=5, resumed=False, snapshot={})
    await server.page.wait_for_function("() => window.stream.state === 'live'")
    await ask(server.page)
    first = await server.hears(type="accept")
    assert server.socket
    await server.socket.close(code=1012)
    assert (await server.hears(type="hello"))["resume"] == 5
    server.say(type="welcome", seq=5, resumed=True, snapshot=None)
    again = await server.hears(type="accept")
    assert again == first
    server.say(type="answer", id=first["id"], ok=True, result={"item": 3})
    server.say(type="answer", id=first["id"], ok=True, result={"item": 4})
    assert await server.page.evaluate("() => window.asked") == ["done", {"item": 3}]
    assert (await server.shown())[0] == ["live", "reconnecting", "live"]


async def test_who_is_signed_out_is_not_connected_again(server: Server) -> None:
    server.say(type="welcome", seq=5, resumed=False, snapshot={})
    await server.page.wait_for_function("() => window.stream.state === 'live'")
    await ask(server.page)
    await server.hears(type="accept")
    assert server.socket
    await server.socket.close(code=4401)
    await server.page.wait_for_function("() => window.states.includes('signed-out')")
    assert (await server.page.evaluate("() => window.asked"))[0] == "refused"
    assert (await server.shown())[0] == ["live", "signed-out"]


async def test_what_a_command_is_refused_with_comes_to_who_gave_it(server: Server) -> None:
    server.say(type="welcome", seq=5, resumed=False, snapshot={})
    await server.page.wait_for_function("() => window.stream.state === 'live'")
    await ask(server.page)
    frame = await server.hears(type="accept")
    problem = {"type": "urn:contactcenter:problem:offer-gone", "title": "", "status": 409}
    server.say(type="answer", id=frame["id"], ok=False, problem={**problem, "detail": "Gone."})
    assert await server.page.evaluate("() => window.asked") == ["refused", "offer-gone"]
