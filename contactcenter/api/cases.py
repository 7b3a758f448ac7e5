"""Cases: for staff, and for the bots that have opened them."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from contactcenter.actions.change_case import (
    CaseEdit,
    CaseMove,
    Resolution,
    Term,
    Title,
    Words,
    Worker,
    edit_case,
    link_case,
    move_case,
    note_on_case,
    resolve_case,
)
from contactcenter.actions.open_case import open_for
from contactcenter.api.access import STAFF, who
from contactcenter.api.paging import END, Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.live.frames import Text
from contactcenter.model.caller import Actor, Caller
from contactcenter.model.rulebook import Published
from contactcenter.record.case_reads import (
    CaseEvents,
    CaseFilter,
    CasesShown,
    WholeCase,
    read_case,
    read_cases,
    read_events,
)
from contactcenter.record.cases import NewCase
from contactcenter.words import CaseState, Severity

Named = Annotated[str | None, QueryParameter(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Number = Annotated[int | None, QueryParameter(ge=1, le=END)]
Ident = Annotated[int, msgspec.Meta(ge=1, le=END)]
InState = Annotated[CaseState | None, QueryParameter(name="state")]
OPEN: list[CaseState] = ["new", "open", "pending_customer", "pending_third_party"]


class OpenCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case of a customer, or of the one whose `conversation` it came up in.

    Severity and queue are the category's where they are not said. `key`: sent again, it is the
    same case.
    """

    category: Term
    subject: Title
    description: Words = ""
    customer: Ident | None = None
    conversation: Ident | None = None
    severity: Severity | None = None
    queue: Term | None = None
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$")] | None = (
        None
    )

    @property
    def new(self) -> NewCase:
        """What it begins with."""
        return NewCase(
            category=self.category,
            subject=self.subject,
            description=self.description,
            severity=self.severity,
            queue=self.queue,
            key=self.key,
        )


class OpenedCase(msgspec.Struct, frozen=True):
    """The case, and whether it was opened under this key before."""

    id: int
    duplicate: bool


class CaseNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words for colleagues."""

    text: Text


@post(
    "/v1/cases",
    opt=who(*STAFF, "bot", scope="cases:write")
    | refuses(
        "404 not-found",
        "422 unknown-category",
        "422 unknown-queue",
        "422 whose",
        "422 other-customer",
        "422 key-reused",
    ),
    tags=["cases"],
    operation_id="OpenCase",
)
async def open_one(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    data: JSONBody[OpenCase],
) -> OpenedCase:
    """Open a case. It waits in its queue for an agent at once, like a conversation."""
    opened = await database.run(
        lambda tx: open_for(tx, data.customer, data.conversation, data.new, actor, book, now)
    )
    return OpenedCase(opened.case.id, opened.duplicate)


@get(
    "/v1/cases",
    opt=who(*STAFF, "bot", scope="cases:write"),
    tags=["cases"],
    operation_id="ListCases",
)
async def listed(  # noqa: PLR0913, PLR0917 -- what can be asked for
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    wanted_state: InState = None,
    unresolved: FromQuery[bool | None] = None,
    queue: Named = None,
    severity: FromQuery[Severity | None] = None,
    category: Named = None,
    owner: Number = None,
    customer: Number = None,
    conversation: Number = None,
    before: Place = END,
    limit: Limit = 50,
) -> CasesShown:
    """Cases, newest first, of what is asked for; `next` is the `before` of the following page.

    `unresolved`: those that are neither resolved nor closed. An API key sees those it has opened.
    """
    states: list[CaseState] | None = (
        [wanted_state] if wanted_state else OPEN if unresolved else None
    )
    wanted = CaseFilter(
        states=states,
        queue=queue,
        severity=severity,
        category=category,
        owner=owner,
        customer=customer,
        conversation=conversation,
        opened_by_key=caller.key_id,
    )
    async with database.snapshot() as tx:
        return await read_cases(tx, wanted, before, limit)


@get(
    "/v1/cases/{case:int}",
    opt=who(*STAFF, "bot", scope="cases:write"),
    tags=["cases"],
    operation_id="ReadCase",
)
async def read(
    database: NamedDependency[Database], caller: NamedDependency[Caller], case: Id
) -> WholeCase:
    """A case with its work, the conversations about it, and the end of its timeline."""
    async with database.snapshot() as tx:
        return await read_case(tx, case, caller.key_id)


@get(
    "/v1/cases/{case:int}/events",
    opt=who(*STAFF, "bot", scope="cases:write"),
    tags=["cases"],
    operation_id="ReadCaseEvents",
)
async def events(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    case: Id,
    before: Place = END,
    limit: Limit = 50,
) -> CaseEvents:
    """What happened to a case, newest first: who, when, from what to what."""
    async with database.snapshot() as tx:
        await read_case(tx, case, caller.key_id)
        return await read_events(tx, case, before, limit)


@patch(
    "/v1/cases/{case:int}",
    opt=who(*STAFF)
    | refuses(
        "409 edited-meanwhile",
        "409 not-yours",
        "409 case-changed",
        "422 unknown-category",
        "422 unknown-queue",
    ),
    tags=["cases"],
    operation_id="EditCase",
)
async def edit(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    case: Id,
    data: JSONBody[CaseEdit],
) -> WholeCase:
    """Change the given fields; `expected` as with customers.

    Another queue takes the work from whoever has it: an agent does that to their own work only
    (409, `not-yours`).
    """
    by = _worker(caller, actor)

    async def change(tx: Tx) -> WholeCase:
        await edit_case(tx, case, data, by, book, now)
        return await read_case(tx, case)

    return await database.run(change)


@post(
    "/v1/cases/{case:int}/state",
    opt=who(*STAFF)
    | refuses("409 edited-meanwhile", "409 no-way", "409 not-yours", "409 case-changed"),
    status_code=200,
    tags=["cases"],
    operation_id="MoveCase",
)
async def move(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    case: Id,
    data: JSONBody[CaseMove],
) -> WholeCase:
    """Let it wait for the customer or a third party, take it up again, reopen or close it.

    While it waits for others it is nobody's work. `open` brings it back to its queue, where its
    owner is asked first.
    """
    by = _worker(caller, actor)

    async def change(tx: Tx) -> WholeCase:
        await move_case(tx, case, data, by, book, now)
        return await read_case(tx, case)

    return await database.run(change)


@post(
    "/v1/cases/{case:int}/resolve",
    opt=who(*STAFF)
    | refuses(
        "409 edited-meanwhile",
        "409 no-way",
        "409 not-yours",
        "409 case-changed",
        "422 unknown-resolution",
    ),
    status_code=200,
    tags=["cases"],
    operation_id="ResolveCase",
)
async def resolve(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    case: Id,
    data: JSONBody[Resolution],
) -> WholeCase:
    """Say how it was resolved. Its work ends; later it is closed by itself.

    The customer's words in a conversation about it open it again, where the rulebook says so.
    """
    by = _worker(caller, actor)

    async def change(tx: Tx) -> WholeCase:
        await resolve_case(tx, case, data, by, book, now)
        return await read_case(tx, case)

    return await database.run(change)


@post(
    "/v1/cases/{case:int}/notes",
    opt=who(*STAFF, "bot", scope="cases:write"),
    status_code=200,
    tags=["cases"],
    operation_id="NoteOnCase",
)
async def note(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    case: Id,
    data: JSONBody[CaseNote],
) -> WholeCase:
    """Leave words for colleagues on its timeline."""

    async def change(tx: Tx) -> WholeCase:
        await read_case(tx, case, caller.key_id)
        await note_on_case(tx, case, data.text, actor, now)
        return await read_case(tx, case)

    return await database.run(change)


@put(
    "/v1/cases/{case:int}/conversations/{conversation:int}",
    opt=who(*STAFF) | refuses("409 other-customer"),
    status_code=204,
    tags=["cases"],
    operation_id="LinkCase",
)
async def link(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    case: Id,
    conversation: Id,
) -> None:
    """Say that a conversation is about it too."""
    await database.run(lambda tx: link_case(tx, case, conversation, actor, now, linked=True))


@delete(
    "/v1/cases/{case:int}/conversations/{conversation:int}",
    opt=who(*STAFF),
    tags=["cases"],
    operation_id="UnlinkCase",
)
async def unlink(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    case: Id,
    conversation: Id,
) -> None:
    """Say that a conversation is not about it."""
    await database.run(lambda tx: link_case(tx, case, conversation, actor, now, linked=False))


def _worker(caller: Caller, actor: Actor) -> Worker:
    return Worker(actor, others_work=caller.kind != "agent")


ROUTES = [open_one, listed, read, events, edit, move, resolve, note, link, unlink]
