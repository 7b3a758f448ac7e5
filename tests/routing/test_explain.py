"""Decisions in words."""

from routing import explain
from routing.decisions import ExtendOffer
from routing.model import SECOND
from tests.routing.floor import Floor


def test_a_decision_is_explained_in_plain_sentences() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 45 * SECOND)
    floor.agent(2, idle_since=floor.now - 20 * SECOND)
    floor.agent(3, available=False)
    floor.agent(4, skills={"language:id": 2})
    floor.queue(7, gold=300, requirement={"language:id": 3}, enqueued_at=floor.now - 12 * SECOND)
    (decision,) = floor.decide()
    assert isinstance(decision, ExtendOffer)
    assert explain.sentence(decision.explanation) == (
        "Agent 1 was offered item 7 of queue billing after 12 s: longest idle: idle for 45 s; "
        "gold customer: placed as if 300 s earlier. Of the others: agent 2 would have been next, "
        "1 idle for less long, 1 away, 1 without language:id at 3 or more."
    )


def test_an_agent_alone_has_nobody_to_compare_with() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 4_560_000)
    floor.queue(7)
    (decision,) = floor.decide()
    assert isinstance(decision, ExtendOffer)
    assert explain.sentence(decision.explanation) == (
        "Agent 1 was offered item 7 of queue billing after 0 s: longest idle: idle for 4.5 s."
    )


def test_a_preferred_agent_is_named_as_the_reason() -> None:
    floor = Floor()
    floor.agent(1, idle_since=floor.now - 45 * SECOND)
    floor.agent(2)
    floor.queue(7, sticky_agent=2, sticky_until=floor.now + SECOND)
    (decision,) = floor.decide()
    assert isinstance(decision, ExtendOffer)
    assert explain.sentence(decision.explanation) == (
        "Agent 2 was offered item 7 of queue billing after 0 s: the customer's preferred agent, "
        "idle for 0 s. Of the others: agent 1 would have been next, "
        "1 passed over for the preferred agent."
    )


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
        requirement={"language:id": 3},
        enqueued_at=floor.now - 1,
        excluded={6: floor.now + SECOND, 8: floor.now + SECOND, 9: floor.now + SECOND},
    )
    decision = floor.decide()[0]
    assert isinstance(decision, ExtendOffer)
    assert {each.words: each.agents for each in decision.explanation.others} == {
        "left out of this item after a miss": 1,
        "without room for chat": 1,
        "resting after a miss": 1,
        "away": 1,
        "without queue billing": 1,
        "without language:id at 3 or more": 1,
    }
    assert (decision.agent, decision.explanation.runner_up) == (7, None)


def test_a_decision_records_the_version_of_the_rules() -> None:
    floor = Floor()
    floor.publish(12)
    floor.agent(1)
    floor.queue(7)
    (decision,) = floor.decide()
    assert isinstance(decision, ExtendOffer)
    assert decision.explanation.version == 12
