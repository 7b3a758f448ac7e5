"""Administrators read who changed what."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from contactcenter.api.access import who
from contactcenter.api.paging import END, Limit, Place
from contactcenter.db.database import Database
from contactcenter.words import ActorKind

Word = Annotated[str | None, QueryParameter(max_length=64, pattern=r"^[^\x00]*$")]
Number = Annotated[int | None, QueryParameter(ge=1, le=END)]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to what; `detail` has `before` and `after`, of what changed."""

    id: int
    at: datetime
    actor_kind: ActorKind
    actor_id: int | None
    actor_name: str | None
    action: str
    subject_kind: str
    subject_id: int | None
    detail: dict[str, Any]
    request_id: str | None


class Trail(msgspec.Struct, frozen=True):
    """Newest first; ask again with `next` as `after` for the following page."""

    items: list[Entry]
    next: int | None


@get("/v1/audit", opt=who("administrator"), tags=["audit"], operation_id="ReadAudit")
async def read_audit(
    database: NamedDependency[Database],
    subject_kind: Word = None,
    subject_id: Number = None,
    actor_kind: FromQuery[ActorKind | None] = None,
    actor_id: Number = None,
    after: Place = END,
    limit: Limit = 50,
) -> Trail:
    """Read the audit trail: all, or of one subject, or by one actor."""
    async with database.snapshot() as tx:
        found = await tx.many(
            Entry, "audit.page", after, subject_kind, subject_id, actor_kind, actor_id, limit + 1
        )
    return Trail(found[:limit], found[limit - 1].id if len(found) > limit else None)


ROUTES = [read_audit]
