"""Processes that live, die and come back, and what that means for who is connected to them."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from contactcenter.live.hub import CLOSE_RESTART
from contactcenter.workers import presence
from tests.contactcenter.clients import PATIENCE_S
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Team


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(presence, "RENEW_S", 0.1)
    return


async def until(sql: Any, query: str, expected: object) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await sql.fetchval(query) != expected:  # noqa: ASYNC110 -- it is in the database
            await asyncio.sleep(0.02)


GONE = "SELECT count(*) FROM agent WHERE gone_since IS NOT NULL"


async def test_sockets_of_a_dead_process_are_closed_by_the_living(
    team: Team, house: Running, database_url: str
) -> None:
    sql = await asyncpg.connect(database_url)
    agent = await team.hire()
    await until(sql, GONE, 1)
    await sql.execute(
        "INSERT INTO process VALUES ('elsewhere', now(), now() + interval '1 minute')"
    )
    await sql.execute(
        "INSERT INTO socket (process_id, agent_id, session_id, opened_at)"
        " SELECT 'elsewhere', $1, max(id), now() FROM staff_session",
        agent.id,
    )
    await sql.execute("UPDATE agent SET gone_since = NULL")
    await sql.execute("UPDATE process SET expires_at = now() WHERE id = 'elsewhere'")
    await until(sql, GONE, 1)
    assert await sql.fetchval("SELECT count(*) FROM socket") == 0
    assert await sql.fetchval("SELECT count(*) FROM timer WHERE kind = 'agent_grace'") == 1
    assert house.parts.hub.board.agents[agent.id].presence == "offline"
    await sql.close()


async def test_process_that_lost_its_lease_asks_everybody_to_connect_again(
    team: Team, house: Running, database_url: str
) -> None:
    sql = await asyncpg.connect(database_url)
    agent = await team.hire()
    desktop = await agent.desktop().open()
    await sql.execute(
        "UPDATE process SET expires_at = now() - interval '1 second' WHERE id = $1",
        house.settings.process,
    )
    await asyncio.wait_for(desktop.socket.wait_closed(), PATIENCE_S)
    assert desktop.socket.close_code == CLOSE_RESTART
    await until(sql, GONE, 1)
    await desktop.close()
    await desktop.open(resume=desktop.seq)
    await until(sql, GONE, 0)
    assert await sql.fetchval("SELECT count(*) FROM socket") == 1
    await desktop.close()
    await sql.close()


async def test_process_that_begins_has_no_sockets_of_an_earlier_one_of_its_name(
    team: Team, house: Running, database_url: str
) -> None:
    """As in a container that was started again: the same name, and nobody connected."""
    sql = await asyncpg.connect(database_url)
    agent = await team.hire()
    await sql.execute(
        "INSERT INTO socket (process_id, agent_id, session_id, opened_at)"
        " SELECT $1, $2, max(id), now() FROM staff_session",
        house.settings.process,
        agent.id,
    )
    await sql.execute("UPDATE agent SET gone_since = NULL")
    await house.parts.lease.begin()
    assert await sql.fetchval(GONE) == 1
    assert await sql.fetchval("SELECT count(*) FROM process WHERE expires_at > now()") == 1
    await sql.close()
