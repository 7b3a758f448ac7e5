from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.model.conversation import Conversation


def conversation(**changed: Any) -> Conversation:
    known: dict[str, Any] = {
        "customer_id": 1,
        "party_id": 1,
        "state": "open",
        "close_reason": None,
        "last_number": 9,
        "read_number": 0,
        "answered_number": 5,
        "answered_kind": "agent",
        "answered_id": 7,
        "last_agent_id": None,
        "bot_id": None,
        "connection_id": None,
        "identity_id": None,
        "tags": [],
        "opened_at": datetime(2026, 11, 21, tzinfo=UTC),
        "closed_at": None,
    }
    return Conversation(id=1, **{**known, **changed})


@pytest.mark.parametrize(
    ("since", "kind", "author", "refuses"),
    [
        (4, "agent", 8, True),
        (4, "bot", 7, True),
        (5, "agent", 8, False),
        (9, "agent", 8, False),
        (4, "agent", 7, False),
    ],
)
def test_an_answer_of_another_since_then_is_seen(
    since: int,
    kind: Any,
    author: int,
    refuses: bool,  # noqa: FBT001 -- the answer
) -> None:
    assert conversation().somebody_else_answered(since, kind, author) is refuses


def test_where_nobody_has_answered_nobody_else_has() -> None:
    fresh = conversation(answered_number=0, answered_kind=None, answered_id=None)
    assert fresh.somebody_else_answered(0, "agent", 7) is False
