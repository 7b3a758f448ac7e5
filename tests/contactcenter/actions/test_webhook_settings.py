from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from contactcenter import facts
from contactcenter.actions.webhook_settings import (
    FORMER_SECRET_SIGNS,
    Webhook,
    configure,
    receiver,
    redeliver,
    remove,
)
from contactcenter.actions.webhooks import LEASE, claim, record, settle
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.webhook_sending import Answer, Receiver, Sending, outcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN = Actor("person", 1, "r1")
FIRST = Webhook("https://bot.example/", "whsec_AAAA")
SECOND = Webhook("https://other.example/", "whsec_BBBB")


class Desk:
    """One key, and what an administrator does about its webhook."""

    def __init__(self, database: Database, connection: asyncpg.Connection, key: int) -> None:
        self.database = database
        self.connection = connection
        self.key = key

    async def configure(self, webhook: Webhook = FIRST, now: datetime = NOW) -> None:
        await self.database.run(lambda tx: configure(tx, self.key, webhook, ANN, now))

    async def remove(self) -> None:
        await self.database.run(lambda tx: remove(tx, self.key, ANN, NOW))

    async def receiver(self, now: datetime = NOW) -> Receiver:
        return await self.database.run(lambda tx: receiver(tx, self.key, now))

    async def redeliver(self, event: int, now: datetime = NOW) -> None:
        await self.database.run(lambda tx: redeliver(tx, event, ANN, now))

    async def happen(self, times: int = 1) -> None:
        """So many events of one conversation are recorded."""

        async def emit(tx: Tx) -> None:
            for _ in range(times):
                tx.emit(
                    facts.ConversationReopened(at=NOW, conversation=1, customer=2, bot=self.key)
                )

        await self.database.run(emit)
        await self.database.run(lambda tx: record(tx, NOW))

    async def claim(self, now: datetime = NOW) -> list[Sending]:
        return await self.database.run(lambda tx: claim(tx, now, 10, 10, {}))

    async def answered(self, status: int, now: datetime = NOW) -> Sending:
        """The due event is sent and answered."""
        [sending] = await self.claim(now)
        result = outcome(sending, Answer(status), now)
        await self.database.run(lambda tx: settle(tx, [result]))
        return sending

    async def audited(self) -> list[tuple[object, ...]]:
        rows = await self.connection.fetch(
            "SELECT action, subject_kind, subject_id, actor_id FROM audit ORDER BY id"
        )
        return [tuple(row) for row in rows]


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    database = await Database.open(database_url, size=2)
    connection = await asyncpg.connect(database_url)
    key = await connection.fetchval(
        "INSERT INTO api_key (name, secret_hash, scopes, created_at)"
        " VALUES ('bot', 'bot', '{}', now()) RETURNING id"
    )
    yield Desk(database, connection, key)
    await connection.close()
    await database.close()


async def test_a_key_has_the_webhook_it_was_given(desk: Desk) -> None:
    await desk.configure()
    assert await desk.receiver() == Receiver(FIRST.url, [FIRST.secret])
    assert await desk.audited() == [("webhook.configure", "key", desk.key, 1)]


async def test_the_former_secret_signs_for_a_while(desk: Desk) -> None:
    await desk.configure()
    await desk.configure(SECOND)
    just_before = NOW + FORMER_SECRET_SIGNS - timedelta(seconds=1)
    both = Receiver(SECOND.url, [SECOND.secret, FIRST.secret])
    assert await desk.receiver(just_before) == both
    assert await desk.receiver(NOW + FORMER_SECRET_SIGNS) == Receiver(SECOND.url, [SECOND.secret])


async def test_no_secret_stands_in_the_audit_trail(desk: Desk) -> None:
    await desk.configure()
    details = [tuple(row) for row in await desk.connection.fetch("SELECT detail FROM audit")]
    assert details == [("{}",)]


async def test_a_removed_webhook_is_told_nothing_and_what_waits_is_kept(desk: Desk) -> None:
    await desk.configure()
    await desk.happen()
    await desk.remove()
    assert await desk.claim() == []
    with pytest.raises(Conflict, match="has no webhook"):
        await desk.receiver()
    await desk.configure(SECOND)
    assert [s.url for s in await desk.claim()] == [SECOND.url]


async def test_a_removed_secret_does_not_sign_for_the_next_webhook(desk: Desk) -> None:
    await desk.configure()
    await desk.remove()
    await desk.configure(SECOND)
    assert await desk.receiver() == Receiver(SECOND.url, [SECOND.secret])


async def test_a_new_webhook_is_tried_at_once(desk: Desk) -> None:
    await desk.configure()
    await desk.happen()
    await desk.answered(500)
    assert await desk.claim() == []
    await desk.configure(SECOND)
    assert [s.url for s in await desk.claim()] == [SECOND.url]


async def test_a_new_webhook_does_not_cut_a_lease_short(desk: Desk) -> None:
    await desk.configure()
    await desk.happen()
    await desk.claim()
    await desk.configure(SECOND)
    assert await desk.claim() == []
    assert len(await desk.claim(NOW + LEASE)) == 1


@pytest.mark.parametrize("revoked", [True, False])
async def test_a_key_that_is_not_has_no_webhook(desk: Desk, *, revoked: bool) -> None:
    if revoked:
        await desk.connection.execute("UPDATE api_key SET revoked_at = now()")
    else:
        desk.key += 1
    with pytest.raises(NotFound):
        await desk.configure()
    with pytest.raises(Conflict if revoked else NotFound):
        await desk.receiver()


async def test_a_webhook_of_a_key_that_is_not_there_cannot_be_removed(desk: Desk) -> None:
    desk.key += 1
    with pytest.raises(NotFound):
        await desk.remove()


async def test_what_was_given_up_is_sent_again_before_what_waits(desk: Desk) -> None:
    await desk.configure()
    await desk.happen(3)
    first = await desk.answered(410)
    await desk.answered(500)
    await desk.redeliver(first.id)
    [again] = await desk.claim()
    assert (again.id, again.attempts, again.number) == (first.id, 0, 1)
    assert await desk.audited() == [
        ("webhook.configure", "key", desk.key, 1),
        ("webhook.redeliver", "webhook_event", first.id, 1),
    ]


async def test_what_is_on_its_way_arrives_before_what_is_sent_again(desk: Desk) -> None:
    await desk.configure()
    await desk.happen(3)
    first = await desk.answered(410)
    [second] = await desk.claim()
    await desk.redeliver(first.id)
    assert await desk.claim() == []
    result = outcome(second, Answer(200), NOW)
    await desk.database.run(lambda tx: settle(tx, [result]))
    assert [(await desk.answered(200)).number for _ in range(2)] == [1, 3]


async def test_what_is_sent_again_has_a_day_from_then(desk: Desk) -> None:
    await desk.configure()
    await desk.happen()
    first = await desk.answered(410)
    later = NOW + timedelta(days=30)
    await desk.redeliver(first.id, later)
    [again] = await desk.claim(later)
    assert outcome(again, Answer(500), later).state == "pending"


async def test_only_what_was_given_up_is_sent_again(desk: Desk) -> None:
    await desk.configure()
    await desk.happen()
    first = await desk.answered(200)
    with pytest.raises(Conflict, match="given up"):
        await desk.redeliver(first.id)
    with pytest.raises(NotFound):
        await desk.redeliver(first.id + 1)


async def test_nothing_is_sent_again_where_nobody_listens(desk: Desk) -> None:
    await desk.configure()
    await desk.happen()
    first = await desk.answered(410)
    await desk.remove()
    with pytest.raises(Conflict, match="no webhook"):
        await desk.redeliver(first.id)
