"""Which item goes to whom."""

import pytest

from routing.model import SECOND
from tests.routing.floor import Floor


def test_an_item_goes_to_the_agent_who_has_been_idle_longest() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 10)
    floor.agent(2, idle_since=floor.now - 30)
    floor.agent(3, idle_since=floor.now - 20)
    floor.queue(7)
    assert floor.proposed() == {7: 2}


def test_an_item_waits_for_an_agent_at_the_level_it_requires() -> None:
    floor = Floor()
    floor.agent(1, skills={"language:id": 2})
    floor.queue(7, requirement={"language:id": 3})
    assert floor.proposed() == {}
    floor.agent(2, skills={"language:id": 3})
    assert floor.proposed() == {7: 2}


def test_an_agent_serves_only_their_queues() -> None:
    floor = Floor()
    floor.agent(1, queues=("sales",))
    floor.queue(7, queue="billing")
    floor.queue(8, queue="sales")
    assert floor.proposed() == {8: 1}


def test_an_agent_serves_only_channels_with_a_ceiling() -> None:
    floor = Floor()
    floor.agent(1, ceilings={"voice": 3})
    floor.queue(7, channel="chat")
    assert floor.proposed() == {}


def test_of_waiting_items_the_one_that_waits_longest_goes_first() -> None:
    floor = Floor()
    floor.queue(7, channel="voice", enqueued_at=floor.now - 10)
    floor.queue(8, channel="voice", enqueued_at=floor.now - 20)
    floor.agent(1)
    assert floor.proposed() == {8: 1}


@pytest.mark.parametrize(("head_start", "first"), [(300, 8), (299, 7)])
def test_a_head_start_passes_those_who_came_no_earlier_than_it_says(
    head_start: int, first: int
) -> None:
    floor = Floor()
    floor.queue(9, channel="voice", enqueued_at=floor.now)
    floor.queue(7, channel="voice", enqueued_at=floor.now - 299 * SECOND - 1)
    floor.queue(8, channel="voice", enqueued_at=floor.now, gold=head_start)
    floor.agent(1)
    assert floor.proposed() == {first: 1}


def test_items_that_came_together_go_in_the_order_of_their_sequence() -> None:
    floor = Floor()
    floor.queue(7, channel="voice", sequence=2)
    floor.queue(8, channel="voice", sequence=1)
    floor.agent(1)
    assert floor.proposed() == {8: 1}


def test_chats_that_come_together_are_spread_over_idle_agents() -> None:
    floor = Floor()
    for agent in (1, 2, 3):
        floor.agent(agent)
    for item in (11, 12, 13, 14):
        floor.queue(item)
    assert floor.proposed() == {11: 1, 12: 2, 13: 3, 14: 1}


def test_who_has_just_accepted_goes_behind_who_has_not() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 20)
    floor.agent(2, idle_since=floor.now - 10)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.accept(7)
    floor.queue(8)
    assert floor.proposed() == {8: 2}


def test_a_withdrawn_offer_does_not_cost_the_agent_their_turn() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 20)
    floor.agent(2, idle_since=floor.now - 10)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.leave(7)
    floor.rescind(7)
    floor.queue(8)
    assert floor.proposed() == {8: 1}


def test_an_item_goes_to_its_preferred_agent_though_another_is_idle_longer() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 20)
    floor.agent(2)
    floor.queue(7, sticky_agent=2, sticky_until=floor.now + SECOND)
    assert floor.proposed() == {7: 2}


def test_past_its_patience_an_item_prefers_nobody() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 20)
    floor.agent(2)
    floor.queue(7, sticky_agent=2, sticky_until=floor.now)
    assert floor.proposed() == {7: 1}


@pytest.mark.parametrize(("queue", "expected"), [("owned", {}), ("billing", {7: 2})])
def test_a_queue_says_whether_to_wait_for_a_busy_preferred_agent(
    queue: str, expected: dict[int, int]
) -> None:
    floor = Floor()
    floor.agent(1, capacity=1)
    floor.queue(6)
    assert floor.offered() == {6: 1}
    floor.agent(2)
    floor.queue(7, queue=queue, sticky_agent=1, sticky_until=floor.now + 30 * SECOND)
    assert floor.proposed() == expected


def test_patience_ends_at_its_time() -> None:
    floor = Floor()
    floor.agent(1, capacity=1)
    floor.queue(6)
    assert floor.offered() == {6: 1}
    floor.agent(2)
    floor.queue(7, queue="owned", sticky_agent=1, sticky_until=floor.now + 30 * SECOND)
    assert floor.proposed() == {}
    assert floor.engine.wake_at() == floor.now + 30 * SECOND
    floor.later(30)
    assert floor.proposed() == {7: 2}


def test_the_preferred_agent_gets_the_item_that_waited_for_them() -> None:
    floor = Floor()
    floor.agent(1, capacity=1)
    floor.queue(6)
    assert floor.offered() == {6: 1}
    floor.accept(6)
    floor.agent(2)
    floor.queue(7, queue="owned", sticky_agent=1, sticky_until=floor.now + 30 * SECOND)
    assert floor.proposed() == {}
    floor.done(6)
    assert floor.proposed() == {7: 1}


def test_nobody_waits_for_a_preferred_agent_who_signs_out() -> None:
    floor = Floor()
    floor.agent(1, capacity=0)
    floor.agent(2)
    floor.queue(7, queue="owned", sticky_agent=1, sticky_until=floor.now + 30 * SECOND)
    assert floor.proposed() == {}
    floor.gone(1)
    assert floor.proposed() == {7: 2}


def test_nobody_waits_for_a_preferred_agent_who_cannot_serve() -> None:
    floor = Floor()
    floor.agent(1, capacity=0, skills={})
    floor.agent(2)
    floor.queue(
        7,
        queue="owned",
        requirement={"language:id": 1},
        sticky_agent=1,
        sticky_until=floor.now + 30 * SECOND,
    )
    assert floor.proposed() == {7: 2}
