from datetime import timedelta

import pytest

from contactcenter.actions.abandon import leave
from contactcenter.errors import NotFound
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import NOW, Desk
from tests.contactcenter.floor import queue

LATER = NOW + timedelta(seconds=60)
"""Exactly the target of the queue for customer care."""


async def go(desk: Desk, conversation: int, seconds: int = 60) -> str:
    at = NOW + timedelta(seconds=seconds)
    return await desk.database.run(lambda tx: leave(tx, conversation, desk.book, at))


async def test_who_leaves_a_bot_has_waited_for_nobody(desk: Desk) -> None:
    conversation = (await desk.say("+621")).conversation
    await desk.rows("UPDATE work_item SET state = 'bot'")
    assert await go(desk, conversation) == "abandoned"
    assert await desk.rows("SELECT state, ended_at FROM work_item") == [
        {"state": "cancelled", "ended_at": LATER}
    ]
    assert await desk.rows("SELECT * FROM queue_wait") == []
    assert [f["reason"] for f in await desk.facts("ItemCancelled")] == ["customer_left"]
    assert [f["reason"] for f in await desk.facts("ConversationClosed")] == ["abandoned"]


async def test_work_that_waits_for_an_agent_is_abandoned(desk: Desk) -> None:
    conversation = (await desk.say("+621")).conversation
    assert await go(desk, conversation) == "abandoned"
    assert await desk.rows("SELECT state, ended_at FROM work_item") == [
        {"state": "abandoned", "ended_at": LATER}
    ]
    assert await desk.rows("SELECT state, close_reason FROM conversation") == [
        {"state": "closed", "close_reason": "abandoned"}
    ]
    [closed] = await desk.facts("ConversationClosed")
    assert closed["reason"] == "abandoned"


@pytest.mark.parametrize(("seconds", "within"), [(60, True), (61, False)])
async def test_wait_is_counted_against_the_queues_target(
    desk: Desk, seconds: int, *, within: bool
) -> None:
    conversation = (await desk.say("+621")).conversation
    await go(desk, conversation, seconds)
    assert await desk.rows("SELECT queue, outcome, enqueued_at, within FROM queue_wait") == [
        {"queue": "care", "outcome": "abandoned", "enqueued_at": NOW, "within": within}
    ]
    [fact] = await desk.facts("ItemAbandoned")
    assert fact["within"] is within


async def test_who_leaves_before_the_opening_has_waited_for_nobody(desk: Desk) -> None:
    desk.book = Published(1, queue(desk.book.rules, "care", calendar="office"))
    conversation = (await desk.say("+621")).conversation  # on a Saturday
    assert await go(desk, conversation) == "abandoned"
    assert await desk.rows("SELECT state FROM work_item") == [{"state": "cancelled"}]
    assert await desk.rows("SELECT * FROM queue_wait") == []


async def test_pending_offer_is_withdrawn_and_counts_against_nobody(desk: Desk) -> None:
    conversation = (await desk.say("+621")).conversation
    agent = await desk.person()
    await desk.rows("UPDATE work_item SET state = 'offered'")
    await desk.rows(
        "INSERT INTO offer (item_id, agent_id, made_at, expires_at, sentence, explanation,"
        " rulebook_version, queue) SELECT id, $1, $2, $2, '', '{}', 1, queue FROM work_item",
        agent,
        NOW,
    )
    before = await desk.rows("SELECT * FROM agent")
    assert await go(desk, conversation) == "abandoned"
    [ended] = await desk.facts("OfferEnded")
    assert (ended["state"], ended["reason"], ended.get("misses", 0)) == (
        "rescinded",
        "customer_left",
        0,
    )
    assert await desk.rows("SELECT * FROM agent") == before


@pytest.mark.parametrize("state", ["active", "wrapup"])
async def test_whoever_has_the_work_is_told_and_nothing_else_happens(
    desk: Desk, state: str
) -> None:
    conversation = (await desk.say("+621")).conversation
    agent = await desk.person()
    await desk.rows("UPDATE work_item SET state = $1, agent_id = $2", state, agent)
    items = await desk.rows("SELECT * FROM work_item")
    assert await go(desk, conversation) == "told"
    assert await desk.rows("SELECT * FROM work_item") == items
    [_, note] = await desk.facts("InteractionAppended")
    said = note["said"]
    assert isinstance(said, dict)
    assert (said["text"], said["kind"], said["direction"], said["author_kind"]) == (
        "The customer has left the chat.",
        "note",
        "internal",
        "system",
    )
    assert note["agents"] == [agent]


async def test_who_left_before_leaves_nothing(desk: Desk) -> None:
    conversation = (await desk.say("+621")).conversation
    await go(desk, conversation)
    assert await go(desk, conversation) == "nothing"
    assert len(await desk.facts("ItemAbandoned")) == 1


async def test_unknown_conversation_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await go(desk, 99)
