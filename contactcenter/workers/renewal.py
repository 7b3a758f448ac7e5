"""The board is read anew after a fact that this version cannot read, since nobody could fold it.

The router does the same for the engine's memory by itself.
"""

import asyncio

from contactcenter.db.database import Database
from contactcenter.db.tail import Tail
from contactcenter.facts import Fact
from contactcenter.live.board import read
from contactcenter.live.hub import Hub

LOOK_S = 5.0
"""However many such facts come, the board is not read more often."""


class Renewal:
    """Every process runs this; it has something to do only beside a later version."""

    def __init__(self, database: Database, tail: Tail, hub: Hub) -> None:
        self._database = database
        self._tail = tail
        self._hub = hub
        self._renewed = 0

    async def run(self) -> None:
        """Look, and read the board where it may be wrong, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Read the board where a fact has been passed over since the last time."""
        passed_over = self._tail.passed_over
        if passed_over > self._renewed:
            await self._renew()
            self._renewed = passed_over

    async def _renew(self) -> None:
        meanwhile: list[tuple[int, Fact]] = []
        unfollow = self._tail.follow(lambda seq, fact: meanwhile.append((seq, fact)))
        try:
            async with self._database.snapshot() as tx:
                board = await read(tx, self._hub.board.zone)
        finally:
            unfollow()
        for seq, fact in meanwhile:
            board.fold(seq, fact)
        self._hub.renew(board)
