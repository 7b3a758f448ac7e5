"""Read cases: one with all that belongs to it, and many by what they are."""

from datetime import datetime
from typing import Any

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.record.cases import no_case
from contactcenter.words import ActorKind, CaseEventKind, CaseState, ItemState, Severity

EVENTS_MAX = 50
"""How much of its timeline a case is shown with; the rest is paged."""


class CaseShown(msgspec.Struct, frozen=True, kw_only=True):
    """A case. `owner`: who took it last; `customer`: whose it is now.

    `state_since` is when it came into its state; `reopened` how often it was opened again.
    """

    id: int
    customer: int
    customer_name: str | None
    category: str
    severity: Severity
    state: CaseState
    state_since: datetime
    queue: str
    owner: int | None
    owner_name: str | None
    subject: str
    description: str
    resolution_code: str | None
    resolution: str | None
    reopened: int
    opened_by_kind: ActorKind
    opened_by: int | None
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None


class CasesShown(msgspec.Struct, frozen=True):
    """A page."""

    items: list[CaseShown]
    next: int | None


class CaseWork(msgspec.Struct, frozen=True, kw_only=True):
    """Its work that has not ended: `agent` has it, or nobody yet."""

    item: int
    state: ItemState
    epoch: int
    queue: str
    agent: int | None
    agent_name: str | None
    enqueued_at: datetime


class CaseConversation(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation about it."""

    id: int
    state: str
    channel: str | None
    opened_at: datetime
    last_at: datetime | None
    linked_at: datetime


class CaseEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What happened: who, when, by field what it held before and after, and words."""

    id: int
    at: datetime
    kind: CaseEventKind
    by_kind: ActorKind
    by: int | None
    by_name: str | None
    changes: dict[str, Any]
    text: str


class CaseEvents(msgspec.Struct, frozen=True):
    """A page, newest first; `next` as `before` gives the next."""

    items: list[CaseEvent]
    next: int | None


class WholeCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case with its work, the conversations about it, and the end of its timeline."""

    case: CaseShown
    work: CaseWork | None
    conversations: list[CaseConversation]
    events: CaseEvents


class CaseFilter(msgspec.Struct, frozen=True, kw_only=True):
    """None asks for all. `opened_by_key`: only those that this API key has opened."""

    states: list[CaseState] | None = None
    queue: str | None = None
    severity: Severity | None = None
    category: str | None = None
    owner: int | None = None
    customer: int | None = None
    conversation: int | None = None
    opened_by_key: int | None = None


async def read_case(tx: Tx, case_id: int, opened_by_key: int | None = None) -> WholeCase:
    """One, with all of it. `NotFound` where there is none, or another key has opened it."""
    case = await tx.maybe(CaseShown, "case_reads.one", case_id)
    other = (
        case and opened_by_key and (case.opened_by_kind, case.opened_by) != ("bot", opened_by_key)
    )
    if case is None or other:
        raise no_case(case_id)
    return WholeCase(
        case=case,
        work=await tx.maybe(CaseWork, "case_reads.work", case_id),
        conversations=await tx.many(CaseConversation, "case_reads.conversations", case_id),
        events=await read_events(tx, case_id, 2**63 - 1, EVENTS_MAX),
    )


async def read_events(tx: Tx, case_id: int, before: int, limit: int) -> CaseEvents:
    """Its timeline, newest first."""
    rows = await tx.many(CaseEvent, "case_reads.events", case_id, before, limit + 1)
    page = rows[:limit]
    return CaseEvents(page, page[-1].id if len(rows) > limit else None)


async def read_cases(tx: Tx, wanted: CaseFilter, before: int, limit: int) -> CasesShown:
    """Those that fit, newest first."""
    rows = await tx.many(
        CaseShown,
        "case_reads.page",
        before,
        limit + 1,
        wanted.states,
        wanted.queue,
        wanted.severity,
        wanted.category,
        wanted.owner,
        wanted.customer,
        wanted.conversation,
        wanted.opened_by_key,
    )
    page = rows[:limit]
    return CasesShown(page, page[-1].id if len(rows) > limit else None)
