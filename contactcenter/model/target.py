"""A target, and the clock that runs against it: in business time or in clock time.

    idle ──► running ◄──► paused
               │  ▲          │
               ▼  │ reopened │
             stopped ◄───────┘      cancelled: from any state; it does not count

A clock is a value. `after` gives the next one for something that has happened, by the table below;
`due`, `elapsed` and `remaining` read it, and `read` says all of it to people. Whoever changes a
target or calendar replaces `target_s`, `calendar` and `rulebook_version`: nothing that was
computed by the old ones is kept in it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, Self, assert_never

import msgspec

from contactcenter.model.business_time import BusinessTime
from contactcenter.words import ClockEvent, ClockState, Metric

Effect = Literal["start", "begin", "renew", "pause", "resume", "stop", "reopen", "cancel"]

APPLIES: Mapping[Effect, tuple[ClockState, ...]] = {
    "start": ("idle", "stopped", "cancelled"),  # from zero, unless it is under way
    "begin": ("idle", "running", "paused", "stopped", "cancelled"),  # from zero, whatever it was
    "renew": ("running", "paused"),  # from zero, if it is under way; a paused one stays paused
    "pause": ("running",),  # what passes from here on does not count
    "resume": ("paused",),  # it runs on
    "stop": ("running", "paused"),  # the target was met, or missed
    "reopen": ("stopped",),  # it runs on; what passed meanwhile does not count
    "cancel": ("running", "paused", "stopped", "cancelled"),  # it does not count at all
}
"""What an event does to a clock, and in which states; in others it does nothing."""

_ENDS: Mapping[Effect, ClockState] = {
    "pause": "paused",
    "stop": "stopped",
    "cancel": "cancelled",
}

TABLE: Mapping[Metric, Mapping[ClockEvent, Effect]] = {
    # From the customer's matter to the first words of ours.
    "first_response": {
        "opened": "start",
        "answered": "stop",
        "resolved": "stop",
        "left": "cancel",
        "cancelled": "cancel",
    },
    # From the first words of the customer that we have not answered.
    "next_response": {
        "customer_wrote": "start",
        "answered": "stop",
        "resolved": "stop",
        "left": "cancel",
        "cancelled": "cancel",
    },
    # As long as it is on us.
    "resolution": {
        "opened": "start",
        "set_waiting": "pause",
        "customer_wrote": "resume",
        "resumed": "resume",
        "resolved": "stop",
        "reopened": "reopen",
        "left": "cancel",
        "cancelled": "cancel",
    },
    # In one queue: a transfer begins anew.
    "time_in_queue": {
        "queued": "begin",
        "assigned": "stop",
        "left": "cancel",
        "cancelled": "cancel",
    },
    # Over all queues, until an agent has it for the first time.
    "time_to_answer": {
        "arrived": "start",
        "assigned": "stop",
        "left": "cancel",
        "cancelled": "cancel",
    },
    # Between one word to the customer about their case and the next.
    "update": {
        "opened": "start",
        "answered": "renew",
        "updated": "renew",
        "set_waiting": "pause",
        "customer_wrote": "resume",
        "resumed": "resume",
        "resolved": "stop",
        "reopened": "start",
        "left": "cancel",
        "cancelled": "cancel",
    },
}


class Interval(msgspec.Struct, frozen=True):
    """From when to when; without an end it goes on."""

    start: datetime
    end: datetime | None = None


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """`ran`: when it ran, of the present count from zero; the last has no end while it runs.

    `since`: when it came into its state. `calendar`: its name in the rulebook of
    `rulebook_version`; none counts clock time.
    """

    metric: Metric
    target_s: int
    calendar: str | None = None
    rulebook_version: int
    state: ClockState = "idle"
    since: datetime | None = None
    ran: tuple[Interval, ...] = ()

    @property
    def pauses(self) -> tuple[Interval, ...]:
        """When it did not run between its start and now, or its stop."""
        between = [
            Interval(earlier.end, later.start)
            for earlier, later in zip(self.ran, self.ran[1:], strict=False)
            if earlier.end
        ]
        if self.state == "paused" and self.since:
            between.append(Interval(self.since))
        return tuple(between)

    def after(self, event: ClockEvent, at: datetime) -> Self:
        """The clock once this has happened; itself where that means nothing to it.

        Nothing happens before what is known already: what comes late counts from then.
        """
        effect = TABLE[self.metric].get(event)
        if effect is None or self.state not in APPLIES[effect]:
            return self
        if self.since:
            at = max(at, self.since)
        match effect:
            case "start" | "begin":
                return self._from_zero(at)
            case "renew":
                return self._renewed(at)
            case "resume" | "reopen":
                return self._on(at)
            case "pause" | "stop" | "cancel":
                return self._ended(_ENDS[effect], at)
            case _:
                assert_never(effect)

    def _from_zero(self, at: datetime) -> Self:
        return self._replace(state="running", since=at, ran=(Interval(at),))

    def _renewed(self, at: datetime) -> Self:
        return self._from_zero(at) if self.state == "running" else self._replace(since=at, ran=())

    def _on(self, at: datetime) -> Self:
        return self._replace(state="running", since=at, ran=(*self.ran, Interval(at)))

    def _ended(self, state: ClockState, at: datetime) -> Self:
        ran = self.ran
        if self.state == "running":
            ran = (*ran[:-1], Interval(ran[-1].start, at))
        return self._replace(state=state, since=at, ran=ran)

    def _replace(self, **changes: object) -> Self:
        return msgspec.structs.replace(self, **changes)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A clock as people read it. `met`: None while that is open, and of what was cancelled."""

    metric: Metric
    state: ClockState
    target_s: int
    elapsed_s: float
    remaining_s: float
    due: datetime | None
    met: bool | None
    ran: tuple[Interval, ...]
    pauses: tuple[Interval, ...]
    calendar: str | None
    rulebook_version: int


def read(clock: Clock, calendar: BusinessTime | None, now: datetime) -> Reading:
    """Everything about a clock at `now`; `calendar` is what its name stands for."""
    left = remaining(clock, calendar, now)
    return Reading(
        metric=clock.metric,
        state=clock.state,
        target_s=clock.target_s,
        elapsed_s=elapsed(clock, calendar, now).total_seconds(),
        remaining_s=left.total_seconds(),
        due=due(clock, calendar),
        met=_met(clock, left),
        ran=clock.ran,
        pauses=clock.pauses,
        calendar=clock.calendar,
        rulebook_version=clock.rulebook_version,
    )


def due(clock: Clock, calendar: BusinessTime | None) -> datetime | None:
    """When the target is or was reached; None where it never will be as things are.

    That is: while the clock is idle or paused in time, and once it was stopped in time or
    cancelled. In business time it is inside opening hours, or when they end.
    """
    if clock.state == "cancelled":
        return None
    left = timedelta(seconds=clock.target_s)
    for interval in clock.ran:
        if interval.end is None:
            return _add(calendar, interval.start, left)
        passed = _between(calendar, interval.start, interval.end)
        if passed > left:
            return _add(calendar, interval.start, left)
        left -= passed
    return None


def elapsed(clock: Clock, calendar: BusinessTime | None, now: datetime) -> timedelta:
    """How long it has run, of what counts; never negative, and never what was paused."""
    total = timedelta()
    for interval in clock.ran:
        end = max(now, interval.start) if interval.end is None else interval.end
        total += _between(calendar, interval.start, end)
    return total


def remaining(clock: Clock, calendar: BusinessTime | None, now: datetime) -> timedelta:
    """How much of the target is left; negative by how much it is exceeded."""
    return timedelta(seconds=clock.target_s) - elapsed(clock, calendar, now)


def _met(clock: Clock, left: timedelta) -> bool | None:
    match clock.state:
        case "idle" | "cancelled":
            return None
        case "running" | "paused":
            return None if left >= timedelta() else False
        case "stopped":
            return left >= timedelta()
        case _:
            assert_never(clock.state)


def _add(calendar: BusinessTime | None, start: datetime, duration: timedelta) -> datetime:
    return start + duration if calendar is None else calendar.add(start, duration)


def _between(calendar: BusinessTime | None, start: datetime, end: datetime) -> timedelta:
    return end - start if calendar is None else calendar.between(start, end)
