from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcenter.model.business_time import BusinessTime, OutOfReach, business_time
from contactcenter.model.calendar import Calendar, Day, SpecialDay, Week, closed_on, minutes

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OFFICE = ("08:00-12:00", "13:00-17:00")
ZONES = [
    "Asia/Jakarta",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Africa/Cairo",  # which begins at midnight
    "Africa/Casablanca",  # daylight saving that pauses for a month
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Chatham",
    "Pacific/Apia",
    "UTC",
]


def every_day(hours: Day) -> Week:
    return Week(**dict.fromkeys(Week.__struct_fields__, hours))


def workdays(hours: Day = OFFICE) -> Week:
    return Week(monday=hours, tuesday=hours, wednesday=hours, thursday=hours, friday=hours)


def jakarta(*, days: tuple[SpecialDay, ...] = ()) -> BusinessTime:
    """Monday to Friday, 8 to 12 and 13 to 17, closed on Indonesia's holidays."""
    return BusinessTime(
        Calendar(timezone="Asia/Jakarta", hours=workdays(), holidays=("ID",), days=days)
    )


def on_wall(zone: str, text: str) -> datetime:
    """A time there; of one that comes twice, the first."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def here(text: str) -> datetime:
    return on_wall("Asia/Jakarta", text)


# What people expect of it


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-16 08:00", 1, "2026-11-16 09:00"),
        ("2026-11-16 11:30", 1, "2026-11-16 13:30"),  # over the lunch break
        ("2026-11-16 11:00", 1, "2026-11-16 12:00"),  # on the closing instant
        ("2026-11-16 12:30", 1, "2026-11-16 14:00"),
        ("2026-11-20 16:00", 2, "2026-11-23 09:00"),  # over the weekend
        ("2026-11-21 10:00", 0, "2026-11-23 08:00"),  # nothing from a closed moment: the opening
        ("2026-11-20 17:00", 0, "2026-11-20 17:00"),
        ("2026-12-24 16:00", 2, "2026-12-28 09:00"),  # over Christmas and a weekend
        ("2026-11-23 09:00", -2, "2026-11-20 16:00"),
        ("2026-11-16 09:00", -1, "2026-11-16 08:00"),  # back to the opening instant
        ("2026-11-21 10:00", -1, "2026-11-20 16:00"),
    ],
)
def test_open_time_is_added_over_what_is_closed(start: str, hours: int, due: str) -> None:
    assert jakarta().add(here(start), hours * HOUR) == here(due)


def test_a_special_day_has_hours_of_its_own() -> None:
    calendar = jakarta(
        days=(
            SpecialDay(date=date(2026, 12, 25), hours=("10:00-11:00",)),  # open on a holiday
            SpecialDay(date=date(2026, 12, 28)),
            SpecialDay(date=date(2026, 12, 27), hours=("09:00-10:00",)),  # a Sunday
        )
    )
    assert calendar.between(here("2026-12-25 00:00"), here("2026-12-26 00:00")) == HOUR
    assert calendar.between(here("2026-12-27 00:00"), here("2026-12-29 00:00")) == HOUR


@pytest.mark.parametrize(
    ("at", "closes"),
    [("2026-11-16 08:00", "2026-11-16 12:00"), ("2026-11-20 16:59", "2026-11-20 17:00")],
)
def test_while_it_is_open_it_says_until_when(at: str, closes: str) -> None:
    calendar = jakarta()
    assert calendar.is_open(here(at))
    assert calendar.opens_at(here(at)) == here(at)
    assert calendar.closes_at(here(at)) == here(closes)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-16 07:59", "2026-11-16 08:00"),
        ("2026-11-16 12:00", "2026-11-16 13:00"),
        ("2026-11-20 17:00", "2026-11-23 08:00"),
        ("2026-12-31 17:00", "2027-01-04 08:00"),
    ],
)
def test_while_it_is_closed_it_says_when_it_opens(at: str, opens: str) -> None:
    calendar = jakarta()
    assert not calendar.is_open(here(at))
    assert calendar.opens_at(here(at)) == here(opens)
    assert calendar.closes_at(here(at)) is None


def test_what_is_always_open_does_not_close() -> None:
    always = BusinessTime(Calendar(timezone="Europe/Berlin", hours=every_day(("00:00-24:00",))))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert always.closes_at(now) is None
    assert always.add(now, 3 * 366 * 24 * HOUR) == now + 3 * 366 * 24 * HOUR


def test_hours_over_midnight_are_one_stretch() -> None:
    week = Week(friday=("22:00-24:00",), saturday=("00:00-06:00",))
    night = BusinessTime(Calendar(timezone="Asia/Jakarta", hours=week))
    assert night.closes_at(here("2026-11-20 23:00")) == here("2026-11-21 06:00")


def test_the_same_calendar_is_computed_once() -> None:
    calendar = Calendar(timezone="Asia/Jakarta", hours=workdays(), holidays=("ID",))
    again = Calendar(timezone="Asia/Jakarta", hours=workdays(), holidays=("ID",))
    assert business_time(calendar) is business_time(again)


def test_what_was_computed_stays_when_more_years_are_asked_for() -> None:
    calendar = jakarta()
    late = calendar.between(here("2026-01-01 00:00"), here("2027-01-01 00:00"))
    assert calendar.between(here("1990-01-01 00:00"), here("2040-01-01 00:00")) > late
    assert calendar.between(here("2026-01-01 00:00"), here("2027-01-01 00:00")) == late


@pytest.mark.parametrize("years", [-400, 400])
def test_what_is_too_far_away_is_refused(years: int) -> None:
    calendar = jakarta()
    with pytest.raises(OutOfReach):
        calendar.add(here("2026-11-16 08:00"), years * 260 * 8 * HOUR)


def test_a_moment_before_all_years_is_refused() -> None:
    with pytest.raises(OutOfReach):
        jakarta().is_open(datetime(1969, 12, 31, tzinfo=UTC))


# Days on which the clock is changed


@pytest.mark.parametrize(
    ("zone", "day", "hours", "expected"),
    [
        # The hour from 2 to 3 is skipped, or comes twice.
        ("Europe/Berlin", "2026-03-29", "00:00-24:00", 23 * HOUR),
        ("Europe/Berlin", "2026-03-29", "01:30-02:30", HOUR / 2),
        ("Europe/Berlin", "2026-03-29", "02:15-02:45", 0 * HOUR),
        ("Europe/Berlin", "2026-10-25", "00:00-24:00", 25 * HOUR),
        ("Europe/Berlin", "2026-10-25", "02:30-04:00", 2 * HOUR),
        ("America/New_York", "2026-03-08", "01:00-04:00", 2 * HOUR),
        ("America/New_York", "2026-11-01", "01:00-02:00", 2 * HOUR),
        # Half an hour.
        ("Australia/Lord_Howe", "2026-04-05", "00:00-06:00", 6.5 * HOUR),
        ("Australia/Lord_Howe", "2026-10-04", "00:00-06:00", 5.5 * HOUR),
        # At midnight: the day begins at 1, or its last hour comes twice.
        ("Africa/Cairo", "2026-04-24", "00:00-02:00", HOUR),
        ("Africa/Cairo", "2026-10-29", "23:00-24:00", 2 * HOUR),
        # Never.
        ("Asia/Jakarta", "2026-03-29", "00:00-24:00", 24 * HOUR),
        ("Asia/Kathmandu", "2026-10-25", "00:00-24:00", 24 * HOUR),
        # The day that Samoa left out.
        ("Pacific/Apia", "2011-12-30", "00:00-24:00", 0 * HOUR),
    ],
)
def test_open_time_on_a_day_when_the_clock_is_changed(
    zone: str, day: str, hours: str, expected: timedelta
) -> None:
    special = SpecialDay(date=date.fromisoformat(day), hours=(hours,))
    calendar = BusinessTime(Calendar(timezone=zone, hours=Week(), days=(special,)))
    noon = datetime.fromisoformat(day).replace(tzinfo=UTC, hour=12)
    assert calendar.between(noon - 72 * HOUR, noon + 72 * HOUR) == expected


@pytest.mark.parametrize(
    ("zone", "hours", "at", "opens", "closes"),
    [
        # Nobody opens at half past two: two o'clock is followed by three.
        ("Europe/Berlin", "02:30-05:00", "2026-03-28T23:30Z", "01:00Z", "03:00Z"),
        # Half past two comes twice: it closes when two comes back, and opens once more.
        ("Europe/Berlin", "02:30-05:00", "2026-10-25T00:45Z", "00:45Z", "01:00Z"),
        ("Europe/Berlin", "02:30-05:00", "2026-10-25T01:15Z", "01:30Z", "04:00Z"),
        ("America/New_York", "02:30-05:00", "2026-03-08T06:30Z", "07:00Z", "09:00Z"),
        ("Africa/Cairo", "00:30-02:00", "2026-04-23T20:00Z", "22:00Z", "23:00Z"),
    ],
)
def test_opening_and_closing_when_the_clock_is_changed(
    zone: str, hours: str, at: str, opens: str, closes: str
) -> None:
    calendar = BusinessTime(Calendar(timezone=zone, hours=every_day((hours,))))
    opening = calendar.opens_at(datetime.fromisoformat(at))
    assert f"{opening:%H:%MZ}" == opens
    closing = calendar.closes_at(opening)
    assert closing is not None
    assert f"{closing:%H:%MZ}" == closes


# Properties

prove = settings(deadline=None)  # how long it takes is a matter of the bench

HOURS = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(
    lambda quarters: tuple(
        f"{_clock(start)}-{_clock(end)}"
        for start, end in zip(sorted(quarters)[::2], sorted(quarters)[1::2], strict=False)
    )
)


def _clock(quarters: int) -> str:
    return f"{quarters // 4:02}:{quarters % 4 * 15:02}"


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    days = draw(st.lists(st.one_of(st.just(()), HOURS), min_size=7, max_size=7).filter(any))
    dates = draw(st.lists(st.dates(date(2026, 3, 1), date(2026, 11, 30)), max_size=5, unique=True))
    return Calendar(
        timezone=draw(st.sampled_from(ZONES)),
        hours=Week(**dict(zip(Week.__struct_fields__, days, strict=True))),
        holidays=draw(st.sampled_from([(), ("ID",), ("US-NY",), ("EG", "DE-BY")])),
        days=tuple(SpecialDay(date=day, hours=draw(st.just(()) | HOURS)) for day in dates),
    )


TURNS = [datetime(2026, *day, tzinfo=UTC) for day in ((3, 29), (4, 5), (4, 24), (10, 25), (11, 1))]
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- of the zone
    st.builds(
        lambda turn, ago: turn + timedelta(minutes=ago),
        st.sampled_from(TURNS),
        st.integers(-2880, 2880),
    ),
)
DURATIONS = st.timedeltas(timedelta(), 40 * HOUR)


@prove
@given(calendars(), MOMENTS, DURATIONS)
def test_as_much_lies_between_as_was_added(
    calendar: Calendar, moment: datetime, duration: timedelta
) -> None:
    computed = BusinessTime(calendar)
    due = computed.add(moment, duration)
    assert computed.between(moment, due) == duration
    assert computed.between(due, moment) == -duration
    assert computed.between(computed.add(moment, -duration), moment) == duration


@prove
@given(calendars(), MOMENTS, DURATIONS, DURATIONS)
def test_what_is_added_in_two_parts_is_added_at_once(
    calendar: Calendar, moment: datetime, first: timedelta, then: timedelta
) -> None:
    computed = BusinessTime(calendar)
    assert computed.add(computed.add(moment, first), then) == computed.add(moment, first + then)


@prove
@given(calendars(), MOMENTS, MOMENTS, MOMENTS)
def test_open_time_adds_up(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    computed = BusinessTime(calendar)
    assert computed.between(a, b) + computed.between(b, c) == computed.between(a, c)


@prove
@given(calendars(), MOMENTS, MOMENTS, DURATIONS, DURATIONS)
def test_who_starts_or_asks_later_is_due_no_earlier(
    calendar: Calendar, one: datetime, other: datetime, less: timedelta, more: timedelta
) -> None:
    computed = BusinessTime(calendar)
    (early, late), (short, long) = sorted((one, other)), sorted((less, more))
    assert computed.add(early, short) <= computed.add(late, short)
    assert computed.add(early, short) <= computed.add(early, long)


@prove
@given(calendars(), MOMENTS, DURATIONS)
def test_a_due_time_is_inside_open_time_or_on_its_closing_instant(
    calendar: Calendar, moment: datetime, duration: timedelta
) -> None:
    computed = BusinessTime(calendar)
    due = computed.add(moment, duration)
    assert computed.is_open(due) or computed.is_open(due - timedelta(microseconds=1))


# Against a reckoning minute by minute, by the clock on the wall


def wall_says_open(calendar: Calendar, holidays: set[date], at: datetime) -> bool:
    there = at.astimezone(ZoneInfo(calendar.timezone))
    special = [day.hours for day in calendar.days if day.date == there.date()]
    if special:
        hours = special[0]
    elif there.date() in holidays:
        hours = ()
    else:
        hours = calendar.hours.days()[there.weekday()]
    minute = there.hour * 60 + there.minute
    return any(start <= minute < end for start, end in map(minutes, hours))


@settings(prove, max_examples=40)
@given(calendars(), MOMENTS)
def test_it_agrees_with_the_clock_on_the_wall_minute_by_minute(
    calendar: Calendar, moment: datetime
) -> None:
    computed, holidays = BusinessTime(calendar), closed_on(calendar, range(2025, 2028))
    start = moment.replace(second=0, microsecond=0)
    passed = timedelta()
    for at in (start + n * MINUTE for n in range(36 * 60)):
        is_open = wall_says_open(calendar, holidays, at)
        assert computed.is_open(at) == is_open
        assert computed.between(start, at) == passed
        passed += is_open * MINUTE
        if is_open:
            assert computed.add(start, passed) == at + MINUTE
