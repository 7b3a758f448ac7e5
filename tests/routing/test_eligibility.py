"""Who can serve what."""

from typing import Any

import pytest

from routing.decisions import Lack, WithoutQueue, WithoutSkill
from routing.eligibility import Catalogue, lacks
from routing.facts import AgentUpdated, ItemQueued


def item(**asked: Any) -> ItemQueued:
    asked = {"queue": "billing", "requirement": {}} | asked
    return ItemQueued(
        at=0,
        item=1,
        generation=1,
        channel="chat",
        kind="conversation",
        enqueued_at=0,
        sequence=0,
        **asked,
    )


def agent(skills: dict[str, int], queues: tuple[str, ...] | None = None) -> AgentUpdated:
    return AgentUpdated(
        at=0,
        agent=1,
        revision=1,
        available=True,
        skills=skills,
        capacity=1,
        ceilings={},
        idle_since=0,
        queues=queues,
    )


@pytest.mark.parametrize(
    ("skills", "queues", "expected"),
    [
        ({"language:id": 3}, None, ()),
        ({"language:id": 4, "product:fiber": 1}, ("billing",), ()),
        ({"language:id": 2}, None, (WithoutSkill("language:id", 3),)),
        ({}, ("sales",), (WithoutQueue("billing"), WithoutSkill("language:id", 3))),
    ],
)
def test_what_an_agent_lacks_is_named(
    skills: dict[str, int], queues: tuple[str, ...] | None, expected: tuple[Lack, ...]
) -> None:
    signature = Catalogue().signature(item(requirement={"language:id": 3}))
    assert lacks(agent(skills, queues), signature) == expected


def test_items_that_ask_the_same_share_a_signature_in_whatever_order_they_ask() -> None:
    catalogue = Catalogue()
    one = catalogue.signature(item(requirement={"language:id": 3, "product:fiber": 2}))
    other = catalogue.signature(item(requirement={"product:fiber": 2, "language:id": 3}))
    assert one is other
    assert catalogue.signature(item(queue="sales")) is not one


def test_agents_who_can_do_the_same_share_a_class() -> None:
    catalogue = Catalogue()
    one = catalogue.agent_class(agent({"a": 1, "b": 2}, ("sales", "billing")))
    other = catalogue.agent_class(agent({"b": 2, "a": 1}, ("billing", "sales")))
    assert one is other
    assert catalogue.agent_class(agent({"a": 1, "b": 2})) is not one


def test_classes_and_signatures_find_each_other_whoever_comes_first() -> None:
    catalogue = Catalogue()
    early = catalogue.agent_class(agent({"language:id": 3}))
    signature = catalogue.signature(item(requirement={"language:id": 3}))
    late = catalogue.agent_class(agent({"language:id": 5}))
    unfit = catalogue.agent_class(agent({"language:id": 2}))
    assert signature.fits == [early, late]
    assert (early.fits, late.fits, unfit.fits) == ([signature], [signature], [])
