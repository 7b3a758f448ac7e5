"""What an agent has begun to write: kept on the server, theirs alone, gone when it is sent."""

from datetime import datetime

import msgspec
from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contactcenter.actions.drafts import Draft, NewDraft, drop_draft, save_draft
from contactcenter.api.access import STAFF, Caller, Limit, who
from contactcenter.api.paging import Id, Place
from contactcenter.api.paging import Limit as PageLimit
from contactcenter.db.database import Database
from contactcenter.errors import NotFound

_SAVES = Limit("drafts", per_minute=600, burst=100)


class Drafts(msgspec.Struct, frozen=True):
    """By conversation; `next` as `after` gives the next page."""

    items: list[Draft]
    next: int | None


@put(
    "/v1/conversations/{conversation:int}/draft",
    opt=who(*STAFF, limit=_SAVES),
    tags=["drafts"],
    operation_id="SaveDraft",
)
async def put_draft(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
    conversation: Id,
    data: JSONBody[NewDraft],
) -> Draft:
    """Keep what you have written so far. It is gone once you reply, or for a note leave one."""
    person = caller.person_id or 0
    return await database.run(lambda tx: save_draft(tx, person, conversation, data, now))


@get(
    "/v1/conversations/{conversation:int}/draft",
    opt=who(*STAFF),
    tags=["drafts"],
    operation_id="ReadDraft",
)
async def get_draft(
    caller: NamedDependency[Caller], database: NamedDependency[Database], conversation: Id
) -> Draft:
    """What you had begun to write here; not found where there is nothing that is not sent."""
    args = caller.person_id, conversation, 0, 1
    async with database.snapshot() as tx:
        found = await tx.maybe(Draft, "drafts.read", *args)
    if found is None:
        raise NotFound("There is no draft.")
    return found


@delete(
    "/v1/conversations/{conversation:int}/draft",
    opt=who(*STAFF),
    tags=["drafts"],
    operation_id="DropDraft",
)
async def remove_draft(
    caller: NamedDependency[Caller], database: NamedDependency[Database], conversation: Id
) -> None:
    """Throw away what you had begun to write, if there is something."""
    await database.run(lambda tx: drop_draft(tx, caller.person_id or 0, conversation))


@get("/v1/drafts", opt=who(*STAFF), tags=["drafts"], operation_id="ReadDrafts")
async def get_drafts(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    after: Place = 0,
    limit: PageLimit = 50,
) -> Drafts:
    """All that you have begun to write and not sent."""
    args = caller.person_id, None, after, limit + 1
    async with database.snapshot() as tx:
        found = await tx.many(Draft, "drafts.read", *args)
    return Drafts(found[:limit], found[limit - 1].conversation if len(found) > limit else None)


ROUTES = [put_draft, get_draft, remove_draft, get_drafts]
