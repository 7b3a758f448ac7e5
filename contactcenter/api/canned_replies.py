"""What agents say often, behind a shortcut: everybody's, and each agent's own."""

from datetime import datetime
from typing import Annotated, cast

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from contactcenter.actions.canned_replies import (
    CannedReply,
    NewReply,
    ReplyText,
    change_reply,
    create_reply,
    delete_reply,
)
from contactcenter.api.access import STAFF, Caller, who
from contactcenter.api.paging import Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.model.caller import Actor
from contactcenter.model.rulebook import Published
from contactcenter.words import Role

Word = Annotated[str | None, QueryParameter(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]

_REFUSALS = (
    "403 not-your-role",
    "409 shortcut-taken",
    "422 unknown-queue",
    "422 unknown-placeholder",
)


class CannedReplies(msgspec.Struct, frozen=True):
    """In the order in which they were made; `next` as `after` gives the next page."""

    items: list[CannedReply]
    next: int | None


@get(
    "/v1/canned-replies",
    opt=who(*STAFF),
    tags=["canned replies"],
    operation_id="ReadCannedReplies",
)
async def read_replies(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    queue: Word = None,
    language: Word = None,
    holds: Word = None,
    after: Place = 0,
    limit: Limit = 50,
) -> CannedReplies:
    """Everybody's and your own; of a queue, for a language, that hold a text where they are named.

    The desktop fills in `{customer}` and `{agent}`, their names.
    """
    args = caller.person_id, queue, language, holds, after, limit + 1
    async with database.snapshot() as tx:
        found = await tx.many(CannedReply, "canned_replies.page", *args)
    return CannedReplies(found[:limit], found[limit - 1].id if len(found) > limit else None)


@post(
    "/v1/canned-replies",
    opt=who(*STAFF) | refuses(*_REFUSALS),
    tags=["canned replies"],
    operation_id="CreateCannedReply",
)
async def post_reply(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    data: JSONBody[NewReply],
) -> CannedReply:
    """Make a canned reply: an `own` one, or as a supervisor one for everybody."""
    role = cast("Role", caller.kind)
    return await database.run(lambda tx: create_reply(tx, data, role, actor, book.rules, now))


@put(
    "/v1/canned-replies/{reply:int}",
    opt=who(*STAFF) | refuses(*_REFUSALS),
    tags=["canned replies"],
    operation_id="ChangeCannedReply",
)
async def put_reply(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    reply: Id,
    data: JSONBody[ReplyText],
) -> CannedReply:
    """Let a canned reply say something else. Another's own is not found."""
    role = cast("Role", caller.kind)
    return await database.run(
        lambda tx: change_reply(tx, reply, data, role, actor, book.rules, now)
    )


@delete(
    "/v1/canned-replies/{reply:int}",
    opt=who(*STAFF) | refuses("403 not-your-role"),
    tags=["canned replies"],
    operation_id="DeleteCannedReply",
)
async def remove_reply(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    reply: Id,
) -> None:
    """Take a canned reply away; the audit trail keeps what it said."""
    role = cast("Role", caller.kind)
    await database.run(lambda tx: delete_reply(tx, reply, role, actor, now))


ROUTES = [read_replies, post_reply, put_reply, remove_reply]
