from datetime import UTC, datetime

import pytest

from contactcenter.model.lead import Lead

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NEW = Lead(
    id=1,
    customer_id=2,
    party_id=2,
    state="new",
    source="website",
    product="fiber",
    region=None,
    value=None,
    currency=None,
    note="",
    queue="care",
    agent_id=None,
    made_by_kind="bot",
    made_by=3,
    arrived_at=NOW,
    ended_at=None,
)


def test_who_takes_it_opens_it() -> None:
    assert (NEW.taken(7).state, NEW.taken(7).agent_id) == ("open", 7)


def test_it_ends_once() -> None:
    won = NEW.taken(7).ended("won", NOW)
    assert (won.state, won.ended_at) == ("won", NOW)
    with pytest.raises(AssertionError):
        won.ended("lost", NOW)
