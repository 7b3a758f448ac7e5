from datetime import UTC, datetime

import msgspec
import pytest

from contactcenter.model.customer import Customer
from contactcenter.model.rulebook import Published, Rulebook, Segment
from contactcenter.model.segment import segments

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CUSTOMER = Customer(
    id=1,
    name=None,
    value=10,
    tier=None,
    propensity_to_leave=0.9,
    language=None,
    territory=None,
    attributes={},
    tags=[],
    spam_at=None,
    merged_into=None,
    created_at=NOW,
)


@pytest.fixture
def rules(book: Published) -> Rulebook:
    whens = {
        "gold": 'customer.tier == "gold"',
        "proven": "customer.verified",
        "broken": 'customer.attributes["lines"] > 1',
        "new": 'now - customer.since < duration("24h")',
    }
    made = {name: Segment(label=name, when=when) for name, when in whens.items()}
    return msgspec.structs.replace(book.rules, segments=made)


def test_a_customer_is_in_the_segments_whose_conditions_hold(rules: Rulebook) -> None:
    assert segments(CUSTOMER, rules, NOW, verified=False) == ["new"]
    gold = msgspec.structs.replace(CUSTOMER, tier="gold", attributes={"lines": 2})
    assert segments(gold, rules, NOW, verified=True) == ["gold", "proven", "broken", "new"]


def test_the_shipped_segments_are_of_value_and_of_risk(book: Published) -> None:
    assert segments(CUSTOMER, book.rules, NOW, verified=False) == ["leaving"]
    valued = msgspec.structs.replace(CUSTOMER, value=80, propensity_to_leave=0.1)
    assert segments(valued, book.rules, NOW, verified=False) == ["valued"]
