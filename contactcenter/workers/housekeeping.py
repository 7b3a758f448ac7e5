"""Forget what need not be kept, a portion at a time."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from contactcenter.actions.forget import ROWS_MAX, forget
from contactcenter.db.database import Database

EVERY_S = 600
BETWEEN_PORTIONS_S = 0.5


class Housekeeping:
    """Every process runs this; two at once pass over each other's rows."""

    def __init__(
        self, database: Database, log_keep_days: int, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._log_kept = timedelta(days=log_keep_days)
        self._clock = clock

    async def run(self) -> None:
        """Portion after portion while there is much, then rest, for ever."""
        while True:
            gone = await self._database.run(lambda tx: forget(tx, self._log_kept, self._clock()))
            await asyncio.sleep(BETWEEN_PORTIONS_S if gone == ROWS_MAX else EVERY_S)
