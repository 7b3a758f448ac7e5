"""Decisions by rule and value: what weighed, and why not the others."""

from typing import Any

import pytest

from routing.decisions import (
    Ahead,
    Away,
    Explanation,
    ExtendOffer,
    IdleLess,
    LeftOut,
    LongestIdle,
    NoRoom,
    NotPreferred,
    Others,
    PreferredAgent,
    Reason,
    Resting,
    WithoutQueue,
    WithoutSkill,
)
from routing.model import SECOND, HeadStart
from tests.routing.floor import INDONESIAN, Floor


def explained(floor: Floor) -> Explanation:
    (decision,) = floor.decide()
    assert isinstance(decision, ExtendOffer)
    return decision.explanation


def test_a_decision_is_explained_by_what_weighed_and_why_not_the_others() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 45 * SECOND)
    floor.agent(2, idle_since=floor.now - 20 * SECOND)
    floor.agent(3, available=False)
    floor.agent(4, skills={"language:id": 2})
    floor.queue(7, gold=300, requirement=INDONESIAN, enqueued_at=floor.now - 12 * SECOND)
    assert explained(floor) == Explanation(
        item=7,
        queue="billing",
        channel="chat",
        winner=1,
        runner_up=2,
        terms=(LongestIdle(45 * SECOND), Ahead("tier", "gold", 300 * SECOND)),
        others=(
            Others(1, IdleLess()),
            Others(1, Away()),
            Others(1, WithoutSkill("language:id", 3)),
        ),
        requirement={"language:id": 3},
        step=0,
        version=1,
        waited_us=12 * SECOND,
    )


def test_every_head_start_weighs_with_its_cause() -> None:
    floor = Floor()
    floor.agent(1)
    granted = HeadStart("tier", "gold", SECOND), HeadStart("propensity_to_leave", "", 2 * SECOND)
    floor.queue(7, head_starts=granted)
    assert explained(floor).terms[1:] == (
        Ahead("tier", "gold", SECOND),
        Ahead("propensity_to_leave", "", 2 * SECOND),
    )


def test_an_agent_alone_has_nobody_to_compare_with() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 4_560_000)
    floor.queue(7)
    why = explained(floor)
    assert (why.terms, why.runner_up, why.others) == ((LongestIdle(4_560_000),), None, ())


def test_a_preferred_agent_is_named_as_the_reason() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 45 * SECOND)
    floor.agent(2)
    floor.queue(7, sticky_agent=2, sticky_until=floor.now + SECOND)
    why = explained(floor)
    assert (why.winner, why.terms, why.runner_up) == (2, (PreferredAgent(0),), 1)
    assert why.others == (Others(1, NotPreferred()),)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({}, IdleLess()),
        ({"capacity": 0}, NoRoom("chat")),
        ({"available": False}, Away()),
        ({"cooldown_until": 2000 * SECOND}, Resting()),
        ({"queues": ("sales",)}, WithoutQueue("billing")),
        ({"skills": {}}, WithoutSkill("language:id", 3)),
        ({"queues": ("sales",), "skills": {}}, WithoutQueue("billing")),
    ],
)
def test_each_reason_why_an_agent_is_passed_over(known: dict[str, Any], why: Reason) -> None:
    floor = Floor()
    floor.agent(1, idle_since=0)
    floor.agent(2, **known)
    floor.queue(7, requirement=INDONESIAN)
    assert explained(floor).others == (Others(1, why),)


def test_everybody_who_is_signed_in_is_accounted_for() -> None:
    floor = Floor(cooldown=5 * SECOND)
    floor.agent(1)
    floor.queue(6)
    assert floor.offered() == {6: 1}
    floor.lapse(6)
    floor.agent(2, capacity=0)
    floor.agent(3, available=False)
    floor.agent(4, queues=("sales",))
    floor.agent(5, skills={})
    floor.agent(6)
    floor.agent(7)
    floor.agent(8)
    floor.gone(8)
    floor.queue(
        7,
        requirement=INDONESIAN,
        enqueued_at=floor.now - 1,
        excluded={6: floor.now + SECOND, 8: floor.now + SECOND, 9: floor.now + SECOND},
    )
    decision = floor.decide()[0]
    assert isinstance(decision, ExtendOffer)
    assert decision.explanation.others == (
        Others(1, LeftOut()),
        Others(1, NoRoom("chat")),
        Others(1, Resting()),
        Others(1, Away()),
        Others(1, WithoutQueue("billing")),
        Others(1, WithoutSkill("language:id", 3)),
    )
    assert (decision.agent, decision.explanation.runner_up) == (7, None)


def test_a_decision_records_the_version_of_the_rules() -> None:
    floor = Floor()
    floor.publish(12)
    floor.agent(1)
    floor.queue(7)
    assert explained(floor).version == 12
