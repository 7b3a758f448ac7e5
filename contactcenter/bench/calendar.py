"""Business time: what an addition and a difference take over ten years of a calendar."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

from contactcenter.bench.report import Line, line
from contactcenter.model.business_time import BusinessTime
from contactcenter.model.calendar import Calendar, Week

SINCE, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2034, 12, 31, tzinfo=UTC)
MOMENTS = 50_000
ROUNDS = 5
GOAL_US = 5
_HOURS = ("08:00-12:00", "13:00-17:30")


async def calendar() -> AsyncIterator[Line]:
    """Two spans a workday, the holidays of Bavaria, daylight saving; the median of five rounds."""
    week = Week(monday=_HOURS, tuesday=_HOURS, wednesday=_HOURS, thursday=_HOURS, friday=_HOURS)
    office = BusinessTime(Calendar(timezone="Europe/Berlin", hours=week, holidays=("DE-BY",)))
    began = time.perf_counter()
    total = office.between(SINCE, UNTIL)
    yield line("calendar.compile_ten_years", (time.perf_counter() - began) * 1e3, "ms")
    step = (UNTIL - SINCE) / (2 * MOMENTS)
    moments = [SINCE + n * step for n in range(MOMENTS)]
    durations = [total * n / (2 * MOMENTS) for n in range(MOMENTS)]
    added = _median_us(lambda: [*map(office.add, moments, durations)])
    yield line("calendar.add", added, "us", at_most=GOAL_US)
    compared = _median_us(lambda: [*map(office.between, moments, reversed(moments))])
    yield line("calendar.between", compared, "us", at_most=GOAL_US)


def _median_us(run: Callable[[], list[datetime] | list[timedelta]]) -> float:
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        taken.append((time.perf_counter() - began) / MOMENTS * 1e6)
    return sorted(taken)[ROUNDS // 2]
