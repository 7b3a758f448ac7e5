from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contactcenter.model.customer import Place
from contactcenter.model.work import WorkItem

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)
ELSEWHERE = Place(requirement={"product:x": 2}, head_start_us=7, head_start_words=[("w", 7)])


def item(**changed: Any) -> WorkItem:
    known: dict[str, Any] = {
        "conversation_id": 2,
        "customer_id": 3,
        "kind": "conversation",
        "state": "queued",
        "epoch": 4,
        "queue": "care",
        "channel": "web",
        "weight": 2,
        "full_weight": 2,
        "requirement": {"a": 1},
        "asked": {},
        "band": 0,
        "enqueued_at": BEFORE,
        "head_start_us": 1,
        "head_start_words": [("v", 1)],
        "sticky_agent_id": None,
        "sticky_until": None,
        "agent_id": None,
        "passed_on_by": None,
        "bot_id": None,
        "waiting_for": "us",
        "waiting_since": BEFORE,
        "reminded_at": None,
        "intent": None,
        "disposition": None,
        "rulebook_version": 1,
        "opened_at": BEFORE,
        "accepted_at": None,
        "ended_at": None,
    }
    return WorkItem(id=1, **{**known, **changed})


def active(**changed: Any) -> WorkItem:
    return item(**{"state": "active", "agent_id": 9, "accepted_at": BEFORE, **changed})


@pytest.mark.parametrize(("weight", "dormant"), [(2, False), (1, True), (0, True)])
def test_what_weighs_less_than_awake_is_dormant(
    weight: int,
    dormant: bool,  # noqa: FBT001 -- the answer
) -> None:
    assert item(weight=weight).dormant is dormant


@pytest.mark.parametrize(
    ("state", "agent", "owners"),
    [
        ("active", 9, [9]),
        ("wrapup", 9, [9]),
        ("queued", None, []),
        ("offered", None, []),
        ("bot", None, []),
        ("done", 9, []),
        ("cancelled", 9, []),
        ("active", None, []),
    ],
)
def test_it_is_shown_to_whoever_has_it_now(
    state: Any, agent: int | None, owners: list[int]
) -> None:
    assert item(state=state, agent_id=agent).owners == owners


def test_what_is_queued_waits_awake_from_now_on_under_a_new_epoch() -> None:
    waiting = active(weight=0, bot_id=5, sticky_agent_id=9, sticky_until=NOW).queued(NOW)
    assert waiting == item(epoch=5, enqueued_at=NOW, accepted_at=BEFORE)


def test_in_another_queue_it_has_that_queues_place() -> None:
    waiting = active().queued(NOW, queue="fiber", place=ELSEWHERE)
    assert (waiting.queue, waiting.requirement) == ("fiber", {"product:x": 2})
    assert (waiting.head_start_us, waiting.head_start_words) == (7, [("w", 7)])


def test_a_new_place_in_the_same_queue_leaves_the_queue() -> None:
    assert active().queued(NOW, place=ELSEWHERE).queue == "care"


def test_without_a_place_it_keeps_its_own() -> None:
    waiting = active().queued(NOW)
    assert (waiting.queue, waiting.requirement, waiting.head_start_us) == ("care", {"a": 1}, 1)


def test_it_may_wait_for_one_agent_first() -> None:
    waiting = active().queued(NOW, sticky=9, sticky_patience_s=60)
    assert (waiting.sticky_agent_id, waiting.sticky_until) == (9, NOW + timedelta(seconds=60))


def test_it_remembers_who_passed_it_on() -> None:
    assert active().queued(NOW, passed_on_by=9).passed_on_by == 9


def test_what_comes_back_from_an_offer_has_the_place_and_epoch_it_had() -> None:
    assert item(state="offered").returned() == item()


def test_whoever_has_it_has_it_awake_under_a_new_epoch() -> None:
    owned = item(state="bot", bot_id=5, weight=1).owned(9, NOW)
    assert owned == item(
        state="active", epoch=5, agent_id=9, bot_id=None, weight=2, accepted_at=NOW
    )


def test_when_we_have_spoken_the_customer_is_waited_for() -> None:
    after = active().turn("customer", NOW)
    assert (after.waiting_for, after.waiting_since) == ("customer", NOW)


def test_how_long_a_customer_is_silent_counts_from_our_last_word() -> None:
    asleep = active(waiting_for="customer", reminded_at=BEFORE)
    after = asleep.turn("customer", NOW)
    assert (after.waiting_since, after.reminded_at) == (NOW, None)


def test_how_long_we_are_silent_counts_from_the_customers_first_word() -> None:
    assert active().turn("us", NOW) == active()


def test_when_the_customer_speaks_it_is_our_turn() -> None:
    after = active(waiting_for="customer", reminded_at=BEFORE).turn("us", NOW)
    assert (after.waiting_for, after.waiting_since, after.reminded_at) == ("us", NOW, None)


@pytest.mark.parametrize(
    ("given", "had", "disposition"),
    [("solved", None, "solved"), (None, "solved", "solved"), ("b", "a", "b"), (None, None, None)],
)
def test_what_has_ended_keeps_how(
    given: str | None, had: str | None, disposition: str | None
) -> None:
    done = active(disposition=had).ended("done", NOW, given)
    assert (done.state, done.ended_at, done.disposition) == ("done", NOW, disposition)


def test_a_fact_about_it_names_it() -> None:
    assert item().about(5) == {
        "item": 1,
        "kind": "conversation",
        "conversation": 2,
        "case": None,
        "lead": None,
        "customer": 3,
        "queue": "care",
        "channel": "web",
        "bot": 5,
    }


def test_the_fact_that_it_waits_holds_all_that_routing_asks() -> None:
    waiting = active(weight=0).queued(NOW, sticky=9, sticky_patience_s=60, passed_on_by=8)
    fact = waiting.queued_fact(NOW, "agent_full", 9, 5)
    assert (fact.at, fact.because, fact.agent, fact.bot, fact.epoch) == (NOW, "agent_full", 9, 5, 5)
    assert (fact.weight, fact.requirement, fact.band) == (2, {"a": 1}, 0)
    assert (fact.enqueued_at, fact.head_start_us, fact.head_start_words) == (NOW, 1, [("v", 1)])
    assert (fact.sticky_agent, fact.sticky_until) == (9, NOW + timedelta(seconds=60))
    assert (fact.passed_on_by, fact.item, fact.queue) == (8, 1, "care")
