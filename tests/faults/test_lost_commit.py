from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from contactcenter import foundation
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import Running, running
from tests.contactcenter.team import Bot, Team
from tests.faults.proxy import Proxy, proxied


@pytest.fixture
def book() -> Published:
    return Published(1, foundation.read_rulebook(foundation.RULEBOOK))


@pytest.fixture
async def proxy_and_house(
    database_url: str, redis_url: str, book: Published
) -> AsyncIterator[tuple[Proxy, Running]]:
    async with proxied(database_url) as (url, proxy), running(url, redis_url, book) as house:
        yield proxy, house


@pytest.fixture
def proxy(proxy_and_house: tuple[Proxy, Running]) -> Proxy:
    return proxy_and_house[0]


@pytest.fixture
def house(proxy_and_house: tuple[Proxy, Running]) -> Running:
    return proxy_and_house[1]


@pytest.fixture
def team(house: Running, book: Published) -> Team:
    return Team(house.database, book, house.client, house.socket_url)


async def said(database_url: str) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("SELECT number, text FROM interaction ORDER BY position")
    await connection.close()
    return [tuple(row) for row in rows]


def hello(key: str) -> dict[str, Any]:
    sender = {"scheme": "phone", "value": "1"}
    return {"type": "message", "key": key, "from": sender, "text": "hello"}


async def test_post_whose_commit_was_not_answered_is_503_and_may_be_sent_again(
    proxy: Proxy, team: Team, database_url: str
) -> None:
    bot: Bot = await team.bot()
    proxy.cut("hello", "COMMIT;")
    lost = await bot.post(**hello("k"))
    assert proxy.cuts == 1
    assert lost.status_code == 503
    assert lost.headers["content-type"] == "application/problem+json"
    assert lost.json()["type"] == "urn:contactcenter:problem:database-unavailable"
    assert await said(database_url) == [(1, "hello")]  # it was committed

    again = await bot.post(**hello("k"))
    assert (again.status_code, again.json()["number"], again.json()["duplicate"]) == (200, 1, True)
    assert await said(database_url) == [(1, "hello")]


async def test_post_that_was_cut_before_its_commit_leaves_nothing_and_may_be_sent_again(
    proxy: Proxy, team: Team, database_url: str
) -> None:
    bot = await team.bot()
    proxy.cut("hello")
    lost = await bot.post(**hello("k"))
    assert (proxy.cuts, lost.status_code) == (1, 503)
    assert await said(database_url) == []

    again = await bot.post(**hello("k"))
    assert (again.status_code, again.json()["duplicate"]) == (200, False)
    assert await said(database_url) == [(1, "hello")]


async def test_connection_lost_after_the_commit_was_answered_takes_nothing_back(
    proxy: Proxy, team: Team, database_url: str
) -> None:
    bot = await team.bot()
    proxy.cut("hello", "pg_advisory_unlock_all")
    taken = await bot.post(**hello("k"))
    assert (proxy.cuts, taken.status_code) == (1, 200)
    assert await said(database_url) == [(1, "hello")]


async def test_command_whose_commit_was_not_answered_is_done_once_when_it_is_sent_again(
    proxy: Proxy, team: Team, database_url: str
) -> None:
    bot, agent = await team.bot(), await team.hire()
    async with agent.desktop() as desk:
        await desk.done("presence", state="available")
        await bot.hears("1")
        offer = await desk.event("OfferMade")
        item = (await desk.done("accept", offer=offer["offer"]))["item"]
        reply = {"item": item, "text": "good morning", "seen": 1}
        proxy.cut("good morning", "COMMIT;")
        lost = await desk.do("reply", id="r1", **reply)
        assert (proxy.cuts, lost["problem"]["status"]) == (1, 503)

        again = await desk.done("reply", id="r1", **reply)
        assert again["number"] == 2
    assert await said(database_url) == [(1, "hello"), (2, "good morning")]


async def test_facts_whose_commit_was_not_answered_are_heard_nevertheless(
    proxy: Proxy, team: Team
) -> None:
    """The process did not learn that they are true; the log tells it."""
    bot, agent = await team.bot(), await team.hire()
    async with agent.desktop() as desk:
        await desk.done("presence", state="available")
        proxy.cut("hello", "COMMIT;")
        assert (await bot.post(**hello("k"))).status_code == 503
        offer = await desk.event("OfferMade")
        await desk.done("accept", offer=offer["offer"])
