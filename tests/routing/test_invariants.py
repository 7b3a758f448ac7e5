"""Each invariant notices when it is broken: the state is spoilt from inside to see it."""

from collections.abc import Callable

import pytest
from msgspec import structs

from routing.decisions import Decision, ExtendOffer, RescindOffer
from routing.invariants import (
    AFTER_DECIDE,
    PRODUCTION,
    Check,
    bounded_overtaking,
    conserved,
    deterministic,
    eligible,
    explained,
    in_order,
    load_within_capacity,
    offers_within_capacity,
    one_offer,
    restorable,
    terminal_absorbs,
    violations,
    work_conserving,
)
from routing.model import SECOND, ItemState
from routing.records import Agent, Ended
from tests.routing.floor import Floor


@pytest.fixture
def floor() -> Floor:
    """Agent 1 has item 6, agent 2 is offered item 7, item 8 waits for somebody free."""
    floor = Floor()
    floor.agent(1, capacity=1, idle_since=floor.now - 10)
    floor.agent(2, capacity=1)
    floor.queue(6)
    assert floor.offered() == {6: 1}
    floor.accept(6)
    for item in (7, 8):
        floor.queue(item)
    assert floor.offered() == {7: 2}
    return floor


def broken(floor: Floor, check: Check, *decisions: Decision) -> list[str]:
    return check(floor.engine.state, decisions)


def offer(floor: Floor) -> ExtendOffer:
    (decision,) = floor.decide()
    assert isinstance(decision, ExtendOffer)
    return decision


def test_a_sound_state_breaks_nothing(floor: Floor) -> None:
    assert violations(floor.engine.state, floor.decide(), AFTER_DECIDE) == []
    assert violations(floor.engine.state, (), PRODUCTION) == []
    assert violations(floor.engine.state) == []


def test_an_item_with_two_agents_is_noticed(floor: Floor) -> None:
    floor.engine.state.seat(2).carried[6] = None
    assert broken(floor, one_offer) == [
        "item 6 is with agents 1 and 2",
        "item 6 says agent 1, not 2",
    ]


def test_a_waiting_item_with_an_agent_is_noticed(floor: Floor) -> None:
    floor.engine.state.items[6].state = ItemState.QUEUED
    assert broken(floor, one_offer) == ["item 6 is queued with agent 1"]


def test_an_offer_that_is_pending_twice_is_noticed(floor: Floor) -> None:
    pending = floor.offers[7].offer
    floor.engine.state.items[6].offer = pending
    assert broken(floor, one_offer) == [
        f"offer {pending} is pending for item 6 and something else",
        f"offer {pending} is pending for item 7 and something else",
    ]


def test_too_much_work_without_a_reason_is_noticed(floor: Floor) -> None:
    floor.engine.state.items[8].state = ItemState.QUEUED
    floor.engine.state.attach(
        floor.engine.state.items[8], floor.engine.state.seat(1), ItemState.ACTIVE, 1
    )
    assert broken(floor, load_within_capacity) == ["agent 1 carries 2 of 1 units"]


def test_an_offer_beyond_capacity_is_noticed() -> None:
    floor = Floor()
    floor.agent(1, capacity=1)
    floor.queue(7)
    made = offer(floor)
    profile = floor.engine.state.seat(1).record.profile
    assert profile is not None
    floor.engine.state.seat(1).record.profile = structs.replace(profile, capacity=0)
    assert broken(floor, offers_within_capacity, made) == ["agent 1 carries 1 of 0 units"]


def test_an_ended_item_that_is_still_here_is_noticed(floor: Floor) -> None:
    floor.engine.state.ledger.ended[8] = Ended(1, floor.now)
    assert broken(floor, terminal_absorbs) == ["item 8 has ended and is still here"]


def test_an_item_that_vanished_is_noticed(floor: Floor) -> None:
    del floor.engine.state.items[8]
    assert broken(floor, conserved) == ["3 items entered, 0 ended, 2 are here"]


def test_a_decision_that_differs_between_two_runs_is_noticed(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = iter(range(2))
    monkeypatch.setattr("routing.selection.decide", lambda _state, _now: [next(runs)])
    assert broken(floor, deterministic) == ["the same records led to different decisions"]


def test_an_index_that_has_drifted_is_noticed(floor: Floor) -> None:
    floor.engine.state.lines[8].discard(8)
    (found,) = broken(floor, restorable)
    assert found.startswith("the index of places is {}, and {")


def test_a_record_that_does_not_come_back_is_noticed(floor: Floor) -> None:
    floor.engine.state.seat(9).record = Agent(2, misses=5)
    assert "a restored state has other records" in broken(floor, restorable)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda floor: floor.gone(1),
        lambda floor: floor.agent(1, queues=("sales",)),
        lambda floor: floor.agent(1, cooldown_until=floor.now + 1),
        lambda floor: floor.engine.state.items[7].excluded.update({1: floor.now + 1}),
    ],
    ids=["gone", "other queues", "resting", "left out"],
)
def test_an_offer_to_somebody_who_may_not_have_it_is_noticed(
    spoil: Callable[[Floor], None],
) -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    made = offer(floor)
    spoil(floor)
    assert broken(floor, eligible, made) == [
        "agent 1 was offered item 7 without being eligible",
    ]


def test_an_offer_of_an_item_kept_for_another_is_noticed() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7, queue="owned", sticky_agent=2, sticky_until=floor.now + SECOND)
    made = offer(floor)
    floor.agent(2)
    assert broken(floor, eligible, made) == ["agent 1 was offered item 7 without being eligible"]


def test_an_offer_to_an_agent_never_seen_is_noticed() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    made = structs.replace(offer(floor), agent=9)
    assert broken(floor, eligible, made) == ["agent 9 was offered item 7 without being eligible"]


def test_an_offer_that_records_another_version_is_noticed() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    made = offer(floor)
    floor.publish(2)
    assert broken(floor, eligible, made) == ["the offer of item 7 records another step or version"]


def test_a_free_agent_beside_a_waiting_item_is_noticed() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    assert broken(floor, work_conserving) == ["item 7 waits though agent 1 is free for it"]


def test_an_item_that_goes_before_another_is_noticed() -> None:
    floor = Floor()
    floor.agent(1, capacity=1)
    floor.queue(7)
    made = offer(floor)
    floor.queue(8, enqueued_at=floor.now - 1)
    assert broken(floor, in_order, made) == ["item 7 went before item 8"]
    assert broken(floor, bounded_overtaking, made) == [
        "item 7 passed item 8 by more than its head start"
    ]


def test_a_head_start_is_the_bound_of_overtaking() -> None:
    floor = Floor()
    floor.agent(1, capacity=1)
    floor.queue(7, gold=10)
    made = offer(floor)
    floor.queue(8, enqueued_at=floor.now - 10 * SECOND, sequence=9)
    assert broken(floor, bounded_overtaking, made) == []
    floor.queue(9, enqueued_at=floor.now - 10 * SECOND - 1)
    assert broken(floor, bounded_overtaking, made) == [
        "item 7 passed item 9 by more than its head start"
    ]


def test_a_decision_without_a_reason_is_noticed(floor: Floor) -> None:
    silent = RescindOffer(5, 7, 1, "")
    assert broken(floor, explained, silent) == [f"no reason is given for {silent}"]


def test_an_explanation_of_something_else_is_noticed() -> None:
    floor = Floor()
    floor.agent(1)
    floor.queue(7)
    made = offer(floor)
    other = structs.replace(made, explanation=structs.replace(made.explanation, winner=2))
    (found,) = broken(floor, explained, other)
    assert found.endswith("does not explain item 7")


def test_an_explanation_that_forgets_somebody_is_noticed() -> None:
    floor = Floor()
    floor.agent(1)
    floor.agent(2)
    floor.queue(7)
    made = offer(floor)
    other = structs.replace(made, explanation=structs.replace(made.explanation, others=()))
    assert broken(floor, explained, other) == [
        "item 7: 1 agents accounted for, 2 are signed in",
    ]
