"""A worker in a process of its own, which is stopped between two steps of firing.

Each line of stdin asks for one look and its firing, by a child: `SIGNAL STEP`, where the steps are
the beginnings and ends of its database calls. The answer is a line of what became of the child.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg
from asyncpg.transaction import Transaction

from contactcenter.db.database import Database
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.workers.timers import Timers

CALLS = (
    (asyncpg.Connection, "fetch"),
    (asyncpg.Connection, "fetchrow"),
    (asyncpg.Connection, "execute"),
    (Transaction, "start"),
    (Transaction, "commit"),
)


def main() -> None:
    """Serve lines until stdin ends. The database's address is the argument."""
    for line in sys.stdin:
        number, step = map(int, line.split())
        child = os.fork()
        if child == 0:
            asyncio.run(_fire(sys.argv[1], signal.Signals(number), step))
            os._exit(0)
        _, status = os.waitpid(child, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            _say("stopped", child)
            _, status = os.waitpid(child, 0)
        _say("ended", os.waitstatus_to_exitcode(status))


def _say(became: str, number: int) -> None:
    sys.stdout.write(f"{became} {number}\n")
    sys.stdout.flush()


async def _fire(url: str, stop: signal.Signals, step: int) -> None:
    database = await Database.open(url, size=1)
    rulebook = RulebookInForce(database)
    await rulebook.load()
    timers = Timers(database, rulebook, lambda: datetime.now(UTC))
    _stop_at(step, stop)
    looked = asyncio.get_running_loop().time()
    seen = await timers.look()
    await timers.fire([*seen.backlog, *seen.ahead], looked)


def _stop_at(step: int, stop: signal.Signals) -> None:
    passed = 0

    def count() -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), stop)

    def counted(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def through(*args: Any, **kwargs: Any) -> Any:
            count()
            result = await call(*args, **kwargs)
            count()
            return result

        return through

    for owner, name in CALLS:
        setattr(owner, name, counted(getattr(owner, name)))


if __name__ == "__main__":
    main()
