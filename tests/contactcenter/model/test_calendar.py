from datetime import date

import msgspec
import pytest

from contactcenter.model.calendar import (
    Calendar,
    Day,
    SpecialDay,
    Week,
    closed_on,
    faults,
    minutes,
)

OFFICE = ("08:00-12:00", "13:00-17:00")


def calendar(
    *,
    monday: Day = OFFICE,
    timezone: str = "Asia/Jakarta",
    holidays: tuple[str, ...] = (),
    days: tuple[SpecialDay, ...] = (),
) -> Calendar:
    return Calendar(timezone=timezone, hours=Week(monday=monday), holidays=holidays, days=days)


def test_a_sound_calendar_has_no_fault() -> None:
    sound = calendar(
        holidays=("ID", "DE-BY"),
        days=(
            SpecialDay(date=date(2026, 12, 24), hours=("08:00-12:00",), label="Christmas Eve"),
            SpecialDay(date=date(2026, 12, 31)),
        ),
    )
    assert list(faults(sound)) == []


@pytest.mark.parametrize(
    ("hours", "expected"),
    [("08:00-17:30", (480, 1050)), ("00:00-24:00", (0, 1440)), ("23:59-24:00", (1439, 1440))],
)
def test_hours_are_minutes_of_the_day(hours: str, expected: tuple[int, int]) -> None:
    assert minutes(hours) == expected


@pytest.mark.parametrize(
    "hours", ["8:00-12:00", "08:00-25:00", "24:00-24:00", "08:60-09:00", "08-12", "08:00 - 12:00"]
)
def test_what_is_no_hours_is_told_how_they_are_written(hours: str) -> None:
    told = list(faults(calendar(monday=(hours,))))
    assert told == [("hours.monday[0]", f"{hours!r} is not written as 08:00-17:30")]


@pytest.mark.parametrize(
    ("wrong", "path", "said"),
    [
        (calendar(timezone="Asia/Nowhere"), "timezone", "no time zone 'Asia/Nowhere'"),
        (calendar(timezone="../zone"), "timezone", "no time zone"),
        (calendar(holidays=("ID", "XX")), "holidays[1]", "'XX'"),
        (calendar(holidays=("DE-XX",)), "holidays[0]", "'DE-XX'"),
        (calendar(holidays=("DE-",)), "holidays[0]", "'DE-'"),
        (calendar(holidays=("de",)), "holidays[0]", "'de'"),
        (calendar(monday=("17:00-08:00",)), "hours.monday[0]", "ends before it begins"),
        (calendar(monday=("08:00-08:00",)), "hours.monday[0]", "ends before it begins"),
        (calendar(monday=("22:00-06:00",)), "hours.monday[0]", "in two: until 24:00"),
        (
            calendar(monday=("13:00-17:00", "08:00-13:01")),
            "hours.monday[0]",
            "13:00-17:00 overlaps 08:00-13:01",
        ),
        (calendar(monday=()), "hours", "it never opens"),
        (
            calendar(days=(SpecialDay(date=date(2026, 1, 1), hours=("9-5",)),)),
            "days[0].hours[0]",
            "not written",
        ),
        (
            calendar(days=(SpecialDay(date=date(2026, 1, 1)), SpecialDay(date=date(2026, 1, 1)))),
            "days[1].date",
            "2026-01-01 is in days[0] already",
        ),
    ],
)
def test_a_fault_is_told_with_its_path(wrong: Calendar, path: str, said: str) -> None:
    [(place, sentence)] = faults(wrong)
    assert place == path
    assert said in sentence


def test_hours_that_meet_do_not_overlap() -> None:
    assert list(faults(calendar(monday=("12:00-17:00", "08:00-12:00")))) == []


def test_an_open_special_day_alone_does_not_make_a_calendar_that_opens() -> None:
    once = SpecialDay(date=date(2026, 1, 1), hours=OFFICE)
    assert [path for path, _ in faults(calendar(monday=(), days=(once,)))] == ["hours"]


def test_holidays_are_those_of_the_country_and_of_its_part() -> None:
    epiphany, independence = date(2026, 1, 6), date(2026, 8, 17)
    assert {epiphany, independence} <= closed_on(calendar(holidays=("DE-BY", "ID")), [2026])
    assert closed_on(calendar(holidays=("DE",)), [2026]).isdisjoint({epiphany, independence})


def test_a_calendar_survives_being_stored() -> None:
    stored = calendar(holidays=("ID",), days=(SpecialDay(date=date(2026, 1, 2), hours=OFFICE),))
    assert msgspec.json.decode(msgspec.json.encode(stored), type=Calendar) == stored
