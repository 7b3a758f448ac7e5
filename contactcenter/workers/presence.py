"""This process says that it lives; the sockets of those that do not are closed for them.

So are sockets of this process's own that went while the database was away, and could not say so.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

import msgspec

from contactcenter.actions.presence import disconnect, reap
from contactcenter.db.database import Database
from contactcenter.live.hub import Hub
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.log import get

LEASE_S = 6.0
RENEW_S = 1.5

_log = get(part="presence")


class _Socket(msgspec.Struct, frozen=True):
    id: int
    agent_id: int


class ProcessLease:
    """`begin()` once before any socket is taken; then `run()`."""

    def __init__(
        self,
        database: Database,
        hub: Hub,
        rulebook: RulebookInForce,
        clock: Callable[[], datetime],
        process: str,
    ) -> None:
        self._database = database
        self._hub = hub
        self._rulebook = rulebook
        self._clock = clock
        self._process = process

    async def begin(self) -> None:
        """Take the lease anew: sockets under our name are none of ours.

        They were an earlier process's of the same name (a container started again), or are of the
        time before we lost the lease.
        """
        await self.end()
        await self._reap()
        await self._database.run(lambda tx: tx.do("processes.renew", self._process, LEASE_S))

    async def run(self) -> None:
        """Renew the lease, and look after the sockets of the dead, for ever."""
        while True:
            await asyncio.sleep(RENEW_S)
            # Others have closed our sockets for us: whoever is still connected here is not counted.
            if not await self._database.run(
                lambda tx: tx.maybe(bool, "processes.renew_living", self._process, LEASE_S)
            ):
                _log.warning("this process had lost its lease: every desktop connects again")
                await self.begin()
                self._hub.close_all()
            await self._close_forgotten()
            await self._reap()

    async def end(self) -> None:
        """At a clean end: the sockets that are left close with the process."""
        await self._database.run(lambda tx: tx.do("processes.leave", self._process))

    async def _close_forgotten(self) -> None:
        async with self._database.snapshot() as tx:
            rows = await tx.many(
                _Socket, "sockets.of_process_but", self._process, self._hub.numbers()
            )
        book, now = self._rulebook.current, self._clock()
        for row in rows:
            if not self._hub.may_have(row.agent_id, row.id):
                await self._database.run(partial(disconnect, socket=row.id, book=book, now=now))

    async def _reap(self) -> None:
        book, now = self._rulebook.current, self._clock()
        if gone := await self._database.run(lambda tx: reap(tx, book, now)):
            _log.warning("agents are gone with a dead process", agents=gone)
