"""Climb the ladders of targets: a timer is set for each clock's next step."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.model.caller import SYSTEM
from contactcenter.model.case import Case
from contactcenter.model.escalation import AlertStep, CaseStep, Step
from contactcenter.model.rulebook import Published
from contactcenter.model.target import due
from contactcenter.model.work import WorkItem
from contactcenter.record.alerts import Notice, raise_alert
from contactcenter.record.append import Draft, append_one
from contactcenter.record.cases import NewCase, open_case
from contactcenter.record.clocks import (
    TIMER,
    Kept,
    Matter,
    calendar,
    matters,
    next_step,
    rematched,
    save,
)
from contactcenter.record.held import Held, hold_many
from contactcenter.record.party import lock
from contactcenter.record.route import destination
from contactcenter.record.settle import wait_again
from contactcenter.record.subject import moved, placed
from contactcenter.record.timers import Rings, still_due

WAITS = ("queued", "offered")

_MATTERS = {
    "first_response": "the first answer",
    "next_response": "the next answer",
    "resolution": "the resolution",
    "time_in_queue": "the wait in the queue",
    "time_to_answer": "the wait for an agent",
    "update": "the next word about it",
}


class _Climb(msgspec.Struct, frozen=True):
    """A clock whose step is done now, what it is about, and the work on it, locked."""

    row: Kept
    matter: Matter
    held: Held | None


async def escalate_due(tx: Tx, rings: Rings, book: Published, now: datetime) -> None:
    """A timer's effect: the steps whose time has come are done, in their order, each once.

    One that is not due yet, since its clock was paused or the rulebook is another, is set again.
    """
    seen = await tx.many(Kept, "clocks.by_id", sorted(rings))
    about = await matters(tx, [(row.kind, row.subject) for row in seen])
    if _open_cases(seen, book):
        await lock(tx, sorted({m.customer.id for m in about.values()}))
    items = sorted(m.item for m in about.values() if m.item)
    held = await hold_many(tx, items) if items else {}
    rows = await tx.many(Kept, "clocks.lock_by_id", sorted(rings))
    due_now = await still_due(tx, TIMER, rings)
    for row in rows:
        matter = about.get((row.kind, row.subject))
        if row.id in due_now and matter:
            if row.rulebook_version != book.version and row.state in ("running", "paused"):
                row = rematched(row, matter, book, now)  # noqa: PLW2901 -- the same clock
            work = held.get(matter.item) if matter.item else None
            await _climb(tx, _Climb(row, matter, work), book, now)


async def _climb(tx: Tx, climb: _Climb, book: Published, now: datetime) -> None:
    """All of its steps whose time has come."""
    row = climb.row
    while (ahead := next_step(row, book.rules)) and ahead[0] <= now:
        at, step = ahead
        holds = climb.matter.holds(step.when, now)
        done: list[str] = []
        if holds:
            climb, done = await _do(tx, msgspec.structs.replace(climb, row=row), step, book, now)
        begun = row.ran[0].start
        await tx.do("clocks.climbed", row.id, begun, row.step, at, now, holds, done)
        row = msgspec.structs.replace(row, step=row.step + 1)
    await save(tx, [row], book)


async def _do(
    tx: Tx, climb: _Climb, step: Step, book: Published, now: datetime
) -> tuple[_Climb, list[str]]:
    """What the step says, and the names of what was done."""
    done: list[str] = []
    if step.priority and (raised := await _raise(tx, climb.held, step.priority, now)):
        climb, done = msgspec.structs.replace(climb, held=raised), [*done, "priority"]
    if step.queue and (there := await _move(tx, climb.held, step.queue, book, now)):
        climb, done = msgspec.structs.replace(climb, held=there), [*done, "queue"]
    if step.case:
        await _open(tx, climb.matter, step.case, book, now)
        done.append("case")
    if step.message and await _say(tx, climb.held, step.message, now):
        done.append("message")
    if step.alert and await _alert(tx, climb, step.alert, book, now):
        done.append("alert")
    return climb, done


async def _raise(tx: Tx, held: Held | None, band: int, now: datetime) -> Held | None:
    """What waits keeps its place in time, and comes before all of a lower band."""
    if held is None or held.item.state not in WAITS or held.item.band >= band:
        return None
    item = held.item
    raised = item.returned().replace(band=band, epoch=item.epoch + 1)
    await tx.do("clocks.raise_priority", item.id, band)
    await wait_again(tx, item, raised, "escalated", now)
    return Held(raised, held.subject)


async def _move(
    tx: Tx, held: Held | None, queue: str, book: Published, now: datetime
) -> Held | None:
    """What waits elsewhere waits there from now on."""
    if held is None or held.item.state not in WAITS or held.item.queue == queue:
        return None
    place = await placed(tx, held, queue, book)
    waiting: WorkItem = held.item.queued(now, queue=queue, place=place)
    await wait_again(tx, held.item, waiting, "transferred", now)
    await moved(tx, held, queue, SYSTEM, now)
    subject = held.subject
    if isinstance(subject, Case):
        subject = msgspec.structs.replace(subject, queue=queue)
    return Held(waiting, subject)


async def _open(tx: Tx, matter: Matter, step: CaseStep, book: Published, now: datetime) -> None:
    new = NewCase(category=step.category, subject=step.subject, severity=step.severity)
    where = matter.subject if matter.kind == "conversation" else None
    await open_case(tx, matter.customer, new, SYSTEM, book, now, conversation=where)


async def _say(tx: Tx, held: Held | None, text: str, now: datetime) -> bool:
    """Whether the customer could be told."""
    if held is None:
        return False
    try:
        way = await destination(tx, held.conversation, None)
    except Conflict:
        return False
    draft = Draft(
        kind="message",
        direction="outbound",
        channel=way.channel,
        connection_id=way.connection_id,
        identity_id=way.identity_id,
        author_kind="system",
        text=text,
        delivery=way.delivery,
        via=way.key_id,
        occurred_at=now,
    )
    await append_one(tx, held.conversation, held.item, draft, now)
    return True


async def _alert(
    tx: Tx, climb: _Climb, step: AlertStep, book: Published, now: datetime
) -> int | None:
    """None where one about it is open already."""
    row, matter = climb.row, climb.matter
    reached = due(row.clock, calendar(row, book.rules))
    missed = reached is not None and reached <= now
    notice = Notice(
        kind="target_missed" if missed else "target_near",
        urgency=step.urgency,
        subject_kind=row.kind,
        subject=row.subject,
        title=step.text or _sentence(row, matter, missed=missed),
        values=_figures(row, matter, reached),
        agent=await _addressee(tx, climb.held, step),
    )
    return await raise_alert(tx, notice, book.rules.alerts, now)


async def _addressee(tx: Tx, held: Held | None, step: AlertStep) -> int | None:
    if step.person:
        return await tx.maybe(int, "clocks.agent_called", step.person)
    return held.item.agent_id if held and step.to == "agent" else None


def _sentence(row: Kept, matter: Matter, *, missed: bool) -> str:
    subject = f" ({matter.case_subject})" if matter.case_subject else ""
    said = "is past its target" if missed else "is near its target"
    who = matter.customer.name or f"customer {matter.customer.id}"
    of = f"{row.kind.capitalize()} {row.subject}{subject} of {who}"
    return f"{of}: {_MATTERS[row.metric]} {said}."


def _figures(row: Kept, matter: Matter, reached: datetime | None) -> dict[str, object]:
    return {
        "metric": row.metric,
        "target_s": row.target_s,
        "due": reached.isoformat() if reached else None,
        "customer": matter.customer.id,
        "customer_name": matter.customer.name,
        "severity": matter.severity,
        "item": matter.item,
    }


def _open_cases(rows: Sequence[Kept], book: Published) -> bool:
    ladders = (book.rules.ladders.get(row.ladder or "") for row in rows)
    return any(step.case for ladder in ladders if ladder for step in ladder.steps)
