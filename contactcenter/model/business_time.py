"""Business time: a calendar compiled into open spans of UTC, and the arithmetic over them.

The line of time is cut where the zone's offset changes. Within a piece the wall clock and the
world run alike, so it is filled from the hours; what daylight saving skips or repeats needs no
rule of its own. *Open time* is what lies in open spans.

Moments are aware datetimes of any zone; answers are in UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from contactcenter.errors import BadInput
from contactcenter.model.calendar import Calendar, Day, closed_on, minutes

YEARS = range(1970, 2200)
STAYS_OPEN = timedelta(days=366)
"""What does not close for so long is said not to close."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1)
_EPOCH_WEEKDAY = _EPOCH_DAY.weekday()
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DAY = 24 * 60 * _MINUTE

_Span = tuple[int, int]
"""From and until, in microseconds: of the day, or since 1970."""
_Piece = tuple[int, int, int]
"""From and until, and the zone's offset meanwhile."""


class OutOfReach(BadInput):
    """The answer lies outside the years for which calendars are computed (`YEARS`)."""

    code = "out-of-reach"


@lru_cache(maxsize=256)
def business_time(calendar: Calendar) -> "BusinessTime":
    """The arithmetic of a calendar without faults; the same calendar is computed once."""
    return BusinessTime(calendar)


class BusinessTime:
    """Computed by whole years, as far as it is asked; what was computed never changes."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._zone = ZoneInfo(calendar.timezone)
        self._week = tuple(_spans_of_day(day) for day in calendar.hours.days())
        self._spans = _Spans(range(0), 0, 0, [], [], [])

    def add(self, moment: datetime, duration: timedelta) -> datetime:
        """The moment when `duration` of open time has passed since `moment`.

        It lies inside an open span or on its closing instant: eight hours of an eight-hour day end
        when it closes. Nothing added to a closed moment is the next opening. A negative duration
        goes back, to the inside of a span or its opening instant. Raises `OutOfReach`.
        """
        at, open_time = _micros(moment), duration // _MICROSECOND
        spans = self._covering(at, at)
        while True:
            target = spans.open_until(at) + open_time
            if target < 0:
                spans = self._grow(spans, backwards=True)
                continue
            if open_time > 0:
                place = bisect_left(spans.through, target)
            elif open_time < 0:
                place = bisect_right(spans.through, target)
            else:
                place = bisect_left(spans.ends, at)
            if place == len(spans.ends):
                spans = self._grow(spans)
            elif open_time:
                return _moment(spans.ends[place] - (spans.through[place] - target))
            else:
                return _moment(max(at, spans.starts[place]))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time from `start` to `end`; negative where `end` is the earlier."""
        first, last = _micros(start), _micros(end)
        spans = self._covering(min(first, last), max(first, last))
        return timedelta(microseconds=spans.open_until(last) - spans.open_until(first))

    def is_open(self, at: datetime) -> bool:
        """Whether it is open; at its closing instant it is not any more."""
        moment = _micros(at)
        return self._covering(moment, moment).open_at(moment)

    def opens_at(self, at: datetime) -> datetime:
        """When it opens next; `at` itself while it is open. Raises `OutOfReach`."""
        moment = _micros(at)
        spans = self._covering(moment, moment)
        if spans.open_at(moment):
            return _moment(moment)
        while (place := bisect_left(spans.starts, moment)) == len(spans.starts):
            spans = self._grow(spans)
        return _moment(spans.starts[place])

    def closes_at(self, at: datetime) -> datetime | None:
        """When it closes; None while it is closed, and where it stays open for `STAYS_OPEN`."""
        moment = _micros(at)
        latest = moment + STAYS_OPEN // _MICROSECOND
        spans = self._covering(moment, latest)
        if not spans.open_at(moment):
            return None
        end = spans.ends[bisect_right(spans.starts, moment) - 1]
        return _moment(end) if end < latest else None

    def _covering(self, first: int, last: int) -> "_Spans":
        """The spans, computed at least from the year of `first` to that of `last`."""
        spans = self._spans
        if spans.since <= first and last < spans.until:
            return spans
        years = _moment(first).year, _moment(last).year
        known = spans.years or range(years[0], years[1] + 1)
        return self._compute(min(years[0], known[0]), max(years[1], known[-1]))

    def _grow(self, spans: "_Spans", *, backwards: bool = False) -> "_Spans":
        """Twice as many years, so that however far it goes it is computed a few times only."""
        first, last, more = spans.years[0], spans.years[-1], len(spans.years)
        if (first == YEARS[0]) if backwards else (last == YEARS[-1]):
            raise OutOfReach(f"The calendar has no such moment from {YEARS[0]} to {YEARS[-1]}.")
        if backwards:
            return self._compute(max(first - more, YEARS[0]), last)
        return self._compute(first, min(last + more, YEARS[-1]))

    def _compute(self, first: int, last: int) -> "_Spans":
        if first not in YEARS or last not in YEARS:
            raise OutOfReach(f"Calendars are computed from {YEARS[0]} to {YEARS[-1]}.")
        years = range(first, last + 1)
        special = self._special_days(years)
        since = _micros(datetime(first, 1, 1, tzinfo=UTC))
        until = _micros(datetime(last + 1, 1, 1, tzinfo=UTC))
        starts: list[int] = []
        ends: list[int] = []
        for start, end in self._open(_pieces(self._zone, since, until), special):
            if ends and ends[-1] == start:
                ends[-1] = end
            else:
                starts.append(start)
                ends.append(end)
        through: list[int] = []
        total = 0
        for start, end in zip(starts, ends, strict=True):
            total += end - start
            through.append(total)
        self._spans = _Spans(years, since, until, starts, ends, through)
        return self._spans

    def _special_days(self, years: range) -> dict[int, tuple[_Span, ...]]:
        """By number of the day; on the wall the first and last year reach into their neighbours."""
        wider = range(years[0] - 1, years[-1] + 2)
        return {
            **{_number(day): () for day in closed_on(self.calendar, wider)},
            **{_number(day.date): _spans_of_day(day.hours) for day in self.calendar.days},
        }

    def _open(
        self, pieces: Iterator[_Piece], special: Mapping[int, tuple[_Span, ...]]
    ) -> Iterator[_Span]:
        for start, end, offset in pieces:
            for day in range((start + offset) // _DAY, (end + offset - 1) // _DAY + 1):
                midnight = day * _DAY - offset
                for opens, closes in special.get(day, self._week[(day + _EPOCH_WEEKDAY) % 7]):
                    span = max(midnight + opens, start), min(midnight + closes, end)
                    if span[0] < span[1]:
                        yield span


class _Spans(msgspec.Struct, frozen=True):
    """Open spans, sorted and apart, complete from `since` to `until`; microseconds since 1970.

    `through`: the open time of all spans to the end of each.
    """

    years: range
    since: int
    until: int
    starts: list[int]
    ends: list[int]
    through: list[int]

    def open_until(self, at: int) -> int:
        """The open time from `since` to `at`."""
        place = bisect_right(self.starts, at) - 1
        if place < 0:
            return 0
        ahead = self.ends[place] - at
        return self.through[place] - ahead if ahead > 0 else self.through[place]

    def open_at(self, at: int) -> bool:
        place = bisect_right(self.starts, at) - 1
        return place >= 0 and at < self.ends[place]


def _pieces(zone: ZoneInfo, since: int, until: int) -> Iterator[_Piece]:
    """Stretches in which the zone's offset is the same. No zone changes it twice in a day."""
    start, offset = since, _offset(zone, since)
    for midnight in range(since + _DAY, until + 1, _DAY):
        following = _offset(zone, midnight)
        if following != offset:
            turn = _turn(zone, midnight - _DAY, midnight)
            yield start, turn, offset
            start, offset = turn, following
    yield start, until, offset


def _turn(zone: ZoneInfo, before: int, after: int) -> int:
    """The second at which the offset changes."""
    old = _offset(zone, before)
    while after - before > _SECOND:
        middle = (before + after) // 2 // _SECOND * _SECOND
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = _moment(at).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // _MICROSECOND


def _spans_of_day(day: Day) -> tuple[_Span, ...]:
    return tuple((a * _MINUTE, b * _MINUTE) for a, b in sorted(minutes(hours) for hours in day))


def _number(day: date) -> int:
    return (day - _EPOCH_DAY).days


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
