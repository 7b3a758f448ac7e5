"""The one clock: what is written by it is the same moment wherever it is read."""

from datetime import UTC

from contactcenter.clock import clock


def test_the_clock_says_its_time_in_utc() -> None:
    assert clock().tzinfo is UTC
