import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import asyncpg
import msgspec
import pytest
from prometheus_client import REGISTRY

from channels.signing import verify
from channels.transport import Transport
from contactcenter import facts
from contactcenter.actions.webhook_settings import redeliver
from contactcenter.actions.webhooks import LEASE, claim
from contactcenter.db.database import Database
from contactcenter.db.tail import Tail
from contactcenter.errors import Unavailable
from contactcenter.model.caller import SYSTEM
from contactcenter.workers.webhooks import SENDING_MAX, SENDING_PER_KEY_MAX, Webhooks

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
FORMER = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"
POLL_S = 0.02


class Clock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **by: float) -> None:
        self.time += timedelta(**by)


class Request(msgspec.Struct):
    """What a receiver was sent."""

    headers: dict[str, str]
    raw: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def body(self) -> dict[str, object]:
        return msgspec.json.decode(self.raw)

    @property
    def place(self) -> tuple[object, object]:
        return self.body["conversation"], self.body["number"]


class Receiver:
    """A bot's HTTP server: keeps what it was sent, and answers with a status as told."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Callable[[Request], int | Awaitable[int]] = lambda _request: 204
        self.headers = ""
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=word"

    def numbers(self, conversation: int) -> list[object]:
        """The numbers of a conversation's events, as they came."""
        return [r.body["number"] for r in self.requests if r.body["conversation"] == conversation]

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await self._one(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in head)}
        raw = await reader.readexactly(int(headers["content-length"]))
        request = Request(headers, raw)
        self.requests.append(request)
        status = self.answer(request)
        if not isinstance(status, int):
            status = await status
        answer = f"HTTP/1.1 {status} So\r\ncontent-length: 0\r\n{self.headers}\r\n"
        writer.write(answer.encode())
        await writer.drain()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.connected, "127.0.0.1")
    receiver.port = server.sockets[0].getsockname()[1]
    yield receiver
    server.close()


class Place:
    """The database of a test, and what is done to it by hand."""

    def __init__(self, url: str, database: Database, connection: asyncpg.Connection) -> None:
        self.url = url
        self.database = database
        self.connection = connection
        self.clock = Clock()

    async def key(self, url: str, name: str = "bot") -> int:
        return await self.connection.fetchval(
            "INSERT INTO api_key (name, secret_hash, scopes, webhook_url, webhook_secret,"
            " created_at) VALUES ($1, $2, '{}', $3, $4, now()) RETURNING id",
            name,
            name.encode(),
            url,
            SECRET,
        )

    async def happen(self, key: int | None, *conversations: int) -> None:
        """In each conversation, in this order, an item is done."""

        async def emit(tx: facts.Any) -> None:
            for conversation in conversations:
                tx.emit(
                    facts.ItemDone(
                        at=self.clock(),
                        item=conversation,
                        conversation=conversation,
                        customer=1,
                        queue="billing",
                        channel="mobile",
                        bot=key,
                    )
                )

        await self.database.run(emit)

    async def events(
        self, columns: str = "conversation_id, number, state"
    ) -> list[tuple[object, ...]]:
        rows = await self.connection.fetch(
            f"SELECT {columns} FROM webhook_event ORDER BY conversation_id, number"  # noqa: S608
        )
        return [tuple(row) for row in rows]

    @asynccontextmanager
    async def working(self, transport: Transport | None = None) -> AsyncIterator[Webhooks]:
        """A process that does webhooks, with connections of its own."""
        database = await Database.open(self.url, size=4)
        tail = Tail(database)
        await tail.start()
        database.committed = lambda first, told, _: tail.offer(first, told)
        async with transport or Transport(["127.0.0.1"]) as calls:
            webhooks = Webhooks(database, tail, calls, self.clock, poll_s=POLL_S)
            tasks = [asyncio.create_task(t) for t in (tail.run(), webhooks.run())]
            try:
                yield webhooks
            finally:
                for task in tasks:
                    task.cancel()
                ended = await asyncio.gather(*tasks, return_exceptions=True)
                await database.close()
                assert [type(e) for e in ended] == [asyncio.CancelledError] * 2, ended

    async def until(self, true: Callable[[], bool], *, tick_s: float = 0) -> None:
        """Wait for something, while the clock goes on by `tick_s` each time we look."""
        async with asyncio.timeout(20):
            while not true():
                self.clock.advance(seconds=tick_s)
                await asyncio.sleep(POLL_S / 2)

    async def settled(self, *states: str) -> list[tuple[object, ...]]:
        """The events, once each is in one of these states, was tried, and none is on its way."""
        await self.holds(
            "SELECT count(*) > 0 AND bool_and(e.state = ANY ($1) AND s.lease_until IS NULL)"
            " AND bool_and(e.attempts > 0 OR e.number > s.head_number) FROM webhook_event e"
            " JOIN webhook_stream s USING (api_key_id, conversation_id)",
            states,
        )
        return await self.events()

    async def passed(self) -> None:
        """Until the reader has passed the whole log."""
        await self.holds(
            "SELECT seq = (SELECT max(seq) FROM log) FROM log_cursor WHERE reader = 'webhooks'"
        )

    async def holds(self, question: str, *args: object) -> None:
        """Until the database says yes."""
        async with asyncio.timeout(20):
            while not await self.connection.fetchval(question, *args):  # noqa: ASYNC110 -- asks
                await asyncio.sleep(POLL_S / 2)


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Place]:
    database = await Database.open(database_url, size=4)
    connection = await asyncpg.connect(database_url)
    yield Place(database_url, database, connection)
    await connection.close()
    await database.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


async def test_a_bot_is_told_signed_and_numbered_for_each_conversation(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    async with place.working():
        await place.happen(key, 1, 2, 1)
        await place.settled("delivered")
    assert sorted(r.place for r in receiver.requests) == [(1, 1), (1, 2), (2, 1)]
    for request in receiver.requests:
        verify([SECRET], request.headers, request.raw, place.clock())
        assert request.headers["content-type"] == "application/json"


async def test_while_a_secret_is_replaced_the_former_signs_too(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    await place.connection.execute(
        "UPDATE api_key SET webhook_secret_former = $1, webhook_secret_former_until = $2",
        FORMER,
        place.clock() + timedelta(hours=1),
    )
    async with place.working():
        await place.happen(key, 1)
        await place.settled("delivered")
        place.clock.advance(hours=1)
        await place.happen(key, 2)
        await place.until(lambda: len(receiver.requests) == 2)
    before, after = receiver.requests
    verify([FORMER], before.headers, before.raw, place.clock() - timedelta(hours=1))
    assert len(before.headers["webhook-signature"].split(" ")) == 2
    assert len(after.headers["webhook-signature"].split(" ")) == 1


async def test_order_holds_under_failures_and_each_attempt_has_the_same_id(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    # Each event fails twice before it is taken.
    receiver.answer = lambda r: 500 if [q.id for q in receiver.requests].count(r.id) < 3 else 200
    async with place.working():
        await place.happen(key, *[1, 2, 3] * 4)
        await place.until(lambda: len(receiver.requests) == 36, tick_s=1)
        await place.settled("delivered")
    for conversation in (1, 2, 3):
        assert receiver.numbers(conversation) == [n for n in (1, 2, 3, 4) for _ in range(3)]
    assert len({r.id for r in receiver.requests}) == 12


async def test_what_fails_holds_back_its_own_conversation_only(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    receiver.answer = lambda r: 503 if r.body["conversation"] == 1 else 200
    async with place.working():
        await place.happen(key, 1, 1, 2, 2, 2)
        await place.until(lambda: receiver.numbers(2) == [1, 2, 3], tick_s=0.1)
        assert set(receiver.numbers(1)) == {1}
        receiver.answer = lambda _r: 200
        await place.until(lambda: receiver.numbers(1)[-1:] == [2], tick_s=1)
    assert receiver.numbers(1)[-2:] == [1, 2]


async def test_retry_after_is_kept_to(place: Place, receiver: Receiver) -> None:
    key = await place.key(receiver.url)
    receiver.answer, receiver.headers = lambda _r: 429, "Retry-After: 600\r\n"
    began = place.clock()
    async with place.working():
        await place.happen(key, 1)
        await place.until(lambda: len(receiver.requests) == 1)
        await place.until(lambda: len(receiver.requests) == 2, tick_s=5)
    assert place.clock() - began >= timedelta(seconds=600)


async def test_what_was_given_up_is_marked_as_a_gap_and_told_to_us(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    receiver.answer = lambda r: 410 if r.body["number"] in {2, 3} else 200
    async with place.working():
        await place.happen(key, 1, 1, 1, 1, 1)
        assert await place.settled("delivered", "parked") == [
            (1, 1, "delivered"),
            (1, 2, "parked"),
            (1, 3, "parked"),
            (1, 4, "delivered"),
            (1, 5, "delivered"),
        ]
    gaps = [r.body.get("gap") for r in receiver.requests]
    assert gaps == [None, None, {"from": 2, "to": 2}, {"from": 2, "to": 3}, None]
    parked = await place.connection.fetch(
        "SELECT fact::text FROM log WHERE fact ->> 'fact' = 'WebhookParked' ORDER BY seq"
    )
    assert [msgspec.json.decode(row[0], type=facts.Fact) for row in parked] == [
        facts.WebhookParked(
            at=place.clock(),
            key=key,
            conversation=1,
            number=number,
            error="The receiver answered with status 410.",
        )
        for number in (2, 3)
    ]


async def test_what_fails_for_a_day_is_given_up_and_the_next_goes_on(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    receiver.answer = lambda r: 500 if r.body["number"] == 1 else 200
    async with place.working():
        await place.happen(key, 1)
        await place.until(lambda: len(receiver.requests) == 1)
        await place.settled("pending")
        place.clock.advance(hours=23, minutes=59)
        await place.happen(key, 1)
        await place.until(lambda: len(receiver.requests) == 2)
        await place.settled("pending")
        place.clock.advance(hours=1)
        assert await place.settled("parked", "delivered") == [(1, 1, "parked"), (1, 2, "delivered")]
    assert receiver.requests[-1].body["gap"] == {"from": 1, "to": 1}


async def test_what_was_given_up_is_sent_again_by_hand_before_what_waits(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    receiver.answer = lambda _r: 410
    async with place.working():
        await place.happen(key, 1)
        await place.settled("parked")
        receiver.answer = lambda _r: 500
        await place.happen(key, 1)
        await place.until(lambda: len(receiver.requests) == 2)
        await place.settled("parked", "pending")
        receiver.answer = lambda _r: 200
        [(event,)] = await place.connection.fetch("SELECT id FROM webhook_event WHERE number = 1")
        await place.database.run(lambda tx: redeliver(tx, event, SYSTEM, place.clock()))
        assert await place.settled("delivered") == [(1, 1, "delivered"), (1, 2, "delivered")]
    assert receiver.numbers(1) == [1, 2, 1, 2]
    assert receiver.requests[2].id == receiver.requests[0].id
    assert [r.body.get("gap") for r in receiver.requests[2:]] == [None, None]


async def test_what_a_dead_process_had_claimed_is_sent_when_its_lease_ends(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    async with place.working() as webhooks:
        receiver.answer = lambda _r: asyncio.sleep(60, 200)
        await place.happen(key, 1, 1)
        await place.until(lambda: len(receiver.requests) == 1)
        assert webhooks is not None  # and now it dies, between sending and recording
    receiver.answer = lambda _r: 200
    async with place.working():
        await asyncio.sleep(POLL_S * 5)
        assert receiver.numbers(1) == [1]
        place.clock.advance(seconds=LEASE.total_seconds() - 1)
        await asyncio.sleep(POLL_S * 5)
        assert receiver.numbers(1) == [1]
        place.clock.advance(seconds=1)
        await place.settled("delivered")
    assert receiver.numbers(1) == [1, 1, 2]
    assert receiver.requests[0].id == receiver.requests[1].id


async def test_two_processes_send_each_event_once_and_in_order(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    receiver.answer = lambda _r: asyncio.sleep(0.005, 200)
    conversations = range(1, 21)
    async with place.working(), place.working():
        for _ in range(4):
            await place.happen(key, *conversations)
        await place.until(lambda: len(receiver.requests) >= 80)
        await place.settled("delivered")
    assert sorted(r.place for r in receiver.requests) == [
        (c, n) for c in conversations for n in (1, 2, 3, 4)
    ]
    assert all(receiver.numbers(c) == [1, 2, 3, 4] for c in conversations)


async def test_a_receiver_that_never_answers_holds_up_nobody_else(
    place: Place, receiver: Receiver
) -> None:
    async with receiving() as silent:
        silent.answer = lambda _r: asyncio.sleep(60, 200)
        slow = await place.key(silent.url, "slow")
        quick = await place.key(receiver.url, "quick")
        async with place.working():
            await place.happen(slow, *range(100, 140))
            await place.until(lambda: len(silent.requests) == SENDING_PER_KEY_MAX)
            await place.happen(quick, *range(1, 21))
            await place.until(lambda: len(receiver.requests) == 20)
            assert len(silent.requests) == SENDING_PER_KEY_MAX


async def test_a_receiver_that_fails_is_asked_one_at_a_time(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    together: list[int] = []
    at_once = 0

    async def fail(_request: Request) -> int:
        nonlocal at_once
        at_once += 1
        together.append(at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return 500

    receiver.answer = fail
    async with place.working():
        await place.happen(key, *range(1, 13))
        await place.until(lambda: len(receiver.requests) == 12)
    assert max(together) == SENDING_PER_KEY_MAX
    assert together[-4:] == [1, 1, 1, 1]


async def test_all_requests_together_are_bounded(place: Place) -> None:
    async with receiving() as silent:
        silent.answer = lambda _r: asyncio.sleep(60, 200)
        keys = [await place.key(silent.url, f"bot {n}") for n in range(6)]
        for key in keys:
            await place.happen(key, *range(10))
        async with place.working():
            await place.until(lambda: len(silent.requests) == SENDING_MAX)
            await asyncio.sleep(POLL_S * 5)
        assert len(silent.requests) == SENDING_MAX


async def test_a_revoked_key_is_told_nothing_more(place: Place, receiver: Receiver) -> None:
    key = await place.key(receiver.url)
    receiver.answer = lambda _r: 500
    async with place.working():
        await place.happen(key, 1)
        await place.until(lambda: len(receiver.requests) == 1)
        await place.settled("pending")
        await place.connection.execute("UPDATE api_key SET revoked_at = now()")
        await place.happen(key, 1)
        place.clock.advance(hours=2)
        await place.passed()
        await asyncio.sleep(POLL_S * 5)
    assert len(receiver.requests) == 1
    assert await place.events() == [(1, 1, "pending")]


async def test_a_key_without_a_webhook_is_passed_over(place: Place, receiver: Receiver) -> None:
    key = await place.key(receiver.url)
    await place.connection.execute("UPDATE api_key SET webhook_url = NULL, webhook_secret = NULL")
    await place.happen(key, 1)
    await place.happen(None, 1)
    async with place.working():
        await place.passed()
    assert await place.events() == []


async def test_a_redirect_is_not_followed(place: Place, receiver: Receiver) -> None:
    key = await place.key(receiver.url)
    async with receiving() as elsewhere:
        receiver.answer, receiver.headers = lambda _r: 302, f"Location: {elsewhere.url}\r\n"
        async with place.working():
            await place.happen(key, 1)
            await place.until(lambda: len(receiver.requests) == 1)
            await place.settled("pending")
        assert elsewhere.requests == []
    assert await place.events("last_error") == [("The receiver answered with status 302.",)]


async def test_a_name_that_now_leads_inside_is_not_called(place: Place, receiver: Receiver) -> None:
    async def inside(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    key = await place.key(f"https://bot.example:{receiver.port}/hook?token=word")
    async with place.working(Transport(resolve=inside)):
        await place.happen(key, 1)
        await place.holds("SELECT sum(attempts) = 1 FROM webhook_event")
    assert receiver.requests == []
    assert await place.events("last_error") == [
        ("The host leads to an address that is not public.",)
    ]


async def test_stopping_waits_for_what_is_on_its_way_and_claims_nothing_more(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    answered = asyncio.Event()

    async def when_told(_request: Request) -> int:
        await answered.wait()
        return 200

    receiver.answer = when_told
    database = await Database.open(place.url, size=4)
    async with Transport(["127.0.0.1"]) as transport:
        webhooks = Webhooks(database, Tail(database), transport, place.clock, poll_s=POLL_S)
        running = asyncio.create_task(webhooks.run())
        await place.happen(key, 1, 1)
        await place.until(lambda: len(receiver.requests) == 1)
        webhooks.stop()
        answered.set()
        await running
    await database.close()
    assert await place.events() == [(1, 1, "delivered"), (1, 2, "pending")]


async def test_draining_gives_what_is_on_its_way_a_bounded_time(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    receiver.answer = lambda _r: asyncio.sleep(60, 200)
    async with Transport(["127.0.0.1"]) as transport:
        webhooks = Webhooks(
            place.database, Tail(place.database), transport, place.clock, poll_s=POLL_S
        )
        await webhooks.drain(60)  # not running, there is nothing to wait for
        running = asyncio.create_task(webhooks.run())
        await place.happen(key, 1, 1)
        await place.until(lambda: len(receiver.requests) == 1)
        await webhooks.drain(0.01)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_database_that_went_away_and_came_back_is_worked_with_again(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    async with place.working():
        await place.happen(key, 1)
        await place.settled("delivered")
        await place.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(POLL_S * 5)
        async with asyncio.timeout(10):
            while True:
                try:
                    await place.happen(key, 1)
                    break
                except Unavailable:
                    await asyncio.sleep(POLL_S)
        await place.until(lambda: receiver.numbers(1) == [1, 2])


async def test_the_age_of_the_oldest_pending_event_is_a_metric(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    receiver.answer = lambda _r: 500
    async with place.working():
        await place.happen(key, 1)
        await place.until(lambda: len(receiver.requests) == 1)
        await place.settled("pending")
    place.clock.advance(hours=1)
    async with place.working():
        await place.until(
            lambda: (
                REGISTRY.get_sample_value("contactcenter_webhook_oldest_pending_seconds") == 3600
            )
        )


async def test_a_backlog_of_several_pages_is_numbered_without_holes(
    place: Place, receiver: Receiver
) -> None:
    key = await place.key(receiver.url)
    await place.happen(key, *([7] * 1500))
    await place.happen(None, *([7] * 1200))
    await place.happen(key, 7)
    receiver.answer = lambda _r: 500
    async with place.working():
        await place.passed()
    numbers = [number for (number,) in await place.events("number")]
    assert len(numbers) == 1501
    assert all(b - a == 1 for a, b in pairwise(numbers))


async def test_a_claim_ends_with_its_lease(place: Place, receiver: Receiver) -> None:
    key = await place.key(receiver.url)
    async with place.working():
        receiver.answer = lambda _r: 500
        await place.happen(key, 1)
        await place.until(lambda: len(receiver.requests) == 1)
        await place.settled("pending")
    place.clock.advance(hours=1)

    async def claimed() -> list[int]:
        found = await place.database.run(lambda tx: claim(tx, place.clock(), 10, 10, {}))
        return [s.number for s in found]

    assert (await claimed(), await claimed()) == ([1], [])
    place.clock.advance(seconds=LEASE.total_seconds())
    assert await claimed() == [1]
