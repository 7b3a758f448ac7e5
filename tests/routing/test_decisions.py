"""Decisions can be stored beside what they led to."""

import pytest
from msgspec import json

from routing.decisions import (
    Ahead,
    Away,
    Decision,
    Explanation,
    ExtendOffer,
    LongestIdle,
    Others,
    RescindOffer,
    SetAway,
    WithoutSkill,
)

EXPLANATION = Explanation(
    item=7,
    queue="billing",
    channel="chat",
    winner=1,
    runner_up=None,
    terms=(LongestIdle(4_000_000), Ahead("tier", "gold", 300_000_000)),
    others=(Others(2, Away()), Others(1, WithoutSkill("language:id", 3))),
    requirement={"language:id": 3},
    step=0,
    version=3,
    waited_us=12,
)


@pytest.mark.parametrize(
    "decision",
    [
        ExtendOffer(7, 1, "billing", EXPLANATION),
        RescindOffer(5, 7, 1, "the agent signed out"),
        SetAway(1, "missed 3 offers in a row"),
    ],
)
def test_a_decision_survives_the_way_as_json(decision: Decision) -> None:
    assert json.decode(json.encode(decision), type=Decision) == decision
