"""Decisions can be stored beside what they led to."""

import pytest
from msgspec import json

from routing.decisions import Decision, Explanation, ExtendOffer, Reason, RescindOffer, SetAway

EXPLANATION = Explanation(
    item=7,
    queue="billing",
    winner=1,
    runner_up=None,
    terms=("longest idle: idle for 4 s",),
    others=(Reason("away", 2),),
    step=0,
    version=3,
    waited=12,
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
