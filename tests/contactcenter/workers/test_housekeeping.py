import asyncio
from datetime import timedelta

import pytest

from contactcenter.actions.forget import KEYS_KEPT
from contactcenter.db.database import Database
from contactcenter.workers import housekeeping
from contactcenter.workers.housekeeping import Housekeeping
from tests.contactcenter.conftest import NOW, Desk


async def test_the_worker_forgets_by_the_days_that_are_set(database: Database, desk: Desk) -> None:
    await desk.say("1")
    await desk.value("UPDATE log_cursor SET seq = 1000 RETURNING 1")
    await desk.value("UPDATE log SET at = $1 RETURNING 1", NOW)
    working = asyncio.create_task(Housekeeping(database, -1, lambda: NOW).run())
    async with asyncio.timeout(10):
        while await desk.value("SELECT count(*) FROM log"):  # noqa: ASYNC110 -- the database says
            await asyncio.sleep(0.01)
    working.cancel()


async def test_the_worker_sweeps_what_has_no_index(
    database: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "SWEEP_AFTER_S", 0)
    await desk.say("1")
    late = NOW + KEYS_KEPT + timedelta(seconds=1)
    working = asyncio.create_task(Housekeeping(database, 14, lambda: late).run())
    async with asyncio.timeout(10):
        while await desk.value("SELECT count(*) FROM dedupe"):  # noqa: ASYNC110 -- the database says
            await asyncio.sleep(0.01)
    working.cancel()
