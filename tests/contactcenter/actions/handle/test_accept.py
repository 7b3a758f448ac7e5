import asyncio
from datetime import timedelta

import pytest

from contactcenter.actions.handle import Accepted
from contactcenter.errors import Conflict, NotFound
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, accept

LATER = NOW + timedelta(seconds=10)


async def test_item_is_the_agents(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.waiting()
    offer = await floor.offer(item, agent)
    await floor.desk.rows("UPDATE agent SET misses = 2")
    taken = await floor.run(accept, agent, offer, floor.book, LATER)
    assert taken == Accepted(item, 1, 2)
    row = await floor.item(item)
    assert (row["state"], row["agent_id"], row["accepted_at"]) == ("active", agent, LATER)
    assert await floor.timers() == []
    assert await floor.desk.value("SELECT last_agent_id FROM conversation") == agent
    seated = await floor.agent(agent)
    assert (seated["misses"], seated["idle_since"]) == (0, LATER)
    assert (await floor.facts())[-2:] == ["OfferEnded", "ItemAssigned"]


@pytest.mark.parametrize(("waited_s", "within"), [(60, True), (61, False)])
async def test_wait_is_written_down_against_the_queues_target(
    floor: Floor,
    waited_s: int,
    within: bool,  # noqa: FBT001 -- what is expected
) -> None:
    agent = await floor.desk.person()
    offer = await floor.offer(await floor.waiting(), agent)
    await floor.run(accept, agent, offer, floor.book, NOW + timedelta(seconds=waited_s))
    assert await floor.desk.value("SELECT within FROM queue_wait") is within
    [assigned] = await floor.desk.facts("ItemAssigned")
    assert assigned["answered_within"] is within


async def test_offer_to_somebody_else_is_not_theirs_to_take(floor: Floor) -> None:
    agent, other = await floor.desk.person(), await floor.desk.person()
    offer = await floor.offer(await floor.waiting(), agent)
    for offered in (offer, offer + 1):
        with pytest.raises(NotFound):
            await floor.run(accept, other, offered, floor.book, NOW)


async def test_offer_that_has_gone_says_what_became_of_it(floor: Floor) -> None:
    agent = await floor.desk.person()
    offer = await floor.offer(await floor.waiting(), agent)
    await floor.desk.rows("UPDATE offer SET state = 'rescinded', reason = 'customer_left'")
    with pytest.raises(Conflict) as refused:
        await floor.run(accept, agent, offer, floor.book, NOW)
    assert refused.value.code == "offer-gone"
    assert refused.value.context == {"state": "rescinded", "reason": "customer_left"}


async def test_of_two_who_accept_at_once_one_wins(floor: Floor) -> None:
    agent = await floor.desk.person()
    offer = await floor.offer(await floor.waiting(), agent)
    results = await asyncio.gather(
        *(floor.run(accept, agent, offer, floor.book, NOW) for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(r).__name__ for r in results) == ["Accepted", *["Conflict"] * 3]
    assert [r.context["state"] for r in results if isinstance(r, Conflict)] == ["accepted"] * 3
    assert len(await floor.desk.facts("ItemAssigned")) == 1
