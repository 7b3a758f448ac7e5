"""The desktop's socket: what an agent sees and does, over a real connection."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
import websockets
from litestar.types import Send

from contactcenter.api import desktop as module
from contactcenter.api import sockets
from contactcenter.app import House
from contactcenter.errors import Unavailable
from contactcenter.live import stream
from contactcenter.live.hub import CLOSE_RESTART, CLOSE_REVOKED, Client
from tests.contactcenter.clients import PATIENCE_S, Desktop
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Bot, Member, Team, now


@pytest.fixture
async def sql(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def bot(team: Team) -> Bot:
    return await team.bot()


@pytest.fixture
async def agent(team: Team) -> Member:
    return await team.hire()


@pytest.fixture
async def desktop(agent: Member) -> AsyncIterator[Desktop]:
    """Of an agent who is available."""
    async with agent.desktop() as desktop:
        await desktop.done("presence", state="available")
        yield desktop


async def takes(desktop: Desktop, bot: Bot, who: str = "1", text: str = "hello") -> dict[str, Any]:
    """A customer writes, and the agent takes the offer."""
    since = len(desktop.events)
    await bot.hears(who, text)
    offer = await desktop.event("OfferMade", since=since, excerpt=text)
    return await desktop.done("accept", offer=offer["offer"])


async def until(true: Any) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await true():  # noqa: ASYNC110 -- what is waited for is in the database
            await asyncio.sleep(0.02)


async def test_a_customer_writes_and_an_agent_answers(desktop: Desktop, bot: Bot) -> None:
    taken = await takes(desktop, bot, text="My line is dead.")
    replied = await desktop.done("reply", item=taken["item"], text="We look at it.", seen=1)
    assert replied["number"] == 2
    said = await desktop.event("InteractionAppended")
    assert said["said"]["text"] == "We look at it."
    await desktop.done("read", conversation=taken["conversation"], number=2)
    await desktop.done("note", conversation=taken["conversation"], text="A known fault.")
    await desktop.done("resolve", item=taken["item"], disposition="solved")
    await desktop.done("finish", item=taken["item"])
    await desktop.event("ConversationClosed")


async def test_declined_item_goes_to_the_next_and_rests_from_the_first(
    desktop: Desktop, bot: Bot, team: Team
) -> None:
    second = await team.hire()
    async with second.desktop() as other:
        await bot.hears("1")
        offer = await desktop.event("OfferMade")
        await other.done("presence", state="available")
        await desktop.done("decline", offer=offer["offer"])
        again = await other.event("OfferMade", item=offer["item"])
        await other.done("decline", offer=again["offer"])
        assert [e["fact"]["fact"] for e in desktop.events].count("OfferMade") == 1
        gone = await desktop.refused("accept", offer=offer["offer"])
        assert (gone["type"], gone["context"]["state"]) == ("offer-gone", "declined")


async def test_offer_that_lapses_goes_to_the_next(
    desktop: Desktop, bot: Bot, team: Team, sql: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    second = await team.hire()
    async with second.desktop() as other:
        await bot.hears("1")
        offer = await desktop.event("OfferMade")
        await other.done("presence", state="available")
        await sql.execute("UPDATE timer SET due_at = now()")
        ended = await desktop.event("OfferEnded")
        assert ended["state"] == "expired"
        await other.event("OfferMade", item=offer["item"])


async def test_returning_customer_comes_back_to_who_knows_them(
    desktop: Desktop, bot: Bot, team: Team
) -> None:
    taken = await takes(desktop, bot, "back")
    await desktop.done("resolve", item=taken["item"], disposition="solved")
    await desktop.done("finish", item=taken["item"])
    second = await team.hire()
    async with second.desktop() as idle_longer:
        await idle_longer.done("presence", state="available")
        await desktop.done("presence", state="away", reason="break")
        await desktop.done("presence", state="available")
        await takes(desktop, bot, "back", "again")
        assert [e["fact"]["fact"] for e in idle_longer.events if "offer" in e["fact"]] == []


async def test_two_desktops_of_one_agent_know_the_same(
    desktop: Desktop, agent: Member, bot: Bot
) -> None:
    async with agent.desktop() as second:
        second.name = "e"
        await bot.hears("1")
        offer = await desktop.event("OfferMade")
        await second.event("OfferMade")
        answers = await asyncio.gather(
            desktop.do("accept", offer=offer["offer"]), second.do("accept", offer=offer["offer"])
        )
        assert sorted(a["ok"] for a in answers) == [False, True]
        [lost] = [a["problem"]["context"] for a in answers if not a["ok"]]
        assert lost == {"state": "accepted", "reason": None}
        for one in (desktop, second):
            assert (await one.event("ItemAssigned"))["offer"] == offer["offer"]


async def test_signing_out_withdraws_what_is_offered(desktop: Desktop, bot: Bot) -> None:
    await bot.hears("1")
    await desktop.event("OfferMade")
    await desktop.done("presence", state="offline")
    ended = await desktop.event("OfferEnded")
    assert (ended["state"], ended["reason"]) == ("rescinded", "agent_away")


async def test_closed_desktop_keeps_the_work_for_the_grace_time(
    desktop: Desktop, agent: Member, bot: Bot, sql: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    taken = await takes(desktop, bot)
    seq = desktop.seq
    await desktop.close()

    async def gone() -> bool:
        return await sql.fetchval("SELECT count(*) FROM timer WHERE kind = 'agent_grace'") == 1

    await until(gone)
    await desktop.open(resume=seq)
    assert desktop.welcome["resumed"]
    back = await desktop.event("PresenceChanged", since=0, presence="available")
    assert back["presence"] == "available"
    assert await sql.fetchval("SELECT count(*) FROM timer WHERE kind = 'agent_grace'") == 0
    await desktop.close()
    await until(gone)
    await sql.execute("UPDATE timer SET due_at = now()")

    async def waits() -> bool:
        state = await sql.fetchval("SELECT state FROM work_item WHERE id = $1", taken["item"])
        return state == "queued"

    await until(waits)
    async with agent.desktop() as later:
        assert later.welcome["snapshot"]["items"] == []
        assert later.welcome["snapshot"]["me"]["presence"] == "offline"


# Commands


async def stored(sql: "asyncpg.Connection[asyncpg.Record]", command: str) -> int:
    return await sql.fetchval("SELECT count(*) FROM command WHERE id = $1", command)


async def test_same_id_gets_the_same_answer_from_anywhere_and_nothing_is_done_twice(
    desktop: Desktop, agent: Member, bot: Bot, sql: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    taken = await takes(desktop, bot)
    words = {"item": taken["item"], "text": "Once.", "seen": 1}
    first = await desktop.do("reply", id="x1", **words)
    again = await desktop.do("reply", id="x1", **words)
    async with agent.desktop() as other:
        elsewhere = await other.do("reply", id="x1", **words)
    await desktop.close()
    await desktop.open()
    later = await desktop.do("reply", id="x1", **dict(reversed(words.items())))
    assert again == elsewhere == later == first
    assert first["result"]["number"] == 2
    assert await sql.fetchval("SELECT count(*) FROM interaction WHERE text = 'Once.'") == 1


async def test_refusal_is_an_answer_too(desktop: Desktop, bot: Bot) -> None:
    first = await desktop.do("accept", id="x1", offer=1)
    assert first["problem"]["status"] == 404
    await takes(desktop, bot)
    assert await desktop.do("accept", id="x1", offer=1) == first


async def test_command_that_is_sent_twice_at_once_is_done_once(
    desktop: Desktop, agent: Member, bot: Bot, sql: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    taken = await takes(desktop, bot)
    async with agent.desktop() as other:
        words = {"item": taken["item"], "text": "Once.", "seen": 1}
        answers = await asyncio.gather(
            *(one.do("reply", id="x1", **words) for one in (desktop, other))
        )
        refusals = await asyncio.gather(
            *(one.do("accept", id="x2", offer=99) for one in (desktop, other))
        )
    assert answers[0] == answers[1]
    assert refusals[0] == refusals[1]
    assert await sql.fetchval("SELECT count(*) FROM interaction WHERE text = 'Once.'") == 1


async def test_another_command_under_the_same_id_is_refused(desktop: Desktop) -> None:
    await desktop.done("presence", id="x1", state="away", reason="lunch")
    refused = await desktop.refused("presence", id="x1", state="available")
    assert (refused["type"], refused["pointer"]) == ("id-reused", "/id")
    again = await desktop.do("presence", id="x1", state="away", reason="lunch")
    assert again["ok"]


async def test_defect_of_ours_costs_nobody_their_desk(
    desktop: Desktop,
    sql: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def defect(*_: object) -> None:
        raise ZeroDivisionError

    for kind, action in (("accept", "commands.handle"), ("decline", "desktop.decline")):
        with monkeypatch.context() as broken:
            broken.setattr(f"contactcenter.api.{action}", defect)
            refused = await desktop.refused(kind, id=kind, offer=1)
        assert (refused["type"], refused["status"]) == ("internal", 500)
        assert await stored(sql, kind) == 0
        assert (await desktop.refused(kind, id=kind, offer=1))["status"] == 404


async def test_who_has_answered_meanwhile_is_shown(
    desktop: Desktop, bot: Bot, team: Team, house: Running
) -> None:
    taken = await takes(desktop, bot)
    supervisor = await team.hire("supervisor")
    second = await team.hire()
    async with second.desktop() as other:
        await other.done("presence", state="available")
        for member, text in ((second, "Mine now."), (None, "")):
            target = member.id if member else desktop.welcome["snapshot"]["me"]["id"]
            answer = await house.client.post(
                f"/v1/items/{taken['item']}/assign",
                json={"agent": target},
                headers=supervisor.headers,
            )
            assert answer.status_code == 200, answer.text
            if text:
                await other.done("reply", item=taken["item"], text=text, seen=1)
        refused = await desktop.refused("reply", item=taken["item"], text="Hm?", seen=1)
    assert refused["type"] == "answered-meanwhile"
    assert refused["context"]["answer"]["text"] == "Mine now."


# Wrong frames

WRONG = [
    (b"{", "malformed-json", None),
    (b"", "malformed-json", None),
    (b"\xff\xfe", "malformed-json", None),
    (b'{"type":"note","id":"a","conversation":1,"text":"\xff"}', "malformed-json", None),
    ("[]", "bad-input", None),
    ('{"id":"a"}', "bad-input", "/type"),
    ('{"type":"dance"}', "bad-input", "/type"),
    ('{"type":"accept","id":"a"}', "bad-input", "/offer"),
    ('{"type":"accept","id":"a","offer":"1"}', "bad-input", "/offer"),
    ('{"type":"accept","id":"a","offer":0}', "bad-input", "/offer"),
    ('{"type":"accept","id":"a","offer":9223372036854775808}', "bad-input", "/offer"),
    ('{"type":"accept","id":"a","offer":1,"really":true}', "bad-input", "/really"),
    ('{"type":"accept","id":"","offer":1}', "bad-input", "/id"),
    ('{"type":"accept","id":"a b","offer":1}', "bad-input", "/id"),
    ('{"type":"note","id":"a","conversation":1,"files":[0]}', "bad-input", "/files/0"),
    ('{"type":"hold_reply","id":"a","item":1,"seen":1,"undo_s":61}', "bad-input", "/undo_s"),
    ('{"type":"follow"}', "bad-input", "/conversation"),
    ('{"type":"note","id":"a","conversation":1,"text":"\\u0000"}', "bad-input", "/text"),
    ('{"type":"note","id":"a","conversation":1,"text":"\\ud800"}', "malformed-json", None),
    ('{"type":"presence","id":"a","state":"asleep"}', "bad-input", "/state"),
    (
        '{"type":"note","id":"a","conversation":1,"text":"' + "x" * 16_385 + '"}',
        "bad-input",
        "/text",
    ),
    ("x" * 65_537, "too-large", None),
]


async def test_wrong_frame_is_named_and_leaves_nothing_behind(
    desktop: Desktop, sql: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    for frame, code, pointer in WRONG:
        problem = await desktop.complaint(frame)
        assert (problem["type"], problem.get("pointer")) == (code, pointer), frame[:80]
        assert problem["detail"]
    assert await stored(sql, "a") == 0
    await desktop.done("presence", state="available")


async def test_who_sends_too_fast_is_told_to_slow_down(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = json.dumps({"type": "typing", "conversation": 1})
    for _ in range(sockets.FRAMES_BURST + 60):
        await desktop.socket.send(frame)

    async def told() -> bool:
        return bool(desktop.problems)

    await until(told)
    assert desktop.problems[0]["type"].endswith("too-many-requests")
    assert desktop.problems[0]["retry_after_s"] == 1
    monkeypatch.setattr(sockets, "FRAMES_PER_S", 1000)
    await asyncio.sleep(0.2)
    await desktop.done("presence", state="available")


async def test_flood_is_cut_off(desktop: Desktop) -> None:
    frame = json.dumps({"type": "typing", "conversation": 1})
    with suppress(websockets.ConnectionClosed):
        for _ in range(sockets.FRAMES_BURST * 3):
            await desktop.socket.send(frame)
    await desktop.socket.wait_closed()
    assert desktop.socket.close_code == sockets.CLOSE_TOO_FAST


@pytest.mark.parametrize(
    "first",
    [
        '{"type":"typing","conversation":1}',
        '{"type":"hello","version":2}',
        "x" * 65_537,
        "{",
        b"\xff",
    ],
)
async def test_whoever_does_not_say_hello_first_is_sent_away(
    agent: Member, first: str | bytes
) -> None:
    async with await connect(agent) as peer:
        await peer.send(first)
        complaint = json.loads(await peer.recv())
        assert complaint["problem"]["type"].endswith("hello-first")
        await peer.wait_closed()
        assert peer.close_code == sockets.CLOSE_HELLO


async def test_whoever_says_nothing_is_sent_away(
    agent: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "HELLO_S_MAX", 0.05)
    async with await connect(agent) as peer:
        await peer.wait_closed()
        assert peer.close_code == sockets.CLOSE_HELLO


async def connect(
    member: Member, more: dict[str, str] | None = None
) -> websockets.ClientConnection:
    """A bare connection, which has said nothing yet."""
    origin = member.socket_url.replace("ws", "http", 1)
    headers = {**member.headers, **(more or {})}
    url = f"{member.socket_url}/v1/desktop"
    return await websockets.connect(url, additional_headers=headers, origin=origin)


async def test_who_takes_no_work_is_told_why(team: Team) -> None:
    supervisor = await team.hire("supervisor")
    async with await connect(supervisor) as peer:
        await peer.send('{"type":"hello","version":1}')
        complaint = json.loads(await peer.recv())
        assert complaint["problem"]["type"].endswith("no-agent")
        await peer.wait_closed()
        assert peer.close_code == sockets.CLOSE_REFUSED


# The stream


async def test_stream_has_no_gaps_under_load(desktop: Desktop, bot: Bot) -> None:
    taken = await takes(desktop, bot)
    await asyncio.gather(*(bot.hears("1", f"word {n}") for n in range(150)))

    async def heard() -> bool:
        return sum(e["fact"]["fact"] == "InteractionAppended" for e in desktop.events) == 150

    await until(heard)  # the client itself holds each `prev` against its last `seq`
    numbers = [
        e["fact"]["said"]["number"]
        for e in desktop.events
        if e["fact"]["fact"] == "InteractionAppended"
    ]
    assert numbers == list(range(2, 152))
    assert taken["conversation"] == 1


async def test_resume_gives_exactly_what_was_missed(
    desktop: Desktop, agent: Member, bot: Bot
) -> None:
    """Cut at random points while events go on; the union is what a whole connection has heard."""
    chance = random.Random(7)  # noqa: S311 -- no secret
    await takes(desktop, bot)
    cut = agent.desktop()
    await cut.open(resume=desktop.seq)
    start = desktop.seq

    async def words() -> None:
        for n in range(60):
            await bot.hears("1", f"word {n}")

    talking = asyncio.create_task(words())
    for _ in range(12):
        await asyncio.sleep(chance.random() * 0.05)
        await cut.close()
        await cut.open(resume=cut.seq)
        assert cut.welcome["resumed"]
        assert cut.welcome["seq"] <= cut.seq
    await talking

    async def all_of_it() -> bool:
        return cut.seq == desktop.seq

    await until(all_of_it)
    whole = [e["seq"] for e in desktop.events if e["seq"] > start]
    assert [e["seq"] for e in cut.events] == whole
    assert len(whole) >= 60
    await cut.close()


async def test_hello_again_resumes_on_the_same_connection(desktop: Desktop) -> None:
    seq, count = desktop.seq, len(desktop.events)
    await desktop.done("presence", state="away", reason="lunch")
    await desktop.event("PresenceChanged", presence="away")
    desktop.welcome = {}
    await desktop.send({"type": "hello", "version": 1, "resume": seq})

    async def again() -> bool:
        return len(desktop.events) == count + 2

    await until(again)
    assert desktop.welcome == {
        "type": "welcome",
        "version": 1,
        "seq": seq,
        "resumed": True,
        "snapshot": None,
    }
    assert desktop.events[-1] == desktop.events[-2]


@pytest.mark.parametrize("resume", ["from the future", "from before the log", "too far back"])
async def test_cursor_that_cannot_be_resumed_from_gets_a_snapshot(
    desktop: Desktop,
    agent: Member,
    bot: Bot,
    sql: "asyncpg.Connection[asyncpg.Record]",
    resume: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken = await takes(desktop, bot)
    places = {"from the future": desktop.seq + 9, "from before the log": 1, "too far back": 2}
    if resume == "from before the log":
        await sql.execute("DELETE FROM log WHERE seq < 4")
    if resume == "too far back":
        monkeypatch.setattr("contactcenter.api.desktop.REPLAY_MAX", 3)
    second = agent.desktop()
    await second.open(resume=places[resume])
    assert not second.welcome["resumed"]
    snapshot = second.welcome["snapshot"]
    assert [i["id"] for i in snapshot["items"]] == [taken["item"]]
    assert [s["text"] for s in snapshot["items"][0]["interactions"]] == ["hello"]
    assert snapshot["dispositions"][0] == "solved"
    await second.close()


async def test_slow_consumer_starts_anew_and_harms_nobody(
    desktop: Desktop, agent: Member, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing more goes out to one of two, as if its peer had stopped reading."""
    monkeypatch.setattr(stream, "WAITING_MAX", 20)
    await takes(desktop, bot)
    readable = asyncio.Event()
    straight = sockets.straight

    def stuck(socket: sockets.AnySocket) -> Send:
        async def send(event: Any) -> None:
            await readable.wait()
            await straight(socket)(event)

        return send if "x-slow" in socket.headers else straight(socket)

    monkeypatch.setattr(sockets, "straight", stuck)
    slow = await connect(agent, {"X-Slow": "1"})
    await slow.send('{"type":"hello","version":1}')
    for n in range(60):
        await bot.hears("1", f"word {n}")
    await desktop.event("InteractionAppended", since=len(desktop.events) - 1)
    readable.set()
    welcomes, seq, number = 0, 0, 0
    while number < 61:
        frame = json.loads(await asyncio.wait_for(slow.recv(), PATIENCE_S))
        if frame["type"] == "welcome":
            welcomes, seq = welcomes + 1, frame["seq"]
            number = frame["snapshot"]["items"][0]["interactions"][-1]["number"]
            continue
        assert frame["prev"] == seq
        seq = frame["seq"]
        number = frame["fact"]["said"]["number"]
    assert welcomes == 2
    await slow.close()


async def test_of_two_that_start_the_stream_at_once_neither_loses_what_comes_between(
    desktop: Desktop, agent: Member, bot: Bot, house: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader at a new hello and the writer of a lost stream; words come while both read."""
    await takes(desktop, bot)
    parts: House = house.parts
    one = module._Desk(parts.database, parts.handling, parts.hub, parts.fanout, parts.rulebook, now)
    one.client = Client(agent.id, 1, lambda: None)
    parts.hub.join(one.client)
    entered, go_on = asyncio.Event(), asyncio.Event()
    read_desk = module.read_desk

    async def slow(*args: Any) -> Any:
        read = await read_desk(*args)
        entered.set()
        await go_on.wait()
        return read

    monkeypatch.setattr(module, "read_desk", slow)
    first = asyncio.create_task(one.begin(None))
    await entered.wait()
    await bot.hears("1", "between")
    await desktop.event("InteractionAppended")
    second = asyncio.create_task(one.restart())
    await asyncio.sleep(0.05)
    go_on.set()
    await asyncio.gather(first, second)
    sent = [json.loads(frame) for frame in one.client.stream.take()]
    place = max(n for n, frame in enumerate(sent) if frame["type"] == "welcome")
    assert "between" in json.dumps(sent[place:])
    parts.hub.leave(one.client)


async def test_typing_is_shown_to_who_has_the_work_and_never_stored(
    desktop: Desktop, bot: Bot, house: Running, sql: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    taken = await takes(desktop, bot)
    parts: House = house.parts
    signals: list[Any] = []
    parts.fanout._on_signal = signals.append
    before = await sql.fetchval("SELECT max(seq) FROM log")
    await desktop.send({"type": "typing", "conversation": taken["conversation"]})
    await desktop.send({"type": "typing", "conversation": 99})
    await desktop.done("read", conversation=taken["conversation"], number=0)
    assert [(s.name, s.key, s.author_kind) for s in signals] == [("typing", 1, "agent")]
    parts.hub.signalled(type(signals[0])("p", "typing", taken["conversation"], "customer"))

    async def shown() -> bool:
        return bool(desktop.typing)

    await until(shown)
    assert desktop.typing == [{"type": "typing", "conversation": 1, "author_kind": "customer"}]
    assert await sql.fetchval("SELECT max(seq) FROM log") == before


# Who may stay connected


async def test_revoked_session_closes_its_sockets(
    desktop: Desktop, agent: Member, house: Running
) -> None:
    answer = await house.client.post("/v1/sign-out", headers=agent.headers)
    assert answer.status_code < 300, answer.text
    await asyncio.wait_for(desktop.socket.wait_closed(), PATIENCE_S)
    assert desktop.socket.close_code == CLOSE_REVOKED


async def test_session_that_was_revoked_during_the_handshake_is_noticed(
    agent: Member, house: Running, sql: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    assert house.url
    async with await connect(agent) as peer:
        await sql.execute("UPDATE staff_session SET revoked_at = now()")
        await peer.send('{"type":"hello","version":1}')
        complaint = json.loads(await peer.recv())
        assert complaint["problem"]["status"] == 401
        await peer.wait_closed()
        assert peer.close_code == CLOSE_REVOKED


async def test_socket_ends_with_its_session(
    agent: Member, sql: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await sql.execute("UPDATE staff_session SET expires_at = now() + interval '0.4 seconds'")
    async with await connect(agent) as peer:
        await peer.send('{"type":"hello","version":1}')
        assert json.loads(await peer.recv())["type"] == "welcome"
        await asyncio.wait_for(peer.wait_closed(), PATIENCE_S)
        assert peer.close_code == CLOSE_REVOKED


async def test_database_that_is_away_asks_to_connect_again(
    agent: Member, house: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("away")

    async with await connect(agent) as peer:
        monkeypatch.setattr(house.database, "run", away)
        await peer.send('{"type":"hello","version":1}')
        assert json.loads(await peer.recv())["problem"]["status"] == 503
        await peer.wait_closed()
        assert peer.close_code == CLOSE_RESTART


async def test_peer_that_breaks_off_is_gone(
    desktop: Desktop, bot: Bot, sql: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await takes(desktop, bot)
    desktop.socket.transport.abort()
    await bot.hears("1", "Are you there?")

    async def gone() -> bool:
        return await sql.fetchval("SELECT count(*) FROM agent WHERE gone_since IS NULL") == 0

    await until(gone)
