"""What facts mean to the clocks of targets: which event, of which conversation, case or lead."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.model.case import ENDED
from contactcenter.words import ClockEvent, CloseReason, ItemKind, Metric

OF_WORK: tuple[Metric, ...] = ("time_in_queue", "time_to_answer")
"""These run for the work on a thing; the others for the thing itself, whoever works on it."""

_CLOSED: dict[CloseReason, ClockEvent] = {
    "resolved": "resolved",
    "bot": "resolved",
    "unanswered": "resolved",
    "abandoned": "left",
    "merged": "cancelled",
    "spam": "cancelled",
}
_ARRIVED = ("arrived", "handed_over", "reopened")
_SAME_PLACE = ("declined", "expired", "rescinded", "escalated")


class Happening(msgspec.Struct, frozen=True):
    """`of_work`: to the work on it. `linked`: also to the cases that a conversation is about."""

    kind: ItemKind
    subject: int
    event: ClockEvent
    at: datetime
    of_work: bool = False
    linked: bool = False

    def concerns(self, metric: Metric) -> bool:
        """Whether a clock of that metric hears of it."""
        return self.of_work == (metric in OF_WORK)


def happenings(fact: facts.Fact) -> Iterator[Happening]:
    """Nothing for most facts."""
    match fact:
        case facts.ConversationOpened():
            yield Happening("conversation", fact.conversation, "opened", fact.at)
        case facts.ConversationReopened():
            yield Happening("conversation", fact.conversation, "reopened", fact.at)
        case facts.ConversationClosed():
            yield Happening("conversation", fact.conversation, _CLOSED[fact.reason], fact.at)
        case facts.InteractionAppended():
            yield from _said(fact)
        case facts.CaseOpened():
            yield Happening("case", fact.case, "opened", fact.at)
        case facts.CaseChanged():
            yield from _case_changed(fact)
        case facts.ItemFact():
            yield from _work(fact)
        case _:
            return


def _said(fact: facts.InteractionAppended) -> Iterator[Happening]:
    said = fact.said
    if said.direction == "inbound":
        yield Happening("conversation", fact.conversation, "customer_wrote", fact.at)
    elif said.direction == "outbound" and said.author_kind in ("agent", "bot"):
        yield Happening("conversation", fact.conversation, "answered", fact.at, linked=True)


def _case_changed(fact: facts.CaseChanged) -> Iterator[Happening]:
    before, after = fact.changes.get("state", (None, None))
    if after in ("pending_customer", "pending_third_party"):
        yield Happening("case", fact.case, "set_waiting", fact.at)
    elif after == "resolved":
        yield Happening("case", fact.case, "resolved", fact.at)
    elif after == "open" and before in ENDED:
        yield Happening("case", fact.case, "reopened", fact.at)
    elif after == "open" and before != "new":
        yield Happening("case", fact.case, "resumed", fact.at)


def _work(fact: facts.ItemFact) -> Iterator[Happening]:
    subject = fact.conversation or fact.case or fact.lead
    if subject is None:
        return
    match fact:
        case facts.ItemQueued():
            if fact.because in _ARRIVED:
                yield Happening(fact.kind, subject, "arrived", fact.at, of_work=True)
            if fact.because not in _SAME_PLACE:
                yield Happening(fact.kind, subject, "queued", fact.at, of_work=True)
                if fact.kind == "conversation":
                    yield Happening(fact.kind, subject, "resumed", fact.at)
        case facts.ItemAssigned():
            yield Happening(fact.kind, subject, "assigned", fact.at, of_work=True)
        case facts.ItemWaiting():
            event = "set_waiting" if fact.waiting_for == "customer" else "resumed"
            yield Happening(fact.kind, subject, event, fact.at)
        case facts.ItemAbandoned():
            yield Happening(fact.kind, subject, "left", fact.at, of_work=True)
        case facts.ItemCancelled():
            yield Happening(fact.kind, subject, "cancelled", fact.at, of_work=True)
        case _:
            return
