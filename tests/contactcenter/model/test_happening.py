from typing import Any

import pytest

from contactcenter import facts
from contactcenter.model.happening import happenings
from tests.contactcenter.floor import NOW

SAID = facts.Said(
    id=1,
    number=1,
    kind="message",
    direction="outbound",
    channel="web",
    author_kind="agent",
    text="hello",
    occurred_at=NOW,
    received_at=NOW,
)


def said(**fields: Any) -> list[str]:
    changed = facts.Said(**{f: getattr(SAID, f) for f in SAID.__struct_fields__} | fields)
    fact = facts.InteractionAppended(at=NOW, conversation=1, customer=1, said=changed)
    return [h.event for h in happenings(fact)]


def test_words_of_ours_answer_and_automatic_ones_and_notes_do_not() -> None:
    assert said() == ["answered"]
    assert said(author_kind="bot") == ["answered"]
    assert said(author_kind="system") == []
    assert said(direction="internal") == []
    assert said(direction="inbound", author_kind="customer") == ["customer_wrote"]


@pytest.mark.parametrize(
    ("reason", "event"),
    [
        ("resolved", "resolved"),
        ("unanswered", "resolved"),
        ("abandoned", "left"),
        ("merged", "cancelled"),
        ("spam", "cancelled"),
    ],
)
def test_why_a_conversation_ended_says_what_that_means(reason: Any, event: str) -> None:
    fact = facts.ConversationClosed(at=NOW, conversation=1, customer=1, reason=reason)
    assert [h.event for h in happenings(fact)] == [event]
