"""`contactcenter bench`: run the measurements, show each as it comes, and write them down."""

from collections.abc import AsyncIterator, Callable, Mapping

from contactcenter.bench.calendar import calendar
from contactcenter.bench.chromium import LeftOut
from contactcenter.bench.commits import commits
from contactcenter.bench.conditions import conditions
from contactcenter.bench.desktops import desktops
from contactcenter.bench.ingest import ingest
from contactcenter.bench.latency import latency
from contactcenter.bench.opening import opening
from contactcenter.bench.report import Line, show, write
from contactcenter.bench.scrolling import scrolling
from contactcenter.bench.search import search
from contactcenter.bench.startup import startup
from contactcenter.bench.supervising import supervising
from contactcenter.bench.timers import timers
from contactcenter.bench.workday import workday
from contactcenter.cli.tell import note, result
from contactcenter.errors import CommandFailed
from contactcenter.settings import Settings

MEASUREMENTS: Mapping[str, Callable[[], AsyncIterator[Line]]] = {
    "ingest": ingest,
    "log": commits,
    "conditions": conditions,
    "offer": latency,
    "desktops": desktops,
    "search": search,
    "ready": startup,
    "timers": timers,
    "calendar": calendar,
    "opening": opening,
    "workday": workday,
    "scrolling": scrolling,
    "supervising": supervising,
}


async def bench(settings: Settings, *, only: str | None) -> None:
    """Run all, or `only` one; the table goes to the terminal, the lines to bench.json."""
    if only is not None and only not in MEASUREMENTS:
        known = ", ".join(MEASUREMENTS)
        raise CommandFailed(f"there is no measurement {only!r}; there are: {known}")
    lines: list[Line] = []
    left_out: dict[str, list[str]] = {}
    for name, measure in MEASUREMENTS.items():
        if only not in (None, name):
            continue
        try:
            async for measured in measure():
                result(show(measured))
                lines.append(measured)
        except LeftOut as reason:
            left_out.setdefault(str(reason), []).append(name)
    for reason, names in left_out.items():
        note(f"left out: {', '.join(names)}: {reason}")
    path = settings.folder / "bench.json"
    write(lines, path)
    note(f"written to {path}")
