"""Steps with cases: open one, lock it with its work, write what has become of it.

The states are of `model.case`; while one needs somebody of ours it has a work item, which is begun
and ended here. Automation and escalation open and change cases by these too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict, NotFound, Stale
from contactcenter.model.caller import Actor
from contactcenter.model.case import Case
from contactcenter.model.customer import Customer, place
from contactcenter.model.rulebook import Published, Rulebook
from contactcenter.model.work import WorkItem
from contactcenter.record.settle import begin, settle
from contactcenter.record.work import Opening
from contactcenter.words import CaseEventKind, QueuedBecause, Severity

CHANNEL = "case"


class NewCase(msgspec.Struct, frozen=True, kw_only=True):
    """What a case begins with; severity and queue are the category's where they are not said.

    `key`: whoever opens one again under the same key gets the one there is.
    """

    category: str
    subject: str
    description: str = ""
    severity: Severity | None = None
    queue: str | None = None
    key: str | None = None


async def open_case(
    tx: Tx,
    customer: Customer,
    new: NewCase,
    by: Actor,
    book: Published,
    now: datetime,
    *,
    conversation: int | None = None,
) -> Case:
    """Open a case of a locked customer, for an agent to be found at once.

    `conversation`, where it came up, is one of the customer's. Raises `BadInput` for what the
    rulebook does not have.
    """
    category = book.rules.cases.categories.get(new.category)
    if category is None:
        known = ", ".join(book.rules.cases.categories) or "none"
        detail = f"There is no category {new.category!r}; these are: {known}."
        raise BadInput(detail, code="unknown-category", pointer="/category")
    queue = new.queue or category.queue
    check_queue(queue, book.rules)
    case = await tx.maybe(
        Case,
        "cases.open",
        customer.id,
        new.category,
        new.severity or category.severity,
        queue,
        new.subject,
        new.description,
        by.kind,
        by.id,
        new.key,
        now,
    )
    if case is None:
        raise Stale  # under this key it was opened at the same time
    await event(tx, case, "opened", by, now)
    if conversation is not None:
        await tx.do("cases.link", case.id, conversation, now)
    tx.emit(
        facts.CaseOpened(
            at=now,
            **about(case, by, []),
            subject=case.subject,
            conversation=conversation,
        )
    )
    await _begin(tx, case, "arrived", book, now)
    return case


async def hold_case(tx: Tx, case_id: int) -> tuple[Case, WorkItem | None]:
    """Lock a case and the work on it, if there is any. `NotFound` where there is no such case."""
    case = await tx.maybe(Case, "cases.lock", case_id)
    if case is None:
        raise no_case(case_id)
    return case, await tx.maybe(WorkItem, "cases.lock_item", case_id)


async def enter(
    tx: Tx,
    case: Case,
    item: WorkItem | None,
    after: Case,
    by: Actor,
    book: Published,
    now: datetime,
    *,
    text: str = "",
) -> Case:
    """Write a locked case's transition, and begin or end the work that its state needs."""
    if after.needs_work and item is None:
        after = msgspec.structs.replace(after, queue=_queue_there_is(after, book.rules))
    await save_case(tx, case, after, by, now, agents=item.owners if item else [], text=text)
    tx.clear("case_close", case.id)
    if after.state == "resolved":
        tx.schedule("case_close", case.id, now + _seconds(book.rules.cases.close_after_s))
    if item and not after.needs_work:
        await settle(tx, item, now)
    elif item is None and after.needs_work:
        await _begin(tx, after, "reopened", book, now)
    return after


async def save_case(
    tx: Tx,
    before: Case,
    after: Case,
    by: Actor,
    now: datetime,
    *,
    agents: Sequence[int] = (),
    text: str = "",
) -> None:
    """Write a locked case; nothing where nothing has changed. `agents`: who is at work on it."""
    changes = before.changes(after)
    if not changes:
        return
    args = after.category, after.severity, after.state, after.state_since, after.queue
    ends = after.resolution_code, after.resolution, after.reopened
    saved = await tx.maybe(
        int,
        "cases.save",
        before.id,
        before.state,
        *args,
        after.owner_id,
        after.subject,
        after.description,
        *ends,
        after.resolved_at,
        after.closed_at,
    )
    if saved is None:
        raise Conflict("The case has changed in the meantime.", code="case-changed")
    await event(tx, after, "changed", by, now, changes=changes, text=text)
    tx.emit(facts.CaseChanged(at=now, **about(after, by, agents), changes=changes, text=text))


async def note_case(
    tx: Tx, case: Case, text: str, by: Actor, now: datetime, agents: Sequence[int] = ()
) -> None:
    """Words for colleagues, about a locked case."""
    await event(tx, case, "note", by, now, text=text)
    tx.emit(facts.CaseNoted(at=now, **about(case, by, agents), text=text))


async def event(
    tx: Tx,
    case: Case,
    kind: CaseEventKind,
    by: Actor,
    now: datetime,
    *,
    changes: dict[str, tuple[object, object]] | None = None,
    text: str = "",
) -> None:
    """One line of its timeline."""
    await tx.do("cases.event", case.id, now, kind, by.kind, by.id, changes or {}, text)


def about(case: Case, by: Actor, agents: Sequence[int]) -> facts.AboutCase:
    """What every fact about it says."""
    concerned = {*agents, *([case.owner_id] if case.owner_id else [])}
    return facts.AboutCase(
        case=case.id,
        customer=case.party_id,
        category=case.category,
        severity=case.severity,
        state=case.state,
        queue=case.queue,
        owner=case.owner_id,
        agents=sorted(concerned),
        by_kind=by.kind,
        by=by.id,
    )


def check_queue(queue: str, rules: Rulebook) -> None:
    """`BadInput` (`unknown-queue`) for one that the rulebook does not have."""
    if queue not in rules.queues:
        detail = f"There is no queue {queue!r}; these are: {', '.join(rules.queues)}."
        raise BadInput(detail, code="unknown-queue", pointer="/queue")


def no_case(case_id: int) -> NotFound:
    """That there is no such case, or not for whoever asks."""
    return NotFound(f"There is no case {case_id}.")


async def _begin(
    tx: Tx, case: Case, because: QueuedBecause, book: Published, now: datetime
) -> None:
    """Its owner is asked first."""
    customer = await tx.one(Customer, "customers.read", case.party_id)
    category = book.rules.cases.categories.get(case.category)
    asked = category.requirement if category else {}
    patience = _seconds(book.rules.queues[case.queue].sticky_patience_s)
    opening = Opening(
        case_id=case.id,
        customer_id=customer.id,
        state="queued",
        queue=case.queue,
        channel=CHANNEL,
        weight=book.rules.channels[CHANNEL].weight,
        place=place(customer, case.queue, book.rules, asked, case.severity),
        asked=asked,
        sticky_agent_id=case.owner_id,
        sticky_until=now + patience if case.owner_id else None,
        bot_id=None,
    )
    await begin(tx, opening, because, book, now)


def _queue_there_is(case: Case, rules: Rulebook) -> str:
    """A case outlives rulebooks: its queue, or its category's, or where everybody's work waits."""
    category = rules.cases.categories.get(case.category)
    wanted = (case.queue, category.queue if category else "")
    return next((q for q in wanted if q in rules.queues), rules.entry_for("*").queue)


def _seconds(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)
