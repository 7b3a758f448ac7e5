"""The rulebook in force: one version at a time, replaced in every process when one is published."""

import asyncio

import msgspec

from contactcenter.db.database import Database
from contactcenter.errors import NotFound
from contactcenter.facts import Fact, RulebookPublished
from contactcenter.model.rulebook import Published, Rulebook


class _Row(msgspec.Struct, frozen=True):
    version: int
    document: Rulebook


class RulebookInForce:
    """`current` is what every action is given; it changes between actions, never within one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed = asyncio.Event()
        self.current: Published

    async def load(self) -> None:
        """Read the newest version; raises `NotFound` where none has been published."""
        async with self._database.snapshot() as tx:
            row = await tx.maybe(_Row, "rulebooks.newest")
        if row is None:
            detail = "No rulebook has been published; run `contactcenter rulebook publish`."
            raise NotFound(detail, code="no-rulebook")
        self.current = Published(row.version, row.document)

    def read(self, _seq: int, fact: Fact) -> None:
        """Follow the log."""
        if isinstance(fact, RulebookPublished):
            self._changed.set()

    async def run(self) -> None:
        """Load each version that is published, for ever."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self.load()
            except BaseException:
                self._changed.set()  # the next run loads what this one could not
                raise
