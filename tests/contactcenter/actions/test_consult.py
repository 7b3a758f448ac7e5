import asyncio
from typing import Any

import pytest

from contactcenter.actions.consult import ask, end, join, take_over
from contactcenter.actions.transfer import assign, transfer
from contactcenter.errors import BadInput, Conflict
from contactcenter.record.load import loads
from tests.contactcenter.floor import NOW, Floor, resolve


@pytest.fixture
async def agent(floor: Floor) -> int:
    return await floor.desk.person()


@pytest.fixture
async def colleague(floor: Floor) -> int:
    return await floor.desk.person()


@pytest.fixture
async def item(floor: Floor, agent: int) -> int:
    return await floor.active(agent)


@pytest.fixture
async def asked(floor: Floor, agent: int, colleague: int, item: int) -> int:
    return (await floor.run(ask, agent, item, colleague, "Is it the router?", NOW)).consult


async def refused(floor: Floor, action: Any, *args: Any) -> str:
    with pytest.raises(Conflict) as refusal:
        await floor.run(action, *args)
    return refusal.value.code


async def ends(floor: Floor) -> list[str]:
    return [fact["outcome"] for fact in await floor.desk.facts("ConsultEnded")]


async def test_a_colleague_is_asked_with_a_note_of_the_house(
    floor: Floor, agent: int, colleague: int, item: int, asked: int
) -> None:
    [told] = await floor.desk.facts("ConsultAsked")
    assert (told["consult"], told["item"]) == (asked, item)
    assert (told["by"], told["agent"]) == (agent, colleague)
    assert told["question"] == "Is it the router?"
    [note] = await floor.desk.rows("SELECT * FROM interaction WHERE kind = 'note'")
    assert (note["direction"], note["author_id"]) == ("internal", agent)
    assert str(note["text"]).endswith(" Is it the router?")


async def test_it_takes_no_capacity(floor: Floor, colleague: int, asked: int) -> None:
    await floor.run(join, colleague, asked, NOW)
    carried = await floor.run(loads, [colleague])
    assert carried[colleague].total == 0


async def test_only_who_has_the_work_asks_and_each_colleague_once(
    floor: Floor, agent: int, colleague: int, item: int, asked: int
) -> None:
    assert await refused(floor, ask, agent, item, colleague, "And?", NOW) == "asked-already"
    other = await floor.desk.person()
    assert await refused(floor, ask, colleague, item, other, "And?", NOW) == "not-yours"
    for nobody in (agent, 999):
        with pytest.raises(BadInput):
            await floor.run(ask, agent, item, nobody, "And?", NOW)
    await floor.run(end, agent, asked, NOW)
    await floor.run(ask, agent, item, colleague, "Once more?", NOW)


async def test_nobody_is_asked_who_is_not_there(
    floor: Floor, agent: int, colleague: int, item: int
) -> None:
    await floor.desk.rows("UPDATE agent SET presence = 'offline' WHERE id = $1", colleague)
    assert await refused(floor, ask, agent, item, colleague, "So?", NOW) == "agent-offline"


async def test_who_is_asked_looks_in_once(
    floor: Floor, agent: int, colleague: int, asked: int
) -> None:
    assert await refused(floor, join, agent, asked, NOW) == "consult-gone"
    await floor.run(join, colleague, asked, NOW)
    assert await refused(floor, join, colleague, asked, NOW) == "consult-gone"
    [told] = await floor.desk.facts("ConsultJoined")
    assert (told["consult"], told["agent"]) == (asked, colleague)


@pytest.mark.parametrize(
    ("before", "by", "outcome"),
    [
        ("asked", "colleague", "declined"),
        ("joined", "colleague", "left"),
        ("asked", "asker", "ended"),
        ("joined", "asker", "ended"),
    ],
)
async def test_either_ends_it(
    floor: Floor, agent: int, colleague: int, asked: int, before: str, by: str, outcome: str
) -> None:
    if before == "joined":
        await floor.run(join, colleague, asked, NOW)
    assert await refused(floor, end, await floor.desk.person(), asked, NOW) == "consult-gone"
    await floor.run(end, agent if by == "asker" else colleague, asked, NOW)
    assert await ends(floor) == [outcome]
    assert await refused(floor, end, agent, asked, NOW) == "consult-gone"


@pytest.mark.parametrize("who", ["asker", "colleague"])
async def test_who_is_in_takes_over_in_one_step(
    floor: Floor, agent: int, colleague: int, item: int, asked: int, who: str
) -> None:
    by = {"asker": agent, "colleague": colleague}[who]
    assert await refused(floor, take_over, by, asked, floor.book, NOW) == "consult-gone"
    await floor.run(join, colleague, asked, NOW)
    epoch = (await floor.item(item))["epoch"]
    await floor.run(take_over, by, asked, floor.book, NOW)
    now = await floor.item(item)
    assert (now["state"], now["agent_id"], now["epoch"]) == ("active", colleague, epoch + 1)
    assigned = (await floor.desk.facts("ItemAssigned"))[-1]
    assert (assigned["agent"], assigned["former_agent"]) == (colleague, agent)
    assert await ends(floor) == ["taken_over"]


async def test_nobody_takes_over_more_than_they_may_carry(
    floor: Floor, agent: int, colleague: int, item: int, asked: int
) -> None:
    await floor.run(join, colleague, asked, NOW)
    for n in range(3):
        await floor.active(colleague, f"c{n}")
    assert await refused(floor, take_over, agent, asked, floor.book, NOW) == "agent-full"
    assert (await floor.item(item))["agent_id"] == agent
    assert await ends(floor) == []


@pytest.mark.usefixtures("asked")
async def test_it_ends_with_the_work(floor: Floor, agent: int, colleague: int, item: int) -> None:
    await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    assert await ends(floor) == ["resolved"]
    for n, give in enumerate((transfer, assign)):
        other = await floor.active(agent, f"other {n}")
        await floor.run(ask, agent, other, colleague, "So?", NOW)
        if give is transfer:
            to: dict[str, Any] = {"queue": "billing", "to_agent": None, "note": None}
            await floor.run(transfer, agent, other, **to, book=floor.book, now=NOW)
        else:
            await floor.run(assign, 7, other, await floor.desk.person(), floor.book, NOW)
    assert await ends(floor) == ["resolved", "passed_on", "passed_on"]


async def test_taken_over_and_left_at_once_it_is_one_of_both(
    floor: Floor, agent: int, colleague: int
) -> None:
    for turn in range(4):
        item = await floor.active(agent, f"c{turn}")
        number = (await floor.run(ask, agent, item, colleague, "So?", NOW)).consult
        await floor.run(join, colleague, number, NOW)
        await asyncio.gather(
            floor.run(take_over, agent, number, floor.book, NOW),
            floor.run(end, colleague, number, NOW),
            return_exceptions=True,
        )
        owner = (await floor.item(item))["agent_id"]
        assert (await ends(floor))[-1] == ("taken_over" if owner == colleague else "left")
        await floor.run(resolve, owner, item, "solved", floor.book, NOW)
    assert len(await ends(floor)) == 4
