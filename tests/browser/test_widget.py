"""The chat on pages of others, as visitors use it: two origins, a real browser, a real agent."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio
import redis.asyncio as redis
from playwright.async_api import Browser, Page, Route, expect

from contactcenter.actions.block_identity import block_identity, unblock_identity
from contactcenter.actions.publish import publish
from contactcenter.api.pages import WEB
from contactcenter.db import embedded
from contactcenter.model.calendar import Calendar, Week
from contactcenter.model.caller import SYSTEM
from contactcenter.model.rulebook import Published
from contactcenter.record.profile import KnownBy
from tests.browser.conftest import OpenPage, check_accessibility
from tests.browser.hosts import Host, hosting, list_origin
from tests.conftest import empty_database
from tests.contactcenter.browsers import signed
from tests.contactcenter.clients import Desktop
from tests.contactcenter.conftest import Running, running
from tests.contactcenter.floor import queue
from tests.contactcenter.team import Team, now

KB = 1000
LIGHT_KB_MAX = 40
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63606060f80f0001040100"
    "5fe5c34b0000000049454e44ae426082"
)


@pytest_asyncio.fixture(loop_scope="session")
async def house(
    servers: embedded.Servers, migrated: str, book: Published
) -> AsyncIterator[Running]:
    """A house for each test: what one visitor has asked is not offered to another test's agent."""
    await servers.start_redis()
    async with redis.from_url(servers.redis_url) as client:
        await client.flushall()
    async with (
        empty_database(servers, migrated) as url,
        running(url, servers.redis_url, book) as one,
    ):
        yield one


@pytest.fixture
def team(house: Running, book: Published) -> Team:
    """Makes people and bots in the running application."""
    return Team(house.database, book, house.client, house.socket_url)


@pytest_asyncio.fixture(loop_scope="session")
async def host(house: Running) -> AsyncIterator[Host]:
    """A shop on an origin of its own, which the connection lists."""
    async with hosting(house.url) as one:
        await list_origin(house, one.origin, house.url)
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def agent(team: Team) -> AsyncIterator[Desktop]:
    """An agent who is at work."""
    member = await team.hire(capacity=5)
    async with member.desktop() as desktop:
        await desktop.done("presence", state="available")
        yield desktop


async def take(desktop: Desktop) -> dict[str, Any]:
    """The agent accepts what is offered; returns the assignment."""
    offer = await desktop.event("OfferMade")
    await desktop.done("accept", offer=offer["offer"])
    return await desktop.event("ItemAssigned", item=offer["item"])


async def reply(desktop: Desktop, item: dict[str, Any], text: str, seen: int) -> None:
    await desktop.done("reply", item=item["item"], text=text, seen=seen)


async def begin(page: Page, question: str = "Where is my order?") -> None:
    """Open the chat and ask."""
    await page.get_by_role("button", name="Open the chat").click()
    await page.get_by_label("Your name").fill("Siti")
    await page.get_by_label("Your question").fill(question)
    await page.get_by_role("button", name="Start the chat").click()
    await expect(said(page).last).to_contain_text("Sent")


async def write(page: Page, text: str) -> None:
    box = page.get_by_label("Write a message")
    await box.fill(text)
    await box.press("Enter")


def said(page: Page) -> Any:
    return page.locator(".said")


async def words(page: Page) -> list[str]:
    """What stands in the log, in order."""
    return await page.locator(".words").all_inner_texts()


async def test_visitor_and_agent_talk(
    open_page: OpenPage, house: Running, team: Team, host: Host, agent: Desktop
) -> None:
    staff = await team.hire("supervisor")
    page = await open_page(host.page(title="Ask the shop"))
    await begin(page)
    header = page.locator("header")
    await expect(header).to_contain_text("You are number 1 in line")
    item = await take(agent)
    await expect(header).to_contain_text("Agent 1 answers you")
    record = await house.client.get(f"/v1/customers/{item['customer']}", headers=staff.headers)
    assert record.json()["profile"]["name"] == "Siti"
    await expect(said(page).last).to_contain_text("Delivered")
    await agent.send({"type": "typing", "conversation": item["conversation"]})
    await expect(page.get_by_text("Agent 1 is typing…")).to_be_visible()
    await page.get_by_label("Write a message").press_sequentially("well")
    async with asyncio.timeout(5):
        while not agent.typing:  # noqa: ASYNC110 -- the desktop sets no event for it
            await asyncio.sleep(0.02)
    await reply(agent, item, "On its way: https://post.example/1.", seen=1)
    link = page.get_by_role("link", name="https://post.example/1")
    assert await link.get_attribute("href") == "https://post.example/1"
    assert await link.get_attribute("rel") == "noopener noreferrer"
    told = await agent.event("DeliveryChanged", delivery="read")
    assert told["up_to"] == 2
    await agent.done("read", conversation=item["conversation"], number=1)
    await write(page, "thank you")
    await expect(said(page)).to_have_count(3)
    await expect(said(page).last).to_contain_text("Delivered")
    await agent.done("read", conversation=item["conversation"], number=3)
    await expect(said(page).last).to_contain_text("Read")


async def test_what_comes_while_it_is_closed_is_counted_on_its_button(
    open_page: OpenPage, host: Host, agent: Desktop
) -> None:
    page = await open_page(host.page())
    await begin(page)
    item = await take(agent)
    await page.keyboard.press("Escape")
    launcher = page.locator("button.launcher")
    await expect(launcher).to_be_focused()
    await reply(agent, item, "one", seen=1)
    await reply(agent, item, "two", seen=2)
    waiting = page.get_by_role("button", name="Open the chat, 2 unread messages")
    await expect(waiting).to_be_visible()
    await page.reload()  # the conversation goes on in the background of the next page
    await expect(waiting).to_be_visible()
    await waiting.click()
    await expect(said(page)).to_have_count(3)
    assert await words(page) == ["Where is my order?", "one", "two"]
    await agent.event("DeliveryChanged", delivery="read", up_to=3)
    await expect(page.locator(".badge")).to_be_hidden()


async def test_refused_message_is_sent_when_it_is_tried_again(
    open_page: OpenPage, host: Host, house: Running, agent: Desktop
) -> None:
    page = await open_page(host.page())
    await begin(page)
    item = await take(agent)
    async with house.database.snapshot() as tx:
        [known] = await tx.many(KnownBy, "records.identities", [item["customer"]])
    run = house.database.run
    await run(lambda tx: block_identity(tx, item["customer"], known.id, SYSTEM, now()))
    await write(page, "are you there?")
    await expect(said(page).last).to_contain_text("Not sent: messages from you are not taken")
    await run(lambda tx: unblock_identity(tx, item["customer"], known.id, SYSTEM, now()))
    await page.get_by_role("button", name="Try again").click()
    await expect(said(page).last).to_contain_text("Delivered")
    assert await words(page) == ["Where is my order?", "are you there?"]
    heard = await agent.event("InteractionAppended", conversation=item["conversation"])
    assert heard["said"]["text"] == "are you there?"


async def test_what_is_written_without_a_network_is_sent_once_it_is_back(
    open_page: OpenPage, host: Host, agent: Desktop
) -> None:
    page = await open_page(host.page())
    await begin(page)
    item = await take(agent)
    await page.context.set_offline(True)
    await expect(page.get_by_role("status").get_by_text("You are offline")).to_be_visible()
    await write(page, "first")
    await write(page, "second")
    await expect(said(page).last).to_contain_text("Sending…")
    await reply(agent, item, "meanwhile", seen=1)
    await page.context.set_offline(False)
    await expect(said(page).last).to_contain_text("Delivered")
    assert await words(page) == ["Where is my order?", "meanwhile", "first", "second"]


async def test_what_was_not_answered_is_sent_by_the_next_page(
    open_page: OpenPage, host: Host, agent: Desktop
) -> None:
    address = host.page()
    page = await open_page(address)
    await begin(page)
    await take(agent)
    await page.route(re.compile("/v1/"), lambda route: route.abort())
    await page.context.set_offline(True)
    await write(page, "do not lose me")
    await expect(said(page).last).to_contain_text("Sending…")
    await page.close()
    again = await page.context.new_page()
    await page.context.set_offline(False)
    await again.goto(address)
    heard = await agent.event("InteractionAppended", since=len(agent.events) - 1)
    assert heard["said"]["text"] == "do not lose me"


async def test_history_is_the_accounts_on_every_browser(
    open_page: OpenPage, host: Host, agent: Desktop
) -> None:
    page = await open_page(host.page(jwt=signed("siti", name="Siti")))
    await page.get_by_role("button", name="Open the chat").click()
    await write(page, "Where is my order?")
    item = await take(agent)
    await reply(agent, item, "On its way", seen=1)
    other = await open_page(host.page())
    jwt = signed("siti")
    await expect(other.get_by_role("button", name="Open the chat")).to_be_visible()
    await other.evaluate(
        "jwt => dispatchEvent(new CustomEvent('contactcenter:token', {detail: {jwt}}))", jwt
    )
    await other.get_by_role("button", name="Open the chat").click()
    await expect(said(other)).to_have_count(2)
    assert await words(other) == ["Where is my order?", "On its way"]
    await other.evaluate("dispatchEvent(new CustomEvent('contactcenter:token', {detail: null}))")
    await expect(said(other)).to_have_count(0)
    assert "account" not in await other.evaluate("Object.keys(localStorage).join()")


async def test_older_messages_come_when_they_are_asked_for(open_page: OpenPage, host: Host) -> None:
    address = host.page()
    page = await open_page(address)
    await begin(page, "question 0")
    for number in range(1, 61):
        await write(page, f"question {number}")
        if number % 20 == 0:  # no faster than anybody writes
            await expect(page.get_by_text(f"question {number}", exact=True)).to_be_visible()
            await expect(page.get_by_text("Sending…")).to_have_count(0)
            await page.wait_for_timeout(2000)
    await page.reload()
    await page.get_by_role("button", name="Open the chat").click()
    await expect(said(page)).to_have_count(50)
    await page.get_by_role("button", name="Earlier messages").click()
    await expect(said(page)).to_have_count(61)
    assert await words(page) == [f"question {number}" for number in range(61)]
    await expect(page.get_by_role("button", name="Earlier messages")).to_be_hidden()


async def test_strangers_words_go_along_when_they_sign_in(open_page: OpenPage, host: Host) -> None:
    page = await open_page(host.page())
    await begin(page)
    await page.evaluate(
        "jwt => document.querySelector('script[data-connection]').dataset.jwt = jwt", signed("siti")
    )
    await expect(page.locator(".link")).to_be_hidden()
    await write(page, "and it is me")
    await expect(said(page).last).to_contain_text("Sent")
    assert await words(page) == ["Where is my order?", "and it is me"]


async def test_files_are_picked_pasted_and_dropped(
    open_page: OpenPage, host: Host, agent: Desktop
) -> None:
    page = await open_page(host.page(form="off"))
    await page.get_by_role("button", name="Open the chat").click()
    await expect(page.get_by_label("Write a message")).to_be_focused()
    await write(page, "hello")
    await take(agent)
    picture = {"name": "strap.png", "mimeType": "image/png", "buffer": PNG}
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"size 38"}
    bad = {"name": "virus.exe", "mimeType": "text/plain", "buffer": b"MZ\0\0"}
    await page.locator("input[type=file]").set_input_files([picture, note, bad])
    await expect(page.get_by_text("This kind is not taken")).to_be_visible()
    give = """(element, how) => {
        const data = new DataTransfer();
        data.items.add(new File(["by " + how], how + ".txt", {type: "text/plain"}));
        const more = {bubbles: true, composed: true, cancelable: true};
        element.dispatchEvent(how === "paste"
            ? new ClipboardEvent(how, {clipboardData: data, ...more})
            : new DragEvent(how, {dataTransfer: data, ...more}));
    }"""
    for how in ("paste", "drop"):
        await page.get_by_label("Write a message").evaluate(give, how)
    await expect(page.locator(".tray li")).to_have_count(5)
    await expect(page.get_by_text("Uploading…")).to_have_count(0)
    await page.get_by_label("Write a message").press("Enter")
    await expect(said(page)).to_have_count(2)
    heard = await agent.event("InteractionAppended")
    names = [part["name"] for part in heard["said"]["parts"]]
    assert sorted(names) == ["drop.txt", "note.txt", "paste.txt", "strap.png"]
    shown = page.get_by_role("img", name="strap.png")
    await expect(shown).to_be_visible()
    assert await shown.evaluate("image => image.naturalWidth") == 1
    async with page.expect_download() as saved:
        await page.get_by_role("button", name=re.compile("^note.txt")).click()
    assert (await (await saved.value).path()).read_bytes() == b"size 38"


async def test_who_waits_sees_their_place_and_is_asked_how_content_they_are(
    open_page: OpenPage, host: Host, team: Team
) -> None:
    page = await open_page(host.page())
    await begin(page)
    await expect(page.locator(".who")).to_have_text("You are number 1 in line")
    member = await team.hire(capacity=5)
    async with member.desktop() as agent:
        await agent.done("presence", state="available")
        item = await take(agent)
        await expect(page.locator(".who")).to_have_text("Agent 1 answers you")
        await agent.done("resolve", item=item["item"], disposition="solved")
        await agent.event("ItemWrapUp")
        await agent.done("finish", item=item["item"])
    await expect(page.locator(".who")).to_contain_text("This chat has ended.")
    question = page.get_by_role("group", name="How content are you?")
    await question.get_by_role("radio", name="Not at all").press("Space")
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await expect(question.get_by_role("radio", name="Content", exact=True)).to_be_checked()
    await check_accessibility(page)
    await page.get_by_label("What should we know?").fill("quick and kind")
    await page.get_by_role("button", name="Send the answer").click()
    await expect(question).to_be_hidden()
    staff = await team.hire("supervisor")
    path = f"/v1/conversations/{item['conversation']}"
    record = (await team.client.get(path, headers=staff.headers)).json()
    answers = [(one["score"], one["comment"]) for one in record["satisfaction"]]
    assert answers == [(4, "quick and kind")]
    await page.reload()
    await page.get_by_role("button", name="Open the chat").click()
    await expect(said(page)).to_have_count(1)
    await expect(question).to_be_hidden()


async def test_who_comes_while_it_is_closed_is_told_when_it_opens(
    open_page: OpenPage, host: Host, house: Running, book: Published
) -> None:
    later = now() + timedelta(days=2)
    day = Week.__struct_fields__[later.weekday()]
    closed = Calendar(timezone="UTC", hours=Week(**{day: ("00:00-24:00",)}))
    rules = msgspec.structs.replace(book.rules, calendars={"later": closed})
    for name in rules.queues:
        rules = queue(rules, name, calendar="later")
    version = await house.database.run(lambda tx: publish(tx, rules, "test", now()))
    async with asyncio.timeout(10):
        while house.parts.rulebook.current.version != version:  # noqa: ASYNC110 -- it has no event
            await asyncio.sleep(0.01)
    page = await open_page(host.page(), timezone_id="UTC")
    await page.get_by_role("button", name="Open the chat").click()
    opens = rf"{later:%A}, {later:%B} {later.day}, 12:00\sAM"
    told = re.compile(rf"We are closed until {opens}\. Write to us: we answer then\.")
    await expect(page.locator(".who")).to_have_text(told)
    await check_accessibility(page)
    await page.get_by_label("Your question").fill("Where is my order?")
    await page.get_by_role("button", name="Start the chat").click()
    await expect(said(page)).to_have_count(1)
    await expect(page.locator(".who")).to_have_text(told)


async def test_a_page_that_is_not_listed_keeps_its_visitors_informed(
    browser: Browser, house: Running
) -> None:
    """Not with `open_page`: the browser itself writes to the console that it may not read."""
    async with hosting(house.url) as stranger:
        await list_origin(house, "https://other.example")
        page = await browser.new_page(locale="en-GB")
        warned: list[str] = []
        page.on("console", lambda message: warned.append(message.text))
        await page.goto(stranger.page(form="off"))
        await page.get_by_role("button", name="Open the chat").click()
        await expect(page.get_by_text("The chat cannot be reached just now.")).to_be_visible()
        assert any(f"Is {stranger.origin} an origin of the connection?" in line for line in warned)
        await page.close()


# Weight, isolation, access


async def test_it_is_light_and_comes_when_it_is_wanted(open_page: OpenPage, host: Host) -> None:
    """Counted as it comes over the wire, none of it minified; each language weighs as much."""
    weights: dict[str, int] = {}
    page = await open_page("about:blank")

    async def weigh(request: Any) -> None:
        if "/web/widget/" in request.url:
            sizes = await request.sizes()
            weights[request.url.partition("/web/widget/")[2]] = sizes["responseBodySize"]

    page.on("requestfinished", weigh)
    await page.goto(host.page())
    await expect(page.get_by_role("button", name="Open the chat")).to_be_visible()
    first = sum(weights.values())
    await begin(page)
    files = {str(file.relative_to(WEB / "widget")) for file in (WEB / "widget").rglob("*.js")}
    assert set(weights) == files - {"texts/id.js"}
    assert first < sum(weights.values()) / 2
    assert sum(weights.values()) < LIGHT_KB_MAX * KB


async def test_a_hostile_page_does_not_reach_it(open_page: OpenPage, host: Host) -> None:
    hostile = (
        "* { all: unset !important; color: red !important; font-size: 40px !important }"
        " div, aside, section, button, contactcenter-chat { display: none }"
        " html { --accent: red; --paper: black; direction: rtl; line-height: 4; cursor: wait }"
    )
    looks = [await _look(await open_page(host.page(style=style))) for style in ("", hostile)]
    assert looks[0] == looks[1]


async def _look(page: Page) -> list[Any]:
    """Where each part of the open chat stands, and in which colours and letters."""
    await page.get_by_role("button", name="Open the chat").click()
    await expect(page.get_by_label("Your question")).to_be_visible()
    return await page.evaluate(
        """() => [...document.querySelector("contactcenter-chat").shadowRoot.querySelectorAll("*")]
            .map((element) => {
                const box = element.getBoundingClientRect(), style = getComputedStyle(element);
                return [element.tagName, box.x, box.y, box.width, box.height, style.color,
                    style.backgroundColor, style.fontSize, style.fontFamily, style.direction];
            })"""
    )


async def test_it_leaves_no_name_on_the_page(open_page: OpenPage, host: Host) -> None:
    names = "Object.getOwnPropertyNames(window).sort()"
    page = await open_page(host.page())
    await begin(page)
    bare = await open_page(host.page(), java_script_enabled=False)
    assert await page.evaluate(names) == await bare.evaluate(names)


async def test_a_page_is_ready_while_the_chat_is_not(open_page: OpenPage, host: Host) -> None:
    held: list[Route] = []
    page = await open_page("about:blank")
    await page.route(re.compile("/web/widget/"), lambda route: held.append(route))  # noqa: PLW0108 -- a builtin is not taken
    await page.goto(host.page("<button>Buy</button>"), wait_until="domcontentloaded")
    await page.get_by_role("button", name="Buy").click()
    assert held
    assert await page.locator("contactcenter-chat").count() == 0
    for route in held:
        await route.abort()


async def test_the_load_of_a_page_waits_for_the_one_file_that_it_names(
    open_page: OpenPage, host: Host
) -> None:
    held: list[Route] = []
    page = await open_page("about:blank")
    others = re.compile("/web/widget/(?!widget.js)")
    await page.route(others, lambda route: held.append(route))  # noqa: PLW0108 -- as above
    await page.goto(host.page(), wait_until="load")
    assert await page.locator("contactcenter-chat").count() == 0
    assert held
    await page.unroute(others)
    await expect(page.get_by_role("button", name="Open the chat")).to_be_visible()


async def test_a_page_may_add_the_chat_after_its_load(open_page: OpenPage, host: Host) -> None:
    tag = f"{{type: 'module', src: '{host.house}/web/widget/widget.js'}}"
    host.pages["/late"] = f"""<!doctype html><html lang="en"><title>Shop</title>
        <link rel="icon" href="/icon.png"><main><h1>Sandals</h1></main><script type="module">
        addEventListener("load", () => {{
          const tag = Object.assign(document.createElement("script"), {tag});
          tag.dataset.connection = "web";
          document.head.append(tag);
        }});
        </script></html>"""
    page = await open_page(host.origin + "/late")
    await expect(page.get_by_role("button", name="Open the chat")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
async def test_everybody_can_use_it_also_on_320_pixels(
    open_page: OpenPage,
    host: Host,
    agent: Desktop,
    language: str,
    colour_scheme: str,
) -> None:
    page = await open_page(
        host.page(language=language, colour="#ffd400"),
        viewport={"width": 320, "height": 560},
        color_scheme=colour_scheme,
    )
    await check_accessibility(page)
    await page.locator("button.launcher").click()
    await expect(page.locator("#question")).to_be_visible()
    await check_accessibility(page)
    await page.locator("#question").fill("W" * 300)
    await page.locator("form.form button").click()
    item = await take(agent)
    await reply(agent, item, "an answer " * 40, seen=1)
    await expect(said(page)).to_have_count(2)
    await page.context.set_offline(True)
    await page.locator(".composer textarea").fill("one more")
    await page.locator(".send").click()
    await expect(page.locator(".link")).to_be_visible()
    await check_accessibility(page)
    wide = await page.evaluate(
        """() => [...document.querySelector("contactcenter-chat").shadowRoot.querySelectorAll("*")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.className)"""
    )
    assert wide == []
    lang = await page.locator("aside").get_attribute("lang")
    assert lang == language


async def test_on_a_phone_the_tab_key_stays_inside_and_escape_leads_out(
    open_page: OpenPage, host: Host
) -> None:
    small = {"width": 360, "height": 640}
    page = await open_page(host.page("<button>Buy</button>"), viewport=small)
    await page.get_by_role("button", name="Open the chat").press("Enter")
    await expect(page.get_by_label("Your name")).to_be_focused()
    dialog = page.get_by_role("dialog", name="Chat with us")
    assert await dialog.get_attribute("aria-modal") == "true"
    for _ in range(9):
        await page.keyboard.press("Tab")
        assert await dialog.evaluate(
            "element => element.contains(element.getRootNode().activeElement)"
        )
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Open the chat")).to_be_focused()


async def test_new_messages_are_read_out_and_old_ones_are_not(
    open_page: OpenPage, host: Host, agent: Desktop
) -> None:
    page = await open_page(host.page())
    await begin(page)
    log = page.get_by_role("log", name="Messages")
    await expect(log).to_have_attribute("aria-live", "polite")
    item = await take(agent)
    await page.reload()
    await page.get_by_role("button", name="Open the chat").click()
    await reply(agent, item, "here I am", seen=1)
    await expect(log.get_by_text("here I am")).to_be_visible()
    assert await log.locator(".name").last.inner_text() == "Agent 1"


@pytest.mark.parametrize(("wish", "animation"), [("reduce", "none"), ("no-preference", "rise")])
async def test_nothing_moves_for_who_asks_for_rest(
    open_page: OpenPage, host: Host, wish: str, animation: str
) -> None:
    page = await open_page(host.page(), reduced_motion=wish)
    await page.get_by_role("button", name="Open the chat").click()
    name = await page.locator(".panel").evaluate("panel => getComputedStyle(panel).animationName")
    assert name == animation
