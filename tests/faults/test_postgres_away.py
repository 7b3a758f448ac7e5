from contactcenter.loadtest.fleet import ready
from tests.faults.conftest import Ground, until


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
