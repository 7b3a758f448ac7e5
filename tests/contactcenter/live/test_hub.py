import asyncio
import json
from typing import Any

import pytest
from prometheus_client import REGISTRY

from contactcenter import facts
from contactcenter.live import stream, turns
from contactcenter.live.fanout import Signal
from contactcenter.live.hub import CLOSE_RESTART, CLOSE_REVOKED, Client, Hub
from tests.contactcenter.floor import NOW, Floor

ABOUT: dict[str, Any] = {"at": NOW, "item": 1, "customer": 1, "queue": "care", "channel": "web"}


def assigned(agent: int, conversation: int = 1) -> facts.ItemAssigned:
    return facts.ItemAssigned(
        **ABOUT, conversation=conversation, agent=agent, weight=1, epoch=2, enqueued_at=NOW
    )


@pytest.fixture
def hub() -> Hub:
    return Hub()


class Bell:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        self.rung = 0

    def __call__(self) -> None:
        self.rung += 1


def joined(hub: Hub, agent: int, session: int = 1) -> Client:
    client = Client(agent, session, Bell())
    hub.join(client)
    client.stream.start(b'{"type":"welcome"}', 0, [])
    client.stream.take()
    return client


def rung(client: Client) -> int:
    assert isinstance(client.ring, Bell)
    return client.ring.rung


def heard(client: Client) -> list[tuple[str, int]]:
    frames = [json.loads(frame) for frame in client.stream.take()]
    return [(f["fact"]["fact"], f["seq"]) for f in frames if f["type"] == "event"]


def sample(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


def test_fact_goes_to_every_desktop_of_those_concerned_and_to_no_other(hub: Hub) -> None:
    first, second, other = joined(hub, 7), joined(hub, 7), joined(hub, 8)
    hub.read(1, assigned(7))
    assert heard(first) == heard(second) == [("ItemAssigned", 1)]
    assert heard(other) == []
    assert [rung(c) for c in (first, second, other)] == [1, 1, 0]


def test_what_concerns_everybody_goes_to_every_desktop(hub: Hub) -> None:
    clients = [joined(hub, 7), joined(hub, 8)]
    hub.read(1, facts.RulebookPublished(at=NOW, version=2, author="me"))
    assert [heard(c) for c in clients] == [[("RulebookPublished", 1)]] * 2


async def test_what_follows_what_concerns_everybody_comes_after_it(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "CHUNK", 1)
    clients = [joined(hub, agent) for agent in (7, 8, 9)]
    hub.read(1, facts.RulebookPublished(at=NOW, version=2, author="me"))
    assert [rung(c) for c in clients] == [1, 0, 0]
    hub.read(2, assigned(9))
    for _ in range(4):
        await asyncio.sleep(0)
    told = [heard(c) for c in clients]
    rules = ("RulebookPublished", 1)
    assert told == [[rules], [rules], [rules, ("ItemAssigned", 2)]]


def test_who_has_left_hears_nothing(hub: Hub) -> None:
    before = sample("contactcenter_desktop_sockets")
    first, second = joined(hub, 7), joined(hub, 7)
    assert sample("contactcenter_desktop_sockets") == before + 2
    hub.leave(first)
    hub.read(1, assigned(7))
    assert (heard(first), heard(second)) == ([], [("ItemAssigned", 1)])
    hub.leave(second)
    assert hub.all() == []
    assert sample("contactcenter_desktop_sockets") == before


def test_board_is_given_the_fold_and_every_fact_that_changes_it(hub: Hub) -> None:
    hub.read(1, assigned(7))
    client = Client(3, 1, Bell())
    hub.watch(client)
    [welcome] = [json.loads(frame) for frame in client.stream.take()]
    assert (welcome["seq"], list(welcome["snapshot"]["owned"])) == (1, ["1"])
    hub.read(2, facts.KeyRevoked(at=NOW, key=1))
    hub.read(3, assigned(8))
    assert heard(client) == [("ItemAssigned", 3)]
    hub.unwatch(client)
    hub.read(4, assigned(9))
    assert heard(client) == []


def test_revoked_session_closes_its_own_only(hub: Hub) -> None:
    mine, other, board = joined(hub, 7, 1), joined(hub, 7, 2), Client(7, 1, Bell())
    hub.watch(board)
    hub.read(1, facts.SessionRevoked(at=NOW, session=1, person=7))
    assert [c.close_code for c in (mine, other, board)] == [CLOSE_REVOKED, None, CLOSE_REVOKED]
    assert rung(mine) == 1


def test_rows_of_those_who_are_connected_are_known(hub: Hub) -> None:
    first, second = joined(hub, 7), joined(hub, 8)
    assert hub.numbers() == []
    assert hub.may_have(7, 31)  # it is just connecting, and may be that one
    first.number, second.number = 31, 32
    assert sorted(hub.numbers()) == [31, 32]
    known = [hub.may_have(7, 31), hub.may_have(7, 32), hub.may_have(9, 31)]
    assert known == [True, False, False]


def test_all_can_be_asked_to_connect_again(hub: Hub) -> None:
    clients = [joined(hub, 7), joined(hub, 8)]
    hub.close_all()
    assert [c.close_code for c in clients] == [CLOSE_RESTART] * 2


def test_lost_stream_is_counted_once(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "WAITING_MAX", 3)
    before = sample("contactcenter_streams_lost_total")
    client = joined(hub, 7)
    for seq in range(1, 9):
        hub.read(seq, assigned(7))
    assert client.stream.lost
    assert sample("contactcenter_streams_lost_total") == before + 1


def typing(conversation: int, kind: str = "customer", name: str = "typing") -> Signal:
    return Signal("p", name, conversation, kind)


def test_who_has_the_work_is_shown_that_the_customer_types(hub: Hub) -> None:
    owner, other = joined(hub, 7), joined(hub, 8)
    hub.read(1, assigned(7, conversation=5))
    owner.stream.take()
    for signal in (typing(5), typing(5, "agent"), typing(5, name="due"), typing(6)):
        hub.signalled(signal)
    assert [json.loads(frame) for frame in owner.stream.take()] == [
        {"type": "typing", "conversation": 5, "author_kind": "customer"}
    ]
    assert other.stream.take() == []


def test_owners_follow_the_work(hub: Hub) -> None:
    hub.read(1, assigned(7, conversation=5))
    assert hub.owners == {5: 7}
    moved = facts.ItemMoved(**ABOUT, conversation=6, from_conversation=5, agent=7)
    hub.read(2, moved)
    assert hub.owners == {6: 7}
    hub.read(3, facts.ItemMoved(**ABOUT, conversation=9, from_conversation=8))
    hub.read(4, facts.ItemDone(**ABOUT, conversation=6, agent=7))
    assert hub.owners == {}


async def test_owners_and_board_are_loaded_at_the_start(floor: Floor, hub: Hub) -> None:
    agent = await floor.desk.person()
    item = await floor.active(agent)
    async with floor.desk.database.snapshot() as tx:
        await hub.load(tx, "UTC")
    assert hub.owners == {1: agent}
    assert list(hub.board.owned) == [item]


def test_who_looks_into_a_conversation_hears_it_once_and_until_they_leave(hub: Hub) -> None:
    owner, other = joined(hub, 7), joined(hub, 8)
    read = facts.ConversationRead(at=NOW, conversation=1, number=1, agents=[7])
    for client in (owner, other):
        hub.follow(client, 1)
    hub.read(1, read)
    assert heard(owner) == heard(other) == [("ConversationRead", 1)]
    hub.follow(other, 2)
    hub.read(2, read)
    assert (heard(owner), heard(other)) == ([("ConversationRead", 2)], [])
    hub.leave(owner)
    hub.leave(other)
    hub.read(3, read)
    assert heard(owner) == []


@pytest.mark.parametrize(
    "fact",
    [
        facts.CustomerChanged(at=NOW, customer=3, changed=["name"], agents=[7]),
        facts.CustomersMerged(at=NOW, customer=3, into=4, agents=[7]),
        facts.CustomersMerged(at=NOW, customer=4, into=3, agents=[7]),
        facts.CustomersUnmerged(at=NOW, customer=4, out_of=3, agents=[7]),
    ],
)
def test_who_looks_at_a_customer_hears_once_what_is_changed_until_they_look_elsewhere(
    hub: Hub, fact: facts.Fact
) -> None:
    owner, other = joined(hub, 7), joined(hub, 8)
    for client in (owner, other):
        hub.follow_customer(client, 3)
    hub.read(1, fact)
    assert heard(owner) == heard(other) == [(type(fact).__name__, 1)]
    hub.follow_customer(other, 9)
    hub.read(2, fact)
    assert (heard(owner), heard(other)) == ([(type(fact).__name__, 2)], [])
    hub.leave(owner)
    hub.read(3, fact)
    assert heard(owner) == []
