from datetime import timedelta
from typing import Any

import pytest

from contactcenter.actions.handle import Replied
from contactcenter.actions.transfer import assign
from contactcenter.errors import Conflict, NotFound
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, reply, resolve

LATER = NOW + timedelta(seconds=30)


class Line:
    """An agent who has a customer on the line."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    async def open(self) -> None:
        self.agent = await self.floor.desk.person()
        self.item = await self.floor.active(self.agent)

    async def says(self, text: str = "Hi.", seen: int = 1, **more: Any) -> Replied:
        agent = more.pop("agent", self.agent)
        more = {"connection_id": None, "book": self.floor.book, "now": LATER, **more}
        return await self.floor.run(reply, agent, self.item, text, seen=seen, **more)


@pytest.fixture
async def line(floor: Floor) -> Line:
    line = Line(floor)
    await line.open()
    return line


async def test_answer_goes_back_where_the_customer_wrote(line: Line) -> None:
    replied = await line.says("We look at it.", request_id="r1")
    assert (replied.number, replied.unseen) == (2, [])
    [row] = await line.floor.desk.rows(
        "SELECT text, channel, delivery, author_kind, author_id, identity_id, request_id"
        " FROM interaction WHERE id = $1",
        replied.interaction,
    )
    assert tuple(row.values()) == (
        "We look at it.",
        "mobile",
        "sent",
        "agent",
        line.agent,
        1,
        "r1",
    )


async def test_it_is_the_customers_turn_then(line: Line) -> None:
    await line.says()
    item = await line.floor.item(line.item)
    assert (item["waiting_for"], item["waiting_since"]) == ("customer", LATER)
    due = LATER + timedelta(seconds=300)
    assert await line.floor.timers() == [("item_idle", line.item, due)]
    await line.says(seen=2)
    [waiting] = await line.floor.desk.facts("ItemWaiting")
    assert waiting["waiting_for"] == "customer"


async def test_newer_words_of_the_customer_come_back_with_the_answer(line: Line) -> None:
    await line.floor.desk.say("1", "Are you there?")
    await line.floor.desk.say("1", "Hello?")
    replied = await line.says(seen=1)
    assert [(s.number, s.text) for s in replied.unseen] == [(2, "Are you there?"), (3, "Hello?")]


async def test_answer_that_does_not_know_of_another_is_refused_with_that_one(line: Line) -> None:
    other = await line.floor.desk.person()
    await line.floor.run(assign, 1, line.item, other, line.floor.book, NOW)
    await line.says("I take over.", agent=other)
    await line.floor.run(assign, 1, line.item, line.agent, line.floor.book, NOW)
    before = await line.floor.quiet()
    with pytest.raises(Conflict) as refused:
        await line.says(seen=1)
    assert refused.value.code == "answered-meanwhile"
    answer = refused.value.context["answer"]
    assert (answer.text, answer.number, answer.author_id) == ("I take over.", 2, other)
    assert await line.floor.quiet() == before
    assert (await line.says(seen=2)).number == 3


async def test_own_answer_never_stands_in_the_way(line: Line) -> None:
    await line.says(seen=1)
    assert (await line.says(seen=1)).number == 3


async def test_only_who_has_the_work_answers(line: Line) -> None:
    other = await line.floor.desk.person()
    with pytest.raises(Conflict) as refused:
        await line.says(agent=other)
    assert refused.value.code == "not-yours"
    assert refused.value.context == {"state": "active", "agent": line.agent}
    line.item += 1
    with pytest.raises(NotFound):
        await line.says()


async def test_another_channel_is_chosen_among_those_the_customer_has_used(line: Line) -> None:
    desk = line.floor.desk
    conversation = await desk.value("SELECT id FROM conversation")
    web = await desk.channel("site", "web")
    await desk.rows("UPDATE conversation SET last_number = 2")
    await desk.rows(
        "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
        " connection_id, identity_id, author_kind, text, occurred_at, received_at)"
        " VALUES (900, $1, 2, 'message', 'inbound', 'web', $2, 1, 'customer', 'x', $3, $3)",
        conversation,
        web,
        NOW,
    )
    front = await desk.value("SELECT id FROM connection WHERE name = 'front'")
    chosen = await line.says(seen=2, connection_id=front)
    by_default = await line.says(seen=3)
    rows = await desk.rows("SELECT channel FROM interaction WHERE direction = 'outbound'")
    assert (chosen.number, by_default.number) == (3, 4)
    assert [row["channel"] for row in rows] == ["mobile", "web"]


async def test_channel_that_cannot_reach_the_customer_is_refused(line: Line) -> None:
    unused = await line.floor.desk.channel("site", "web")
    for change in (unused, None):
        if change is None:
            await line.floor.desk.rows("UPDATE connection SET disabled_at = now()")
        with pytest.raises(Conflict) as refused:
            await line.says(connection_id=change)
        assert refused.value.code == "unreachable"


async def test_last_word_during_wrap_up_starts_no_idle_clock(line: Line) -> None:
    await line.floor.run(resolve, line.agent, line.item, "solved", line.floor.book, NOW)
    await line.says()
    assert [t[0] for t in await line.floor.timers()] == ["wrapup_end"]


async def test_bots_answers_leave_by_its_webhook(line: Line) -> None:
    key, _ = await line.floor.desk.key()
    await line.floor.desk.rows("UPDATE connection SET api_key_id = $1", key)
    await line.says()
    assert (
        await line.floor.desk.value("SELECT delivery FROM interaction WHERE direction = 'outbound'")
        == "queued"
    )
