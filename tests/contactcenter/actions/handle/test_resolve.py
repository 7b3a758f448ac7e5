from datetime import timedelta

import pytest

from contactcenter.actions.handle import Resolved
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, queue, resolve

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


async def test_wrap_up_comes_first_where_the_queue_grants_it(
    floor: Floor, agent: int, item: int
) -> None:
    resolved = await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    assert resolved == Resolved(item, LATER)
    row = await floor.item(item)
    assert (row["state"], row["disposition"], row["agent_id"]) == ("wrapup", "solved", agent)
    assert await floor.timers() == [("wrapup_end", item, LATER)]
    assert await closed(floor) == [("open", None)]


async def test_queue_without_wrap_up_is_done_at_once(floor: Floor, agent: int, item: int) -> None:
    floor.book = Published(2, queue(floor.book.rules, "care", wrap_up_s=0))
    assert await floor.run(resolve, agent, item, "solved", floor.book, LATER) == Resolved(
        item, None
    )
    assert await floor.state(item) == "done"
    assert await closed(floor) == [("closed", "resolved")]
    assert (await floor.agent(agent))["idle_since"] == LATER


async def test_unknown_disposition_names_the_known_ones(
    floor: Floor, agent: int, item: int
) -> None:
    with pytest.raises(BadInput, match="solved, information given, passed on") as refused:
        await floor.run(resolve, agent, item, "magic", floor.book, NOW)
    assert refused.value.pointer == "/disposition"


async def test_only_who_has_it_active_resolves_it(floor: Floor, agent: int, item: int) -> None:
    other = await floor.desk.person()
    with pytest.raises(Conflict) as refused:
        await floor.run(resolve, other, item, "solved", floor.book, NOW)
    assert refused.value.code == "not-yours"
    await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    with pytest.raises(Conflict):
        await floor.run(resolve, agent, item, "solved", floor.book, NOW)
