import asyncio
import os
import signal

import httpx

from contactcenter.db.daemon import holders
from contactcenter.loadtest.fleet import Server
from tests.faults.conftest import Ground, until

END_S_MAX = 20
HANGING_END_S_MAX = 30
POSTING = 20


async def _post_until_refused(ground: Ground, server: Server, who: int) -> tuple[list[str], int]:
    """The keys that were acknowledged, and how many requests were cut off without an answer."""
    acknowledged: list[str] = []
    headers = {"Authorization": f"Bearer {ground.place.token}"}
    async with httpx.AsyncClient(base_url=server.url, timeout=10) as client:
        while True:
            key = f"{who}-{len(acknowledged)}"
            sender = {"scheme": "phone", "value": str(who)}
            item = {"type": "message", "key": key, "from": sender, "text": key}
            try:
                answer = await client.post("/v1/interactions", json=item, headers=headers)
            except httpx.ConnectError:
                return acknowledged, 0
            except httpx.RemoteProtocolError:
                # Sent on a connection that was idle when the server closed it: it was not read.
                return acknowledged, 1
            except httpx.TransportError:
                return acknowledged, 1
            assert answer.status_code == 200, answer.text
            acknowledged.append(key)


async def test_told_to_stop_it_answers_what_it_has_begun_closes_desktops_and_ends_with_0(
    ground: Ground,
) -> None:
    server = ground.servers[0]
    desk = await ground.desktop(server).open()
    posting = [asyncio.create_task(_post_until_refused(ground, server, n)) for n in range(POSTING)]
    taken = "SELECT count(*) FROM interaction"

    async def busy() -> bool:
        return await ground.value(taken) > POSTING

    await until(busy)
    server.process.terminate()
    async with asyncio.timeout(END_S_MAX):
        assert await server.process.wait() == 0
        ended = await asyncio.gather(*posting)
        await desk.socket.wait_closed()
    assert desk.socket.close_code == 1012

    acknowledged = {key for keys, _ in ended for key in keys}
    texts = [text for (text,) in await ground.rows("SELECT text FROM interaction")]
    assert acknowledged - set(texts) == set()
    assert len(texts) == len(set(texts))
    assert set(texts) - acknowledged == set()  # whatever was begun was answered
    assert await ground.value("SELECT count(*) FROM socket") == 0
    assert await ground.value("SELECT count(*) FROM agent WHERE gone_since IS NULL") == 0
    await desk.close()


async def test_told_to_stop_while_postgresql_is_away_it_ends_within_its_limit(
    ground: Ground,
) -> None:
    server = ground.servers[0]
    await ground.place.servers.stop_postgres()
    posting = asyncio.create_task(ground.post(server, "1", "k"))
    server.process.terminate()
    async with asyncio.timeout(END_S_MAX):
        code = await server.process.wait()
    await asyncio.gather(posting, return_exceptions=True)
    await ground.place.servers.start_postgres()
    assert code == 0


async def test_told_to_stop_while_postgresql_hangs_it_ends_within_its_limit(
    ground: Ground,
) -> None:
    pids = holders(ground.place.servers.place.folder / "postgres")
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        ground.servers[0].process.terminate()
        async with asyncio.timeout(HANGING_END_S_MAX):
            code = await ground.servers[0].process.wait()
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    assert code == 0
