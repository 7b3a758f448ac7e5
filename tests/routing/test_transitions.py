"""What happens to offers and items."""

from collections.abc import Callable

import pytest

from routing.decisions import RescindOffer, SetAway
from routing.facts import ItemTransferred, OfferAccepted
from routing.invariants import violations
from routing.model import SECOND, Blame, ChannelRules, Departure
from tests.routing.floor import Floor


def test_a_proposed_item_is_not_proposed_again() -> None:
    floor = Floor()
    floor.agent(1)
    floor.agent(2)
    floor.queue(7)
    assert floor.proposed() == {7: 1}
    assert floor.proposed() == {}


@pytest.mark.parametrize("miss", [Floor.decline, Floor.lapse])
def test_what_is_missed_goes_to_the_next_and_its_agent_rests(
    miss: Callable[[Floor, int], None],
) -> None:
    floor = Floor(exclusion=60 * SECOND, cooldown=5 * SECOND)
    floor.agent(1, idle_since=floor.now - 20)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    miss(floor, 7)
    floor.queue(8)
    assert floor.proposed() == {}
    assert floor.engine.wake_at() == floor.now + 5 * SECOND
    floor.later(5)
    assert floor.proposed() == {8: 1}
    floor.agent(2)
    assert floor.proposed() == {7: 2}


def test_a_missed_item_comes_back_to_its_only_agent_when_the_exclusion_ends() -> None:
    floor = Floor(exclusion=60 * SECOND, cooldown=5 * SECOND)
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.lapse(7)
    floor.later(59)
    assert floor.proposed() == {}
    assert floor.engine.wake_at() == floor.now + SECOND
    floor.later(1)
    assert floor.proposed() == {7: 1}


def test_a_missed_item_keeps_its_place() -> None:
    floor = Floor(exclusion=SECOND, cooldown=SECOND)
    floor.agent(1, capacity=1)
    for item in (7, 8):
        floor.queue(item)
    assert floor.offered() == {7: 1}
    floor.lapse(7)
    floor.later(1)
    assert floor.proposed() == {7: 1}


def test_who_has_missed_goes_behind_who_has_not() -> None:
    floor = Floor(exclusion=SECOND, cooldown=SECOND)
    floor.agent(1, idle_since=floor.now - 20)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.lapse(7)
    floor.agent(2, idle_since=floor.now - 10, available=False)
    floor.later(2)
    floor.agent(2, idle_since=floor.now - 10 * SECOND)
    assert floor.proposed() == {7: 2}


def test_an_item_barred_for_an_agent_does_not_hide_those_behind_it() -> None:
    floor = Floor()
    floor.queue(7, excluded={1: floor.now + 60 * SECOND})
    floor.queue(8)
    floor.agent(1)
    assert floor.proposed() == {8: 1}


def test_an_agent_barred_for_an_item_does_not_hide_those_behind_them() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 20)
    floor.agent(2, idle_since=floor.now - 10)
    floor.queue(7, excluded={1: floor.now + 60 * SECOND})
    assert floor.proposed() == {7: 2}


def test_an_agent_who_misses_three_in_a_row_is_set_away() -> None:
    floor = Floor(exclusion=0, cooldown=0, misses_before_away=3)
    floor.agent(1)
    floor.queue(7)
    for _ in range(3):
        assert floor.offered() == {7: 1}
        floor.lapse(7)
    assert floor.decide() == [SetAway(1, "missed 3 offers in a row")]
    assert floor.decide() == []
    floor.agent(1)
    assert floor.proposed() == {7: 1}


def test_accepting_ends_a_row_of_misses() -> None:
    floor = Floor(exclusion=0, cooldown=0, misses_before_away=2)
    floor.agent(1)
    for item, answer in ((7, floor.lapse), (7, floor.accept), (8, floor.lapse)):
        if item not in floor.engine.state.items:
            floor.queue(item)
        assert floor.offered() == {item: 1}
        answer(item)
    assert floor.offered() == {8: 1}


def test_an_agent_set_away_gets_their_other_offers_withdrawn() -> None:
    floor = Floor(misses_before_away=1)
    floor.agent(1)
    for item in (7, 8):
        floor.queue(item)
    assert floor.offered() == {7: 1, 8: 1}
    floor.lapse(7)
    offer = floor.offers[8].offer
    assert floor.decide() == [
        SetAway(1, "missed 1 offers in a row"),
        RescindOffer(offer, 8, 1, "the agent is away"),
    ]


def test_an_offer_that_fails_counts_against_nobody_but_tries_others_first() -> None:
    floor = Floor(misses_before_away=1)
    floor.agent(1, idle_since=floor.now - 20)
    floor.agent(2)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.fail(7)
    floor.queue(8)
    assert floor.proposed() == {7: 2, 8: 1}


def test_the_offer_of_a_customer_who_left_is_withdrawn_once() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.leave(7)
    offer = floor.offers[7].offer
    assert floor.decide() == [RescindOffer(offer, 7, 1, "the item was abandoned")]
    assert floor.decide() == []


def test_nothing_is_withdrawn_that_was_withdrawn_already() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.leave(7)
    floor.rescind(7)
    assert floor.decide() == []


def test_an_agent_who_signs_out_gets_their_offer_withdrawn_and_keeps_their_work() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(6)
    assert floor.offered() == {6: 1}
    floor.accept(6)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.gone(1)
    offer = floor.offers[7].offer
    assert floor.decide() == [RescindOffer(offer, 7, 1, "the agent signed out")]
    floor.rescind(7)
    assert floor.decide() == []
    assert floor.engine.why(6, floor.now).standing == "agent 1 has it"
    floor.agent(1, capacity=1)
    assert floor.proposed() == {}


def test_a_refused_proposal_rests_the_agent_who_had_changed() -> None:
    floor = Floor(refusal_rest=SECOND)
    floor.agent(1, idle_since=floor.now - 20)
    floor.agent(2)
    floor.queue(7)
    assert floor.proposed() == {7: 1}
    floor.refuse(7, 1, Blame.AGENT)
    assert floor.proposed() == {7: 2}


def test_a_refused_proposal_rests_the_item_that_had_changed() -> None:
    floor = Floor(refusal_rest=SECOND)
    floor.agent(1)
    floor.agent(2)
    floor.queue(7)
    assert floor.proposed() == {7: 1}
    floor.refuse(7, 1, Blame.ITEM)
    assert floor.proposed() == {}
    assert floor.engine.wake_at() == floor.now + SECOND
    floor.later(1)
    assert floor.proposed() == {7: 1}


@pytest.mark.parametrize(("keeps_place", "first"), [(True, 7), (False, 8)])
def test_a_transferred_item_keeps_its_place_or_not(keeps_place: bool, first: int) -> None:  # noqa: FBT001
    floor = Floor()
    floor.agent(1)
    floor.queue(7, channel="voice")
    assert floor.offered() == {7: 1}
    floor.accept(7)
    floor.later(10)
    floor.queue(8, channel="voice")
    floor.later(10)
    floor.engine.apply(
        ItemTransferred(floor.now, 7, 2, "sales", keeps_place=keeps_place, sequence=9)
    )
    assert floor.proposed() == {first: 1}


def test_a_transferred_item_does_not_go_back_to_who_gave_it_away() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.accept(7)
    barred = {1: floor.now + 60 * SECOND}
    floor.engine.apply(
        ItemTransferred(floor.now, 7, 2, "sales", keeps_place=True, sequence=9, excluded=barred)
    )
    assert floor.proposed() == {}
    floor.agent(2)
    assert floor.proposed() == {7: 2}


def test_a_scheduled_item_is_offered_when_it_is_due_and_not_before() -> None:
    floor = Floor()
    floor.agent(1)
    due = floor.now + 300 * SECOND
    floor.queue(11, not_before=due)
    assert floor.proposed() == {}
    assert floor.engine.wake_at() == due
    floor.later(300)
    assert floor.proposed() == {11: 1}


def test_a_scheduled_item_does_not_hide_those_behind_it() -> None:
    floor = Floor()
    floor.queue(11, not_before=floor.now + 300 * SECOND)
    floor.queue(12)
    floor.agent(1)
    assert floor.proposed() == {12: 1}


def test_a_transfer_into_a_closed_queue_is_scheduled() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(11)
    transfer = ItemTransferred(
        floor.now, 11, 2, "sales", keeps_place=True, sequence=9, not_before=floor.now + SECOND
    )
    floor.engine.apply(transfer)
    assert floor.proposed() == {}
    floor.later(1)
    assert floor.proposed() == {11: 1}


def test_a_reopened_item_comes_in_again_and_a_repeated_one_does_not() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    floor.done(7)
    floor.queue(7)
    assert floor.proposed() == {}
    floor.queue(7, generation=2)
    assert floor.proposed() == {7: 1}
    assert floor.engine.anomalies == {"ItemQueued: late": 1}


def test_how_items_ended_is_counted() -> None:
    floor = Floor()
    for item in (1, 2, 3, 4, 5):
        floor.queue(item)
    floor.done(1)
    floor.leave(2, Departure.ABANDONED)
    floor.leave(3, Departure.CANCELLED)
    floor.leave(4, Departure.OVERFLOWED)
    assert floor.engine.departures == {
        "done": 1,
        "abandoned": 1,
        "cancelled": 1,
        "overflowed": 1,
    }


def test_a_late_answer_to_an_ended_item_changes_nothing() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.accept(7)
    floor.done(7)
    before = floor.engine.state.seat(1).open
    for late in (floor.accept, floor.decline, floor.lapse, floor.rescind, floor.done, floor.leave):
        late(7)
    assert floor.engine.state.seat(1).open == before
    assert floor.engine.departures == {"done": 1}
    assert sum(floor.engine.anomalies.values()) == 6


def test_facts_about_the_unknown_are_counted_and_never_raise() -> None:
    floor = Floor()
    floor.done(99)
    floor.gone(99)
    floor.assign(99, 1)
    assert floor.engine.anomalies == {
        "ItemDone: unknown item": 1,
        "AgentGone: unknown agent": 1,
        "ItemAssigned: unknown item": 1,
    }


def test_new_rules_bind_new_work() -> None:
    floor = Floor()
    floor.agent(1)
    for item in (7, 8, 9):
        floor.queue(item)
    assert floor.offered() == {7: 1, 8: 1, 9: 1}
    floor.publish(2, channels={"chat": ChannelRules(weight=2)})
    floor.done(7)
    floor.queue(10)
    assert floor.proposed() == {}
    assert violations(floor.engine.state) == []
    floor.publish(1)
    assert floor.engine.anomalies == {"RulesPublished: late": 1}


def test_an_offer_that_replaces_another_ends_it() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    first = floor.offers[7]
    floor.make(7, 1)
    floor.engine.apply(OfferAccepted(floor.now, first.offer, 7, 1))
    assert floor.engine.anomalies == {"OfferAccepted: late": 1}
    floor.accept(7)
    assert floor.engine.why(7, floor.now).standing == "agent 1 has it"


def test_an_offer_made_elsewhere_replaces_the_proposal() -> None:
    floor = Floor()
    for agent in (1, 2):
        floor.agent(agent, capacity=1)
    floor.queue(7)
    assert floor.proposed() == {7: 1}
    floor.make(7, 2)
    floor.queue(8)
    assert floor.proposed() == {8: 1}


@pytest.mark.parametrize("close", [Floor.accept, Floor.rescind])
def test_an_offer_that_has_ended_is_not_pending_again(close: Callable[[Floor, int], None]) -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    close(floor, 7)
    for generation in (2, 3):
        floor.queue(7, generation=generation)
        floor.engine.apply(floor.offers[7])
    assert floor.engine.anomalies == {"OfferMade: late": 2}
    assert floor.proposed() == {7: 1}


def test_a_late_refusal_changes_nothing() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.refuse(7, 1, Blame.ITEM)
    floor.done(7)
    floor.refuse(7, 1, Blame.ITEM)
    assert floor.engine.anomalies == {"ProposalRefused: late": 2}


def test_an_automatic_acceptance_ends_the_offer() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    assert floor.offered() == {7: 1}
    floor.assign(7, 1)
    assert floor.decide() == []
    assert floor.engine.why(7, floor.now).standing == "agent 1 has it"


def test_a_repeated_assignment_changes_nothing() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    floor.assign(7, 1, forced=True)
    floor.assign(7, 1)
    assert floor.engine.anomalies == {"ItemAssigned: late": 1}
    assert floor.engine.why(7, floor.now).standing == "agent 1 has it, forced by a supervisor"


def test_what_is_no_fact_is_a_fault_of_the_caller() -> None:
    with pytest.raises(AssertionError):
        Floor().engine.apply("the phone rang")  # pyright: ignore[reportArgumentType]
