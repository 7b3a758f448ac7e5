from collections.abc import Callable

import pytest

from contactcenter.db.database import Database
from contactcenter.live.fanout import Fanout
from contactcenter.live.health import Health


def nothing(*_: object) -> None:
    """What other processes say is of no matter here."""


@pytest.fixture
def health(database: Database) -> Callable[[], Health]:
    fanout = Fanout(None, "test", nothing, nothing)
    fanout.up = True
    return lambda: Health(database, fanout, lambda: True, lambda: 7)


async def test_ready_says_who_leads_and_by_which_rulebook(health: Callable[[], Health]) -> None:
    report = await health().report()
    assert (report.state, report.wrong, report.leader, report.version) == ("ready", [], True, 7)


async def test_without_redis_it_is_degraded(database: Database) -> None:
    fanout = Fanout(None, "test", nothing, nothing)
    report = await Health(database, fanout, lambda: False, lambda: 1).report()
    assert report.state == "degraded"
    assert "Redis" in report.wrong[0]


async def test_without_postgresql_it_is_not_ready(
    health: Callable[[], Health], database: Database
) -> None:
    await database.close()
    report = await health().report()
    assert report.state == "not ready"
    assert "PostgreSQL" in report.wrong[0]


async def test_a_process_that_ends_takes_no_more_work(health: Callable[[], Health]) -> None:
    ending = health()
    ending.draining = True
    assert (await ending.report()).state == "not ready"
