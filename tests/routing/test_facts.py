"""Facts travel as bytes and come back as what they were."""

from typing import get_args

import pytest
from msgspec import json

from routing.facts import Fact, ItemQueued
from routing.model import HeadStart

KINDS = get_args(Fact)


def test_a_queued_item_survives_the_way_as_json() -> None:
    fact = ItemQueued(
        at=1,
        item=7,
        generation=2,
        queue="billing",
        channel="chat",
        kind="conversation",
        enqueued_at=1,
        sequence=9,
        requirement={"language:id": 3},
        head_starts=(HeadStart("tier", "gold", 300),),
        excluded={4: 60},
    )
    assert json.decode(json.encode(fact), type=Fact) == fact


@pytest.mark.parametrize("kind", KINDS)
def test_every_fact_says_what_and_when(kind: type) -> None:
    assert kind.__struct_config__.tag == kind.__name__
    assert kind.__struct_fields__[0] == "at"
