import asyncio
from datetime import timedelta

import pytest

from contactcenter.actions.presence import set_presence
from contactcenter.actions.wrap_up import finish_wrap_up, wrap_up_ended
from contactcenter.errors import Conflict
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, resolve

LATER = NOW + timedelta(seconds=30)


@pytest.fixture
async def agent(floor: Floor) -> int:
    return await floor.desk.person()


@pytest.fixture
async def item(floor: Floor, agent: int) -> int:
    return await floor.active(agent)


async def closed(floor: Floor) -> list[tuple[object, ...]]:
    rows = await floor.desk.rows("SELECT state, close_reason FROM conversation")
    return [tuple(row.values()) for row in rows]


async def test_wrap_up_ends_by_time(floor: Floor, agent: int, item: int) -> None:
    await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    await floor.ring(wrap_up_ended, "wrapup_end", LATER)
    row = await floor.item(item)
    assert (row["state"], row["ended_at"], row["disposition"]) == ("done", LATER, "solved")
    assert await closed(floor) == [("closed", "resolved")]
    assert (await floor.agent(agent))["idle_since"] == LATER
    assert await floor.timers() == []


async def test_wrap_up_ends_when_the_agent_is_ready(floor: Floor, agent: int, item: int) -> None:
    with pytest.raises(Conflict):
        await floor.run(finish_wrap_up, agent, item, NOW)
    await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    await floor.run(finish_wrap_up, agent, item, LATER)
    assert await floor.state(item) == "done"
    assert await floor.timers() == []
    with pytest.raises(Conflict):
        await floor.run(finish_wrap_up, agent, item, NOW)


async def test_ready_and_time_at_once_end_it_once(floor: Floor, agent: int) -> None:
    for turn in range(6):
        item = await floor.active(agent, f"c{turn}")
        await floor.run(resolve, agent, item, "solved", floor.book, NOW)
        await asyncio.gather(
            floor.ring(wrap_up_ended, "wrapup_end", LATER),
            floor.run(finish_wrap_up, agent, item, LATER),
            return_exceptions=True,
        )
    assert len(await floor.desk.facts("ItemDone")) == 6


async def test_customer_who_writes_in_wrap_up_has_the_item_back_with_its_agent(
    floor: Floor, agent: int, item: int
) -> None:
    await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    [stale] = await floor.desk.rows("SELECT generation FROM timer WHERE kind = 'wrapup_end'")
    await floor.desk.say("1", "It does not work after all.")
    row = await floor.item(item)
    assert (row["state"], row["agent_id"], row["waiting_for"]) == ("active", agent, "us")
    await floor.ring(wrap_up_ended, "wrapup_end", LATER)
    assert await floor.state(item) == "active"
    await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    await floor.run(wrap_up_ended, {item: stale["generation"]}, floor.book, LATER)
    assert await floor.state(item) == "wrapup"


async def test_customer_who_writes_in_wrap_up_of_one_who_signed_out_waits_again(
    floor: Floor, agent: int, item: int
) -> None:
    await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    await floor.run(set_presence, agent, "offline", None, floor.book, NOW)
    await floor.desk.say("1", "It does not work after all.")
    row = await floor.item(item)
    assert (row["state"], row["agent_id"], row["sticky_agent_id"]) == ("queued", None, agent)
