"""Time, and the same decisions everywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import json

from routing.decisions import ExtendOffer
from routing.invariants import violations
from routing.model import SECOND
from tests.routing.floor import Floor

HERE = Path(__file__)


def test_time_that_goes_back_counts_as_the_time_before() -> None:
    floor = Floor()
    floor.agent(1)
    floor.later(10)
    floor.decide()
    floor.now -= 5 * SECOND
    floor.queue(7, excluded={1: floor.now + SECOND})
    assert floor.proposed() == {7: 1}


def test_without_anything_barred_time_alone_changes_nothing() -> None:
    floor = Floor()
    floor.queue(7)
    floor.decide()
    assert floor.engine.wake_at() is None


def busy_morning() -> bytes:
    """Return all decisions of a morning with strings in every place where order could creep in."""
    floor = Floor(exclusion=5 * SECOND, cooldown=2 * SECOND)
    decided: list[object] = []
    languages = ["id", "en", "jv", "su", "zh"]
    for agent in range(1, 30):
        skills = {f"language:{languages[(agent * k) % 5]}": 1 + agent % 3 for k in (1, 2, 3)}
        floor.agent(agent, skills=skills, queues=None if agent % 4 else ("sales", "owned"))
    for item in range(1, 300):
        asked = {f"language:{languages[item % 5]}": 1 + item % 2}
        floor.queue(
            item,
            queue=("billing", "sales", "owned")[item % 3],
            channel="voice" if item % 7 == 0 else "chat",
            requirement=asked,
            gold=item % 5,
            sticky_agent=item % 31,
            sticky_until=floor.now + 3 * SECOND,
        )
        decisions = floor.decide()
        decided.append(decisions)
        for each in decisions:
            if isinstance(each, ExtendOffer):
                floor.make(each.item, each.agent)
                (floor.lapse if each.item % 6 == 0 else floor.accept)(each.item)
                if each.item % 3:
                    floor.done(each.item)
        floor.later(0.5)
    assert violations(floor.engine.state) == []
    return json.encode(decided) + floor.engine.snapshot()


@pytest.mark.parametrize("seed", ["1", "2", "4242"])
def test_another_process_decides_the_same_byte_for_byte(seed: str) -> None:
    root = HERE.parents[2]
    script = (
        "import sys; from tests.routing.test_engine import busy_morning; "
        "sys.stdout.buffer.write(busy_morning())"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
        capture_output=True,
        check=True,
    )
    assert told.stdout == busy_morning()
