import asyncio
import os
import signal

from contactcenter.db.daemon import holders
from contactcenter.loadtest.fleet import ready
from tests.faults.conftest import Ground, until

HANGING_S_MAX = 22
"""10 s for the statement, 10 s until the connection is given up, and some to say so."""


async def test_without_postgresql_posts_are_refused_cleanly_and_taken_again_afterwards(
    ground: Ground,
) -> None:
    server = ground.servers[0]
    assert (await ground.post(server, "1", "before")).status_code == 200

    await ground.place.servers.stop_postgres()
    refused = await ground.post(server, "1", "meanwhile")
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "1"

    await ground.place.servers.start_postgres()
    await ready(server)
    taken = await ground.post(server, "1", "meanwhile")
    assert (taken.status_code, taken.json()["number"]) == (200, 2)


async def test_agent_who_leaves_while_postgresql_is_away_is_gone_afterwards(
    ground: Ground,
) -> None:
    desktop = await ground.desktop(ground.servers[0]).open()
    assert await ground.value("SELECT count(*) FROM agent WHERE gone_since IS NULL") == 1
    await ground.place.servers.stop_postgres()
    await desktop.close()
    await ground.place.servers.start_postgres()

    async def gone() -> bool:
        return await ground.value("SELECT count(*) FROM agent WHERE gone_since IS NULL") == 0

    await until(gone)


async def test_while_postgresql_hangs_posts_are_refused_within_a_bound_and_taken_afterwards(
    ground: Ground,
) -> None:
    server = ground.servers[0]
    assert (await ground.post(server, "1", "before")).status_code == 200

    pids = holders(ground.place.servers.place.folder / "postgres")
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(HANGING_S_MAX):
            refused = await ground.post(server, "1", "meanwhile", HANGING_S_MAX)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:contactcenter:problem:database-unavailable"
    assert refused.headers["retry-after"] == "1"

    await ready(server)
    taken = await ground.post(server, "1", "meanwhile")
    assert (taken.status_code, taken.json()["number"]) == (200, 2)
