from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from contactcenter import facts
from contactcenter.actions import webhooks
from contactcenter.actions.webhooks import LEASE, LEFT_TO_LATER, Progress, claim, record, settle
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.model.webhook_sending import Answer, Outcome, Sending, outcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=2)
URL = "https://bot.example/"


class Bots:
    """Keys with webhooks, and facts about conversations in which their bots take part."""

    def __init__(self, database: Database, connection: asyncpg.Connection) -> None:
        self.database = database
        self.connection = connection

    async def key(self, name: str) -> int:
        return await self.connection.fetchval(
            "INSERT INTO api_key (name, secret_hash, scopes, webhook_url, webhook_secret,"
            " created_at) VALUES ($1, $2, '{}', $3, 'whsec_AAAA', now()) RETURNING id",
            name,
            name.encode(),
            URL,
        )

    async def emit(self, *told: facts.Fact) -> None:
        async def emit(tx: Tx) -> None:
            for fact in told:
                tx.emit(fact)

        await self.database.run(emit)

    async def record(self) -> Progress | None:
        return await self.database.run(lambda tx: record(tx, NOW))

    async def claim(
        self, now: datetime = NOW, total: int = 100, rooms: dict[int, int] | None = None
    ) -> list[Sending]:
        return await self.database.run(lambda tx: claim(tx, now, total, 100, rooms or {}))

    async def settle(self, *outcomes: Outcome) -> list[bool | Exception]:
        return await self.database.run(lambda tx: settle(tx, outcomes))

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await self.connection.fetch(sql)]

    async def queued_interaction(self, key: int) -> tuple[int, int]:
        """What waits to be said by the bot's connection: its id, and the identity's."""
        await self.connection.execute(
            "INSERT INTO person (login, name, role, created_at)"
            " VALUES ('ann', 'Ann', 'agent', now())"
        )
        await self.connection.execute(
            "INSERT INTO agent (id, presence_since, idle_since) VALUES (1, now(), now())"
        )
        customer = await self.connection.fetchval(
            "INSERT INTO customer (created_at) VALUES (now()) RETURNING id"
        )
        identity = await self.connection.fetchval(
            "INSERT INTO identity (scheme, scope, value, customer_id, verified, since)"
            " VALUES ('phone', 'bot', '1', $1, false, now()) RETURNING id",
            customer,
        )
        by = await self.connection.fetchval(
            "INSERT INTO connection (name, channel, api_key_id, created_at)"
            " VALUES ('bot', 'bot', $1, now()) RETURNING id",
            key,
        )
        await self.connection.execute(
            "INSERT INTO conversation (customer_id, party_id, bot_id, opened_at)"
            " VALUES ($1, $1, $2, now())",
            customer,
            key,
        )
        await self.connection.execute(
            "INSERT INTO work_item (conversation_id, customer_id, kind, state, queue, channel,"
            " weight, full_weight, requirement, enqueued_at, agent_id, waiting_for,"
            " waiting_since, rulebook_version, opened_at) VALUES (1, $1, 'conversation', 'active',"
            " 'q', 'bot', 1, 1, '{}', now(), 1, 'us', now(), 1, now())",
            customer,
        )
        await self.connection.execute(
            "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
            " connection_id, identity_id, author_kind, author_id, text, delivery, occurred_at,"
            " received_at) VALUES (11, 1, 4, 'message', 'outbound', 'bot', $1, $2, 'agent', 1,"
            " 'Hi', 'queued', now(), now())",
            by,
            identity,
        )
        return 11, identity

    async def last_facts(self, kind: type[facts.Fact]) -> list[facts.Fact]:
        rows = await self.rows("SELECT fact::text FROM log ORDER BY seq")
        told = [msgspec.json.decode(str(row[0]), type=facts.Fact) for row in rows]
        return [fact for fact in told if isinstance(fact, kind)]


@pytest.fixture
async def bots(database_url: str) -> AsyncIterator[Bots]:
    database = await Database.open(database_url, size=4)
    connection = await asyncpg.connect(database_url)
    yield Bots(database, connection)
    await connection.close()
    await database.close()


def done(bot: int | None, conversation: int = 1) -> facts.ItemDone:
    return facts.ItemDone(
        at=NOW,
        item=5,
        conversation=conversation,
        customer=2,
        queue="billing",
        channel="mobile",
        bot=bot,
    )


def said(bot: int, identity: int, **changes: object) -> facts.InteractionAppended:
    said = facts.Said(
        id=11,
        number=4,
        kind="message",
        direction="outbound",
        channel="bot",
        author_kind="agent",
        identity_id=identity,
        text='He said: {"bot":1}',
        delivery="queued",
        occurred_at=NOW,
        received_at=NOW,
    )
    replaced = msgspec.structs.replace(said, **changes)
    return facts.InteractionAppended(at=NOW, conversation=1, customer=2, said=replaced, bot=bot)


async def test_facts_become_events_numbered_for_each_key_and_conversation(bots: Bots) -> None:
    one, two = await bots.key("one"), await bots.key("two")
    await bots.emit(done(one), done(one, 2), done(None), done(two), done(one))
    assert await bots.record() == Progress(5, 4, more=False)
    await bots.emit(done(one))
    assert await bots.record() == Progress(6, 1, more=False)
    assert await bots.rows(
        "SELECT api_key_id, conversation_id, number, type, state FROM webhook_event"
        " ORDER BY 1, 2, 3"
    ) == [
        (one, 1, 1, "item.done", "pending"),
        (one, 1, 2, "item.done", "pending"),
        (one, 1, 3, "item.done", "pending"),
        (one, 2, 1, "item.done", "pending"),
        (two, 1, 1, "item.done", "pending"),
    ]


async def test_each_fact_is_recorded_once(bots: Bots) -> None:
    await bots.emit(done(await bots.key("one")))
    assert await bots.record() == Progress(1, 1, more=False)
    assert await bots.record() == Progress(1, 0, more=False)


async def test_while_one_process_reads_another_leaves_it_to_that_one(bots: Bots) -> None:
    await bots.emit(done(await bots.key("one")))
    async with bots.connection.transaction():
        await bots.connection.execute("SELECT FROM log_cursor WHERE reader = 'webhooks' FOR UPDATE")
        assert await bots.record() is None
    assert await bots.record() == Progress(1, 1, more=False)


async def test_what_could_not_be_recorded_leaves_the_cursor_where_it_was(
    bots: Bots, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError

    await bots.emit(done(await bots.key("one")))
    with monkeypatch.context() as patched:
        patched.setattr(webhooks, "record_events", fail)
        with pytest.raises(RuntimeError):
            await bots.record()
    assert await bots.record() == Progress(1, 1, more=False)


async def test_a_page_ends_at_its_limit_and_says_that_the_log_goes_on(
    bots: Bots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "FACTS_MAX", 2)
    key = await bots.key("one")
    await bots.emit(done(None), done(None), done(key))
    assert await bots.record() == Progress(2, 0, more=True)
    assert await bots.record() == Progress(3, 1, more=False)


async def test_a_text_that_looks_like_the_field_of_a_bot_is_a_text(bots: Bots) -> None:
    await bots.emit(said(None, 3))  # pyright: ignore[reportArgumentType]
    assert await bots.record() == Progress(1, 0, more=False)


@pytest.mark.parametrize(
    "change", ["revoked_at = now()", "webhook_url = NULL, webhook_secret = NULL"]
)
async def test_who_does_not_listen_is_told_nothing(bots: Bots, change: str) -> None:
    key = await bots.key("one")
    await bots.emit(done(key))
    await bots.record()
    await bots.connection.execute(f"UPDATE api_key SET {change}")  # noqa: S608
    await bots.emit(done(key))
    assert await bots.record() == Progress(2, 0, more=False)
    assert await bots.claim() == []


async def test_only_the_oldest_of_each_conversation_is_claimed_and_once(bots: Bots) -> None:
    key = await bots.key("one")
    await bots.emit(done(key), done(key), done(key, 2))
    await bots.record()
    claimed = await bots.claim()
    assert sorted((s.conversation_id, s.number) for s in claimed) == [(1, 1), (2, 1)]
    assert await bots.claim() == []
    assert {(s.url, s.lease_until) for s in claimed} == {(URL, NOW + LEASE)}


async def test_claims_keep_to_the_room_of_each_key_and_of_all(bots: Bots) -> None:
    one, two = await bots.key("one"), await bots.key("two")
    for key in (one, two):
        await bots.emit(*[done(key, n) for n in range(10)])
    await bots.record()
    first = await bots.claim(rooms={one: 0, two: 3})
    assert [s.api_key_id for s in first] == [two] * 3
    assert len(await bots.claim(total=5)) == 5
    assert len(await bots.claim()) == 12


async def test_the_next_goes_at_once_after_a_delivery_and_waits_after_a_failure(bots: Bots) -> None:
    key = await bots.key("one")
    await bots.emit(done(key), done(key))
    await bots.record()
    [first] = await bots.claim()
    failed = outcome(first, Answer(500), NOW)
    assert await bots.settle(failed) == [True]
    assert await bots.claim(failed.due_at - timedelta(microseconds=1)) == []
    [again] = await bots.claim(failed.due_at)
    assert (again.id, again.attempts, again.message_id) == (first.id, 1, first.message_id)
    await bots.settle(outcome(again, Answer(200), LATER))
    [second] = await bots.claim(LATER)
    assert (second.number, second.delivered_number) == (2, 1)


async def test_an_outcome_after_the_lease_was_taken_by_another_does_not_count(bots: Bots) -> None:
    await bots.emit(done(await bots.key("one")))
    await bots.record()
    [mine] = await bots.claim()
    [theirs] = await bots.claim(NOW + LEASE)
    both = outcome(mine, Answer(410), LATER), outcome(theirs, Answer(200), LATER)
    assert await bots.settle(*both) == [False, True]
    assert await bots.rows("SELECT state, attempts FROM webhook_event") == [("delivered", 1)]


async def test_an_outcome_after_the_lease_counts_while_nobody_has_taken_it(bots: Bots) -> None:
    await bots.emit(done(await bots.key("one")))
    await bots.record()
    [mine] = await bots.claim()
    assert await bots.settle(outcome(mine, Answer(200), NOW + 2 * LEASE)) == [True]


async def test_what_is_recorded_while_the_last_is_on_its_way_follows_it(bots: Bots) -> None:
    key = await bots.key("one")
    await bots.emit(done(key))
    await bots.record()
    [first] = await bots.claim()
    await bots.emit(done(key))
    await bots.record()
    assert await bots.claim() == []
    await bots.settle(outcome(first, Answer(200), LATER))
    assert [s.number for s in await bots.claim(LATER)] == [2]


async def test_the_last_error_is_kept_when_it_arrives_after_all(bots: Bots) -> None:
    await bots.emit(done(await bots.key("one")))
    await bots.record()
    for answer in (Answer(None, "There was no answer in time."), Answer(200)):
        [sending] = await bots.claim(LATER + timedelta(hours=answer.status or 0))
        await bots.settle(outcome(sending, answer, LATER))
    assert await bots.rows("SELECT state, attempts, last_error FROM webhook_event") == [
        ("delivered", 2, "There was no answer in time.")
    ]


async def test_an_interaction_is_accepted_when_its_event_arrives(bots: Bots) -> None:
    key = await bots.key("one")
    interaction, identity = await bots.queued_interaction(key)
    await bots.emit(said(key, identity))
    await bots.record()
    [sending] = await bots.claim()
    assert sending.interaction_id == interaction
    await bots.settle(outcome(sending, Answer(200), LATER))
    assert await bots.rows("SELECT delivery FROM interaction") == [("accepted",)]
    assert await bots.last_facts(facts.DeliveryChanged) == [
        facts.DeliveryChanged(
            at=LATER,
            conversation=1,
            identity_id=identity,
            up_to=4,
            delivery="accepted",
            agents=[1],
            bot=key,
        )
    ]


@pytest.mark.parametrize("delivery", ["accepted", "sent", "delivered", "read"])
async def test_a_delivery_never_goes_back(bots: Bots, delivery: str) -> None:
    key = await bots.key("one")
    _, identity = await bots.queued_interaction(key)
    await bots.emit(said(key, identity))
    await bots.record()
    [sending] = await bots.claim()
    await bots.connection.execute("UPDATE interaction SET delivery = $1", delivery)
    await bots.settle(outcome(sending, Answer(200), LATER))
    assert await bots.rows("SELECT delivery FROM interaction") == [(delivery,)]
    assert await bots.last_facts(facts.DeliveryChanged) == []


async def test_what_leaves_by_another_connection_is_not_accepted_by_the_bot(bots: Bots) -> None:
    key = await bots.key("one")
    _, identity = await bots.queued_interaction(key)
    await bots.connection.execute("UPDATE connection SET api_key_id = NULL")
    await bots.emit(said(key, identity))
    await bots.record()
    [sending] = await bots.claim()
    await bots.settle(outcome(sending, Answer(200), LATER))
    assert await bots.rows("SELECT delivery FROM interaction") == [("queued",)]


async def test_an_interaction_fails_with_its_event_and_is_accepted_when_sent_again(
    bots: Bots,
) -> None:
    key = await bots.key("one")
    _, identity = await bots.queued_interaction(key)
    await bots.emit(said(key, identity))
    await bots.record()
    [sending] = await bots.claim()
    await bots.settle(outcome(sending, Answer(410), LATER))
    assert await bots.rows("SELECT delivery FROM interaction") == [("failed",)]
    assert [f.delivery for f in await bots.last_facts(facts.DeliveryChanged)] == ["failed"]
    await bots.connection.execute("UPDATE webhook_event SET state = 'pending'")
    await bots.connection.execute("UPDATE webhook_stream SET head_number = 1")
    [again] = await bots.claim(LATER)
    await bots.settle(outcome(again, Answer(200), LATER))
    assert await bots.rows("SELECT delivery FROM interaction") == [("accepted",)]


async def test_what_a_later_version_says_to_a_bot_is_left_to_it_for_a_while(bots: Bots) -> None:
    key = await bots.key("one")
    await bots.emit(done(key))
    about_nobody = '{"fact": "MoonRisen", "at": "2030-01-01T00:00:00Z"}'
    about_a_bot = about_nobody[:-1] + f', "bot":{key}}}'
    for later in (about_nobody, about_a_bot):
        await bots.connection.execute("SELECT log_append(ARRAY[$1::json])", later)
    await bots.emit(done(key))
    await bots.connection.execute("UPDATE log SET at = $1", NOW)

    assert await bots.record() == Progress(2, 1, more=False)
    assert await bots.record() == Progress(2, 0, more=False)

    waited = NOW - LEFT_TO_LATER
    await bots.connection.execute("UPDATE log SET at = $1", waited + timedelta(seconds=1))
    assert await bots.record() == Progress(2, 0, more=False)
    await bots.connection.execute("UPDATE log SET at = $1", waited)
    assert await bots.record() == Progress(4, 1, more=False)
    assert await bots.rows("SELECT number FROM webhook_event ORDER BY number") == [(1,), (2,)]
