import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from contactcenter import facts
from contactcenter.db.database import Database
from contactcenter.live.fanout import Signal
from contactcenter.live.visitor import HELLO_S_MAX, NO_HELLO, SIGNED_OUT, Past, Visitor
from contactcenter.live.visitors import Place, Visitors
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import Desk

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINE, THEIRS, CHAT = 11, 22, 7


class Peer(Visitor):
    """A visitor's protocol, and what it would have sent."""

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(frame) for frame in self.outgoing]

    @property
    def kinds(self) -> list[str]:
        return [frame["type"] for frame in self.frames]


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


@pytest.fixture
def visitors(database: Database, clock: list[datetime], book: Published) -> Visitors:
    return Visitors(database, lambda: clock[0], lambda: book.rules)


@pytest.fixture
def come(visitors: Visitors) -> Callable[..., Peer]:
    def come(session: int, *identities: int) -> Peer:
        peer = Peer(0, lambda: None)
        visitors.come(peer)
        visitors.greet(peer, Place(session, identities, NOW + timedelta(hours=1)))
        peer.received('{"type":"hello","version":1,"token":"t","after":0}', 0)
        past = Past(
            messages=[],
            complete=True,
            earlier=False,
            latest=0,
            signed_in=False,
            conversation=None,
        )
        peer.replay(past)
        peer.outgoing.clear()
        return peer

    return come


def said(identity: int | None = MINE, **others: Any) -> facts.InteractionAppended:
    usual: dict[str, Any] = {
        "id": 5,
        "number": 3,
        "position": 9,
        "kind": "message",
        "direction": "outbound",
        "channel": "web",
        "author_kind": "agent",
        "author_id": 4,
        "identity_id": identity,
        "text": "Good morning",
        "occurred_at": NOW,
        "received_at": NOW,
    }
    return facts.InteractionAppended(
        at=NOW, conversation=CHAT, customer=1, said=facts.Said(**(usual | others))
    )


def item(kind: type[Any], **others: Any) -> Any:
    about = {"item": 1, "conversation": CHAT, "customer": 1, "queue": "care", "channel": "web"}
    return kind(at=NOW, **(about | others))


def configured(name: str) -> facts.AgentConfigured:
    return facts.AgentConfigured(
        at=NOW, agent=4, name=name, skills={}, queues=[], capacity=3, ceilings={}
    )


def test_message_reaches_every_device_of_its_identity_and_nobody_else(
    visitors: Visitors, come: Callable[..., Peer]
) -> None:
    browser, phone, stranger = come(1, MINE, 33), come(2, MINE), come(3, THEIRS)
    visitors.read(1, configured("Budi"))
    visitors.read(2, said())
    expected = {
        "type": "message",
        "position": 9,
        "id": 5,
        "conversation": CHAT,
        "number": 3,
        "author": "agent",
        "name": "Budi",
        "text": "Good morning",
        "at": "2026-03-01T12:00:00Z",
    }
    assert (browser.frames, phone.frames, stranger.frames) == ([expected], [expected], [])


@pytest.mark.parametrize("kind", ["note", "summary"])
def test_what_is_said_among_us_reaches_no_visitor(
    visitors: Visitors, come: Callable[..., Peer], kind: str
) -> None:
    peer = come(1, MINE)
    visitors.read(1, said(kind=kind))
    visitors.read(2, said(None))
    assert peer.frames == []


def test_what_happens_in_a_conversation_reaches_those_who_take_part(
    visitors: Visitors, come: Callable[..., Peer]
) -> None:
    peer, stranger = come(1, MINE), come(2, THEIRS)
    visitors.read(1, configured("Budi"))
    visitors.read(2, said())
    visitors.read(3, item(facts.ItemAssigned, agent=4, weight=1, epoch=2, enqueued_at=NOW))
    visitors.read(4, facts.ConversationRead(at=NOW, conversation=CHAT, number=3))
    visitors.signalled(Signal("p", "typing", CHAT, "agent", 4))
    visitors.read(
        5, facts.ConversationClosed(at=NOW, conversation=CHAT, customer=1, reason="resolved")
    )
    assert peer.frames[1:] == [
        {"type": "agent_joined", "conversation": CHAT, "name": "Budi"},
        {
            "type": "delivery",
            "conversation": CHAT,
            "of": "yours",
            "up_to": 3,
            "delivery": "read",
        },
        {"type": "typing", "conversation": CHAT, "name": "Budi"},
        {"type": "closed", "conversation": CHAT},
    ]
    assert stranger.frames == []


@pytest.mark.parametrize(
    ("more", "ticks"),
    [
        ({"author_kind": "customer", "agents": [4]}, [(3, "delivered")]),
        ({"author_kind": "customer"}, []),
        ({"author_kind": "bot"}, [(2, "delivered")]),
        ({"author_kind": "agent"}, []),
    ],
    ids=["an agent has the matter", "nobody has it", "a bot answers", "an agent has it already"],
)
def test_what_has_reached_somebody_is_told(
    visitors: Visitors, come: Callable[..., Peer], more: dict[str, Any], ticks: list[Any]
) -> None:
    peer = come(1, MINE)
    agents = more.pop("agents", [])
    visitors.read(1, msgspec.structs.replace(said(**more), agents=agents))
    told = [frame for frame in peer.frames if frame["type"] == "delivery"]
    assert [(t["of"], t["up_to"], t["delivery"]) for t in told] == [("yours", *t) for t in ticks]


def test_conversation_that_is_merged_away_has_not_ended_for_its_customer(
    visitors: Visitors, come: Callable[..., Peer]
) -> None:
    peer = come(1, MINE)
    visitors.take_part(peer, CHAT)
    visitors.read(
        1, facts.ConversationClosed(at=NOW, conversation=CHAT, customer=1, reason="merged")
    )
    assert peer.frames == []


def test_what_one_device_has_read_is_told_to_the_others(
    visitors: Visitors, come: Callable[..., Peer]
) -> None:
    phone, stranger = come(1, MINE), come(2, THEIRS)
    changed = facts.DeliveryChanged(
        at=NOW, conversation=CHAT, identity_id=MINE, up_to=3, delivery="read"
    )
    visitors.read(1, changed)
    assert phone.frames == [
        {"type": "delivery", "conversation": CHAT, "of": "ours", "up_to": 3, "delivery": "read"}
    ]
    assert stranger.frames == []


@pytest.mark.parametrize(
    "signal",
    [
        Signal("p", "typing", CHAT, "customer", 1),
        Signal("p", "due", CHAT, "agent", 4),
        Signal("p", "typing", CHAT + 1, "agent", 4),
    ],
)
def test_other_signals_are_not_for_visitors(
    visitors: Visitors, come: Callable[..., Peer], signal: Signal
) -> None:
    peer = come(1, MINE)
    visitors.take_part(peer, CHAT)
    visitors.signalled(signal)
    assert peer.frames == []


def test_end_of_a_session_ends_all_its_sockets(
    visitors: Visitors, come: Callable[..., Peer]
) -> None:
    tabs, other = [come(1, MINE), come(1, MINE)], come(2, MINE)
    visitors.read(1, facts.VisitorSessionEnded(at=NOW, session=1))
    assert [tab.closing for tab in tabs] == [SIGNED_OUT, SIGNED_OUT]
    assert other.closing is None


def test_who_has_gone_is_forgotten(visitors: Visitors, come: Callable[..., Peer]) -> None:
    gone, stays = come(1, MINE), come(1, MINE)
    visitors.read(1, said())
    visitors.go(gone)
    visitors.go(gone)
    assert len(visitors) == 1
    visitors.take_part(gone, CHAT + 1)
    visitors.read(2, said(position=10))
    assert (len(visitors), gone.kinds, stays.kinds) == (1, ["message"], ["message"] * 2)
    visitors.go(stays)
    held = (visitors._by_session, visitors._by_identity, visitors._by_conversation)
    assert [len(index) for index in held] == [0, 0, 0]


def test_facts_that_are_not_for_visitors_reach_none(
    visitors: Visitors, come: Callable[..., Peer]
) -> None:
    peer = come(1, MINE)
    visitors.take_part(peer, CHAT)
    visitors.read(1, facts.CustomerChanged(at=NOW, customer=1, changed=["value", "tier"]))
    visitors.read(2, item(facts.ItemAbandoned, enqueued_at=NOW, within=True))
    assert peer.frames == []


@pytest.fixture
async def running(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Time passes for everybody, a hundred times as often as in earnest."""
    monkeypatch.setattr("contactcenter.live.visitors.TICK_S", 0.01)
    monkeypatch.setattr("contactcenter.live.visitors.CHUNK", 1)
    task = asyncio.create_task(visitors.run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 -- nobody sets an event for a test
            await asyncio.sleep(0.005)


@pytest.mark.usefixtures("running")
async def test_expired_session_is_closed(
    visitors: Visitors, come: Callable[..., Peer], clock: list[datetime]
) -> None:
    peer = come(1, MINE)
    peer.received('{"type":"pong"}', asyncio.get_running_loop().time())
    await asyncio.sleep(0.05)
    assert peer.closing is None
    clock[0] = NOW + timedelta(hours=1)
    await until(lambda: peer.closing == SIGNED_OUT)
    assert len(visitors) == 1


@pytest.mark.usefixtures("running")
async def test_who_says_no_hello_is_closed(visitors: Visitors) -> None:
    now = asyncio.get_running_loop().time()
    silent, new = Peer(now - HELLO_S_MAX, lambda: None), Peer(now, lambda: None)
    visitors.come(silent)
    visitors.come(new)
    await until(lambda: silent.closing == NO_HELLO)
    assert new.closing is None


@pytest.mark.usefixtures("running")
async def test_names_are_learnt_as_they_come_up(
    visitors: Visitors, come: Callable[..., Peer], desk: Desk
) -> None:
    agent = await desk.person()
    await until(lambda: visitors._name("agent", agent) == "Person 1")
    bot, _ = await desk.key()
    peer = come(1, MINE)
    peer.received('{"type":"pong"}', asyncio.get_running_loop().time())
    visitors.read(1, item(facts.BotOwned, bot=bot, epoch=1))
    await until(lambda: visitors._names.get(("bot", bot)) == "bot 2")
    visitors.read(2, said(author_kind="bot", author_id=bot))
    visitors.read(3, said(author_kind="system", author_id=None, position=10))
    names = [frame.get("name") for frame in peer.frames if frame["type"] == "message"]
    assert names == ["bot 2", None]
