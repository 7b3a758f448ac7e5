"""Fill the search from the log, behind what comes in, and never so fast that it is felt."""

import asyncio

from contactcenter.actions.fill_search import fill_search
from contactcenter.db.database import Database

EVERY_S = 1.0
FACTS_MAX = 1_000
"""So many facts each second, whatever comes in: a rush is caught up with afterwards."""


class Search:
    """Every process runs this; one of them at a time has something to do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        """A portion each second, for ever."""
        while True:
            await self._database.run(lambda tx: fill_search(tx, FACTS_MAX))
            await asyncio.sleep(EVERY_S)
