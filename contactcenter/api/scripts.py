"""Scripts: an agent is led through a conversation, one question at a time."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contactcenter.actions.edit_customer import Edit, edit_customer
from contactcenter.actions.note import note
from contactcenter.actions.open_case import open_for
from contactcenter.actions.scripts import Moved, begin, step_back, take_step
from contactcenter.actions.tag import tag_customer
from contactcenter.actions.transfer import transfer
from contactcenter.api.access import STAFF, Caller, who
from contactcenter.api.paging import Id
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.model.caller import Actor
from contactcenter.model.rulebook import Published
from contactcenter.model.script import TEXT_MAX, Action
from contactcenter.record.cases import NewCase
from contactcenter.record.scripts import ItemScript, RunShown, read_item_script, shown
from contactcenter.record.tags import with_tag

Step = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Words = Annotated[str, msgspec.Meta(max_length=TEXT_MAX)]
Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Term = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]

_REFUSED = (
    "404 not-found",
    "409 not-yours",
    "409 no-conversation",
    "409 too-many-tags",
    "422 too-many-attributes",
    "422 unknown-category",
    "422 invalid",
)


class BeginScript(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which one, by its name in the rulebook."""

    script: Term


class TakeStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `step` that was shown, and to a question its answer: of the type that it asks."""

    step: Step
    answer: Words | Number | float | bool | None = None


class StepBack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `step` that was shown."""

    step: Step


@get(
    "/v1/items/{item:int}/script",
    opt=who(*STAFF) | refuses("404 not-found"),
    tags=["scripts"],
    operation_id="ReadItemScript",
)
async def of_item(
    database: NamedDependency[Database],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    item: Id,
) -> ItemScript:
    """Where the script of a work item is, or with which it is to be begun."""
    async with database.snapshot() as tx:
        return await read_item_script(tx, item, book, now)


@post(
    "/v1/items/{item:int}/script",
    opt=who(*STAFF) | refuses(*_REFUSED, "422 unknown-script"),
    status_code=200,
    tags=["scripts"],
    operation_id="BeginScript",
)
async def begin_one(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    item: Id,
    data: JSONBody[BeginScript],
) -> RunShown:
    """Begin a script in a conversation that you have; where one is running, go on with that."""
    agent = caller.person_id or 0
    return await _done(
        database, lambda tx: begin(tx, agent, item, data.script, book, now), actor, book, now
    )


@post(
    "/v1/script-runs/{run:int}/steps",
    opt=who(*STAFF) | refuses(*_REFUSED, "422 wrong-answer"),
    status_code=200,
    tags=["scripts"],
    operation_id="TakeScriptStep",
)
async def step(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    run: Id,
    data: JSONBody[TakeStep],
) -> RunShown:
    """Go on. The same step again does nothing, and says where the script is."""
    agent = caller.person_id or 0

    async def act(tx: Tx) -> Moved:
        return await take_step(tx, agent, run, data.step, data.answer, book, now)

    return await _done(database, act, actor, book, now)


@post(
    "/v1/script-runs/{run:int}/back",
    opt=who(*STAFF)
    | refuses("404 not-found", "409 not-yours", "409 no-conversation", "409 nothing-before"),
    status_code=200,
    tags=["scripts"],
    operation_id="TakeScriptBack",
)
async def back(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    run: Id,
    data: JSONBody[StepBack],
) -> RunShown:
    """Go back to what came before, up to where something was done."""
    agent = caller.person_id or 0
    return await _done(
        database, lambda tx: step_back(tx, agent, run, data.step, book), actor, book, now
    )


async def _done(
    database: Database,
    act: Callable[[Tx], Awaitable[Moved]],
    by: Actor,
    book: Published,
    now: datetime,
) -> RunShown:
    async def doing(tx: Tx) -> RunShown:
        moved = await act(tx)
        await _carry_out(tx, moved, by, book, now)
        return shown(moved.run, moved.script)

    return await database.run(doing)


async def _carry_out(tx: Tx, moved: Moved, by: Actor, book: Published, now: datetime) -> None:
    """In the order of locks: the customer, the conversation, and last who has the work."""
    attributes = dict(moved.attributes)
    for action in moved.actions:
        attributes |= action.attributes
        if action.tag:
            tag = action.tag
            await tag_customer(
                tx, moved.customer, lambda tags, tag=tag: with_tag(tags, tag), by, now
            )
    if attributes:
        await edit_customer(
            tx, moved.customer, Edit(attributes={**attributes}), by, book.rules, now
        )
    for action in moved.actions:
        await _open(tx, moved, action, by, book, now)
    if moved.note:
        await note(tx, by.id or 0, moved.conversation, moved.note, now)
    for queue in [action.queue for action in moved.actions if action.queue]:
        await transfer(
            tx,
            by.id or 0,
            moved.run.item_id,
            queue=queue,
            to_agent=None,
            note=None,
            book=book,
            now=now,
        )


async def _open(
    tx: Tx, moved: Moved, action: Action, by: Actor, book: Published, now: datetime
) -> None:
    if action.case is None:
        return
    case = action.case
    new = NewCase(category=case.category, subject=case.subject, severity=case.severity)
    await open_for(tx, None, moved.conversation, new, by, book, now)


ROUTES = [of_item, begin_one, step, back]
