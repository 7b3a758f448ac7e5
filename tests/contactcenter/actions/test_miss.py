import asyncio
from datetime import timedelta

import pytest

from contactcenter.actions.miss import decline, lapse
from contactcenter.errors import Conflict, NotFound
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, accept

LATER = NOW + timedelta(seconds=20)


async def test_declined_item_waits_at_its_place_and_the_agent_rests(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.waiting()
    offer = await floor.offer(item, agent)
    await floor.run(decline, agent, offer, floor.book, LATER)
    row = await floor.item(item)
    assert (row["state"], row["enqueued_at"], row["epoch"]) == ("queued", NOW, 1)
    seated = await floor.agent(agent)
    assert (seated["misses"], seated["idle_since"]) == (1, LATER)
    assert seated["cooldown_until"] == LATER + timedelta(seconds=5)
    [ended] = await floor.desk.facts("OfferEnded")
    assert (ended["state"], ended["misses"]) == ("declined", 1)
    assert await floor.desk.value("SELECT excluded_until FROM offer") == LATER + timedelta(
        seconds=120
    )
    assert await floor.timers() == []


async def test_offer_is_declined_once(floor: Floor) -> None:
    agent, other = await floor.desk.person(), await floor.desk.person()
    offer = await floor.offer(await floor.waiting(), agent)
    with pytest.raises(NotFound):
        await floor.run(decline, other, offer, floor.book, NOW)
    await floor.run(decline, agent, offer, floor.book, NOW)
    with pytest.raises(Conflict) as refused:
        await floor.run(decline, agent, offer, floor.book, NOW)
    assert refused.value.code == "offer-gone"
    assert (await floor.agent(agent))["misses"] == 1


async def test_offer_that_nobody_answers_lapses(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.waiting()
    await floor.offer(item, agent)
    await floor.ring(lapse, "offer_lapse", LATER)
    assert await floor.offers() == [(item, agent, "expired", None)]
    assert await floor.state(item) == "queued"
    assert await floor.timers() == []


async def test_lapse_that_comes_after_the_answer_does_nothing(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.waiting()
    offer = await floor.offer(item, agent)
    [timer] = await floor.desk.rows("SELECT generation FROM timer")
    await floor.run(accept, agent, offer, floor.book, NOW)
    before = await floor.quiet()
    await floor.run(lapse, {offer: timer["generation"]}, floor.book, LATER)
    assert await floor.state(item) == "active"
    assert await floor.quiet() == before


async def test_accepting_and_lapsing_at_once_end_the_offer_once(floor: Floor) -> None:
    for turn in range(8):
        agent = await floor.desk.person()
        item = await floor.waiting(str(turn))
        offer = await floor.offer(item, agent)
        await asyncio.gather(
            floor.run(accept, agent, offer, floor.book, NOW),
            floor.ring(lapse, "offer_lapse", LATER),
            return_exceptions=True,
        )
        [state] = [row[2] for row in await floor.offers() if row[0] == item]
        assert (state, await floor.state(item)) in {("accepted", "active"), ("expired", "queued")}
    assert len(await floor.desk.facts("OfferEnded")) == 8


async def test_too_many_misses_set_the_agent_away(floor: Floor) -> None:
    agent = await floor.desk.person()
    for turn in range(3):
        at = NOW + timedelta(minutes=turn)
        offer = await floor.offer(await floor.waiting(str(turn)), agent, at)
        await floor.run(decline, agent, offer, floor.book, at)
    seated = await floor.agent(agent)
    assert (seated["presence"], seated["presence_reason"]) == ("away", "missed offers")
    [changed] = await floor.desk.facts("PresenceChanged")
    assert (changed["presence"], changed["misses"]) == ("away", 3)


async def test_who_is_set_away_loses_what_else_they_are_offered(floor: Floor) -> None:
    floor.rules(offers={"misses_until_away": 1})
    agent = await floor.desk.person()
    declined, other = await floor.waiting("1"), await floor.waiting("2")
    offer = await floor.offer(declined, agent)
    await floor.offer(other, agent)
    await floor.run(decline, agent, offer, floor.book, NOW)
    assert await floor.offers() == [
        (declined, agent, "declined", None),
        (other, agent, "rescinded", "agent_away"),
    ]
    assert await floor.state(other) == "queued"
    assert (await floor.agent(agent))["misses"] == 1


async def test_offers_that_lapse_together_count_each(floor: Floor) -> None:
    agent = await floor.desk.person()
    items = [await floor.waiting(str(n)) for n in range(3)]
    for item in items:
        await floor.offer(item, agent)
    await floor.ring(lapse, "offer_lapse", LATER)
    assert [f["misses"] for f in await floor.desk.facts("OfferEnded")] == [1, 2, 3]
    assert (await floor.agent(agent))["presence"] == "away"
