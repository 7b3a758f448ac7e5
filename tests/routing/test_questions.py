"""Why is it still waiting, and why not me?"""

from typing import Any

import pytest

from routing.decisions import Away, Free, LeftOut, NoRoom, Others, WithoutSkill
from routing.model import SECOND, Blame
from routing.questions import Waiting
from tests.routing.floor import Floor


def test_an_item_waits_because_everybody_who_can_is_busy_or_away() -> None:
    floor = Floor()
    floor.agent(1, capacity=0)
    floor.agent(2, available=False)
    floor.agent(3, skills={})
    floor.queue(6, requirement={"language:id": 3})
    floor.later(10)
    floor.queue(7, requirement={"language:id": 3})
    floor.decide()
    floor.later(5)
    assert floor.engine.why(7, floor.now) == Waiting(
        item=7,
        standing="it waits",
        waited=5 * SECOND,
        ahead=1,
        reasons=(
            Others(1, NoRoom("chat")),
            Others(1, Away()),
            Others(1, WithoutSkill("language:id", 3)),
        ),
        changes=("an agent who can serve it becomes free or comes back",),
    )


def test_an_item_waits_because_nobody_here_can_serve_it() -> None:
    floor = Floor()
    floor.queue(7, requirement={"language:id": 3, "product:fiber": 2})
    floor.queue(8)
    needed = "queue billing, language:id at 3 or more, product:fiber at 2 or more"
    assert floor.engine.why(7, floor.now).changes == (f"an agent signs in with {needed}",)
    assert floor.engine.why(8, floor.now).changes == ("an agent signs in with queue billing",)


def test_an_item_waits_for_its_preferred_agent() -> None:
    floor = Floor()
    floor.agent(1, capacity=0)
    floor.agent(2)
    floor.queue(7, queue="owned", sticky_agent=1, sticky_until=floor.now + 30 * SECOND)
    floor.decide()
    found = floor.engine.why(7, floor.now)
    assert found.standing == "it waits for agent 1"
    assert found.changes[0] == "agent 1 becomes free, or its patience ends in 30 s"
    assert floor.engine.why_not(7, 2, floor.now).reasons == ("it waits for agent 1",)


def test_an_item_waits_for_the_end_of_a_bar() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7, excluded={1: floor.now + 30 * SECOND})
    floor.decide()
    found = floor.engine.why(7, floor.now)
    assert found.reasons == (Others(1, LeftOut()),)
    assert found.changes[0] == "agent 1 may get it again in 30 s"


def test_an_item_rests_after_a_refused_proposal() -> None:
    floor = Floor(refusal_rest=SECOND)
    floor.agent(1)
    floor.queue(7)
    assert floor.proposed() == {7: 1}
    floor.refuse(7, 1, Blame.ITEM)
    found = floor.engine.why(7, floor.now)
    assert found.standing == "it rests after a refused proposal"
    assert found.changes[0] == "its rest ends in 1 s"
    assert floor.engine.why_not(7, 1, floor.now).reasons == (found.standing,)


def test_an_item_that_is_scheduled_says_when_it_is_due() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(11, not_before=floor.now + 300 * SECOND)
    floor.decide()
    floor.later(100)
    found = floor.engine.why(11, floor.now)
    assert found.standing == "it is scheduled"
    assert found.changes[0] == "it is due in 200 s"
    assert floor.engine.why_not(11, 1, floor.now).reasons == ("it is scheduled",)


def test_an_item_that_does_not_wait_is_told_where_it_is() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    assert floor.engine.why(7, floor.now).reasons == (Others(1, Free()),)
    assert floor.offered() == {7: 1}
    assert floor.engine.why(7, floor.now) == Waiting(7, "it is offered to agent 1")
    floor.accept(7)
    assert floor.engine.why(7, floor.now) == Waiting(7, "agent 1 has it")
    assert floor.engine.why_not(7, 1, floor.now).reasons == ("agent 1 has it",)
    floor.done(7)
    assert floor.engine.why(7, floor.now) == Waiting(7, "it has ended")
    assert floor.engine.why(8, floor.now) == Waiting(8, "it is unknown")


@pytest.mark.parametrize(
    ("known", "reasons"),
    [
        ({}, ()),
        ({"available": False}, ("the agent is away",)),
        (
            {"skills": {}, "queues": ("sales",)},
            ("the agent is without queue billing", "the agent is without language:id at 3 or more"),
        ),
        ({"capacity": 0}, ("the agent has no room for chat: carries 0 of 0 units",)),
    ],
)
def test_an_agent_learns_why_they_do_not_get_an_item(
    known: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    floor = Floor()
    floor.agent(1, **known)
    floor.queue(7, requirement={"language:id": 3})
    assert floor.engine.why_not(7, 1, floor.now).reasons == reasons


def test_an_agent_who_has_missed_an_item_learns_for_how_long() -> None:
    floor = Floor(exclusion=60 * SECOND, cooldown=5 * SECOND)
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.lapse(7)
    assert floor.engine.why_not(7, 1, floor.now).reasons == (
        "the agent rests for 5 s",
        "the agent is left out of this item for 60 s",
    )


def test_an_agent_who_is_not_here_gets_nothing() -> None:
    floor = Floor()
    floor.agent(1)
    floor.gone(1)
    floor.queue(7)
    assert floor.engine.why_not(7, 1, floor.now).reasons == ("the agent is not signed in",)
    assert floor.engine.why_not(7, 2, floor.now).reasons == ("the agent is unknown",)
