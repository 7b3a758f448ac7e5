"""The desktop of one agent, read at one moment of the log."""

from datetime import datetime
from typing import Any

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.explanation import Explanation
from contactcenter.facts import Said
from contactcenter.model.rulebook import Published
from contactcenter.words import AlertKind, ConsultState, ItemKind, Severity, Urgency

INTERACTIONS_MAX = 50
"""How much of each conversation's end a desktop is given at once; the rest is paged by the API."""


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """The agent as they are now. `undo_s`: how long their replies are held; 0: not at all."""

    id: int
    name: str
    presence: str
    reason: str | None
    since: datetime
    skills: dict[str, int]
    capacity: int
    ceilings: dict[str, int]
    undo_s: int


class OfferShown(msgspec.Struct, frozen=True, kw_only=True):
    """A pending offer; `explanation` says why to this agent, `sentence` the same in English."""

    id: int
    item: int
    kind: ItemKind
    conversation: int | None
    case: int | None
    lead: int | None
    customer: int
    queue: str
    channel: str
    expires_at: datetime
    sentence: str
    explanation: Explanation | None = None
    customer_name: str | None
    tier: str | None
    value: int
    excerpt: str
    severity: Severity | None


class ItemShown(msgspec.Struct, frozen=True, kw_only=True):
    """A work item that the agent has.

    With the end of its conversation, whose `tags` these are; or with the `subject`, `severity` and
    state (`stage`) of its case, the product and state of its lead.
    """

    id: int
    kind: ItemKind
    conversation: int | None
    case: int | None
    lead: int | None
    subject: str | None
    severity: Severity | None
    stage: str | None
    customer: int
    customer_name: str | None
    tier: str | None
    value: int
    state: str
    queue: str
    channel: str
    epoch: int
    dormant: bool
    waiting_for: str
    waiting_since: datetime
    intent: str | None
    wrap_up_until: datetime | None
    tags: list[str]
    read_number: int
    interactions: list[Said] = []


class HeldShown(msgspec.Struct, frozen=True, kw_only=True):
    """A reply of the agent's that may still be taken back."""

    held: int
    item: int
    conversation: int
    text: str
    parts: list[Any]
    seen: int
    connection: int | None
    request_id: str | None
    due_at: datetime


class ConsultShown(msgspec.Struct, frozen=True, kw_only=True):
    """A consult that the agent has asked for, or is asked into."""

    id: int
    item: int
    conversation: int
    customer: int
    customer_name: str | None
    state: ConsultState
    by: int
    by_name: str
    agent: int
    agent_name: str
    question: str
    asked_at: datetime


class AlertForMe(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the agent is to look at, and nobody has acknowledged."""

    id: int
    kind: AlertKind
    urgency: Urgency
    subject_kind: str
    subject: int
    title: str
    values: dict[str, Any]
    raised_at: datetime


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """All that an agent's desktop shows at first."""

    me: Me
    offers: list[OfferShown]
    items: list[ItemShown]
    reasons: list[str]
    dispositions: list[str]
    case_categories: dict[str, str]
    case_resolutions: list[str]
    queues: dict[str, str]
    rulebook: int
    held: list[HeldShown] = []
    consults: list[ConsultShown] = []
    alerts: list[AlertForMe] = []


class _Placed(msgspec.Struct, frozen=True):
    conversation_id: int
    said: Any


async def read_desk(tx: Tx, agent: int, book: Published) -> Desk:
    """Read it in the transaction's snapshot."""
    items = await tx.many(ItemShown, "desks.items", agent)
    said: dict[int | None, list[Said]] = {i.conversation: [] for i in items if i.conversation}
    for row in await tx.many(_Placed, "desks.interactions", list(said), INTERACTIONS_MAX):
        said[row.conversation_id].append(msgspec.convert(row.said, Said))
    return Desk(
        me=await tx.one(Me, "desks.me", agent),
        offers=await tx.many(OfferShown, "desks.offers", agent),
        items=[
            msgspec.structs.replace(i, interactions=said.get(i.conversation, [])) for i in items
        ],
        reasons=book.rules.presence.reasons,
        dispositions=book.rules.dispositions.codes,
        case_categories={name: c.label for name, c in book.rules.cases.categories.items()},
        case_resolutions=book.rules.cases.resolutions,
        queues={name: q.label for name, q in book.rules.queues.items()},
        rulebook=book.version,
        held=await tx.many(HeldShown, "held_replies.of_agent", agent),
        consults=await tx.many(ConsultShown, "consults.of_agent", agent),
        alerts=await tx.many(AlertForMe, "alerts.of_agent", agent),
    )
