"""Forget what need not be kept, a portion at a time."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from contactcenter.actions.forget import ROWS_MAX, SWEEPS, Place, Sweep, forget
from contactcenter.db.database import Database

EVERY_S = 600
SWEEP_EVERY_S = 6 * 3600
SWEEP_AFTER_S = 600
"""A process that has just started has other things to do."""
BETWEEN_PORTIONS_S = 0.5


class Housekeeping:
    """Every process runs this; two at once pass over each other's rows, or find them gone."""

    def __init__(
        self, database: Database, log_keep_days: int, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._log_kept = timedelta(days=log_keep_days)
        self._clock = clock

    async def run(self) -> None:
        """Portion after portion while there is much, then rest, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._forget())
            group.create_task(self._sweep())

    async def _forget(self) -> None:
        while True:
            gone = await self._database.run(lambda tx: forget(tx, self._log_kept, self._clock()))
            await asyncio.sleep(BETWEEN_PORTIONS_S if gone == ROWS_MAX else EVERY_S)

    async def _sweep(self) -> None:
        await asyncio.sleep(SWEEP_AFTER_S)
        while True:
            for sweep in SWEEPS:
                await self._sweep_once(sweep)
            await asyncio.sleep(SWEEP_EVERY_S)

    async def _sweep_once(self, sweep: Sweep) -> None:
        place: Place | None = Place()
        while place:
            place = await self._portion(sweep, place)
            await asyncio.sleep(BETWEEN_PORTIONS_S)

    async def _portion(self, sweep: Sweep, place: Place) -> Place | None:
        return await self._database.run(lambda tx: sweep(tx, place, self._clock()))
