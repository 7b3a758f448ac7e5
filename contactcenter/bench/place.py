"""Where measurements happen: embedded servers of their own, fresh for each."""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec

from contactcenter.actions.connections import NewConnection, create_connection
from contactcenter.actions.keys import NewKey, create_key
from contactcenter.actions.publish import publish
from contactcenter.clock import clock
from contactcenter.db import embedded, migrate
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.live.fanout import Fanout
from contactcenter.model import credential
from contactcenter.model.caller import SYSTEM
from contactcenter.model.rulebook import Rulebook, parse

RULEBOOK = Path(__file__).parents[2] / "config" / "rulebook.toml"
SESSION = timedelta(hours=1)


class Place(msgspec.Struct, frozen=True):
    """A migrated database with the rulebook, a bot's key, and the way to start servers on it."""

    url: str
    redis_url: str
    database: Database
    rules: Rulebook
    token: str
    servers: embedded.Servers

    @property
    def environment(self) -> dict[str, str]:
        """For the servers' processes."""
        return {
            **os.environ,
            "CONTACTCENTER_DATABASE_URL": self.url,
            "CONTACTCENTER_REDIS_URL": self.redis_url,
            "CONTACTCENTER_LOG_LEVEL": "error",
        }

    async def agents(self, count: int, capacity: int) -> list[str]:
        """So many agents, each signed in; returns their sessions' tokens."""
        tokens = [credential.issue("ccs_") for _ in range(count)]
        now = clock()
        hashes = [credential.digest(t) for t in tokens]
        await self.database.run(
            lambda tx: tx.do("bench.agents", hashes, capacity, now, now + SESSION)
        )
        return tokens


@contextmanager
def folder_for_servers() -> Generator[Path]:
    """A folder that servers under an unprivileged id can reach into."""
    with tempfile.TemporaryDirectory(prefix="contactcenter-bench-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@asynccontextmanager
async def place(rules: Rulebook) -> AsyncGenerator[Place]:
    """Servers of its own, made for one measurement and removed after it."""
    with folder_for_servers() as folder:
        async with await embedded.start(folder / "servers", say=_quietly) as servers:
            await migrate.upgrade(servers.database_url)
            database = await Database.open(servers.database_url, size=4)
            token = await furnish(database, rules)
            fanout = Fanout(servers.redis_url, "bench", _deaf, _deaf)
            database.committed = fanout.committed
            telling = asyncio.create_task(fanout.run())
            try:
                yield Place(
                    servers.database_url, servers.redis_url, database, rules, token, servers
                )
            finally:
                telling.cancel()
                await asyncio.gather(telling, return_exceptions=True)
                await fanout.close()
                await database.close()
        await embedded.remove(folder / "servers", say=_quietly)


async def furnish(database: Database, rules: Rulebook) -> str:
    """The rulebook in force, and a bot's key with its connection."""
    token, now = credential.issue("cck_"), clock()
    new = NewKey(name="bench", scopes=frozenset({"interactions:write"}))

    async def make(tx: Tx) -> None:
        await publish(tx, rules, "bench", now)
        key = await create_key(tx, new, credential.digest(token), SYSTEM, now)
        wanted = NewConnection(name="bench", channel="bot", api_key_id=key.id)
        await create_connection(tx, wanted, rules, SYSTEM, now)
        await tx.do("bench.tables")
        await tx.do("bench.customers")

    await database.run(make)
    return token


def _deaf(*_: object) -> None:
    """What is committed here is told to the server; what the server tells is not heard here."""


def _quietly(_line: str) -> None:
    """A measurement prints figures only."""


def shipped_rules() -> Rulebook:
    """The rulebook that the project ships."""
    return parse(RULEBOOK.read_text(encoding="utf-8"))


def without_wrap_up(rules: Rulebook) -> Rulebook:
    """So that an agent is free again as soon as a conversation is resolved."""
    queues = {n: msgspec.structs.replace(q, wrap_up_s=0) for n, q in rules.queues.items()}
    return msgspec.structs.replace(rules, queues=queues)
