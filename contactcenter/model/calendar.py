"""A calendar: when a queue or a target counts as open, as the rulebook says it.

    [calendars.office]
    timezone = "Asia/Jakarta"
    holidays = ["ID"]
    [calendars.office.hours]
    monday = ["08:00-12:00", "13:00-17:00"]
    [[calendars.office.days]]
    date = 2026-12-24
    hours = ["08:00-12:00"]
    label = "Christmas Eve"

Open is when the clock on the wall there shows an opening hour of that day: where the hour is
skipped in spring nobody opens in it, where it is repeated in autumn both count. What a calendar
means in time is computed by `contactcenter.model.business_time`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
import msgspec

DAY_MINUTES = 24 * 60

Hours = Annotated[str, msgspec.Meta(min_length=1, max_length=11)]
"""From and until on the wall clock, `until` not included any more: `08:00-17:30`, `18:00-24:00`."""

Day = Annotated[tuple[Hours, ...], msgspec.Meta(max_length=24)]
Code = Annotated[str, msgspec.Meta(min_length=2, max_length=16)]

_OVER_MIDNIGHT = "write hours over midnight in two: until 24:00, and from 00:00 on the next day"
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)


class Week(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The opening hours of each day of the week; a day that is left out is closed."""

    monday: Day = ()
    tuesday: Day = ()
    wednesday: Day = ()
    thursday: Day = ()
    friday: Day = ()
    saturday: Day = ()
    sunday: Day = ()

    def days(self) -> tuple[Day, ...]:
        """From Monday to Sunday, as `date.weekday` counts."""
        return msgspec.structs.astuple(self)


class SpecialDay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day with hours of its own, whatever its weekday and whether it is a holiday.

    Without `hours` it is closed.
    """

    date: date
    hours: Day = ()
    label: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`timezone`: IANA's name for it. `holidays`: closed on those of a country or a part of it.

    A country is written by its ISO 3166 code, a part as in `DE-BY`; the days are those that the
    `holidays` library knows. It is hashable: what is computed from it is kept by its value.
    """

    timezone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    hours: Week
    holidays: Annotated[tuple[Code, ...], msgspec.Meta(max_length=16)] = ()
    days: Annotated[tuple[SpecialDay, ...], msgspec.Meta(max_length=1000)] = ()


def faults(calendar: Calendar) -> Iterator[tuple[str, str]]:
    """What types alone cannot see: the path within the calendar, and a sentence."""
    try:
        ZoneInfo(calendar.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield "timezone", f"there is no time zone {calendar.timezone!r}"
    for place, code in enumerate(calendar.holidays):
        if not _known(code):
            yield f"holidays[{place}]", f"no holidays are known of {code!r}; write ID or DE-BY"
    for name, hours in zip(Week.__struct_fields__, calendar.hours.days(), strict=True):
        yield from _hours_faults(f"hours.{name}", hours)
    if not any(calendar.hours.days()):
        yield "hours", "it never opens: give at least one day of the week its hours"
    seen: dict[date, int] = {}
    for place, day in enumerate(calendar.days):
        yield from _hours_faults(f"days[{place}].hours", day.hours)
        if (first := seen.setdefault(day.date, place)) != place:
            yield f"days[{place}].date", f"{day.date} is in days[{first}] already"


def minutes(hours: Hours) -> tuple[int, int]:
    """From and until, in minutes of the day. Raises `ValueError` for what is no `08:00-17:30`."""
    found = _HOURS.fullmatch(hours)
    if found is None:
        raise ValueError(f"{hours!r} is not written as 08:00-17:30")
    hour, minute, hour_until, minute_until = found.groups()
    start = int(hour) * 60 + int(minute)
    return start, DAY_MINUTES if hour_until is None else int(hour_until) * 60 + int(minute_until)


def closed_on(calendar: Calendar, years: Sequence[int]) -> set[date]:
    """The holidays of these years, by the calendar of each place that it names."""
    return {day for code in calendar.holidays for day in _holidays(code, years)}


def _holidays(code: str, years: Sequence[int]) -> holidays.HolidayBase:
    country, _, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or None, years=years)


def _known(code: str) -> bool:
    try:
        _holidays(code, ())
    except NotImplementedError:
        return False
    return code == code.upper() and not code.endswith("-")


def _hours_faults(path: str, hours: Day) -> Iterator[tuple[str, str]]:
    spans: list[tuple[int, int, int]] = []
    for place, text in enumerate(hours):
        try:
            start, end = minutes(text)
        except ValueError as error:
            yield f"{path}[{place}]", str(error)
            continue
        if start >= end:
            yield f"{path}[{place}]", f"{text} ends before it begins; {_OVER_MIDNIGHT}"
        else:
            spans.append((start, end, place))
    for (_, end, before), (start, _, place) in pairwise(sorted(spans)):
        if start < end:
            yield f"{path}[{place}]", f"{hours[place]} overlaps {hours[before]}"
