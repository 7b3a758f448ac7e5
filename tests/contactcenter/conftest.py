"""The whole application for a test: real PostgreSQL and Redis, real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest
import uvicorn

from contactcenter import app
from contactcenter.actions.publish import publish
from contactcenter.db.database import Database
from contactcenter.model.rulebook import Published, parse
from contactcenter.settings import Settings

RULEBOOK = Path(__file__).parents[2] / "config" / "rulebook.toml"


@pytest.fixture
def book() -> Published:
    """The rulebook that the project ships."""
    return Published(1, parse(RULEBOOK.read_text(encoding="utf-8")))


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
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = msgspec.structs.replace(
        Settings(database_url=database_url, redis_url=redis_url, port=port), **given
    )
    first = await Database.open(database_url, size=1)
    await first.run(lambda tx: publish(tx, book.rules, "test", datetime.now(UTC)))
    await first.close()
    house = await app.open_house(settings)
    config = uvicorn.Config(app.create(house), ws="websockets-sansio", log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
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
