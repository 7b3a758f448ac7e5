from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcenter.model.business_time import BusinessTime
from contactcenter.model.calendar import Calendar, Week
from contactcenter.model.target import TABLE, Clock, Interval, due, elapsed, read, remaining
from contactcenter.words import ClockEvent, Metric

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OFFICE = BusinessTime(
    Calendar(
        timezone="UTC",
        hours=Week(monday=("08:00-12:00", "13:00-17:00"), tuesday=("08:00-17:00",)),
    )
)


def clock(metric: Metric, *happened: tuple[ClockEvent, int], target_s: int = 3600) -> Clock:
    """A clock after these events, each so many minutes after Monday, nine o'clock."""
    value = Clock(metric=metric, target_s=target_s, rulebook_version=1)
    for event, minute in happened:
        value = value.after(event, MONDAY + minute * MINUTE)
    return value


def at(minute: int) -> datetime:
    return MONDAY + minute * MINUTE


# What people expect of each metric


@pytest.mark.parametrize(
    ("metric", "happened", "state", "minutes"),
    [
        ("first_response", [("opened", 0), ("answered", 10)], "stopped", 10),
        ("first_response", [("opened", 0), ("answered", 10), ("answered", 20)], "stopped", 10),
        ("first_response", [("opened", 0), ("set_waiting", 5)], "running", 60),
        ("first_response", [("opened", 0), ("left", 5)], "cancelled", 5),
        ("next_response", [("customer_wrote", 0), ("customer_wrote", 5)], "running", 60),
        (
            "next_response",
            [("customer_wrote", 0), ("answered", 5), ("customer_wrote", 20)],
            "running",
            40,
        ),
        ("resolution", [("opened", 0), ("set_waiting", 10)], "paused", 10),
        (
            "resolution",
            [("opened", 0), ("set_waiting", 10), ("customer_wrote", 40), ("resolved", 45)],
            "stopped",
            15,
        ),
        ("resolution", [("opened", 0), ("resolved", 10), ("reopened", 50)], "running", 20),
        ("resolution", [("opened", 0), ("resolved", 10), ("customer_wrote", 50)], "stopped", 10),
        ("resolution", [("opened", 0), ("answered", 10)], "running", 60),
        ("time_in_queue", [("queued", 0), ("queued", 20)], "running", 40),
        ("time_in_queue", [("queued", 0), ("assigned", 5), ("queued", 30)], "running", 30),
        ("time_in_queue", [("queued", 0), ("left", 5)], "cancelled", 5),
        ("time_to_answer", [("arrived", 0), ("queued", 20), ("assigned", 30)], "stopped", 30),
        ("time_to_answer", [("arrived", 0), ("assigned", 5), ("queued", 30)], "stopped", 5),
        ("update", [("opened", 0), ("updated", 20)], "running", 40),
        ("update", [("opened", 0), ("set_waiting", 10), ("answered", 20)], "paused", 0),
        ("update", [("opened", 0), ("resolved", 10), ("updated", 20)], "stopped", 10),
        ("update", [("opened", 0), ("resolved", 10), ("reopened", 20)], "running", 40),
        ("resolution", [("cancelled", 0), ("opened", 5)], "running", 55),
    ],
)
def test_what_a_clock_shows_an_hour_after_the_beginning(
    metric: Metric, happened: list[tuple[ClockEvent, int]], state: str, minutes: int
) -> None:
    value = clock(metric, *happened)
    assert (value.state, elapsed(value, None, at(60))) == (state, minutes * MINUTE)


def test_a_paused_clock_is_due_again_when_it_runs_on() -> None:
    paused = clock("resolution", ("opened", 0), ("set_waiting", 20))
    assert due(paused, None) is None
    assert due(paused.after("resumed", at(100)), None) == at(140)


def test_in_business_time_the_night_does_not_count() -> None:
    late = clock("first_response", ("opened", 450))  # half past four in the afternoon
    assert due(late, OFFICE) == at(24 * 60 - 30)  # half past eight on Tuesday
    assert remaining(late, OFFICE, at(24 * 60)) == -30 * MINUTE


def test_a_target_that_was_missed_stays_due_when_it_was() -> None:
    missed = clock("resolution", ("opened", 0), ("set_waiting", 70), ("resolved", 90))
    assert due(missed, None) == at(60)
    assert read(missed, None, at(500)).met is False


def test_stopped_on_the_stroke_it_is_met() -> None:
    met = clock("first_response", ("opened", 0), ("answered", 60))
    assert due(met, None) is None
    assert read(met, None, at(500)).met is True


def test_what_comes_late_counts_from_what_is_known() -> None:
    value = clock("resolution", ("opened", 0), ("set_waiting", 30), ("resumed", 10))
    assert value.ran == (Interval(at(0), at(30)), Interval(at(30)))


def test_people_read_when_it_ran_and_when_it_paused() -> None:
    value = clock(
        "resolution", ("opened", 0), ("set_waiting", 10), ("resumed", 30), ("set_waiting", 40)
    )
    reading = read(value, None, at(50))
    assert reading.ran == (Interval(at(0), at(10)), Interval(at(30), at(40)))
    assert reading.pauses == (Interval(at(10), at(30)), Interval(at(40)))
    assert (reading.elapsed_s, reading.remaining_s) == (20 * 60, 40 * 60)
    assert (reading.due, reading.met, reading.state) == (None, None, "paused")


def test_an_overdue_clock_that_runs_has_missed() -> None:
    reading = read(clock("first_response", ("opened", 0)), None, at(90))
    assert (reading.met, reading.due, reading.remaining_s) == (False, at(60), -30 * 60)


@pytest.mark.parametrize("happened", [[], [("opened", 0), ("cancelled", 90)]])
def test_what_does_not_count_is_neither_met_nor_due(
    happened: list[tuple[ClockEvent, int]],
) -> None:
    reading = read(clock("first_response", *happened), None, at(120))
    assert (reading.met, reading.due) == (None, None)


# Properties, of whatever happens in whatever order

prove = settings(deadline=None)  # how long it takes is a matter of the bench
METRICS = st.sampled_from(get_args(Metric))
HISTORIES = st.lists(
    st.tuples(st.sampled_from(get_args(ClockEvent)), st.integers(0, 6000)), max_size=20
)
CALENDARS = st.sampled_from([None, OFFICE])
END = at(7000)


def open_time(calendar: BusinessTime | None, start: datetime, end: datetime) -> timedelta:
    return calendar.between(start, end) if calendar else end - start


@prove
@given(METRICS, HISTORIES, CALENDARS)
def test_what_counts_is_what_passed_while_it_ran(
    metric: Metric, history: list[tuple[ClockEvent, int]], calendar: BusinessTime | None
) -> None:
    """Reckoned from event to event, without the intervals that the clock keeps."""
    history = sorted(history, key=lambda happened: happened[1])
    value, total = clock(metric), timedelta()
    for (event, minute), (_, following) in pairwise([*history, ("opened", 7000)]):
        before, value = value, value.after(event, at(minute))
        if value is not before and elapsed(value, calendar, at(minute)) == timedelta():
            total = timedelta()
        if value.state == "running":
            total += open_time(calendar, at(minute), at(following))
    assert elapsed(value, calendar, END) == total


@prove
@given(METRICS, HISTORIES, CALENDARS, st.integers(0, 9000))
def test_elapsed_is_never_negative_and_never_shrinks_by_waiting(
    metric: Metric,
    history: list[tuple[ClockEvent, int]],
    calendar: BusinessTime | None,
    minute: int,
) -> None:
    value = clock(metric, *history)  # in any order
    now = elapsed(value, calendar, at(minute))
    assert now >= timedelta()
    assert elapsed(value, calendar, at(minute + 100)) >= now
    assert remaining(value, calendar, at(minute)) + now == timedelta(seconds=value.target_s)


@prove
@given(METRICS, HISTORIES, CALENDARS)
def test_at_the_due_time_nothing_remains(
    metric: Metric, history: list[tuple[ClockEvent, int]], calendar: BusinessTime | None
) -> None:
    value = clock(metric, *history)
    target = due(value, calendar)
    if value.state == "running":
        assert target is not None
    if target is not None and value.ran[-1].end is None and target >= value.ran[-1].start:
        assert remaining(value, calendar, target) == timedelta()
    if target is None and value.state != "cancelled":
        assert remaining(value, calendar, END) >= timedelta()


@prove
@given(METRICS, HISTORIES)
def test_its_intervals_are_in_order_and_the_last_is_open_only_while_it_runs(
    metric: Metric, history: list[tuple[ClockEvent, int]]
) -> None:
    value = clock(metric, *history)
    edges = [edge for one in value.ran for edge in (one.start, one.end) if edge]
    assert edges == sorted(edges)
    assert [one.end is None for one in value.ran] == [
        value.state == "running" and place == len(value.ran) - 1 for place in range(len(value.ran))
    ]


@prove
@given(METRICS, HISTORIES, st.integers(0, 6000))
def test_what_has_ended_changes_by_nothing_but_a_new_beginning(
    metric: Metric, history: list[tuple[ClockEvent, int]], minute: int
) -> None:
    value = clock(metric, *history)
    if value.state in ("stopped", "cancelled"):
        for event in get_args(ClockEvent):
            following = value.after(event, at(minute))
            assert following.state in ("running", "cancelled") or following == value


def test_the_papers_show_the_table_as_it_is() -> None:
    text = (Path(__file__).parents[3] / "docs" / "business-time.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.partition("| | first_response ")[2].partition("\n\n")[0].splitlines()[2:]
    ]
    assert [row[0] for row in rows] == list(get_args(ClockEvent))
    for place, metric in enumerate(get_args(Metric), start=1):
        shown = {row[0]: row[place] for row in rows if row[place]}
        assert shown == TABLE[metric], metric


def test_every_metric_begins_ends_and_can_be_cancelled() -> None:
    for metric, effects in TABLE.items():
        names = set(effects.values())
        assert names >= {"stop", "cancel"}, metric
        assert names & {"start", "begin"}, metric
    assert TABLE.keys() == set(get_args(Metric))
