"""What boards show: one row of each kind."""

from datetime import datetime
from typing import Any, Self

import msgspec

from contactcenter import facts
from contactcenter.explanation import Explanation
from contactcenter.words import (
    AlertKind,
    AlertTo,
    CaseState,
    ItemKind,
    ItemState,
    Presence,
    Severity,
    Urgency,
)


class WithBot(msgspec.Struct, frozen=True):
    """An item that a bot has."""

    queue: str
    channel: str


class Waiting(msgspec.Struct, frozen=True):
    """An item that waits in a queue, or is being offered. Of its subject, the id of that `kind`."""

    queue: str
    channel: str
    conversation: int | None
    enqueued_at: datetime
    offered_to: int | None = None
    kind: ItemKind = "conversation"
    case: int | None = None
    lead: int | None = None


class Owned(msgspec.Struct, frozen=True):
    """An item that an agent has."""

    agent: int
    queue: str
    channel: str
    conversation: int | None
    weight: int
    state: ItemState
    kind: ItemKind = "conversation"
    case: int | None = None
    lead: int | None = None


class OpenCase(msgspec.Struct, frozen=True):
    """A case that is not resolved."""

    queue: str
    severity: Severity
    state: CaseState


class Tally(msgspec.Struct):
    """What ended on one day in one queue; `*_within`: inside the target."""

    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    abandoned_within: int = 0


class AgentShown(msgspec.Struct, frozen=True):
    """An agent; `since`: when they took on that presence. No queues means every queue.

    `teams`: ids, in order. `skills`: the level of each.
    """

    name: str
    presence: Presence
    reason: str | None
    since: datetime
    capacity: int
    queues: list[str] = []
    teams: list[int] = []
    skills: dict[str, int] = {}


class TeamShown(msgspec.Struct, frozen=True):
    """A team that is not archived; `lead`: the person who leads it."""

    name: str
    lead: int | None


class AlertShown(msgspec.Struct, frozen=True):
    """Something that nobody has acknowledged yet, and whom it is for; `agent`: for this one."""

    kind: AlertKind
    urgency: Urgency
    subject_kind: str
    subject: int
    title: str
    values: dict[str, Any]
    to: AlertTo
    agent: int | None
    raised_at: datetime

    @classmethod
    def of(cls, fact: facts.AlertRaised) -> Self:
        """As it was raised."""
        return cls(
            fact.kind,
            fact.urgency,
            fact.subject_kind,
            fact.subject,
            fact.title,
            fact.values,
            fact.to,
            fact.agent,
            fact.at,
        )


class Decision(msgspec.Struct, frozen=True):
    """An offer, why it was made, and what became of it. Of earlier versions only the sentence."""

    offer: int
    at: datetime
    item: int
    queue: str
    channel: str
    agent: int
    sentence: str
    outcome: str
    explanation: Explanation | None = None
