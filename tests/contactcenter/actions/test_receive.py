import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from contactcenter.actions.merge import merge, unmerge
from contactcenter.actions.presence import set_presence
from contactcenter.actions.receive import Inbound, Received, receive
from contactcenter.actions.transfer import assign
from contactcenter.actions.wrap_up import finish_wrap_up
from contactcenter.db.database import Database
from contactcenter.errors import BadInput, Forbidden
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.actions.test_presence import Sockets
from tests.contactcenter.floor import Floor, reply, resolve
from tests.contactcenter.invariants import broken

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
async def elsewhere(database_url: str) -> AsyncIterator[Database]:
    """Another process."""
    database = await Database.open(database_url, size=4)
    yield database
    await database.close()


@pytest.fixture(autouse=True)
async def sound(desk: Any) -> AsyncIterator[None]:
    """Whatever a test does, the record holds together afterwards."""
    yield
    assert await broken(desk.database) == []


async def take(
    desk: Any, *batch: Inbound, database: Database | None = None, at: datetime = NOW
) -> list[Received | Exception]:
    return await (database or desk.database).run(lambda tx: receive(tx, batch, desk.book, at))


def at(**later: float) -> datetime:
    return NOW + timedelta(**later)


async def kinds(desk: Any) -> list[str]:
    rows = await desk.rows("SELECT fact ->> 'fact' AS kind FROM log ORDER BY seq")
    return [row["kind"] for row in rows]


async def item(desk: Any) -> dict[str, Any]:
    """The newest work item."""
    [row] = await desk.rows("SELECT * FROM work_item ORDER BY id DESC LIMIT 1")
    return row


async def given(desk: Any, who: str = "+621", *, capacity: int = 3) -> int:
    """An agent who has the work of what this customer said; returns the agent."""
    await desk.say(who, at=NOW)
    agent = await desk.person(capacity=capacity)
    await hand(desk, agent)
    return agent


async def hand(desk: Any, agent: int) -> None:
    newest = (await item(desk))["id"]
    await desk.database.run(lambda tx: assign(tx, 1, newest, agent, desk.book, NOW))


async def answers(desk: Any, agent: int, now: datetime = NOW) -> None:
    newest = (await item(desk))["id"]
    await desk.database.run(
        lambda tx: reply(
            tx, agent, newest, "yes", seen=99, connection_id=None, book=desk.book, now=now
        )
    )


async def sleeps(desk: Any) -> None:
    """The newest item is dormant."""
    newest = (await item(desk))["id"]
    await desk.rows("UPDATE work_item SET weight = 0 WHERE id = $1", newest)
    await tell(desk, "ItemWeighed", newest, weight=0, dormant=True)


async def tell(desk: Any, kind: str, newest: int, **fields: Any) -> None:
    """The fact that goes with what a test has set by hand."""
    row = await item(desk)
    fact = {
        "fact": kind,
        "at": NOW,
        "item": newest,
        "conversation": row["conversation_id"],
        "customer": row["customer_id"],
        "queue": row["queue"],
        "channel": row["channel"],
        "agent": row["agent_id"],
        **fields,
    }
    encoded = msgspec.json.encode(fact).decode()
    await desk.rows("SELECT log_append(ARRAY[$1::json])", encoded)


async def resolved(desk: Any, agent: int, now: datetime) -> None:
    newest = (await item(desk))["id"]
    await desk.database.run(lambda tx: resolve(tx, agent, newest, "solved", desk.book, now))
    await desk.database.run(lambda tx: finish_wrap_up(tx, agent, newest, now))


# A customer, a conversation, work ---------------------------------------------------------------


async def test_a_stranger_becomes_a_customer_whose_work_waits(desk: Any) -> None:
    inbound = await desk.inbound("+621", "help me", at=NOW)

    [received] = await take(desk, inbound)

    assert (received.number, received.duplicate) == (1, False)
    assert await desk.rows("SELECT id, text, author_kind, direction FROM interaction") == [
        {
            "id": received.interaction,
            "text": "help me",
            "author_kind": "customer",
            "direction": "inbound",
        }
    ]
    found = await item(desk)
    assert (found["state"], found["queue"], found["waiting_for"]) == ("queued", "care", "us")
    assert await kinds(desk) == ["ConversationOpened", "ItemQueued", "InteractionAppended"]


async def test_where_a_bot_is_named_it_has_the_work_first(desk: Any) -> None:
    bot = await desk.value(
        "INSERT INTO api_key (name, secret_hash, scopes, created_at)"
        " VALUES ('assistant', '', '{}', now()) RETURNING id"
    )

    await desk.say("v1", by="web", channel="web")

    found = await item(desk)
    assert (found["state"], found["bot_id"], found["queue"]) == ("bot", bot, "care")
    assert await desk.value("SELECT bot_id FROM conversation") == bot
    assert await kinds(desk) == ["ConversationOpened", "BotOwned", "InteractionAppended"]
    [appended] = await desk.facts("InteractionAppended")
    assert (appended["bot"], appended["epoch"]) == (bot, found["epoch"])


async def test_where_the_bot_is_gone_people_have_the_work(desk: Any) -> None:
    await desk.say("v1", by="web", channel="web")
    assert (await item(desk))["state"] == "queued"


async def test_many_words_of_one_conversation_in_a_batch_are_numbered_in_order(desk: Any) -> None:
    batch = [await desk.inbound(who, f"{who} {n}") for n in range(20) for who in ("+621", "+622")]

    results = await take(desk, *batch)

    assert [r.number for r in results] == [n for n in range(1, 21) for _ in range(2)]
    texts = await desk.rows("SELECT text FROM interaction ORDER BY conversation_id, number")
    assert sorted([[t["text"] for t in texts[:20]], [t["text"] for t in texts[20:]]]) == [
        [f"{who} {n}" for n in range(20)] for who in ("+621", "+622")
    ]


async def test_two_identities_of_one_customer_speak_in_one_conversation(desk: Any) -> None:
    one = await desk.say("+621")
    two = await desk.say("+622")
    await join(desk, two, one)

    results = await take(desk, await desk.inbound("+622"), await desk.inbound("+621"))

    assert [r.conversation for r in results] == [one.conversation] * 2
    assert [r.number for r in results] == [2, 3]


async def join(desk: Any, loser: Received, winner: Received) -> tuple[int, int]:
    lost, won = (
        await desk.customer_of(loser.conversation),
        await desk.customer_of(winner.conversation),
    )
    await desk.database.run(lambda tx: merge(tx, lost, won, SYSTEM, desk.book, NOW))
    return lost, won


async def test_nothing_received_is_nothing_done(desk: Any) -> None:
    assert await take(desk) == []
    assert await kinds(desk) == []


# Each thing once --------------------------------------------------------------------------------


async def test_the_same_key_twice_in_a_batch_is_said_once(desk: Any) -> None:
    inbound = await desk.inbound("+621")

    first, second = await take(desk, inbound, msgspec.structs.replace(inbound))

    assert second == msgspec.structs.replace(first, duplicate=True)
    assert await desk.value("SELECT count(*) FROM interaction") == 1


async def test_the_same_key_later_gives_the_first_answer(desk: Any) -> None:
    inbound = await desk.inbound("+621")
    [first] = await take(desk, inbound)
    await desk.say("+621")

    [second] = await take(desk, inbound, at=at(hours=1))

    assert second == msgspec.structs.replace(first, duplicate=True)
    assert await desk.value("SELECT count(*) FROM interaction") == 2


async def test_the_same_key_in_two_processes_at_once_is_said_once(
    desk: Any, elsewhere: Database
) -> None:
    for n in range(10):
        inbound = await desk.inbound(f"+62{n % 3}")
        answers = await asyncio.gather(
            *(take(desk, inbound, database=d) for d in (desk.database, elsewhere) * 2)
        )
        places = {(r.interaction, r.conversation, r.number) for [r] in answers}
        assert (len(places), sorted(r.duplicate for [r] in answers)) == (1, [False] + [True] * 3)
    assert await desk.value("SELECT count(*) FROM interaction") == 10


async def test_the_same_key_with_other_content_is_refused(desk: Any) -> None:
    inbound = await desk.inbound("+621")
    other = msgspec.structs.replace(inbound, digest=b"other", text="other")

    first, clash = await take(desk, inbound, other)
    [again] = await take(desk, other)

    assert (first.duplicate, type(clash), type(again)) == (False, BadInput, BadInput)
    assert (clash.code, again.code) == ("key-reused", "key-reused")
    assert await desk.rows("SELECT text FROM interaction") == [{"text": "hello"}]


async def test_a_key_belongs_to_its_connection(desk: Any) -> None:
    inbound = await desk.inbound("+621")
    same = msgspec.structs.replace(
        await desk.inbound("+621", by="other"), key=inbound.key, digest=inbound.digest
    )

    results = await take(desk, inbound, same)

    assert [r.duplicate for r in results] == [False, False]


# One customer -----------------------------------------------------------------------------------


async def test_the_same_stranger_twice_in_a_batch_is_one_customer(desk: Any) -> None:
    results = await take(desk, await desk.inbound("+621"), await desk.inbound("+621"))

    assert [r.number for r in results] == [1, 2]
    assert await desk.value("SELECT count(*) FROM customer") == 1
    assert await desk.value("SELECT count(*) FROM conversation") == 1


async def test_the_same_strangers_in_two_processes_at_once_are_one_customer_each(
    desk: Any, elsewhere: Database
) -> None:
    async def batch(names: Sequence[int]) -> list[Inbound]:
        return [await desk.inbound(f"+62{n}") for n in names]

    up, down = await batch(range(15)), await batch(range(14, -1, -1))
    some = await batch([3, 7, 11])

    await asyncio.gather(
        take(desk, *up),
        take(desk, *down, database=elsewhere),
        take(desk, *some, database=elsewhere),
        take(desk, *some),
    )

    assert await desk.value("SELECT count(*) FROM customer") == 15
    assert await desk.value("SELECT count(*) FROM identity") == 15
    assert await desk.value("SELECT count(*) FROM conversation") == 15
    assert await desk.value("SELECT count(*) FROM interaction") == 33


async def test_who_is_merged_while_their_words_arrive_speaks_as_the_other(desk: Any) -> None:
    one, two = await desk.say("+621"), await desk.say("+622")
    lost, won = [await desk.customer_of(r.conversation) for r in (two, one)]

    async with desk.connection.transaction():
        await desk.rows("SELECT FROM customer WHERE id = $1 FOR NO KEY UPDATE", lost)
        waiting = asyncio.create_task(take(desk, await desk.inbound("+622")))
        await blocked(desk, waiting)
        await desk.rows("UPDATE customer SET merged_into = $2 WHERE id = $1", lost, won)
        await desk.rows(
            "UPDATE conversation SET state = 'closed', close_reason = 'merged',"
            " party_id = $2, closed_at = $3 WHERE id = $1",
            two.conversation,
            won,
            NOW,
        )
        await desk.rows(
            "UPDATE work_item SET state = 'cancelled' WHERE conversation_id = $1", two.conversation
        )
        cancelled = (await item(desk))["id"]
        await tell(desk, "ItemCancelled", cancelled, agent=None, reason="merged")

    [received] = await waiting
    assert received.conversation == one.conversation


async def test_who_is_parted_while_their_words_arrive_speaks_for_themself(desk: Any) -> None:
    one, two = await desk.say("+621"), await desk.say("+622")
    lost, won = await join(desk, two, one)

    async with desk.connection.transaction():
        await desk.rows("SELECT FROM customer WHERE id = $1 FOR NO KEY UPDATE", won)
        parting = asyncio.create_task(desk.database.run(lambda tx: unmerge(tx, lost, SYSTEM, NOW)))
        await blocked(desk, parting)
        waiting = asyncio.create_task(take(desk, await desk.inbound("+622")))
        await blocked(desk, waiting, by=2)

    await parting
    [received] = await waiting
    assert await desk.customer_of(received.conversation) == lost


async def blocked(desk: Any, task: "asyncio.Task[Any]", by: int = 1) -> None:
    """Until the task waits for a row that somebody holds."""
    async with asyncio.timeout(10):
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while await desk.database._pool.fetchval(waiting) < by:
            assert not task.done(), task.result()


# Refused senders and spam -----------------------------------------------------------------------


async def test_a_blocked_sender_leaves_nothing_behind(desk: Any) -> None:
    await desk.say("+621")
    await desk.rows("UPDATE identity SET blocked_at = now()")
    before = await desk.rows("SELECT * FROM conversation")
    inbound = await desk.inbound("+621")

    blocked, taken, again = await take(desk, inbound, await desk.inbound("+622"), inbound)

    assert (type(blocked), type(again), taken.number) == (Forbidden, Forbidden, 1)
    assert blocked.code == "blocked"
    assert await desk.value("SELECT count(*) FROM interaction") == 2
    assert await desk.value("SELECT count(*) FROM dedupe WHERE key = $1", inbound.key) == 0
    assert (await desk.rows("SELECT * FROM conversation ORDER BY id"))[:1] == before


async def test_a_sender_who_is_no_longer_blocked_may_use_the_key(desk: Any) -> None:
    await desk.say("+621")
    await desk.rows("UPDATE identity SET blocked_at = now()")
    inbound = await desk.inbound("+621")
    await take(desk, inbound)
    await desk.rows("UPDATE identity SET blocked_at = NULL")

    [received] = await take(desk, inbound)

    assert (received.number, received.duplicate) == (2, False)


async def test_spam_is_kept_and_makes_no_work(desk: Any) -> None:
    first = await desk.say("+621")
    await desk.rows("UPDATE customer SET spam_at = now()")
    await desk.rows(
        "UPDATE conversation SET state = 'closed', close_reason = 'spam', closed_at = $1", NOW
    )
    await desk.rows("UPDATE work_item SET state = 'cancelled'")
    await tell(desk, "ItemCancelled", (await item(desk))["id"], agent=None, reason="spam")

    again = await desk.say("+621")

    assert (again.conversation, again.number) == (first.conversation, 2)
    assert await desk.value("SELECT count(*) FROM work_item") == 1


# Coming back ------------------------------------------------------------------------------------


async def test_within_the_window_a_conversation_is_opened_again_for_its_agent(desk: Any) -> None:
    agent = await given(desk)
    await resolved(desk, agent, NOW)
    window = desk.book.rules.record.reopen_window_s

    received = await desk.say("+621", at=at(seconds=window - 1))

    assert (received.number, await desk.value("SELECT count(*) FROM conversation")) == (2, 1)
    found = await item(desk)
    patience = desk.book.rules.queues["care"].sticky_patience_s
    assert (found["state"], found["sticky_agent_id"]) == ("queued", agent)
    assert found["sticky_until"] == at(seconds=window - 1 + patience)
    assert await desk.value("SELECT count(*) FROM work_item") == 2
    assert [f["because"] for f in await desk.facts("ItemQueued")] == ["arrived", "reopened"]
    assert len(await desk.facts("ConversationReopened")) == 1


async def test_after_the_window_a_new_conversation_begins(desk: Any) -> None:
    agent = await given(desk)
    await resolved(desk, agent, NOW)
    window = desk.book.rules.record.reopen_window_s

    received = await desk.say("+621", at=at(seconds=window + 1))

    assert (received.number, await desk.value("SELECT count(*) FROM conversation")) == (1, 2)
    assert (await item(desk))["sticky_agent_id"] is None


async def test_where_nobody_had_it_what_is_opened_again_arrives_as_before(desk: Any) -> None:
    await desk.say("+621", at=NOW)
    await desk.rows(
        "UPDATE conversation SET state = 'closed', close_reason = 'abandoned', closed_at = $1", NOW
    )
    await desk.rows("UPDATE work_item SET state = 'abandoned'")
    left = (await item(desk))["id"]
    await tell(desk, "ItemAbandoned", left, agent=None, enqueued_at=NOW, within=True)

    received = await desk.say("+621", at=at(minutes=1))

    assert (received.number, (await item(desk))["sticky_agent_id"]) == (2, None)


async def test_what_was_merged_away_is_not_opened_again(desk: Any) -> None:
    one = await desk.say("+621")
    two = await desk.say("+622")
    await join(desk, two, one)
    agent = await desk.person()
    elder = await desk.value("SELECT id FROM work_item WHERE state = 'queued'")
    await desk.database.run(lambda tx: assign(tx, 1, elder, agent, desk.book, NOW))
    await desk.database.run(lambda tx: resolve(tx, agent, elder, "solved", desk.book, NOW))
    await desk.database.run(lambda tx: finish_wrap_up(tx, agent, elder, NOW))

    again = await desk.say("+622", at=at(minutes=1))

    assert again.conversation == one.conversation


async def test_what_is_resolved_while_words_arrive_is_opened_again(
    desk: Any, elsewhere: Database
) -> None:
    agent = await given(desk)
    number = (await item(desk))["id"]
    await desk.database.run(lambda tx: resolve(tx, agent, number, "solved", desk.book, NOW))
    inbound = await desk.inbound("+621")

    for_reading = asyncio.Event()

    async def finish(tx: Any) -> None:
        await finish_wrap_up(tx, agent, number, NOW)
        for_reading.set()
        await asyncio.sleep(0.1)

    finishing = asyncio.create_task(elsewhere.run(finish))
    await for_reading.wait()
    [received] = await take(desk, inbound, at=at(seconds=1))
    await finishing

    assert received.number == 2
    found = await item(desk)
    assert (found["state"], found["id"] > number) == ("queued", True)


async def test_conversations_are_locked_by_id_whether_open_or_not(desk: Any) -> None:
    """Timers of work that has ended lock by id too: in another order the two would deadlock."""
    agent = await given(desk, "+621")
    await resolved(desk, agent, NOW)
    opened = await desk.say("+622")
    batch = [await desk.inbound("+621"), await desk.inbound("+622")]

    async with desk.connection.transaction():
        await desk.rows("SELECT FROM conversation WHERE state = 'closed' FOR NO KEY UPDATE")
        waiting = asyncio.create_task(take(desk, *batch))
        await blocked(desk, waiting)
        await desk.rows(
            "SELECT FROM conversation WHERE id = $1 FOR NO KEY UPDATE NOWAIT", opened.conversation
        )

    assert [r.number for r in await waiting] == [2, 2]


# Work that somebody has -------------------------------------------------------------------------


async def test_what_sleeps_wakes_when_its_agent_has_room(desk: Any) -> None:
    agent = await given(desk, capacity=1)
    await answers(desk, agent)
    await sleeps(desk)

    await desk.say("+621", at=at(minutes=10))

    found = await item(desk)
    assert (found["state"], found["agent_id"], found["weight"]) == ("active", agent, 1)
    assert (found["waiting_for"], found["waiting_since"]) == ("us", at(minutes=10))
    assert [f["dormant"] for f in await desk.facts("ItemWeighed")] == [True, False]
    assert [f["waiting_for"] for f in await desk.facts("ItemWaiting")] == ["customer", "us"]
    assert (await desk.facts("InteractionAppended"))[-1]["agents"] == [agent]


async def test_what_sleeps_is_queued_again_when_its_agent_is_full(desk: Any) -> None:
    agent = await given(desk, capacity=1)
    await answers(desk, agent)
    await sleeps(desk)
    slept = await item(desk)
    await desk.say("+622")
    await hand(desk, agent)

    await desk.say("+621", at=at(minutes=10))

    [found] = await desk.rows("SELECT * FROM work_item WHERE id = $1", slept["id"])
    assert (found["state"], found["agent_id"], found["weight"]) == ("queued", None, 1)
    assert (found["sticky_agent_id"], found["epoch"]) == (agent, slept["epoch"] + 1)
    assert found["enqueued_at"] == at(minutes=10)
    queued = (await desk.facts("ItemQueued"))[-1]
    assert (queued["because"], queued["agent"]) == ("agent_full", agent)


async def test_of_two_that_sleep_only_what_fits_wakes(desk: Any) -> None:
    agent = await given(desk, "+621", capacity=1)
    await answers(desk, agent)
    await sleeps(desk)
    await desk.say("+622")
    await hand(desk, agent)
    await answers(desk, agent)
    await sleeps(desk)

    await take(desk, await desk.inbound("+622"), await desk.inbound("+621"), at=at(minutes=10))

    states = await desk.rows("SELECT state FROM work_item ORDER BY id")
    assert [s["state"] for s in states] == ["active", "queued"]


@pytest.mark.parametrize(("more_s", "state"), [(0, "active"), (1, "queued")])
async def test_an_agent_who_is_away_keeps_it_for_a_while(
    desk: Any, more_s: int, state: str
) -> None:
    agent = await given(desk)
    await answers(desk, agent)
    await says(desk, agent, "away", "lunch")
    patience = desk.book.rules.presence.away_patience_s

    await desk.say("+621", at=at(seconds=patience + more_s))

    found = await item(desk)
    assert (found["state"], found["agent_id"]) == (state, agent if state == "active" else None)
    assert [f["because"] for f in await desk.facts("ItemQueued")] == ["arrived"] + [
        "agent_away"
    ] * (state == "queued")


async def says(desk: Any, agent: int, presence: Any, reason: str | None = None) -> None:
    await desk.database.run(lambda tx: set_presence(tx, agent, presence, reason, desk.book, NOW))


async def test_words_to_an_agent_who_signed_out_queue_the_work_again(desk: Any) -> None:
    agent = await given(desk)
    await answers(desk, agent)
    await says(desk, agent, "offline")

    await desk.say("+621", at=at(seconds=1))

    assert (await item(desk))["state"] == "queued"
    assert (await desk.facts("ItemQueued"))[-1]["because"] == "agent_gone"


async def test_an_agent_who_only_vanished_keeps_it(desk: Any, floor: Floor) -> None:
    agent = await given(desk)
    await answers(desk, agent)
    sockets = Sockets(floor)
    await sockets.close(await sockets.open(agent))

    await desk.say("+621", at=at(seconds=1))

    assert (await item(desk))["agent_id"] == agent


async def test_words_in_the_wrap_up_bring_the_work_back_to_its_agent(desk: Any) -> None:
    agent = await given(desk)
    number = (await item(desk))["id"]
    await desk.database.run(lambda tx: resolve(tx, agent, number, "solved", desk.book, NOW))

    received = await desk.say("+621", at=at(seconds=5))

    found = await item(desk)
    assert (found["id"], found["state"], found["agent_id"]) == (number, "active", agent)
    assert [f["agent"] for f in await desk.facts("ItemReactivated")] == [agent]
    assert received.number == 2


async def test_further_words_change_nothing_of_the_work(desk: Any) -> None:
    await given(desk)
    before = await item(desk)
    written = await kinds(desk)

    await desk.say("+621", at=at(minutes=1))

    assert await item(desk) == before
    assert await kinds(desk) == [*written, "InteractionAppended"]
