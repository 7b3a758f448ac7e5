from pathlib import Path

import pytest

from contactcenter.errors import BadInput
from contactcenter.model.escalation import Ladder, Step, seconds
from contactcenter.model.rulebook import parse

SHIPPED = (Path(__file__).parents[3] / "config" / "rulebook.toml").read_text(encoding="utf-8")


def told(more: str) -> dict[str, str]:
    """The faults of the shipped rulebook with more rules, by their paths."""
    before, _, _ = SHIPPED.partition("[[targets]]")
    with pytest.raises(BadInput) as refused:
        parse(before + more)
    return {fault.path: fault.message for fault in refused.value.errors}


@pytest.mark.parametrize(
    ("span", "expected"),
    [("0", 0), ("-15m", -900), ("+20h", 72_000), ("1h30m", 5_400), ("2d", 172_800), ("45s", 45)],
)
def test_a_span_is_written_as_people_say_it(span: str, expected: int) -> None:
    assert seconds(span) == expected


def test_steps_are_climbed_in_the_order_of_their_times() -> None:
    ladder = Ladder(steps=[Step(at="+1h"), Step(after="50m"), Step(at="-15m"), Step(at="0")])
    assert [at for at, _ in ladder.climb(3_600)] == [2_700, 3_000, 3_600, 7_200]


def test_every_fault_of_targets_and_ladders_is_told_at_its_place() -> None:
    faults = told(
        """
[[targets]]
of = "lead"
metric = "resolution"
target_s = 600
queue = "nowhere"
tier = "tin"
severity = "high"
calendar = "sundays"
ladder = "long"
[[targets]]
of = "case"
metric = "update"
target_s = 600
when = "case.severity == 3"
ladder = "short"
[[ladders.short.steps]]
at = "-15m"
message = "We are at it."
case = { category = "wish", subject = "x" }
[[ladders.short.steps]]
at = "0"
after = "-20h"
queue = "attic"
[[ladders.short.steps]]
after = "soon"
"""
    )
    assert faults["targets[0].metric"] == (
        "There is no such clock of a lead; these are: time_in_queue, time_to_answer."
    )
    assert faults["ladders.short.steps[2].after"].startswith("Expected `str` matching regex")
    assert faults.keys() >= {
        "targets[0].queue",
        "targets[0].tier",
        "targets[0].severity",
        "targets[0].calendar",
    }


def test_what_a_ladder_names_must_be_there_and_each_step_must_do_something() -> None:
    faults = told(
        """
[[targets]]
of = "case"
metric = "update"
target_s = 600
when = "case.severity == 3"
ladder = "short"
[[ladders.short.steps]]
at = "-15m"
message = "We are at it."
case = { category = "wish", subject = "x" }
[[ladders.short.steps]]
at = "0"
after = "-20h"
queue = "attic"
[[ladders.short.steps]]
after = "5m"
when = "custommer.value > 1"
"""
    )
    assert faults.keys() == {
        "targets[0].when",
        "targets[0].ladder",
        "ladders.short.steps[0].case.category",
        "ladders.short.steps[1]",
        "ladders.short.steps[1].after",
        "ladders.short.steps[1].queue",
        "ladders.short.steps[2]",
        "ladders.short.steps[2].when",
    }


def test_ladders_do_not_send_work_round_for_ever() -> None:
    target = """
[[targets]]
metric = "time_in_queue"
target_s = 600
queue = "%s"
ladder = "to_%s"
"""
    ladder = "\n[[ladders.to_%s.steps]]\nat = '0'\nqueue = '%s'\n"
    there = target % ("care", "billing") + ladder % ("billing", "billing")
    back = target % ("billing", "care") + ladder % ("care", "care")
    assert parse(SHIPPED.partition("[[targets]]")[0] + there).targets[0].queue == "care"
    assert told(there + back)["targets"].endswith("in the next: billing, care.")
