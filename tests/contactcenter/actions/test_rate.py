import asyncio
from datetime import timedelta

import msgspec
import pytest

from contactcenter.actions.bots import Said, bot_close
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


async def settled_by_a_bot(floor: Floor) -> tuple[int, list[int]]:
    """The same of a bot, which has closed by itself what came to it."""
    bot = await floor.desk.value(
        "INSERT INTO api_key (name, secret_hash, scopes, created_at)"
        " VALUES ('assistant', '', '{}', now()) RETURNING id"
    )
    await floor.desk.say("v1", "I need help", by="web", channel="web", at=NOW)
    [item] = await floor.desk.rows("SELECT id, epoch FROM work_item")
    said = Said(
        key_id=bot,
        connection_id=await floor.desk.channel("web", "web"),
        key="b1",
        digest=b"b1",
        item=item["id"],
        epoch=item["epoch"],
        text="It was the cable.",
        occurred_at=NOW,
    )
    await floor.run(bot_close, said, "solved", floor.book, NOW)
    return item["id"], [await floor.desk.value("SELECT max(id) FROM identity")]


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


async def test_it_is_said_while_the_agent_wraps_up_and_once(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.active(agent)
    own = [await floor.desk.value("SELECT max(id) FROM identity")]
    await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    await say(floor, item, own, 5)
    await floor.run(finish_wrap_up, agent, item, NOW)
    with pytest.raises(Conflict):
        await say(floor, item, own, 1)
    assert await scores(floor) == [5]


async def test_what_a_bot_did_is_rated_where_the_rules_ask(floor: Floor) -> None:
    item, own = await settled_by_a_bot(floor)
    with pytest.raises(Conflict) as refused:
        await say(floor, item, own)
    assert refused.value.code == "not-asked"
    await say(floor, item, own, 2, msgspec.structs.replace(RULES, bots=True))
    [fact] = await floor.desk.facts("SatisfactionGiven")
    bot = await floor.desk.value("SELECT id FROM api_key")
    assert (fact["agent"], fact["bot"], fact["score"]) == (None, bot, 2)


async def test_nobody_asks_while_it_is_worked_on(floor: Floor) -> None:
    item = await floor.active(await floor.desk.person())
    own = [await floor.desk.value("SELECT max(id) FROM identity")]
    with pytest.raises(Conflict):
        await say(floor, item, own)
