import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contactcenter.actions.mark_spam import mark_spam, unmark_spam
from contactcenter.actions.receive import receive
from contactcenter.errors import Conflict
from contactcenter.model.caller import Actor

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
async def customer(desk: Any) -> Any:
    return await desk.customer_of((await desk.say("+621")).conversation)


@pytest.fixture
def mark(desk: Any, customer: Any) -> Any:
    def run(by: int = 7, *, others_work: bool = False) -> Any:
        actor = Actor("person", by)
        return desk.database.run(
            lambda tx: mark_spam(tx, customer, actor, NOW, others_work=others_work)
        )

    return run


async def offered(desk: Any) -> Any:
    """Put the item to an agent, as the router's offer leaves the rows."""
    agent = await desk.person()
    await desk.rows("UPDATE work_item SET state = 'offered'")
    await desk.rows(
        "INSERT INTO offer (item_id, agent_id, made_at, expires_at, sentence, explanation,"
        " rulebook_version, queue) SELECT id, $1, $2, $3, '', '{}', 1, queue FROM work_item",
        agent,
        NOW,
        NOW + timedelta(seconds=20),
    )
    return agent


@pytest.mark.parametrize("state", ["bot", "queued"])
async def test_work_that_nobody_has_is_cancelled(desk: Any, mark: Any, state: str) -> None:
    await desk.rows("UPDATE work_item SET state = $1", state)

    await mark()

    assert await desk.rows("SELECT state, ended_at FROM work_item") == [
        {"state": "cancelled", "ended_at": NOW}
    ]
    assert [f["reason"] for f in await desk.facts("ItemCancelled")] == ["spam"]
    assert await desk.rows("SELECT state, close_reason, closed_at FROM conversation") == [
        {"state": "closed", "close_reason": "spam", "closed_at": NOW}
    ]
    assert [f["reason"] for f in await desk.facts("ConversationClosed")] == ["spam"]


async def test_a_pending_offer_is_withdrawn_and_counts_against_nobody(desk: Any, mark: Any) -> None:
    agent = await offered(desk)
    before = await desk.rows("SELECT * FROM agent")

    await mark()

    assert await desk.rows("SELECT state, reason FROM offer") == [
        {"state": "rescinded", "reason": "spam"}
    ]
    assert await desk.rows("SELECT * FROM agent") == before
    [ended] = await desk.facts("OfferEnded")
    assert (ended["agent"], ended["state"], ended.get("misses", 0)) == (agent, "rescinded", 0)
    assert await desk.value("SELECT state FROM work_item") == "cancelled"


async def test_the_agents_own_work_is_done_as_spam(desk: Any, mark: Any) -> None:
    agent = await desk.person()
    await desk.rows("UPDATE work_item SET state = 'active', agent_id = $1", agent)

    await mark(agent)

    assert await desk.rows("SELECT state, disposition FROM work_item") == [
        {"state": "done", "disposition": "spam"}
    ]
    assert [f["agent"] for f in await desk.facts("ItemDone")] == [agent]
    assert [f["agents"] for f in await desk.facts("ConversationClosed")] == [[agent]]
    assert await desk.value("SELECT idle_since FROM agent") == NOW


async def test_another_agents_work_is_left_alone(desk: Any, mark: Any) -> None:
    agent = await desk.person()
    await desk.rows("UPDATE work_item SET state = 'active', agent_id = $1", agent)

    with pytest.raises(Conflict) as refused:
        await mark(agent + 1)

    assert refused.value.code == "not-yours"
    assert await desk.value("SELECT spam_at FROM customer") is None
    assert await desk.value("SELECT state FROM work_item") == "active"


async def test_a_supervisor_ends_anybodys_work(desk: Any, mark: Any) -> None:
    agent = await desk.person()
    await desk.rows("UPDATE work_item SET state = 'wrapup', agent_id = $1", agent)

    await mark(agent + 1, others_work=True)

    assert await desk.value("SELECT state FROM work_item") == "done"


async def test_marking_again_leaves_no_trace(desk: Any, mark: Any) -> None:
    assert [await mark(), await mark()] == [NOW, NOW]

    assert len(await desk.facts("CustomerChanged")) == 1
    assert await desk.rows("SELECT action FROM audit") == [{"action": "customer.spam"}]


async def test_what_a_marked_customer_sends_is_kept_and_makes_no_work(desk: Any, mark: Any) -> None:
    await mark()

    said = await desk.say("+621", "buy now", at=NOW)

    assert await desk.value("SELECT text FROM interaction WHERE id = $1", said.interaction) == (
        "buy now"
    )
    assert await desk.value("SELECT count(*) FROM work_item WHERE ended_at IS NULL") == 0


async def test_a_mark_while_messages_come_in_leaves_no_work_and_loses_no_message(
    desk: Any, mark: Any
) -> None:
    def take(inbound: Any) -> Any:
        return desk.database.run(lambda tx: receive(tx, [inbound], desk.book, NOW))

    inbound = [await desk.inbound("+621", f"{n}", at=NOW) for n in range(12)]
    await asyncio.gather(*map(take, inbound[:6]), mark(), *map(take, inbound[6:]))

    assert await desk.value("SELECT count(*) FROM interaction") == 13
    assert await desk.value("SELECT count(*) FROM work_item WHERE ended_at IS NULL") == 0
    numbers = await desk.rows(
        "SELECT count(*) = max(number) AS gapless FROM interaction GROUP BY conversation_id"
    )
    assert [n["gapless"] for n in numbers] == [True] * len(numbers)


async def test_an_unmarked_customers_open_conversation_is_queued(
    desk: Any, customer: Any, mark: Any
) -> None:
    await mark()
    said = await desk.say("+621", "I am a person", at=NOW)

    await desk.database.run(
        lambda tx: unmark_spam(tx, customer, Actor("person", 7), desk.book, NOW)
    )

    live = await desk.rows(
        "SELECT conversation_id, state, queue FROM work_item WHERE ended_at IS NULL"
    )
    assert live == [{"conversation_id": said.conversation, "state": "queued", "queue": "care"}]
    assert [f["because"] for f in await desk.facts("ItemQueued")][-1] == "reopened"
    assert await desk.value("SELECT spam_at FROM customer") is None


async def test_unmarking_whom_nobody_marked_leaves_no_trace(desk: Any, customer: Any) -> None:
    await desk.database.run(
        lambda tx: unmark_spam(tx, customer, Actor("person", 7), desk.book, NOW)
    )

    assert await desk.facts("CustomerChanged") == []
    assert await desk.rows("SELECT * FROM audit") == []
