import asyncio
from datetime import timedelta

import msgspec
import pytest

from contactcenter.actions.rate import Rating, rate
from contactcenter.actions.wrap_up import finish_wrap_up
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.rulebook import Satisfaction
from tests.contactcenter.floor import NOW, Floor, resolve

RULES = Satisfaction(ask=True, valid_s=3600)


async def resolved(floor: Floor, disposition: str = "solved") -> tuple[int, list[int]]:
    """An item that an agent has done, and the identities of its customer."""
    agent = await floor.desk.person()
    item = await floor.active(agent)
    await floor.run(resolve, agent, item, disposition, floor.book, NOW)
    await floor.run(finish_wrap_up, agent, item, NOW)
    return item, [await floor.desk.value("SELECT max(id) FROM identity")]


async def say(
    floor: Floor, item: int, identities: list[int], score: int = 4, rules: Satisfaction = RULES
) -> None:
    await floor.run(rate, identities, Rating(item=item, score=score), rules, NOW)


async def scores(floor: Floor) -> list[object]:
    return [r["score"] for r in await floor.desk.rows("SELECT score FROM satisfaction")]


async def test_it_is_said_once_and_the_same_again_is_taken(floor: Floor) -> None:
    item, own = await resolved(floor)
    await say(floor, item, own)
    await say(floor, item, own)
    with pytest.raises(Conflict) as refused:
        await say(floor, item, own, 1)
    assert refused.value.code == "answered-already"
    assert await scores(floor) == [4]
    [fact] = await floor.desk.facts("SatisfactionGiven")
    assert (fact["item"], fact["score"], fact["queue"]) == (item, 4, "care")


async def test_two_devices_at_once_say_it_once(floor: Floor) -> None:
    item, own = await resolved(floor)
    said = await asyncio.gather(
        say(floor, item, own, 1), say(floor, item, own, 5), return_exceptions=True
    )
    assert [type(s) for s in said if s] == [Conflict]
    assert len(await scores(floor)) == 1


async def test_nobody_says_it_about_what_was_not_done_for_them(floor: Floor) -> None:
    item, own = await resolved(floor)
    for identities in ([], [own[0] + 1]):
        with pytest.raises(NotFound):
            await say(floor, item, identities)
    with pytest.raises(NotFound):
        await say(floor, 99, own)


@pytest.mark.parametrize("changes", [{"ask": False}, {"after": ["no answer"]}, {"valid_s": 1}])
async def test_nobody_asks_when_the_rules_say_so(floor: Floor, changes: dict[str, object]) -> None:
    item, own = await resolved(floor)
    rules = msgspec.structs.replace(RULES, **changes)
    with pytest.raises(Conflict) as refused:
        await floor.run(rate, own, Rating(item=item, score=1), rules, NOW + timedelta(seconds=2))
    assert refused.value.code == "not-asked"
    assert await scores(floor) == []


async def test_nobody_asks_while_it_is_worked_on(floor: Floor) -> None:
    item = await floor.active(await floor.desk.person())
    own = [await floor.desk.value("SELECT max(id) FROM identity")]
    with pytest.raises(Conflict):
        await say(floor, item, own)
