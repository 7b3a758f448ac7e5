import asyncio
from datetime import timedelta

import msgspec
import pytest

from contactcenter.actions.presence import set_presence
from contactcenter.actions.transfer import assign
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.explanation import Explanation, sentence
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, accept, channel, proposal


async def test_offer_holds_both_and_says_what_it_is_about(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.waiting(text="My line is dead.")
    await floor.desk.rows("UPDATE customer SET name = 'Ana', tier = 'gold', value = 80")
    offer = await floor.offer(item, agent)
    assert await floor.state(item) == "offered"
    [made] = await floor.desk.facts("OfferMade")
    told = made["customer_name"], made["tier"], made["value"], made["excerpt"]
    assert told == ("Ana", "gold", 80, "My line is dead.")
    assert await floor.timers() == [("offer_lapse", offer, NOW + timedelta(seconds=20))]


async def test_offer_says_why_by_rule_and_in_a_sentence(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.waiting()
    await floor.offer(item, agent)
    why = proposal(item, agent).explanation
    [made] = await floor.desk.facts("OfferMade")
    assert msgspec.convert(made["explanation"], Explanation) == why
    assert made["sentence"] == sentence(why)
    [row] = await floor.desk.rows("SELECT explanation, sentence FROM offer")
    assert msgspec.json.decode(str(row["explanation"]), type=Explanation) == why
    assert row["sentence"] == made["sentence"]


async def test_an_item_is_offered_to_one_agent(floor: Floor) -> None:
    agents = [await floor.desk.person(), await floor.desk.person()]
    item = await floor.waiting()
    [refused] = await floor.propose((item, agents[0]), (item, agents[1]))
    assert (refused.agent_id, refused.agent_at_fault) == (agents[1], False)
    assert refused.reason == "the item no longer waits"
    assert await floor.offers() == [(item, agents[0], "pending", None)]


async def test_an_item_that_has_gone_leaves_nothing_behind(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.active(agent)
    before = await floor.quiet()
    [refused] = await floor.propose((item, agent))
    assert not refused.agent_at_fault
    assert await floor.quiet() == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("presence = 'away'", "the agent is away"),
        ("gone_since = now()", "the agent is offline"),
        ("capacity = 0", "the agent has no capacity left"),
        ("ceilings = '{\"mobile\": 0}'", "the agent has no capacity left"),
        ("cooldown_until = '2026-11-21T09:00:01Z'", "the agent rests after a missed offer"),
    ],
)
async def test_agent_who_cannot_take_it_is_passed_over(
    floor: Floor, change: str, reason: str
) -> None:
    agent = await floor.desk.person()
    item = await floor.waiting()
    await floor.desk.rows(f"UPDATE agent SET {change}")  # noqa: S608
    [refused] = await floor.propose((item, agent))
    assert (refused.agent_at_fault, refused.reason) == (True, reason)
    assert await floor.state(item) == "queued"


async def test_rest_that_is_over_bars_nobody(floor: Floor) -> None:
    agent = await floor.desk.person()
    await floor.desk.rows("UPDATE agent SET cooldown_until = $1", NOW)
    assert await floor.propose((await floor.waiting(), agent)) == []


async def test_one_batch_counts_what_it_has_just_given(floor: Floor) -> None:
    agent = await floor.desk.person(capacity=2)
    items = [await floor.waiting(str(n)) for n in range(3)]
    [refused] = await floor.propose(*((item, agent) for item in items))
    assert (refused.item_id, refused.reason) == (items[2], "the agent has no capacity left")


async def test_one_who_is_on_a_call_gets_nothing_else(floor: Floor) -> None:
    agent = await floor.desk.person(capacity=9)
    call, chat = await floor.waiting("1"), await floor.waiting("2")
    await floor.desk.rows("UPDATE work_item SET channel = 'voice' WHERE id = $1", call)
    assert await floor.propose((call, agent)) == []
    [refused] = await floor.propose((chat, agent))
    assert refused.reason == "the agent has no capacity left"


async def test_what_waited_under_other_rules_weighs_what_its_channel_weighs_now(
    floor: Floor,
) -> None:
    small, agent = await floor.desk.person(capacity=1), await floor.desk.person(capacity=2)
    item = await floor.waiting()
    floor.book = Published(2, channel(floor.book.rules, "mobile", weight=2))
    [refused] = await floor.propose((item, small))
    assert refused.reason == "the agent has no capacity left"
    offer = await floor.offer(item, agent)
    assert [f["weight"] for f in await floor.desk.facts("OfferMade")] == [2]
    await floor.run(accept, agent, offer, floor.book, NOW)
    row = await floor.item(item)
    assert (row["weight"], row["full_weight"]) == (2, 2)


async def test_what_an_agent_has_keeps_its_weight_under_other_rules(floor: Floor) -> None:
    agent = await floor.desk.person(capacity=3)
    mine, waiting = await floor.active(agent), await floor.waiting("2")
    floor.book = Published(2, channel(floor.book.rules, "mobile", weight=2))
    assert await floor.propose((waiting, agent)) == []
    assert (await floor.item(mine))["weight"] == 1


async def test_who_leads_no_more_writes_nothing(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.waiting()
    epoch = await floor.lead()
    await floor.desk.rows("UPDATE lease SET expires_at = now() - interval '1 second'")
    with pytest.raises(Conflict, match="Another process routes now"):
        await floor.propose((item, agent), epoch=epoch)
    await floor.lead()
    with pytest.raises(Conflict):
        await floor.propose((item, agent), epoch=epoch)
    assert await floor.offers() == []
    assert await floor.propose((item, agent)) == []


async def test_offer_stands_as_long_as_its_channel_says(floor: Floor) -> None:
    agent = await floor.desk.person()
    rules = floor.book.rules
    slow = msgspec.structs.replace(rules.channels["mobile"], offer_timeout_s=77)
    channels = {**rules.channels, "mobile": slow}
    floor.book = Published(2, msgspec.structs.replace(rules, channels=channels))
    await floor.offer(await floor.waiting(), agent)
    [row] = await floor.desk.rows("SELECT expires_at, rulebook_version FROM offer")
    assert tuple(row.values()) == (NOW + timedelta(seconds=77), 2)


async def test_offer_at_the_moment_of_signing_out_is_never_left_pending(floor: Floor) -> None:
    """Whoever is first: it is refused, or made and withdrawn."""
    await floor.lead()
    for turn in range(12):
        agent = await floor.desk.person()
        item = await floor.waiting(str(turn))
        await asyncio.gather(
            floor.propose((item, agent)),
            floor.run(set_presence, agent, "offline", None, floor.book, NOW),
        )
        assert await floor.state(item) == "queued"
    states = {row[2:] for row in await floor.offers()}
    assert states <= {("rescinded", "agent_away")}


async def test_order_at_that_very_moment_is_counted(floor: Floor) -> None:
    """The supervisor's transaction has the agent; the extension waits for it, and counts anew."""
    await floor.lead()
    agent = await floor.desk.person(capacity=1)
    given, waiting = await floor.waiting("1"), await floor.waiting("2")
    locked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: Tx) -> None:
        await assign(tx, 9, given, agent, floor.book, NOW)
        locked.set()
        await go_on.wait()

    assigning = asyncio.create_task(floor.run(slow))
    await locked.wait()
    extending = asyncio.create_task(floor.propose((waiting, agent)))
    await asyncio.sleep(0.1)
    go_on.set()
    await assigning
    [refused] = await extending
    assert refused.reason == "the agent has no capacity left"
