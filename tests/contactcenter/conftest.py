"""The whole application for a test: real PostgreSQL and Redis, real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import asyncpg
import httpx
import msgspec
import pytest
import uvicorn

from contactcenter import app, foundation
from contactcenter.actions.publish import publish
from contactcenter.actions.receive import Inbound, Received, receive
from contactcenter.db.database import Database
from contactcenter.model import credential
from contactcenter.model.customer import Identity
from contactcenter.model.rulebook import Published
from contactcenter.record.clocks import follow
from contactcenter.settings import Settings
from tests.contactcenter.floor import NOW, Floor
from tests.contactcenter.team import Team

__all__ = ["NOW", "Desk", "Running", "running"]


@pytest.fixture
def book() -> Published:
    """The rulebook that the project ships."""
    return Published(1, foundation.read_rulebook(foundation.RULEBOOK))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database alone, for actions without an application."""
    database = await Database.open(database_url, size=8)
    yield database
    await database.close()


@dataclass
class Running:
    """A running application: `client` speaks HTTP to `url`; `parts` are its insides."""

    url: str
    client: httpx.AsyncClient
    parts: app.House
    settings: Settings

    @property
    def database(self) -> Database:
        return self.parts.database

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1)


@asynccontextmanager
async def running(
    database_url: str, redis_url: str | None, book: Published, **given: object
) -> AsyncIterator[Running]:
    """Start an application as `contactcenter serve` does, with further settings where given."""
    # Taken up again by its number it knows that it is TCP, and asyncio sends small writes at once,
    # where an answer in two writes would wait 40 ms for the client's acknowledgement.
    listener = socket.socket(fileno=socket.create_server(("127.0.0.1", 0)).detach())
    port = listener.getsockname()[1]
    settings = msgspec.structs.replace(
        Settings(database_url=database_url, redis_url=redis_url, port=port), **given
    )
    first = await Database.open(database_url, size=1)
    await first.run(lambda tx: publish(tx, book.rules, "test", datetime.now(UTC)))
    await first.close()
    house = await app.open_house(settings)
    config = uvicorn.Config(
        app.create(house),
        ws="websockets-sansio",
        log_config=None,
        lifespan="on",
        proxy_headers=False,  # whose X-Forwarded-For is believed is ours to say
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.005)
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        yield Running(url, client, house, settings)
    server.should_exit = True
    await serving


@pytest.fixture
async def house(database_url: str, redis_url: str, book: Published) -> AsyncIterator[Running]:
    """The whole application on a port of its own."""
    async with running(database_url, redis_url, book) as one:
        yield one


@dataclass
class Desk:
    """People, keys, connections and what customers say, set up as directly as can be."""

    database: Database
    book: Published
    connection: "asyncpg.Connection[asyncpg.Record]"
    numbers: Iterator[int]

    async def rows(self, sql: str, *args: object) -> list[dict[str, object]]:
        return [dict(row) for row in await self.connection.fetch(sql, *args)]

    async def value(self, sql: str, *args: object) -> object:
        return await self.connection.fetchval(sql, *args)

    async def person(self, role: str = "agent", *, capacity: int | None = 3) -> int:
        """A person, who takes work unless `capacity` is None, and is at their desk."""
        number = next(self.numbers)
        person = await self.value(
            "INSERT INTO person (login, name, role, created_at)"
            " VALUES ($1, $2, $3, $4) RETURNING id",
            f"p{number}",
            f"Person {number}",
            role,
            NOW,
        )
        if capacity is not None:
            await self.connection.execute(
                "INSERT INTO agent (id, capacity, presence, presence_since, gone_since, idle_since)"
                " VALUES ($1, $2, 'available', $3, NULL, $3)",
                person,
                capacity,
                NOW,
            )
        return person

    async def cookie(self, person: int) -> dict[str, str]:
        """The headers with which a browser of this person calls, from a page of ours."""
        token = credential.issue("ccs_")
        await self.connection.execute(
            "INSERT INTO staff_session (token_hash, person_id, created_at, expires_at)"
            " VALUES ($1, $2, now(), now() + interval '1 hour')",
            credential.digest(token),
            person,
        )
        return {"Cookie": f"contactcenter_session={token}", "Sec-Fetch-Site": "same-origin"}

    async def key(self, *scopes: str) -> tuple[int, dict[str, str]]:
        """An API key and the headers with which its bot calls."""
        token = credential.issue("cck_")
        key = await self.value(
            "INSERT INTO api_key (name, secret_hash, scopes, created_at)"
            " VALUES ($1, $2, $3, now()) RETURNING id",
            f"bot {next(self.numbers)}",
            credential.digest(token),
            list(scopes),
        )
        return key, {"Authorization": f"Bearer {token}"}

    async def channel(self, name: str = "front", channel: str = "mobile") -> int:
        """The connection of that name."""
        return await self.value(
            "INSERT INTO connection (name, channel, created_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
            name,
            channel,
            NOW,
        )

    async def inbound(
        self,
        who: str,
        text: str = "hello",
        *,
        by: str = "front",
        channel: str = "mobile",
        at: datetime = NOW,
    ) -> Inbound:
        """What somebody says, ready to be received."""
        key = f"k{next(self.numbers)}"
        return Inbound(
            connection_id=await self.channel(by, channel),
            connection=by,
            channel=channel,
            key=key,
            digest=key.encode(),
            identity=Identity(scheme="phone", scope=by, value=who),
            text=text,
            occurred_at=at,
        )

    async def say(
        self,
        who: str,
        text: str = "hello",
        *,
        by: str = "front",
        channel: str = "mobile",
        at: datetime = NOW,
    ) -> Received:
        """Somebody says something, by a connection."""
        inbound = await self.inbound(who, text, by=by, channel=channel, at=at)
        [received] = await self.database.run(lambda tx: receive(tx, [inbound], self.book, at))
        if isinstance(received, Exception):
            raise received
        return received

    async def customer_of(self, conversation: int) -> int:
        return await self.value("SELECT party_id FROM conversation WHERE id = $1", conversation)

    async def facts(self, kind: str) -> list[dict[str, object]]:
        """All facts of a kind, in the log's order."""
        rows = await self.rows(
            "SELECT fact::text FROM log WHERE fact ->> 'fact' = $1 ORDER BY seq", kind
        )
        return [msgspec.json.decode(str(row["fact"])) for row in rows]


@pytest.fixture
async def desk(database_url: str, book: Published) -> AsyncIterator[Desk]:
    """Sets up what a test needs, beside the application or without it."""
    database = await Database.open(database_url, size=8)
    database.ending = lambda tx: follow(tx, book)
    connection = await asyncpg.connect(database_url)
    yield Desk(database, book, connection, count(1))
    await connection.close()
    await database.close()


@pytest.fixture
def floor(desk: Desk, book: Published) -> Floor:
    """Work on the floor, by actions alone."""
    return Floor(desk, book)


@pytest.fixture
def team(house: Running, book: Published) -> Team:
    """Makes people and bots in the running application."""
    return Team(house.database, book, house.client, house.socket_url)
