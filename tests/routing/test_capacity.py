"""How much an agent gets."""

from routing.facts import ItemWeightChanged, ItemWrapUp
from routing.invariants import violations
from routing.model import ChannelRules
from tests.routing.floor import Floor


def test_an_agent_gets_no_more_than_their_capacity() -> None:
    floor = Floor()
    floor.agent(1, capacity=2)
    for item in (7, 8, 9):
        floor.queue(item)
    assert floor.proposed() == {7: 1, 8: 1}


def test_an_agent_gets_no_more_of_a_channel_than_its_ceiling() -> None:
    floor = Floor(channels={"mail": ChannelRules(weight=2)})
    floor.agent(1, capacity=9, ceilings={"chat": 1, "mail": 5})
    for item in (7, 8):
        floor.queue(item, channel="chat")
    for item in (9, 10, 11):
        floor.queue(item, channel="mail")
    assert floor.proposed() == {7: 1, 9: 1, 10: 1}


def test_a_call_goes_only_to_an_agent_with_empty_hands() -> None:
    floor = Floor()
    floor.agent(1, capacity=9, ceilings={"chat": 9, "voice": 9})
    floor.queue(7, channel="chat")
    assert floor.offered() == {7: 1}
    floor.queue(8, channel="voice")
    assert floor.proposed() == {}
    floor.accept(7)
    floor.done(7)
    assert floor.proposed() == {8: 1}


def test_nothing_else_comes_during_a_call_and_its_wrap_up() -> None:
    floor = Floor()
    floor.agent(1, capacity=9, ceilings={"chat": 9, "voice": 9})
    floor.queue(7, channel="voice")
    assert floor.offered() == {7: 1}
    floor.accept(7)
    floor.engine.apply(ItemWrapUp(floor.now, 7, 1))
    floor.queue(8, channel="chat")
    assert floor.proposed() == {}
    floor.done(7)
    assert floor.proposed() == {8: 1}


def test_a_dormant_chat_makes_room_and_takes_it_back_when_it_wakes() -> None:
    floor = Floor()
    floor.agent(1, capacity=1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.accept(7)
    floor.queue(8)
    assert floor.proposed() == {}
    floor.engine.apply(ItemWeightChanged(floor.now, 7, 1, 0))
    assert floor.proposed() == {8: 1}
    floor.engine.apply(ItemWeightChanged(floor.now, 7, 1, 1))
    assert floor.engine.state.seat(1).record.excused == "an item weighs more"
    assert violations(floor.engine.state) == []


def test_what_an_agent_has_keeps_its_weight_under_other_rules() -> None:
    floor = Floor(channels={"chat": ChannelRules(weight=2)})
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.accept(7)
    floor.publish(2)  # a chat weighs 1 again
    for item in (8, 9):
        floor.queue(item)
    assert floor.offered() == {8: 1}
    floor.publish(3, channels={"chat": ChannelRules(weight=2)})
    floor.done(7)
    assert floor.proposed() == {9: 1}
    assert floor.engine.state.seat(1).units == 3
    assert violations(floor.engine.state) == []


def test_an_offer_weighs_what_it_was_made_with() -> None:
    floor = Floor()
    floor.agent(1, capacity=2)
    for item in (7, 8):
        floor.queue(item)
    assert floor.proposed() == {7: 1, 8: 1}
    floor.make(7, 1, 2)
    assert floor.engine.state.seat(1).record.excused == "an item weighs more"
    floor.make(8, 1, 0)
    assert floor.engine.state.seat(1).units == 2
    assert floor.engine.state.seat(1).record.excused == ""


def test_a_lowered_capacity_binds_new_work_only() -> None:
    floor = Floor()
    floor.agent(1)
    for item in (7, 8):
        floor.queue(item)
    assert floor.offered() == {7: 1, 8: 1}
    floor.agent(1, capacity=1)
    floor.accept(7)
    floor.done(8)
    floor.queue(9)
    assert floor.proposed() == {}
    assert violations(floor.engine.state) == []
    floor.done(7)
    assert floor.proposed() == {9: 1}


def test_an_excuse_for_too_much_work_ends_with_the_excess() -> None:
    floor = Floor()
    floor.agent(1, capacity=1)
    for item in (7, 8):
        floor.queue(item)
        floor.assign(item, 1)
    assert floor.engine.state.seat(1).record.excused == "assigned elsewhere"
    floor.done(7)
    assert floor.engine.state.seat(1).record.excused == ""


def test_a_supervisor_may_force_an_item_beyond_capacity_and_it_says_so() -> None:
    floor = Floor()
    floor.agent(1, capacity=1)
    for item in (7, 8, 9):
        floor.queue(item)
    assert floor.offered() == {7: 1}
    floor.assign(8, 1, forced=True)
    assert floor.engine.why(8, floor.now).standing == "agent 1 has it, forced by a supervisor"
    assert floor.engine.why_not(9, 1, floor.now).reasons == (
        "the agent has no room for chat: carries 2 of 1 units, forced by a supervisor",
    )
    assert violations(floor.engine.state) == []
