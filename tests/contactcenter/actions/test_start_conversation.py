import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contactcenter.actions.start_conversation import Start, start_conversation
from contactcenter.errors import BadInput, Conflict, Forbidden
from contactcenter.model.caller import Actor
from tests.contactcenter.floor import reply

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
async def customer(desk: Any) -> Any:
    """Somebody who wrote once, and whose conversation is closed."""
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    await close_all(desk)
    return customer


async def close_all(desk: Any) -> Any:
    await desk.rows("UPDATE conversation SET state = 'closed', closed_at = now()")
    await desk.rows("UPDATE work_item SET state = 'done', ended_at = now()")


@pytest.fixture
async def agent(desk: Any) -> Any:
    return await desk.person(capacity=1)


@pytest.fixture
def start(desk: Any, customer: Any, agent: Any) -> Any:
    def run(text: str = "good news", *, by: int | None = None, **wish: Any) -> Any:
        wanted = Start(text=text, **wish)
        actor = Actor("person", by or agent, "r1")
        return desk.database.run(
            lambda tx: start_conversation(tx, customer, wanted, actor, desk.book, NOW)
        )

    return run


async def refusal(starting: Any) -> Any:
    with pytest.raises(Conflict) as refused:
        await starting
    return refused.value.code


async def test_the_words_leave_by_what_the_customer_wrote_with(
    desk: Any, start: Any, agent: Any
) -> None:
    started = await start()

    [said] = await desk.rows(
        "SELECT i.text, i.direction, i.channel, i.author_kind, i.author_id, i.request_id,"
        " n.name, d.value FROM interaction i JOIN connection n ON n.id = i.connection_id"
        " JOIN identity d ON d.id = i.identity_id WHERE i.id = $1",
        started.interaction,
    )
    assert tuple(said.values()) == (
        "good news",
        "outbound",
        "mobile",
        "agent",
        agent,
        "r1",
        "front",
        "+621",
    )


async def test_the_work_is_the_agents(desk: Any, start: Any, agent: Any) -> None:
    started = await start()

    [item] = await desk.rows(
        "SELECT state, agent_id, epoch, queue, waiting_for, accepted_at FROM work_item"
        " WHERE id = $1",
        started.item,
    )
    assert tuple(item.values()) == ("active", agent, started.epoch, "care", "customer", NOW)
    [assigned] = await desk.facts("ItemAssigned")
    assert (assigned["agent"], assigned["epoch"], assigned["enqueued_at"]) == (
        agent,
        started.epoch,
        "2026-11-21T10:00:00Z",
    )
    assert assigned.get("answered_within") is None
    assert await desk.value("SELECT count(*) FROM queue_wait") == 0


async def test_it_goes_to_sleep_when_the_customer_does_not_answer(desk: Any, start: Any) -> None:
    started = await start()

    [timer] = await desk.rows("SELECT kind, subject, due_at FROM timer")
    dormant = timedelta(seconds=desk.book.rules.record.dormant_after_s)
    assert tuple(timer.values()) == ("item_idle", started.item, NOW + dormant)


async def test_the_customers_answer_comes_to_the_same_agent(
    desk: Any, start: Any, agent: Any
) -> None:
    started = await start()

    said = await desk.say("+621", "thanks", at=NOW)

    assert said.conversation == started.conversation
    assert await desk.rows("SELECT agent_id FROM work_item WHERE ended_at IS NULL") == [
        {"agent_id": agent}
    ]


async def test_the_agent_may_go_on_before_the_customer_answers(
    desk: Any, start: Any, agent: Any
) -> None:
    started = await start()

    replied = await desk.database.run(
        lambda tx: reply(
            tx,
            agent,
            started.item,
            "one more thing",
            seen=started.number,
            connection_id=None,
            book=desk.book,
            now=NOW,
        )
    )

    assert replied.number == started.number + 1


async def test_the_queue_may_be_chosen(desk: Any, start: Any) -> None:
    started = await start(queue="billing")

    assert await desk.value("SELECT queue FROM work_item WHERE id = $1", started.item) == "billing"


async def test_an_unknown_queue_is_refused(start: Any) -> None:
    with pytest.raises(BadInput) as refused:
        await start(queue="nowhere")

    assert refused.value.pointer == "/queue"


async def test_an_open_conversation_is_named(desk: Any, start: Any, customer: Any) -> None:
    said = await desk.say("+621", at=NOW)

    with pytest.raises(Conflict) as refused:
        await start()

    assert (refused.value.code, refused.value.context) == (
        "conversation-open",
        {"conversation": said.conversation},
    )
    assert await desk.customer_of(said.conversation) == customer


async def test_of_two_agents_who_write_first_at_once_one_does(
    desk: Any, start: Any, agent: Any
) -> None:
    other = await desk.person()

    results = await asyncio.gather(start(by=agent), start(by=other), return_exceptions=True)

    assert sorted(type(r).__name__ for r in results) == ["Conflict", "Started"]
    assert await desk.value("SELECT count(*) FROM conversation WHERE state = 'open'") == 1


async def test_a_message_that_comes_at_the_same_time_joins_or_is_joined(
    desk: Any, start: Any
) -> None:
    results = await asyncio.gather(start(), desk.say("+621", at=NOW), return_exceptions=True)

    assert type(results[0]).__name__ in ("Started", "Conflict")
    assert type(results[1]).__name__ == "Received"
    assert await desk.value("SELECT count(*) FROM conversation WHERE state = 'open'") == 1


async def test_the_latest_way_is_taken_unless_another_is_wished_for(
    desk: Any, start: Any, customer: Any
) -> None:
    await desk.rows(
        "INSERT INTO identity (scheme, scope, value, customer_id, verified, since)"
        " VALUES ('phone', 'site', 'v9', $1, false, now())",
        customer,
    )
    await desk.say("v9", by="site", channel="web")
    await close_all(desk)
    last = await start()
    channel = "SELECT channel FROM interaction WHERE id = $1"

    assert await desk.value(channel, last.interaction) == "web"
    await close_all(desk)
    wished = await start(channel="mobile")
    assert await desk.value(channel, wished.interaction) == "mobile"


async def test_a_channel_by_which_they_never_wrote_cannot_reach_them(start: Any) -> None:
    assert await refusal(start(channel="voice")) == "unreachable"


async def test_somebody_elses_identity_cannot_reach_them(desk: Any, start: Any) -> None:
    await desk.say("+629")
    other = await desk.value("SELECT id FROM identity WHERE value = '+629'")

    assert await refusal(start(identity=other)) == "unreachable"


async def test_a_blocked_identity_is_no_way(desk: Any, start: Any) -> None:
    await desk.rows("UPDATE identity SET blocked_at = now()")

    assert await refusal(start()) == "unreachable"


async def test_a_disabled_connection_is_no_way(desk: Any, start: Any) -> None:
    await desk.rows("UPDATE connection SET disabled_at = now()")

    assert await refusal(start()) == "unreachable"


async def test_spam_is_not_written_to(desk: Any, start: Any) -> None:
    await desk.rows("UPDATE customer SET spam_at = now()")

    assert await refusal(start()) == "spam"


async def test_nobody_takes_more_than_their_capacity(desk: Any, start: Any, agent: Any) -> None:
    await desk.say("+629")
    await desk.rows(
        "UPDATE work_item SET state = 'active', agent_id = $1 WHERE ended_at IS NULL", agent
    )

    assert await refusal(start()) == "at-capacity"
    assert await desk.value("SELECT count(*) FROM conversation WHERE state = 'open'") == 1


async def test_who_is_not_at_their_desk_takes_nothing(desk: Any, start: Any) -> None:
    await desk.rows("UPDATE agent SET gone_since = now()")

    assert await refusal(start()) == "agent-offline"


async def test_who_takes_no_work_starts_none(desk: Any, start: Any) -> None:
    supervisor = await desk.person("supervisor", capacity=None)

    with pytest.raises(Forbidden) as refused:
        await start(by=supervisor)

    assert refused.value.code == "not-an-agent"


async def test_it_is_on_the_audit_trail(desk: Any, start: Any, agent: Any) -> None:
    started = await start()

    [entry] = await desk.rows("SELECT action, actor_id, subject_kind, subject_id FROM audit")
    assert tuple(entry.values()) == (
        "conversation.start",
        agent,
        "conversation",
        started.conversation,
    )
