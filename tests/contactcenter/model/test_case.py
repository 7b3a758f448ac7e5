from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest

from contactcenter.model.case import ENDED, NEEDS_WORK, TRANSITIONS, Case
from contactcenter.words import CaseState

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
NEW = Case(
    id=1,
    customer_id=2,
    party_id=2,
    category="fault",
    severity="high",
    state="new",
    state_since=NOW,
    queue="fiber",
    owner_id=None,
    subject="No internet",
    description="",
    resolution_code=None,
    resolution=None,
    reopened=0,
    opened_by_kind="person",
    opened_by=7,
    opened_at=NOW,
    resolved_at=None,
    closed_at=None,
)
RESOLVED = NEW.resolved("solved", "It works.", NOW)


def test_the_table_has_every_state_and_none_leads_to_itself() -> None:
    assert set(TRANSITIONS) == set(get_args(CaseState))
    assert [state for state, to in TRANSITIONS.items() if state in to] == []


def test_what_ended_leads_only_to_its_close_or_back() -> None:
    assert {state: TRANSITIONS[state] for state in ENDED} == {
        "resolved": {"open", "closed"},
        "closed": {"open"},
    }


@pytest.mark.parametrize("state", get_args(CaseState))
def test_it_needs_work_while_it_is_new_or_open(state: Any) -> None:
    assert msgspec.structs.replace(NEW, state=state).needs_work == (state in NEEDS_WORK)


def test_a_way_that_the_table_lacks_is_a_defect() -> None:
    with pytest.raises(AssertionError):
        NEW.entered("closed", NOW)


def test_who_takes_a_new_one_opens_and_owns_it() -> None:
    taken = NEW.taken(7, LATER)
    assert (taken.state, taken.owner_id, taken.state_since) == ("open", 7, LATER)
    assert taken.taken(8, LATER + timedelta(hours=1)).state_since == LATER


def test_what_is_reopened_has_no_resolution_and_is_counted() -> None:
    again = RESOLVED.entered("closed", LATER).entered("open", LATER)
    assert again == msgspec.structs.replace(NEW, state="open", state_since=LATER, reopened=1)


def test_its_changes_are_by_field_before_and_after() -> None:
    assert NEW.changes(NEW.taken(7, LATER)) == {"state": ("new", "open"), "owner": (None, 7)}
    assert NEW.changes(RESOLVED) == {
        "state": ("new", "resolved"),
        "resolution_code": (None, "solved"),
        "resolution": (None, "It works."),
    }
