from datetime import UTC, datetime

import msgspec
import pytest

from contactcenter.model.offer import Offer
from tests.contactcenter.floor import proposal

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ROW = {
    "id": 1,
    "item_id": 2,
    "agent_id": 3,
    "state": "pending",
    "reason": None,
    "made_at": NOW,
    "expires_at": NOW,
    "ended_at": None,
    "excluded_until": None,
    "sentence": "longest idle",
}


def test_a_row_is_an_offer() -> None:
    assert msgspec.structs.asdict(msgspec.convert(ROW, Offer)) == ROW


@pytest.mark.parametrize(("field", "value"), [("state", "lost"), ("reason", "bored")])
def test_an_offer_is_in_no_state_that_nobody_knows(field: str, value: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="Invalid enum value"):
        msgspec.convert({**ROW, field: value}, Offer)


def test_a_proposal_is_a_value() -> None:
    one, two = (proposal(1, 2) for _ in "12")
    assert one == two
