"""A case is worked on: its fields change, it goes from state to state, words are left about it.

Whoever is at work on a case decides about it: another agent is refused (`not-yours`) what would
take it from them, supervisors are not (`others_work`).
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.caller import Actor
from contactcenter.model.case import Case
from contactcenter.model.customer import Customer, place
from contactcenter.model.rulebook import Published, Rulebook
from contactcenter.model.work import WorkItem
from contactcenter.record.cases import (
    about,
    check_queue,
    enter,
    event,
    hold_case,
    note_case,
    save_case,
)
from contactcenter.record.settle import wait_again
from contactcenter.record.timeline import no_conversation
from contactcenter.words import CaseState, Severity

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Words = Annotated[str, Meta(max_length=16_384, pattern=r"^[^\x00]*$")]
Term = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Moves = Literal["open", "pending_customer", "pending_third_party", "closed"]


class CaseFields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some of a case's fields. What is not given stays as it is."""

    subject: Title | UnsetType = UNSET
    description: Words | UnsetType = UNSET
    category: Term | UnsetType = UNSET
    severity: Severity | UnsetType = UNSET
    queue: Term | UnsetType = UNSET

    def given(self) -> dict[str, Any]:
        """The fields that are given."""
        return {f: v for f in FIELDS if (v := getattr(self, f)) is not UNSET}


FIELDS = CaseFields.__struct_fields__


class CaseEdit(CaseFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change, and in `expected` what the fields were seen to hold before."""

    expected: CaseFields = CaseFields()


class CaseMove(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Into which state, and why; `expected` is the state it was seen in."""

    state: Moves
    note: Words = ""
    expected: CaseState | None = None


class Resolution(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it was resolved: by a code of the rulebook's, and in words."""

    code: Term
    text: Words = ""
    expected: CaseState | None = None


class Worker(Struct, frozen=True):
    """Who does it; `others_work`: also where another agent is at work on it."""

    actor: Actor
    others_work: bool


async def edit_case(
    tx: Tx, case_id: int, edit: CaseEdit, by: Worker, book: Published, now: datetime
) -> Case:
    """Change fields. What waits is placed anew: in another queue from now on.

    By another severity it keeps the time at which its wait began. Raises `Conflict`:
    `edited-meanwhile` with what the fields hold, `not-yours` for another queue where an agent has
    the work; `BadInput` for what the rulebook does not have.
    """
    _check_known(edit, book.rules)
    before, item = await hold_case(tx, case_id)
    expected = edit.expected.given()
    others = {f: getattr(before, f) for f, v in expected.items() if getattr(before, f) != v}
    if others:
        detail = f"Somebody else has changed this in the meantime: {', '.join(others)}."
        raise Conflict(detail, code="edited-meanwhile", holds=others)
    after = structs.replace(before, **edit.given())
    if after.queue != before.queue:
        _check_theirs(item, by)
    await save_case(tx, before, after, by.actor, now, agents=item.owners if item else [])
    if item:
        await _replace(tx, before, after, item, book, now)
    return after


async def _replace(
    tx: Tx, before: Case, after: Case, item: WorkItem, book: Published, now: datetime
) -> None:
    """Place the work anew where its queue changed, or its severity while nobody has it."""
    moves = after.queue != before.queue
    if not moves and (item.owners or after.severity == before.severity):
        return
    customer = await tx.one(Customer, "customers.read", after.party_id)
    there = place(customer, after.queue, book.rules, item.asked, after.severity)
    waiting = item.queued(now, queue=after.queue, place=there)
    if not moves:
        waiting = waiting.replace(
            enqueued_at=item.enqueued_at,
            sticky_agent_id=item.sticky_agent_id,
            sticky_until=item.sticky_until,
        )
    await wait_again(tx, item, waiting, "transferred", now)


async def move_case(
    tx: Tx, case_id: int, move: CaseMove, by: Worker, book: Published, now: datetime
) -> Case:
    """To another state that the table has. What has ended is opened again.

    Raises `Conflict`: `edited-meanwhile` where it is not in the state that was expected, `no-way`
    where none leads from its state to that one, `not-yours`.
    """
    before, item = await _hold(tx, case_id, move.expected, by)
    if before.state == move.state:
        return before
    _check_way(before, move.state)
    after = before.entered(move.state, now)
    return await enter(tx, before, item, after, by.actor, book, now, text=move.note)


async def resolve_case(
    tx: Tx, case_id: int, how: Resolution, by: Worker, book: Published, now: datetime
) -> Case:
    """It is done. Raises as `move_case`, and `BadInput` for a code that the rulebook lacks."""
    codes = book.rules.cases.resolutions
    if how.code not in codes:
        detail = f"A resolution is one of these: {', '.join(codes)}."
        raise BadInput(detail, code="unknown-resolution", pointer="/code")
    before, item = await _hold(tx, case_id, how.expected, by)
    _check_way(before, "resolved")
    after = before.resolved(how.code, how.text, now)
    return await enter(tx, before, item, after, by.actor, book, now, text=how.text)


async def note_on_case(tx: Tx, case_id: int, text: str, by: Actor, now: datetime) -> Case:
    """Words for colleagues."""
    case, item = await hold_case(tx, case_id)
    await note_case(tx, case, text, by, now, item.owners if item else [])
    return case


class _Where(Struct, frozen=True):
    party_id: int


async def link_case(
    tx: Tx, case_id: int, conversation: int, by: Actor, now: datetime, *, linked: bool
) -> None:
    """Say that a conversation is about it too, or no more; nothing where that is so already.

    Raises `NotFound`, and `Conflict` (`other-customer`) for a conversation with somebody else.
    """
    where = await tx.maybe(_Where, "cases.where", conversation)
    if where is None:
        raise no_conversation(conversation)
    case, item = await hold_case(tx, case_id)
    if linked and where.party_id != case.party_id:
        detail = f"Conversation {conversation} is of customer {where.party_id}."
        raise Conflict(detail, code="other-customer", customer=where.party_id)
    args = case_id, conversation, *((now,) if linked else ())
    if await tx.maybe(int, "cases.link_once" if linked else "cases.unlink", *args) is None:
        return
    changes: dict[str, tuple[object, object]] = {
        "conversation": (None, conversation) if linked else (conversation, None)
    }
    await event(tx, case, "linked" if linked else "unlinked", by, now, changes=changes)
    agents = item.owners if item else []
    tx.emit(
        facts.CaseLinked(
            at=now, **about(case, by, agents), conversation=conversation, linked=linked
        )
    )


async def _hold(
    tx: Tx, case_id: int, expected: CaseState | None, by: Worker
) -> tuple[Case, WorkItem | None]:
    case, item = await hold_case(tx, case_id)
    if expected is not None and case.state != expected:
        detail = f"The case is {case.state} by now."
        raise Conflict(detail, code="edited-meanwhile", holds={"state": case.state})
    _check_theirs(item, by)
    return case, item


def _check_theirs(item: WorkItem | None, by: Worker) -> None:
    if item and item.owners and item.agent_id != by.actor.id and not by.others_work:
        detail = f"Agent {item.agent_id} is at work on this case."
        raise Conflict(detail, code="not-yours", agent=item.agent_id)


def _check_way(case: Case, state: CaseState) -> None:
    if not case.may_become(state):
        detail = f"A case that is {case.state} cannot become {state}."
        raise Conflict(detail, code="no-way", state=case.state)


def _check_known(edit: CaseEdit, rules: Rulebook) -> None:
    if isinstance(edit.queue, str):
        check_queue(edit.queue, rules)
    categories = rules.cases.categories
    if isinstance(edit.category, str) and edit.category not in categories:
        detail = f"There is no category {edit.category!r}; these are: {', '.join(categories)}."
        raise BadInput(detail, code="unknown-category", pointer="/category")
