"""The order of waiting items."""

import pytest

from routing import priority
from routing.facts import ItemQueued
from routing.model import SECOND, HeadStart

ENTRY = ItemQueued(
    at=0,
    item=7,
    generation=1,
    queue="billing",
    channel="chat",
    kind="conversation",
    enqueued_at=1000 * SECOND,
    sequence=4,
    head_starts=(
        HeadStart("tier", "gold", 300 * SECOND),
        HeadStart("propensity_to_leave", "", 30 * SECOND),
    ),
)


def test_head_starts_add_up_and_move_the_arrival_back() -> None:
    assert priority.key(ENTRY) == (670 * SECOND, 4, 7)


@pytest.mark.parametrize(
    ("micros", "expected"),
    [(0, "0 s"), (99_999, "0 s"), (100_000, "0.1 s"), (61_000_000, "61 s"), (-5, "0 s")],
)
def test_durations_are_said_in_tenths_of_a_second(micros: int, expected: str) -> None:
    assert priority.seconds(micros) == expected
