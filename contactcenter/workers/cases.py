"""Put cases back to work when their customers speak, a moment after they did."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from contactcenter.actions.case_words import customers_spoke
from contactcenter.db.database import Database
from contactcenter.live.rulebook import RulebookInForce

EVERY_S = 0.5
FACTS_MAX = 1_000
"""So many facts each time, whatever comes in: a rush is caught up with afterwards."""


class Cases:
    """Every process runs this; one of them at a time has something to do."""

    def __init__(
        self, database: Database, rulebook: RulebookInForce, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._rulebook = rulebook
        self._clock = clock

    async def run(self) -> None:
        """A portion each time, for ever."""
        while True:
            await self._database.run(
                lambda tx: customers_spoke(tx, FACTS_MAX, self._rulebook.current, self._clock())
            )
            await asyncio.sleep(EVERY_S)
