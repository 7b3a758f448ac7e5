from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from contactcenter.actions import forget as module
from contactcenter.actions.forget import (
    ANSWERS_KEPT,
    DELIVERED_KEPT,
    KEYS_KEPT,
    PARKED_KEPT,
    SESSIONS_KEPT,
    Place,
    Sweep,
    forget,
    sweep_events,
    sweep_keys,
    sweep_visits,
)
from contactcenter.actions.merge import merge, unmerge
from contactcenter.actions.receive import Inbound, Received, receive
from contactcenter.actions.visit import Opening, begin
from contactcenter.actions.webhooks import claim
from contactcenter.db.database import Database
from contactcenter.model.caller import SYSTEM
from contactcenter.model.customer import Identity
from tests.contactcenter.conftest import NOW, Desk

KEPT = timedelta(days=14)
MOMENT = timedelta(seconds=1)


async def test_answers_are_kept_for_a_day(database: Database, desk: Desk) -> None:
    person = await desk.person()
    for id_, at in (("old", NOW - ANSWERS_KEPT - timedelta(seconds=1)), ("new", NOW)):
        await desk.value(
            "INSERT INTO command (person_id, id, at, digest) VALUES ($1, $2, $3, '') RETURNING id",
            person,
            id_,
            at,
        )
    await database.run(lambda tx: forget(tx, KEPT, NOW))
    assert await desk.rows("SELECT id FROM command") == [{"id": "new"}]


async def test_the_log_is_kept_for_its_days_and_for_readers_that_are_behind(
    database: Database, desk: Desk
) -> None:
    await desk.say("1")
    last = await desk.value("SELECT max(seq) FROM log")
    await desk.value("UPDATE log SET at = $1 RETURNING 1", NOW - KEPT - timedelta(seconds=1))
    await desk.value("UPDATE log_cursor SET seq = $1 RETURNING 1", 1)
    await database.run(lambda tx: forget(tx, KEPT, NOW))
    assert await desk.value("SELECT min(seq) FROM log") == 2
    await desk.value("UPDATE log_cursor SET seq = $1 RETURNING 1", last)
    await database.run(lambda tx: forget(tx, KEPT, NOW))
    assert await desk.value("SELECT count(*) FROM log") == 0


async def test_a_sign_in_that_is_over_is_forgotten_once_no_socket_names_it(
    database: Database, desk: Desk
) -> None:
    person = await desk.person()
    await desk.cookie(person)
    late = NOW + SESSIONS_KEPT + timedelta(days=366)
    await desk.value("INSERT INTO process VALUES ('p', $1, $1) RETURNING id", NOW)
    await desk.value(
        "INSERT INTO socket (process_id, agent_id, session_id, opened_at)"
        " SELECT 'p', $1, id, $2 FROM staff_session RETURNING id",
        person,
        NOW,
    )
    await database.run(lambda tx: forget(tx, KEPT, late))
    assert await desk.value("SELECT count(*) FROM staff_session") == 1
    await desk.value("DELETE FROM socket RETURNING id")
    await database.run(lambda tx: forget(tx, KEPT, late))
    assert await desk.value("SELECT count(*) FROM staff_session") == 0


async def swept(database: Database, sweep: Sweep, now: datetime) -> int:
    """Sweep a whole table; returns in how many portions."""
    place: Place | None = Place()
    portions = 0
    while place:
        at = place
        place = await database.run(lambda tx, at=at: sweep(tx, at, now))
        portions += 1
    return portions


async def received(desk: Desk, *inbound: Inbound, at: datetime = NOW) -> list[Received]:
    results = await desk.database.run(lambda tx: receive(tx, inbound, desk.book, at))
    assert all(isinstance(r, Received) for r in results)
    return [r for r in results if isinstance(r, Received)]


async def test_a_key_gives_the_same_answer_for_as_long_as_is_promised(
    database: Database, desk: Desk
) -> None:
    said = await desk.inbound("1")
    [first] = await received(desk, said)
    await swept(database, sweep_keys, NOW + KEYS_KEPT)
    [again] = await received(desk, said, at=NOW + KEYS_KEPT)
    assert (again.interaction, again.duplicate) == (first.interaction, True)

    await swept(database, sweep_keys, NOW + KEYS_KEPT + MOMENT)
    [anew] = await received(desk, said, at=NOW + KEYS_KEPT + MOMENT)
    assert anew.interaction != first.interaction
    assert await desk.value("SELECT count(*) FROM interaction") == 2


async def test_many_keys_are_passed_in_portions_and_the_young_ones_stay(
    database: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS_MAX", 3)
    old = [await desk.inbound(f"{n}", by=by) for n in range(4) for by in ("front", "shop")]
    young = [await desk.inbound(f"{n}") for n in range(2)]
    await received(desk, *old)
    await received(desk, *young, at=NOW + MOMENT)
    assert await swept(database, sweep_keys, NOW + KEYS_KEPT + MOMENT) == 4
    keys = await desk.rows("SELECT key FROM dedupe ORDER BY key")
    assert [row["key"] for row in keys] == sorted(y.key for y in young)


class Stream:
    """One conversation's events for one key, as they were left by their states and times."""

    def __init__(self, desk: Desk, key: int) -> None:
        self.desk = desk
        self.key = key

    async def event(self, number: int, state: str, at: datetime) -> None:
        await self.desk.rows(
            "INSERT INTO webhook_event (api_key_id, conversation_id, number, type, at, data, state,"
            " pending_since, delivered_at) VALUES ($1, 1, $2, 'item.done', $4, '{}', $3, $4, "
            " CASE WHEN $3 = 'delivered' THEN $4::timestamptz END)",
            self.key,
            number,
            state,
            at,
        )

    async def numbers(self) -> list[int]:
        rows: Sequence[dict[str, Any]] = await self.desk.rows(
            "SELECT number FROM webhook_event ORDER BY number"
        )
        return [row["number"] for row in rows]


@pytest.fixture
async def stream(desk: Desk) -> Stream:
    key, _ = await desk.key("interactions:write")
    await desk.rows(
        "UPDATE api_key SET webhook_url = 'https://bot.example/', webhook_secret = 'whsec_AAAA'"
    )
    return Stream(desk, key)


async def test_an_event_that_waits_is_never_forgotten_and_others_after_their_time(
    database: Database, stream: Stream
) -> None:
    for number, (state, age) in enumerate(
        (
            ("pending", PARKED_KEPT * 10),
            ("delivered", DELIVERED_KEPT),
            ("delivered", DELIVERED_KEPT + MOMENT),
            ("parked", PARKED_KEPT),
            ("parked", PARKED_KEPT + MOMENT),
        ),
        start=1,
    ):
        await stream.event(number, state, NOW - age)
    await swept(database, sweep_events, NOW)
    assert await stream.numbers() == [1, 2, 4]


async def test_the_gap_before_an_event_is_told_though_those_before_it_are_forgotten(
    database: Database, desk: Desk, stream: Stream
) -> None:
    await stream.event(1, "delivered", NOW - PARKED_KEPT * 2)
    await stream.event(2, "parked", NOW - PARKED_KEPT * 2)
    await stream.event(3, "pending", NOW)
    await desk.rows(
        "INSERT INTO webhook_stream (api_key_id, conversation_id, last_number, delivered_number,"
        " head_number, due_at) VALUES ($1, 1, 3, 1, 3, $2)",
        stream.key,
        NOW,
    )
    await swept(database, sweep_events, NOW)
    assert await stream.numbers() == [3]
    [sending] = await database.run(lambda tx: claim(tx, NOW, 10, 10, {}))
    assert b'"number":3' in sending.body
    assert b'"gap":{"from":2,"to":2}' in sending.body


async def test_an_event_that_was_sent_again_since_it_was_looked_at_stays(
    database: Database, desk: Desk, stream: Stream
) -> None:
    await stream.event(1, "parked", NOW - PARKED_KEPT * 2)
    await desk.rows("UPDATE webhook_event SET state = 'pending'")
    event = await desk.value("SELECT id FROM webhook_event")
    await database.run(lambda tx: tx.do("forgetting.events", [event]))
    assert await stream.numbers() == [1]


class Shop:
    """A website, and those who opened its chat."""

    def __init__(self, desk: Desk, connection: int) -> None:
        self.desk = desk
        self.connection = connection

    async def come(self, visitor: str) -> int:
        """The customer of a session that is over just when sessions begin to be forgotten."""
        opening = Opening(
            connection_id=self.connection,
            token_hash=visitor.encode(),
            expires_at=NOW - SESSIONS_KEPT - MOMENT,
        )
        await self.desk.database.run(lambda tx: begin(tx, opening, "shop", visitor, NOW))
        return await self.desk.value(
            "SELECT customer_id FROM identity WHERE scheme = 'visitor' AND value = $1", visitor
        )

    async def customers(self) -> list[int]:
        rows: Sequence[dict[str, Any]] = await self.desk.rows("SELECT id FROM customer ORDER BY id")
        return [row["id"] for row in rows]

    async def sessions(self) -> object:
        return await self.desk.value("SELECT count(*) FROM visitor_session")


@pytest.fixture
async def shop(desk: Desk) -> Shop:
    return Shop(desk, await desk.channel("shop", "web"))


async def test_who_only_opened_the_chat_is_forgotten_with_the_session(
    database: Database, shop: Shop
) -> None:
    await shop.come("v1")
    await swept(database, sweep_visits, NOW - MOMENT)
    assert (await shop.sessions(), len(await shop.customers())) == (1, 1)
    await swept(database, sweep_visits, NOW)
    assert (await shop.sessions(), await shop.customers()) == (0, [])
    assert await shop.desk.value("SELECT count(*) FROM identity") == 0


async def test_a_session_that_ended_is_forgotten_though_it_would_have_lasted(
    database: Database, desk: Desk, shop: Shop
) -> None:
    await shop.come("v1")
    await desk.rows("UPDATE visitor_session SET expires_at = $1", NOW + SESSIONS_KEPT)
    await swept(database, sweep_visits, NOW)
    assert await shop.sessions() == 1
    await desk.rows("UPDATE visitor_session SET ended_at = $1", NOW - SESSIONS_KEPT - MOMENT)
    await swept(database, sweep_visits, NOW)
    assert await shop.sessions() == 0


@pytest.mark.parametrize(
    "known",
    [
        "UPDATE customer SET name = 'Rina' WHERE id = $1",
        "UPDATE customer SET value = 1 WHERE id = $1",
        "UPDATE customer SET tier = 'gold' WHERE id = $1",
        "UPDATE customer SET propensity_to_leave = 0.5 WHERE id = $1",
        "UPDATE customer SET language = 'id' WHERE id = $1",
        "UPDATE customer SET territory = 'Bandung' WHERE id = $1",
        'UPDATE customer SET attributes = \'{"plan": "fiber"}\' WHERE id = $1',
        "UPDATE customer SET tags = '{vip}' WHERE id = $1",
        "UPDATE customer SET spam_at = now() WHERE id = $1",
        "UPDATE identity SET blocked_at = now() WHERE customer_id = $1",
        "UPDATE identity SET verified = true WHERE customer_id = $1",
        """INSERT INTO identity (scheme, scope, value, customer_id, verified, since)
           VALUES ('email', '', 'rina@example.com', $1, false, now())""",
        """INSERT INTO audit (at, actor_kind, action, subject_kind, subject_id)
           VALUES (now(), 'system', 'customer.edit', 'customer', $1)""",
        "INSERT INTO conversation (customer_id, party_id, opened_at) VALUES ($1, $1, now())",
    ],
)
async def test_of_whom_anything_is_known_stays(
    database: Database, desk: Desk, shop: Shop, known: str
) -> None:
    kept, gone = await shop.come("v1"), await shop.come("v2")
    await desk.rows(known, kept)
    await swept(database, sweep_visits, NOW)
    assert await shop.customers() == [kept] != [kept, gone]
    assert await shop.sessions() == 0


async def test_who_has_spoken_stays_with_what_was_said(
    database: Database, desk: Desk, shop: Shop
) -> None:
    customer = await shop.come("v1")
    said = await desk.inbound("v1", by="shop", channel="web")
    own = Identity(scheme="visitor", scope="shop", value="v1")
    await received(desk, msgspec.structs.replace(said, identity=own))
    await swept(database, sweep_visits, NOW)
    assert await shop.customers() == [customer]
    assert await desk.value("SELECT customer_id FROM identity WHERE value = 'v1'") == customer


async def test_who_was_merged_stays_on_both_sides_and_afterwards(
    database: Database, desk: Desk, shop: Shop
) -> None:
    loser, winner = await shop.come("v1"), await shop.come("v2")
    await database.run(lambda tx: merge(tx, loser, winner, SYSTEM, desk.book, NOW))
    await swept(database, sweep_visits, NOW)
    assert await shop.customers() == [loser, winner]
    await database.run(lambda tx: unmerge(tx, loser, SYSTEM, NOW))
    await swept(database, sweep_visits, NOW)
    assert await shop.customers() == [loser, winner]


async def test_a_customer_on_whom_somebody_works_is_left_to_the_next_sweep(
    database: Database, database_url: str, shop: Shop
) -> None:
    busy = await shop.come("v1")
    await shop.come("v2")
    other = await asyncpg.connect(database_url)
    async with other.transaction():
        await other.execute("SELECT FROM customer WHERE id = $1 FOR NO KEY UPDATE", busy)
        await swept(database, sweep_visits, NOW)
        assert (await shop.sessions(), await shop.customers()) == (1, [busy])
    await other.close()
    await swept(database, sweep_visits, NOW)
    assert (await shop.sessions(), await shop.customers()) == (0, [])


async def test_many_visits_are_passed_in_portions(
    database: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS_MAX", 2)
    for number in range(5):
        await shop.come(f"v{number}")
    assert await swept(database, sweep_visits, NOW) == 3
    assert (await shop.sessions(), await shop.customers()) == (0, [])
