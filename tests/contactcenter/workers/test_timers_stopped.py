"""Whatever a worker is stopped in the middle of, each timer has its effect once."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from contactcenter.live.rulebook import RulebookInForce
from contactcenter.workers.timers import Timers
from tests.contactcenter.floor import Floor


@pytest.fixture
async def timers(floor: Floor) -> Timers:
    await floor.publish()
    rulebook = RulebookInForce(floor.desk.database)
    await rulebook.load()
    return Timers(floor.desk.database, rulebook, lambda: datetime.now(UTC))


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Any]:
    """Another process with a worker; see `firing.py`."""
    module = "tests.contactcenter.workers.firing"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, database_url, stdin=PIPE, stdout=PIPE
    )
    yield process
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


async def ask(other: Any, stop: signal.Signals, step: int) -> list[str]:
    other.stdin.write(f"{stop.value} {step}\n".encode())
    return await answer(other)


async def answer(other: Any) -> list[str]:
    async with asyncio.timeout(20):
        return (await other.stdout.readline()).decode().split()


async def lapsing(floor: Floor, number: int) -> int:
    """An agent whose offer is due to lapse."""
    agent = await floor.desk.person()
    await floor.offer(await floor.waiting(str(number)), agent)
    await floor.desk.rows("UPDATE timer SET due_at = now() - interval '1 second'")
    return agent


async def fire(timers: Timers) -> None:
    seen = await timers.look()
    await timers.fire([*seen.backlog, *seen.ahead], 0.0)


async def lapsed_once(floor: Floor, agent: int) -> bool:
    misses = await floor.desk.value("SELECT misses FROM agent WHERE id = $1", agent)
    facts = [f for f in await floor.desk.facts("OfferEnded") if f["agent"] == agent]
    return (misses, len(facts)) == (1, 1)


async def test_worker_killed_at_any_step_leaves_the_effect_to_be_had_once(
    floor: Floor, timers: Timers, other: Any
) -> None:
    for step in count(1):
        agent = await lapsing(floor, step)
        became = await ask(other, signal.SIGKILL, step)
        await fire(timers)
        assert await lapsed_once(floor, agent), f"killed at step {step}"
        assert await floor.desk.value("SELECT count(*) FROM timer") == 0
        if became == ["ended", "0"]:
            break
        assert became == ["ended", str(-signal.SIGKILL)]
    assert step > 10


@pytest.mark.parametrize("step", [2, 6, 9])
async def test_worker_that_is_frozen_and_woken_fires_nothing_again(
    floor: Floor, timers: Timers, other: Any, step: int
) -> None:
    agent = await lapsing(floor, step)
    stopped, child = await ask(other, signal.SIGSTOP, step)
    assert stopped == "stopped"
    async with asyncio.timeout(20):
        await fire(timers)
    assert await lapsed_once(floor, agent)
    os.kill(int(child), signal.SIGCONT)
    assert (await answer(other))[0] == "ended"
    assert await lapsed_once(floor, agent)


SHIFTED = """
CREATE SCHEMA shifted;
CREATE TABLE shifted.by (seconds float8);
INSERT INTO shifted.by VALUES (0);
CREATE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    'SELECT pg_catalog.clock_timestamp() + make_interval(secs => seconds) FROM shifted.by';
CREATE FUNCTION shifted.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS
    'SELECT pg_catalog.statement_timestamp() + make_interval(secs => seconds) FROM shifted.by';
"""


async def test_clock_that_is_set_back_and_forward_fires_once(floor: Floor, timers: Timers) -> None:
    """The database's clock, which decides: its functions are put in front of PostgreSQL's."""
    await floor.desk.connection.execute(SHIFTED)
    name = await floor.desk.value("SELECT current_database()")
    await floor.desk.connection.execute(
        f'ALTER DATABASE "{name}" SET search_path = shifted, public, pg_catalog'
    )
    await timers._database._pool.expire_connections()  # new ones have the path
    agent = await lapsing(floor, 1)

    async def shift(hours: int) -> None:
        await floor.desk.rows("UPDATE shifted.by SET seconds = $1", hours * 3600.0)
        await fire(timers)

    await shift(-1)
    assert await floor.desk.facts("OfferEnded") == []
    await shift(0)
    assert await lapsed_once(floor, agent)
    for hours in (-1, 2, 0):
        await shift(hours)
    assert await lapsed_once(floor, agent)
