"""What breaks, and how it comes back: each returns when its part runs again."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from random import Random

import msgspec

from contactcenter.db.embedded import Servers
from contactcenter.loadtest.fleet import Fleet

FROZEN_S = (3.0, 8.0)
"""In turn: longer than the router's lease, and longer than that of the process and its desktops."""

REDIS_AWAY_S = 2.0
POSTGRES_ENDS_S_MAX = 20


class Ground(msgspec.Struct, frozen=True):
    """What there is to break. `number`: of the fault, from 0."""

    fleet: Fleet
    databases: Servers
    chance: Random
    number: int


async def kill(ground: Ground) -> str:
    """A server process is gone from one moment to the next."""
    server = ground.fleet.servers[ground.number % len(ground.fleet.servers)]
    await ground.fleet.kill(server)
    await ground.fleet.start_again(server)
    return f"killed the server on port {server.port}"


async def freeze(ground: Ground) -> str:
    """The process that routes stands still, wakes later, and does not know it."""
    server = await ground.fleet.leader() or ground.chance.choice(ground.fleet.servers)
    frozen_s = FROZEN_S[ground.number % len(FROZEN_S)]
    server.process.send_signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(frozen_s)
    finally:
        server.process.send_signal(signal.SIGCONT)
    return f"froze the server on port {server.port} for {frozen_s:.0f} s"


async def postgres(ground: Ground) -> str:
    """PostgreSQL is restarted: in turn by its administrator, and by a crash."""
    name, number = (("fast", signal.SIGINT), ("immediate", signal.SIGQUIT))[ground.number % 2]
    await restart_postgres(ground.databases, number)
    return f"restarted PostgreSQL ({name})"


async def redis(ground: Ground) -> str:
    """Redis is away for a while."""
    await ground.databases.stop_redis()
    try:
        await asyncio.sleep(REDIS_AWAY_S)
    finally:
        await ground.databases.start_redis()
    return f"stopped Redis for {REDIS_AWAY_S:.0f} s"


async def none(_ground: Ground) -> str:
    """Nothing breaks: the load alone."""
    return "broke nothing"


FAULTS: Mapping[str, Callable[[Ground], Awaitable[str]]] = {
    "kill": kill,
    "freeze": freeze,
    "postgres": postgres,
    "redis": redis,
    "none": none,
}


async def restart_postgres(databases: Servers, ending: signal.Signals) -> None:
    """End PostgreSQL by a signal of its manual's (Shutting Down the Server), and start it again."""
    pid = databases.postgres_pid
    if pid is not None:
        os.kill(pid, ending)
    async with asyncio.timeout(POSTGRES_ENDS_S_MAX):
        while databases.postgres_pid is not None:  # noqa: ASYNC110 -- a process of others sets no event
            await asyncio.sleep(0.01)
    await databases.start_postgres()
