from datetime import UTC, datetime, timedelta

import pytest

from contactcenter.model.business_time import business_time
from contactcenter.model.opening_hours import Hours, calendar_of, wait_begins
from contactcenter.model.rulebook import Published, Rulebook
from tests.contactcenter.floor import queue

SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Eight o'clock in Jakarta."""
HOUR = timedelta(hours=1)


@pytest.fixture
def rules(book: Published) -> Rulebook:
    """Customer care keeps office hours; the other queues are always open."""
    return queue(book.rules, "care", calendar="office")


def test_closed_is_said_with_the_next_opening(rules: Rulebook) -> None:
    hours = Hours.at(calendar_of(rules, "care"), SATURDAY)
    assert hours == Hours(open=False, opens_at=MONDAY)


def test_open_is_said_with_the_next_closing(rules: Rulebook) -> None:
    hours = Hours.at(calendar_of(rules, "care"), MONDAY)
    assert hours == Hours(open=True, closes_at=MONDAY + 4 * HOUR)


@pytest.mark.parametrize("name", ["billing", "gone"])
def test_without_a_calendar_a_queue_is_always_open(rules: Rulebook, name: str) -> None:
    assert Hours.at(calendar_of(rules, name), SATURDAY) == Hours(open=True)
    assert wait_begins(rules, name, SATURDAY) == SATURDAY


def test_who_comes_while_it_is_closed_waits_from_the_opening(rules: Rulebook) -> None:
    assert wait_begins(rules, "care", SATURDAY) == MONDAY


def test_who_comes_in_time_waits_from_then(rules: Rulebook) -> None:
    assert wait_begins(rules, "care", MONDAY + HOUR) == MONDAY + HOUR


def test_queues_with_the_same_calendar_share_what_is_computed(rules: Rulebook) -> None:
    calendar = calendar_of(queue(rules, "fiber", calendar="office"), "fiber")
    assert calendar is calendar_of(rules, "care") is business_time(rules.calendars["office"])
