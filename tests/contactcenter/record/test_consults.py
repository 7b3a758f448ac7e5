import pytest

from contactcenter.actions.consult import ask, join
from contactcenter.actions.presence import grace_ended, set_presence
from contactcenter.record.consults import end_as_moved
from tests.contactcenter.floor import NOW, Floor


async def consulting(floor: Floor) -> tuple[int, int, int]:
    """Who has the work, the colleague who is in, and the item."""
    agent, colleague = await floor.desk.person(), await floor.desk.person()
    item = await floor.active(agent)
    number = (await floor.run(ask, agent, item, colleague, "So?", NOW)).consult
    await floor.run(join, colleague, number, NOW)
    return agent, colleague, item


async def ends(floor: Floor) -> list[str]:
    return [fact["outcome"] for fact in await floor.desk.facts("ConsultEnded")]


async def test_who_is_away_is_still_in_and_who_signs_out_is_not(floor: Floor) -> None:
    _, colleague, _ = await consulting(floor)
    await floor.run(set_presence, colleague, "away", "lunch", floor.book, NOW)
    assert await ends(floor) == []
    await floor.run(set_presence, colleague, "offline", None, floor.book, NOW)
    assert await ends(floor) == ["gone"]


@pytest.mark.parametrize(("gone", "outcome"), [("agent", "passed_on"), ("colleague", "gone")])
async def test_it_ends_when_the_grace_of_one_who_is_gone_is_over(
    floor: Floor, gone: str, outcome: str
) -> None:
    agent, colleague, _ = await consulting(floor)
    who = {"agent": agent, "colleague": colleague}[gone]
    await floor.desk.rows("UPDATE agent SET gone_since = $2 WHERE id = $1", who, NOW)
    await floor.run(lambda tx: schedule(tx, who))
    await floor.ring(grace_ended, "agent_grace", NOW)
    assert await ends(floor) == [outcome]


async def test_it_ends_where_the_work_moves_to_another_conversation(floor: Floor) -> None:
    _, _, item = await consulting(floor)
    await floor.run(end_as_moved, item, NOW)
    assert await ends(floor) == ["passed_on"]


async def schedule(tx: object, agent: int) -> None:
    tx.schedule("agent_grace", agent, NOW)
