"""What is remembered, and for how long."""

from routing.facts import OfferAccepted
from routing.model import SECOND
from routing.state import ENDED_KEPT
from tests.routing.floor import Floor


def test_an_ended_item_is_remembered_for_an_hour() -> None:
    floor = Floor()
    for item in (7, 8):
        floor.queue(item)
    floor.done(7)
    floor.later(ENDED_KEPT // SECOND)
    floor.done(8)
    assert list(floor.engine.state.ledger.ended) == [7, 8]
    floor.later(1)
    floor.queue(9)
    floor.done(9)
    assert list(floor.engine.state.ledger.ended) == [8, 9]


def test_many_bars_of_one_item_are_waited_for_one_by_one() -> None:
    floor = Floor()
    for agent in range(1, 65):
        floor.agent(agent)
    bars = {agent: floor.now + agent * SECOND for agent in range(1, 65)}
    floor.queue(7, channel="voice", excluded=bars)
    for agent in range(1, 65):
        floor.agent(agent, capacity=0)
    for agent in range(1, 65):
        assert floor.proposed() == {}
        assert floor.engine.wake_at() == bars[agent]
        floor.now = bars[agent]
    assert floor.proposed() == {}
    assert floor.engine.wake_at() is None


def test_work_of_an_agent_who_has_never_been_seen_counts_when_they_come() -> None:
    floor = Floor()
    floor.queue(7)
    floor.make(7, 1)
    floor.engine.apply(OfferAccepted(floor.now, *floor.offer_of(7)))
    floor.queue(8)
    floor.agent(1, capacity=1)
    assert floor.offered() == {}
    floor.done(7)
    assert floor.proposed() == {8: 1}
