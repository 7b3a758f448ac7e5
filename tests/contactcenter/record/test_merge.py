from datetime import timedelta
from typing import Any

import pytest

from contactcenter.record.merge import merge_into
from contactcenter.record.party import lock
from tests.contactcenter.conftest import NOW, Desk

LATER = NOW + timedelta(minutes=5)


class Two:
    """Two customers, each with an open conversation; the first one's is the elder."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def meet(self) -> None:
        self.elder = (await self.desk.say("+621", "first")).conversation
        self.younger = (await self.desk.say("+622", "second")).conversation
        self.first = await self.desk.customer_of(self.elder)
        self.second = await self.desk.customer_of(self.younger)

    async def merge(self, loser: int, winner: int) -> None:
        async def action(tx: Any) -> None:
            locked = await lock(tx, [loser, winner])
            await merge_into(tx, locked[loser], locked[winner], self.desk.book, LATER)

        await self.desk.database.run(action)

    async def have(self, conversation: int, state: str, **fields: Any) -> int:
        """Put the conversation's item into a state; returns the item's id."""
        settings = "".join(f", {name} = ${n}" for n, name in enumerate(fields, 3))
        return await self.desk.value(
            f"UPDATE work_item SET state = $2{settings} WHERE conversation_id = $1 RETURNING id",  # noqa: S608
            conversation,
            state,
            *fields.values(),
        )

    async def offer(self, item: int) -> int:
        agent = await self.desk.person()
        await self.desk.rows(
            "INSERT INTO offer (item_id, agent_id, made_at, expires_at, sentence, explanation,"
            " rulebook_version, queue) VALUES ($1, $2, $3, $3, '', '{}', 1, 'care')",
            item,
            agent,
            NOW,
        )
        return agent

    async def conversations(self) -> list[tuple[object, ...]]:
        rows = await self.desk.rows(
            "SELECT customer_id, party_id, state, close_reason FROM conversation ORDER BY id"
        )
        return [tuple(row.values()) for row in rows]

    async def items(self) -> list[tuple[object, ...]]:
        rows = await self.desk.rows(
            "SELECT conversation_id, customer_id, state, waiting_for FROM work_item ORDER BY id"
        )
        return [tuple(row.values()) for row in rows]


@pytest.fixture
async def two(desk: Desk) -> Two:
    two = Two(desk)
    await two.meet()
    return two


@pytest.mark.parametrize("loser", ["first", "second"])
async def test_the_younger_of_two_open_conversations_closes(two: Two, loser: str) -> None:
    lost = getattr(two, loser)
    won = two.second if loser == "first" else two.first
    await two.merge(lost, won)
    assert await two.conversations() == [
        (two.first, won, "open", None),
        (two.second, won, "closed", "merged"),
    ]
    [closed] = await two.desk.facts("ConversationClosed")
    assert (closed["conversation"], closed["customer"]) == (two.younger, won)
    [merged] = await two.desk.facts("CustomersMerged")
    assert (merged["customer"], merged["into"]) == (lost, won)


async def test_work_on_the_younger_is_cancelled_where_the_elder_has_work(two: Two) -> None:
    await two.have(two.elder, "active", waiting_for="customer", agent_id=await two.desk.person())
    await two.merge(two.second, two.first)
    assert await two.items() == [
        (two.elder, two.first, "active", "us"),
        (two.younger, two.first, "cancelled", "us"),
    ]
    [cancelled] = await two.desk.facts("ItemCancelled")
    assert (cancelled["reason"], cancelled["customer"]) == ("merged", two.first)
    [waiting] = await two.desk.facts("ItemWaiting")
    assert (waiting["conversation"], waiting["waiting_for"]) == (two.elder, "us")


async def test_pending_offer_of_the_younger_is_withdrawn(two: Two) -> None:
    item = await two.have(two.younger, "offered")
    agent = await two.offer(item)
    await two.merge(two.second, two.first)
    [ended] = await two.desk.facts("OfferEnded")
    assert (ended["agent"], ended["state"], ended["reason"]) == (agent, "rescinded", "merged")
    assert await two.desk.value("SELECT state FROM offer") == "rescinded"


async def test_agent_of_the_younger_is_free_and_told(two: Two) -> None:
    agent = await two.desk.person()
    await two.have(two.younger, "active", agent_id=agent)
    await two.merge(two.second, two.first)
    [closed] = await two.desk.facts("ConversationClosed")
    assert closed["agents"] == [agent]
    assert await two.desk.value("SELECT idle_since FROM agent") == LATER


async def test_agent_who_sleeps_on_the_elder_is_woken(two: Two) -> None:
    agent = await two.desk.person()
    await two.have(two.elder, "active", agent_id=agent, waiting_for="customer", weight=0)
    await two.merge(two.second, two.first)
    [weighed] = await two.desk.facts("ItemWeighed")
    assert (weighed["agent"], weighed["weight"], weighed["dormant"]) == (agent, 1, False)


async def test_work_that_was_finished_counts_as_done(two: Two) -> None:
    agent = await two.desk.person()
    await two.have(two.younger, "wrapup", agent_id=agent, disposition="solved")
    await two.have(two.elder, "active", agent_id=agent, waiting_for="customer")
    await two.merge(two.second, two.first)
    [done] = await two.desk.facts("ItemDone")
    assert (done["agent"], done["disposition"]) == (agent, "solved")
    assert [i[2:] for i in await two.items()] == [("active", "customer"), ("done", "us")]
    [closed] = await two.desk.facts("ConversationClosed")
    assert (closed["conversation"], closed["reason"]) == (two.younger, "merged")


async def test_work_moves_to_an_elder_that_has_none(two: Two) -> None:
    await two.desk.rows("DELETE FROM work_item WHERE conversation_id = $1", two.elder)
    agent = await two.desk.person()
    item = await two.have(two.younger, "active", agent_id=agent)
    await two.merge(two.second, two.first)
    assert await two.items() == [(two.elder, two.first, "active", "us")]
    [moved] = await two.desk.facts("ItemMoved")
    told = (moved["item"], moved["conversation"], moved["from_conversation"], moved["agent"])
    assert told == (item, two.elder, two.younger, agent)


async def test_bot_goes_with_its_work(two: Two) -> None:
    bot, _ = await two.desk.key()
    await two.desk.rows("DELETE FROM work_item WHERE conversation_id = $1", two.elder)
    await two.have(two.younger, "bot", bot_id=bot)
    await two.merge(two.second, two.first)
    assert await two.desk.value("SELECT bot_id FROM conversation WHERE id = $1", two.elder) == bot


async def test_younger_without_work_just_closes(two: Two) -> None:
    await two.desk.rows("DELETE FROM work_item WHERE conversation_id = $1", two.younger)
    await two.merge(two.second, two.first)
    assert (await two.conversations())[1] == (two.second, two.first, "closed", "merged")
    assert await two.desk.facts("ItemCancelled") == []


async def test_only_open_conversation_of_the_loser_goes_on_with_the_winner(two: Two) -> None:
    await two.desk.rows(
        "UPDATE conversation SET state = 'closed', close_reason = 'resolved' WHERE id = $1",
        two.elder,
    )
    await two.merge(two.second, two.first)
    assert await two.conversations() == [
        (two.first, two.first, "closed", "resolved"),
        (two.second, two.first, "open", None),
    ]
    said = await two.desk.say("+621", "third", at=LATER)
    assert (said.conversation, said.number) == (two.younger, 2)


async def test_what_was_said_keeps_its_place_and_order(two: Two) -> None:
    await two.desk.say("+621", "third")
    everything = "SELECT id, conversation_id, number, position, text FROM interaction ORDER BY id"
    before = await two.desk.rows(everything)
    await two.merge(two.second, two.first)
    assert await two.desk.rows(everything) == before


async def test_what_both_say_from_now_on_is_one_conversation(two: Two) -> None:
    await two.merge(two.second, two.first)
    again = [await two.desk.say(who, at=LATER) for who in ("+621", "+622")]
    assert [(r.conversation, r.number) for r in again] == [(two.elder, 2), (two.elder, 3)]
