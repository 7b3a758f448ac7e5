import asyncio
import json
import random
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from contactcenter.actions.receive import Inbound
from contactcenter.actions.visit import Host
from contactcenter.live.visitor_frames import FRAME_CHARACTERS_MAX
from contactcenter.model.customer import Identity
from tests.contactcenter.browsers import Browser
from tests.contactcenter.clients import Desktop
from tests.contactcenter.conftest import Desk, Running
from tests.contactcenter.team import Team

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
Browse = Callable[..., Browser]


async def talking(browse: Browse, connection: str = "web", account: str | None = None) -> Browser:
    """A visitor with a session and a socket."""
    browser = browse(connection)
    await browser.begin(account)
    return await browser.connect()


async def serve(stack: AsyncExitStack, team: Team) -> Desktop:
    """An agent who is at work."""
    agent = await team.hire(capacity=5)
    desktop = await stack.enter_async_context(agent.desktop())
    await desktop.done("presence", state="available")
    return desktop


async def take(desktop: Desktop) -> dict[str, Any]:
    """The agent accepts what is offered next; returns the assignment."""
    offer = await desktop.event("OfferMade")
    await desktop.done("accept", offer=offer["offer"])
    return await desktop.event("ItemAssigned", item=offer["item"])


# A conversation


async def test_visitor_and_agent_talk(browse: Browse, team: Team) -> None:
    async with AsyncExitStack() as stack:
        desktop = await serve(stack, team)
        browser = await talking(browse)
        sent = await browser.say("hello", context={"screen": "bill"})
        item = await take(desktop)
        joined = await browser.frame("agent_joined")
        assert joined == {
            "type": "agent_joined",
            "conversation": sent["conversation"],
            "name": "Agent 1",
        }
        await desktop.done("reply", item=item["item"], text="Good morning", seen=1)
        await browser.sees("hello", "Good morning")
        answer = browser.messages[1]
        assert (answer["author"], answer["name"], answer["delivery"]) == (
            "agent",
            "Agent 1",
            "sent",
        )


async def test_receipts_reach_the_agent_once(browse: Browse, team: Team) -> None:
    async with AsyncExitStack() as stack:
        desktop = await serve(stack, team)
        browser = await talking(browse)
        conversation = (await browser.say("hello"))["conversation"]
        item = await take(desktop)
        await desktop.done("reply", item=item["item"], text="Good morning", seen=1)
        await browser.sees("hello", "Good morning")
        for kind in ("delivered", "read", "read", "delivered"):
            await browser.send(type=kind, conversation=conversation, number=2)
        await browser.frame("delivery", delivery="read")
        await browser.say("thanks")
        await desktop.event("InteractionAppended", conversation=conversation)
        told = [e["fact"] for e in desktop.events if e["fact"]["fact"] == "DeliveryChanged"]
        assert [(f["up_to"], f["delivery"]) for f in told] == [(2, "delivered"), (2, "read")]


async def test_visitor_hears_when_a_message_has_reached_an_agent_and_keeps_it(
    browse: Browse, team: Team
) -> None:
    async with AsyncExitStack() as stack:
        desktop = await serve(stack, team)
        browser = await talking(browse)
        await browser.say("hello")
        await take(desktop)
        await browser.frame("delivery", of="yours", up_to=1, delivery="delivered")
        await browser.say("are you there?")
        await browser.frame("delivery", of="yours", up_to=2, delivery="delivered")
        history = (await browser.get("conversation")).json()
        assert (history["conversation"]["delivered"], history["conversation"]["read"]) == (2, 0)


async def test_typing_goes_both_ways(browse: Browse, team: Team) -> None:
    async with AsyncExitStack() as stack:
        desktop = await serve(stack, team)
        browser = await talking(browse)
        await browser.send(type="typing")  # in no conversation yet: for nobody
        conversation = (await browser.say("hello"))["conversation"]
        await take(desktop)
        await browser.frame("agent_joined")
        await desktop.send({"type": "typing", "conversation": conversation})
        typing = await browser.frame("typing")
        assert typing == {"type": "typing", "conversation": conversation, "name": "Agent 1"}
        await asyncio.sleep(1)
        await browser.send(type="typing")
        await until(lambda: bool(desktop.typing))
        assert [frame["conversation"] for frame in desktop.typing] == [conversation]


async def test_leaving_ends_the_conversation(browse: Browse, desk: Desk) -> None:
    browser = await talking(browse)
    await browser.send(type="leave")
    refused = await browser.frame("problem")
    assert refused["problem"]["type"].endswith(":no-conversation")
    await browser.say("hello")
    await browser.send(type="leave")
    await browser.frame("closed")
    assert await desk.value("SELECT state FROM work_item") == "abandoned"


async def test_agent_is_told_who_left(browse: Browse, team: Team) -> None:
    async with AsyncExitStack() as stack:
        desktop = await serve(stack, team)
        browser = await talking(browse)
        await browser.say("hello")
        await take(desktop)
        await browser.send(type="leave")
        note = await desktop.event("InteractionAppended")
        assert (note["said"]["text"], note["said"]["kind"]) == (
            "The customer has left the chat.",
            "note",
        )
        await browser.say("back again")
        await browser.sees("hello", "back again")


async def test_two_browsers_and_a_phone_show_the_same(browse: Browse, team: Team) -> None:
    async with AsyncExitStack() as stack:
        desktop = await serve(stack, team)
        first = await talking(browse, account="rina")
        second = await talking(browse, account="rina")
        phone = await talking(browse, "app", "rina")
        await first.say("from the first")
        item = await take(desktop)
        await phone.say("from the phone")
        await desktop.done("reply", item=item["item"], text="to all", seen=2)
        await second.say("from the second")
        shown = ("from the first", "from the phone", "to all", "from the second")
        for device in (first, second, phone):
            await device.sees(*shown)
        await phone.send(type="read", conversation=item["conversation"], number=3)
        for device in (first, second, phone):
            assert (await device.frame("delivery", of="ours"))["up_to"] == 3


async def test_visitor_hears_nothing_of_another(browse: Browse) -> None:
    first, second = await talking(browse), await talking(browse)
    sent = await first.say("private")
    await second.send(type="read", conversation=sent["conversation"], number=1)
    await second.say("mine")
    await second.sees("mine")
    assert {f["type"] for f in second.frames} == {"welcome", "sent", "message"}


# Resume


async def test_reconnecting_shows_what_was_missed(browse: Browse) -> None:
    browser, other = await talking(browse, account="rina"), browse("app")
    await other.begin("rina")
    await browser.say("one")
    await browser.cut()
    await other.message("two")
    await other.message("three")
    await browser.connect()
    await browser.sees("one", "two", "three")
    assert browser.frames[-1]["earlier"] is True


async def test_message_sent_again_after_a_cut_is_not_doubled(browse: Browse) -> None:
    browser = await talking(browse)
    first = await browser.say("hello", "k1")
    await browser.cut()
    await browser.connect()
    again = await browser.say("hello", "k1")
    assert again == first | {"duplicate": True}
    await browser.say("next")
    await browser.sees("hello", "next")


async def test_new_page_gets_the_newest_and_knows_of_earlier(browse: Browse) -> None:
    browser, page = browse(), browse()
    await browser.begin()
    page.token = browser.token
    await asyncio.gather(*(browser.message(f"m{n}") for n in range(30)))
    await browser.connect()
    for n in range(30, 60):
        await browser.say(f"m{n}")
    await page.connect(fresh=True)
    assert len(page.messages) == 50
    assert page.texts[-1] == "m59"
    assert page.frames[0]["earlier"] is True


async def test_long_absence_is_replayed_in_pages(browse: Browse, desk: Desk) -> None:
    browser = await talking(browse)
    sent = await browser.say("m1")
    await browser.sees("m1")
    await browser.cut()
    identity = await desk.value("SELECT id FROM identity")
    await desk.rows(
        "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
        " identity_id, author_kind, text, delivery, occurred_at, received_at)"
        " SELECT 1000 + n, $1, n, 'message', 'outbound', 'web', $2, 'agent', 'm' || n, 'sent',"
        " now(), now() FROM generate_series(2, 500) n",
        sent["conversation"],
        identity,
    )
    await desk.rows("UPDATE conversation SET last_number = 500")
    await browser.connect()
    await browser.sees(*(f"m{n}" for n in range(1, 501)))
    pages = [f for f in browser.frames if f["type"] in ("welcome", "messages")][1:]
    assert [(len(f["messages"]), f["more"]) for f in pages] == [
        (200, True),
        (200, True),
        (99, False),
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_cuts_under_concurrent_writes_lose_and_double_nothing(
    browse: Browse, seed: int
) -> None:
    """Three devices that are cut again and again, while two write: each shows all, in order."""
    chance = random.Random(seed)  # noqa: S311
    devices = [await talking(browse, name, "rina") for name in ("web", "web", "app")]
    writers = [browse("app"), browse("web")]
    for writer in writers:
        await writer.begin("rina")

    async def write(writer: Browser, name: str) -> None:
        for n in range(25):
            await writer.message(f"{name}{n}")
            await asyncio.sleep(chance.random() * 0.02)

    async def flicker(device: Browser) -> None:
        for _ in range(8):
            await asyncio.sleep(chance.random() * 0.1)
            await device.cut()
            await device.connect()

    await asyncio.gather(
        *(write(w, name) for w, name in zip(writers, "ab", strict=True)),
        *(flicker(device) for device in devices),
    )
    everything = (await writers[0].get("conversation", limit=200)).json()["items"]
    assert len(everything) == 50
    for device in devices:
        await device.sees(*(item["text"] for item in everything))


async def test_slow_visitor_is_closed_and_resumes_without_loss(
    browse: Browse, house: Running
) -> None:
    """It takes nothing for a while; what does not fit into the pipe is replayed to it later."""
    slow = await talking(browse, account="rina")
    await slow.say("m0")
    assert slow.socket
    slow.socket.transport.pause_reading()
    text = "x" * 16_000
    connection = await house.database.run(lambda tx: tx.one(Host, "visitors.connection", "app"))
    for batch in range(10):
        await asyncio.gather(
            *(
                house.parts.receiving.submit(
                    Inbound(
                        connection_id=connection.id,
                        connection="app",
                        channel="mobile",
                        key=f"{batch}-{n}",
                        digest=b"",
                        identity=Identity(scheme="account", scope="", value="rina"),
                        text=f"{batch}-{n} {text}",
                        occurred_at=NOW,
                    )
                )
                for n in range(60)
            )
        )
    slow.socket.transport.resume_reading()
    assert await slow.closed() == 4503
    before = len(slow.messages)
    assert before < 601
    await slow.cut()
    await slow.connect()
    async with asyncio.timeout(10):
        while len(slow.messages) < 601:
            await slow.frame("messages", since=len(slow.frames))
    numbers = [message["number"] for message in slow.messages]
    assert numbers == list(range(1, 602))


# The session's end, and wrong ways


async def test_sign_out_closes_the_sockets(browse: Browse) -> None:
    browser, tab = await talking(browse), browse()
    tab.token = browser.token
    await tab.connect()
    await browser.delete("session")
    assert [await browser.closed(), await tab.closed()] == [4401, 4401]


async def test_sign_in_closes_the_anonymous_socket_and_the_next_shows_all(
    browse: Browse,
) -> None:
    browser = await talking(browse)
    await browser.say("anonymous")
    await browser.begin("rina")
    assert await browser.closed() == 4401
    await browser.cut()
    await browser.connect()
    await browser.say("signed in")
    await browser.sees("anonymous", "signed in")


@pytest.mark.parametrize(
    ("first", "closing"),
    [
        ({"type": "hello", "version": 1, "token": "ccv_" + "x" * 43, "after": None}, 4401),
        ({"type": "hello", "version": 1, "token": "nonsense", "after": None}, 4401),
        ({"type": "hello", "version": 2, "token": "x", "after": None}, 4400),
        ({"type": "ping"}, 4400),
    ],
)
async def test_wrong_beginning_is_told_and_closed(
    browse: Browse, first: dict[str, Any], closing: int
) -> None:
    browser = browse()
    await browser.knock()
    await browser.send(**first)
    assert await browser.closed() == closing
    assert [frame["type"] for frame in browser.frames] == ["problem"]


async def test_staff_and_bots_have_no_visitors_socket(browse: Browse, desk: Desk) -> None:
    _, headers = await desk.key()
    browser = browse()
    browser.token = headers["Authorization"].removeprefix("Bearer ")
    await browser.knock()
    await browser.send(type="hello", version=1, token=browser.token, after=None)
    assert await browser.closed() == 4401


async def test_page_of_another_origin_is_closed_out(browse: Browse, house: Running) -> None:
    browser = browse()
    await browser.begin()
    evil = Browser(house.client, house.socket_url, "web", "https://evil.example")
    evil.token = browser.token
    await evil.knock()
    await evil.send(type="hello", version=1, token=evil.token, after=None)
    assert await evil.closed() == 4403


async def test_wrong_frame_is_named_and_the_socket_kept(browse: Browse) -> None:
    browser = await talking(browse)
    assert browser.socket
    await browser.socket.send("not json")
    await browser.socket.send(b"bytes")
    await browser.socket.send("x" * (FRAME_CHARACTERS_MAX + 1))
    await browser.send(type="send", client_msg_id="k1", text="")
    await browser.send(type="ping")
    await browser.frame("pong")
    problems = [f for f in browser.frames if f["type"] == "problem"]
    told = [(f["problem"]["status"], f["problem"].get("pointer")) for f in problems]
    assert told == [(422, None), (422, None), (413, None), (422, "/text")]
    assert problems[-1]["client_msg_id"] == "k1"


async def test_refused_message_is_named(browse: Browse) -> None:
    browser = await talking(browse)
    await browser.say("hello", "k1")
    await browser.send(type="send", client_msg_id="k1", text="other")
    refused = await browser.frame("problem")
    assert refused["client_msg_id"] == "k1"
    assert refused["problem"]["type"].endswith(":key-reused")


async def test_context_frame_is_kept_without_a_message(browse: Browse, desk: Desk) -> None:
    browser = await talking(browse)
    for _ in range(2):
        await browser.send(type="context", context={"screen": "bill"})
    await browser.send(type="ping")
    await browser.frame("pong")
    assert await desk.value("SELECT context->>'screen' FROM visitor_session") == "bill"
    assert await desk.value("SELECT count(*) FROM interaction") == 0


async def test_who_sends_too_fast_is_refused_and_then_closed(browse: Browse) -> None:
    browser = await talking(browse)
    assert browser.socket
    with suppress(ConnectionClosed):
        for _ in range(500):
            await browser.socket.send(json.dumps({"type": "ping"}))
    assert await browser.closed() == 4429
    refused = [f for f in browser.frames if f["type"] == "problem"]
    assert refused[0]["problem"]["status"] == 429


async def test_visitors_are_forgotten_when_they_go(browse: Browse, house: Running) -> None:
    browsers = [await talking(browse) for _ in range(3)]
    assert len(house.parts.visitors) == 3
    for browser in browsers:
        await browser.cut()
    await until(lambda: len(house.parts.visitors) == 0)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 -- nobody sets an event for a test
            await asyncio.sleep(0.01)
