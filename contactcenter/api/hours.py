"""When queues are open: for staff and bots by queue or calendar, for visitors by connection."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from contactcenter.api.access import STAFF, Limit, who
from contactcenter.errors import NotFound
from contactcenter.model.business_time import business_time
from contactcenter.model.opening_hours import Hours, calendar_of
from contactcenter.model.rulebook import Published

Named = Annotated[str, PathParameter(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Connection = Annotated[str, QueryParameter(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]

_LOOKS = Limit("visitor-hours", per_minute=600, burst=60)


class HoursNow(Hours, frozen=True, kw_only=True):
    """`calendar`: its name in the rulebook, and its time zone; none where it is always open."""

    calendar: str | None = None
    timezone: str | None = None


@get(
    "/v1/queues/{queue:str}/hours",
    opt=who("bot", *STAFF),
    tags=["hours"],
    operation_id="ReadQueueHours",
)
async def queue_hours(
    queue: Named, book: NamedDependency[Published], now: NamedDependency[datetime]
) -> HoursNow:
    """Whether a queue is open now, and when it opens or closes next."""
    known = book.rules.queues.get(queue)
    if known is None:
        raise NotFound(f"There is no queue {queue!r} in the rulebook.")
    return _now(book, known.calendar, now)


@get(
    "/v1/calendars/{calendar:str}/hours",
    opt=who("bot", *STAFF),
    tags=["hours"],
    operation_id="ReadCalendarHours",
)
async def calendar_hours(
    calendar: Named, book: NamedDependency[Published], now: NamedDependency[datetime]
) -> HoursNow:
    """Whether it is open by a calendar now, and when it opens or closes next."""
    if calendar not in book.rules.calendars:
        raise NotFound(f"There is no calendar {calendar!r} in the rulebook.")
    return _now(book, calendar, now)


@get(
    "/v1/visitor/hours",
    opt=who("nobody", limit=_LOOKS),
    tags=["visitor"],
    operation_id="ReadVisitorHours",
)
async def visitor_hours(
    book: NamedDependency[Published], now: NamedDependency[datetime], connection: Connection = "*"
) -> Hours:
    """Whether people answer now those who come by a connection, and when they do next.

    Without one: those who come by a connection of which the rulebook says nothing.
    """
    return Hours.at(calendar_of(book.rules, book.rules.entry_for(connection).queue), now)


def _now(book: Published, name: str | None, now: datetime) -> HoursNow:
    if name is None:
        return HoursNow(open=True)
    calendar = business_time(book.rules.calendars[name])
    return msgspec.structs.replace(
        HoursNow.at(calendar, now), calendar=name, timezone=calendar.calendar.timezone
    )


ROUTES = [queue_hours, calendar_hours, visitor_hours]
