"""When the queues of a rulebook are open, and what that means for what waits in them."""

from datetime import datetime
from typing import Self

import msgspec

from contactcenter.model.business_time import BusinessTime, business_time
from contactcenter.model.rulebook import Rulebook


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """At one moment. `opens_at`: the next opening, while it is closed.

    `closes_at`: when it closes, while it is open; None also where it does not.
    """

    open: bool
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    @classmethod
    def at(cls, calendar: BusinessTime | None, moment: datetime) -> Self:
        """By that calendar; without one it is always open."""
        if calendar is None:
            return cls(open=True)
        if calendar.is_open(moment):
            return cls(open=True, closes_at=calendar.closes_at(moment))
        return cls(open=False, opens_at=calendar.opens_at(moment))


def calendar_of(rules: Rulebook, queue: str) -> BusinessTime | None:
    """The calendar of a queue; None where it has none, or is not in these rules any more."""
    known = rules.queues.get(queue)
    if known is None or known.calendar is None:
        return None
    return business_time(rules.calendars[known.calendar])


def wait_begins(rules: Rulebook, queue: str, enqueued_at: datetime) -> datetime:
    """From when a wait in this queue counts, and is put to agents.

    What came in time is served to the end, also after closing; what came while it was closed waits
    for the next opening.
    """
    calendar = calendar_of(rules, queue)
    return enqueued_at if calendar is None else calendar.opens_at(enqueued_at)
