"""Real server processes on databases of their own, to be broken."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest

from contactcenter import foundation
from contactcenter.bench.place import Place, place
from contactcenter.loadtest.fleet import Fleet, Server, fleet
from contactcenter.loadtest.run import quick
from contactcenter.model.rulebook import Rulebook
from tests.contactcenter.clients import Desktop

PATIENCE_S = 10


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Ground:
    """Two servers, and ways to use them."""

    place: Place
    fleet: Fleet
    people: list[tuple[int, str]]

    @property
    def servers(self) -> list[Server]:
        return self.fleet.servers

    def desktop(self, server: Server, agent: int = 0) -> Desktop:
        _, token = self.people[agent]
        headers = {"Cookie": f"contactcenter_session={token}", "Sec-Fetch-Site": "same-origin"}
        return Desktop(server.url.replace("http", "ws", 1), headers)

    async def rows(self, sql: str, *args: object) -> list[tuple[Any, ...]]:
        """What the database says, asked beside everybody's pools."""
        connection = await asyncpg.connect(self.place.url)
        try:
            return [tuple(row) for row in await connection.fetch(sql, *args)]
        finally:
            await connection.close()

    async def value(self, sql: str, *args: object) -> Any:
        [(value,)] = await self.rows(sql, *args)
        return value

    async def post(
        self, server: Server, who: str, key: str, within_s: float = PATIENCE_S
    ) -> httpx.Response:
        """A customer says something, by the bot."""
        item = {
            "type": "message",
            "key": key,
            "from": {"scheme": "phone", "value": who},
            "text": f"{who}: {key}",
        }
        headers = {"Authorization": f"Bearer {self.place.token}"}
        async with httpx.AsyncClient(timeout=within_s) as client:
            return await client.post(f"{server.url}/v1/interactions", json=item, headers=headers)


async def until(condition: Callable[[], Awaitable[Any]], within_s: float = PATIENCE_S) -> float:
    """Seconds until it holds; `TimeoutError` when it does not."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(within_s):
        while not await condition():  # noqa: ASYNC110 -- others set no event
            await asyncio.sleep(0.02)
    return loop.time() - began


@pytest.fixture
def rules() -> Rulebook:
    """The shipped rules with short times."""
    return quick(foundation.read_rulebook(foundation.RULEBOOK))


@pytest.fixture
async def here(rules: Rulebook) -> AsyncIterator[Place]:
    """PostgreSQL and Redis of this test's own."""
    async with place(rules) as made:
        yield made


@pytest.fixture
async def ground(here: Place) -> AsyncIterator[Ground]:
    """Two servers and two agents with room for three items each."""
    tokens = await here.agents(2, 3)
    async with here.database.snapshot() as tx:
        people = await tx.many(int, "checks.agents")
    async with fleet(here.url, here.redis_url, 2) as servers:
        yield Ground(here, servers, list(zip(people, tokens, strict=True)))
