from datetime import timedelta
from typing import Any

import pytest

from contactcenter.actions.presence import set_presence
from contactcenter.actions.transfer import Assigned, assign, requeue, transfer
from contactcenter.errors import BadInput, Conflict, NotFound
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, reply, resolve

LATER = NOW + timedelta(minutes=2)


@pytest.fixture
async def agent(floor: Floor) -> int:
    return await floor.desk.person()


@pytest.fixture
async def other(floor: Floor) -> int:
    return await floor.desk.person()


@pytest.fixture
async def item(floor: Floor, agent: int) -> int:
    return await floor.active(agent)


async def give(floor: Floor, agent: int, item: int, **to: Any) -> None:
    to = {"queue": None, "to_agent": None, "note": None, **to}
    await floor.run(transfer, agent, item, **to, book=floor.book, now=LATER)


async def order(floor: Floor, item: int, agent: int) -> Assigned:
    return await floor.run(assign, 7, item, agent, floor.book, LATER)


async def test_to_a_queue_with_its_requirement_and_a_note(
    floor: Floor, agent: int, item: int
) -> None:
    await give(floor, agent, item, queue="fiber", note="Line is dead.")
    row = await floor.item(item)
    assert (row["state"], row["queue"], row["agent_id"]) == ("queued", "fiber", None)
    assert row["requirement"] == '{"product:fiber": 2}'
    assert (row["enqueued_at"], row["passed_on_by"]) == (LATER, agent)
    assert await floor.desk.value("SELECT text FROM interaction WHERE kind = 'note'") == (
        "Line is dead."
    )
    [_, queued] = await floor.desk.facts("ItemQueued")
    assert (queued["because"], queued["agent"], queued["passed_on_by"]) == (
        "transferred",
        agent,
        agent,
    )
    assert (await floor.agent(agent))["idle_since"] == LATER


async def test_what_a_hand_over_asked_stays_in_every_queue(
    floor: Floor, agent: int, item: int
) -> None:
    await floor.desk.rows(
        "UPDATE work_item SET asked = '{\"language:id\": 3}',"
        ' requirement = \'{"language:id": 3, "product:billing": 1}\''
    )
    await give(floor, agent, item, queue="fiber")
    row = await floor.item(item)
    assert row["requirement"] == '{"language:id": 3, "product:fiber": 2}'
    await floor.run(requeue, item, "care", SYSTEM, floor.book, LATER)
    row = await floor.item(item)
    assert (row["requirement"], row["asked"]) == ('{"language:id": 3}', '{"language:id": 3}')


async def test_to_an_agent_first(floor: Floor, agent: int, other: int, item: int) -> None:
    await give(floor, agent, item, to_agent=other)
    row = await floor.item(item)
    assert (row["queue"], row["sticky_agent_id"]) == ("care", other)
    assert row["sticky_until"] == LATER + timedelta(seconds=60)


async def test_what_was_answered_and_passed_on_is_our_turn(
    floor: Floor, agent: int, item: int
) -> None:
    await floor.run(
        reply, agent, item, "I pass you on.", seen=1, connection_id=None, book=floor.book, now=NOW
    )
    await give(floor, agent, item, queue="billing")
    row = await floor.item(item)
    assert (row["waiting_for"], row["waiting_since"]) == ("us", LATER)
    assert await floor.timers() == []


@pytest.mark.parametrize(
    ("to", "pointer"),
    [
        ({}, "/queue"),
        ({"queue": "care", "to_agent": 2}, "/queue"),
        ({"queue": "nowhere"}, "/queue"),
        ({"to_agent": 99}, "/agent"),
        ({"to_agent": 1}, "/agent"),
    ],
)
async def test_there_must_be_one_place_to_go(
    floor: Floor, agent: int, item: int, to: dict[str, object], pointer: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await give(floor, agent, item, **to)
    assert refused.value.pointer == pointer
    assert await floor.state(item) == "active"


async def test_only_who_has_it_gives_it_away(floor: Floor, other: int, item: int) -> None:
    with pytest.raises(Conflict) as refused:
        await give(floor, other, item, queue="care")
    assert refused.value.code == "not-yours"


async def test_supervisor_gives_waiting_work_to_an_agent(floor: Floor, other: int) -> None:
    item = await floor.waiting("2")
    assert await order(floor, item, other) == Assigned(item, other, over_capacity=False)
    row = await floor.item(item)
    assert (row["state"], row["agent_id"], row["epoch"]) == ("active", other, 2)
    [assigned] = await floor.desk.facts("ItemAssigned")
    assert (assigned["by"], assigned["answered_within"]) == (7, False)
    assert await floor.desk.value("SELECT outcome FROM queue_wait") == "answered"


async def test_offered_work_is_taken_back_first(floor: Floor, agent: int, other: int) -> None:
    item = await floor.waiting("2")
    await floor.offer(item, agent)
    await order(floor, item, other)
    assert await floor.offers() == [(item, agent, "rescinded", "reassigned")]
    assert (await floor.agent(agent))["misses"] == 0
    assert await floor.timers() == []


async def test_order_may_exceed_the_capacity_and_says_so(floor: Floor) -> None:
    agent = await floor.desk.person(capacity=1)
    first, second = await floor.waiting("1"), await floor.waiting("2")
    await floor.offer(first, agent)
    assert not (await order(floor, first, agent)).over_capacity
    assert (await order(floor, second, agent)).over_capacity


async def test_take_over_ends_no_wait_and_frees_the_former(
    floor: Floor, agent: int, other: int, item: int
) -> None:
    await order(floor, item, other)
    [_, taken] = await floor.desk.facts("ItemAssigned")
    assert (taken["former_agent"], taken.get("answered_within")) == (agent, None)
    assert (await floor.agent(agent))["idle_since"] == LATER
    with pytest.raises(Conflict) as refused:
        await order(floor, item, other)
    assert refused.value.code == "already-theirs"


async def test_work_of_a_bot_becomes_our_turn(floor: Floor, other: int) -> None:
    item = await floor.waiting("2")
    await floor.desk.rows("UPDATE work_item SET state = 'bot', waiting_for = 'customer'")
    await order(floor, item, other)
    row = await floor.item(item)
    assert (row["state"], row["waiting_for"]) == ("active", "us")
    assert await floor.desk.value("SELECT count(*) FROM queue_wait") == 0


async def test_nobody_gets_what_has_ended_and_nobody_absent_gets_anything(
    floor: Floor, agent: int, other: int, item: int
) -> None:
    with pytest.raises(NotFound):
        await order(floor, item, 99)
    await floor.run(set_presence, other, "offline", None, floor.book, NOW)
    with pytest.raises(Conflict) as refused:
        await order(floor, item, other)
    assert refused.value.code == "agent-offline"
    await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    with pytest.raises(Conflict) as refused:
        await order(floor, item, agent)
    assert (refused.value.code, refused.value.context) == ("item-ended", {"state": "wrapup"})
    with pytest.raises(Conflict):
        await floor.run(requeue, item, None, SYSTEM, floor.book, LATER)


async def test_supervisor_puts_work_back_into_a_queue(floor: Floor, agent: int, item: int) -> None:
    await floor.run(requeue, item, "billing", SYSTEM, floor.book, LATER)
    row = await floor.item(item)
    assert (row["state"], row["queue"], row["agent_id"]) == ("queued", "billing", None)
    assert row["requirement"] == '{"product:billing": 1}'
    await floor.desk.rows("UPDATE agent SET skills = '{\"product:billing\": 1}'")
    await floor.offer(item, agent, LATER)
    await floor.run(requeue, item, None, SYSTEM, floor.book, LATER)
    assert (await floor.item(item))["queue"] == "billing"
    assert (await floor.offers())[-1] == (item, agent, "rescinded", "reassigned")
    with pytest.raises(BadInput):
        await floor.run(requeue, item, "nowhere", SYSTEM, floor.book, LATER)
