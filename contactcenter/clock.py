"""The one place where the program reads its clock: what is below is given `now`, or the clock."""

from datetime import UTC, datetime


def clock() -> datetime:
    """Say what time it is."""
    return datetime.now(UTC)
