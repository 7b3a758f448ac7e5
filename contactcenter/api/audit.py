"""Administrators read who changed what."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, cast

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


class Called(msgspec.Struct, frozen=True):
    """How somebody or something is called now; work and conversations by their customer."""

    kind: str
    id: int
    name: str


class Trail(msgspec.Struct, frozen=True):
    """Newest first; ask again with `next` as `after` for the following page.

    `names`: of the subjects, and of what details name by number, where there is a name.
    """

    items: list[Entry]
    next: int | None
    names: list[Called] = []


NAMED = {
    "agent": "person",
    "lead": "person",
    "owner_id": "person",
    "joined": "person",
    "left": "person",
    "sessions": "session",
    "api_key_id": "key",
    "merged_into": "customer",
}
"""Of what kind it is what a field of a detail names by number."""


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
        items = found[:limit]
        wanted = sorted({each for entry in items for each in _numbered(entry)})
        kinds, ids = [kind for kind, _ in wanted], [id_ for _, id_ in wanted]
        names = await tx.many(Called, "audit.names", kinds, ids)
    return Trail(items, found[limit - 1].id if len(found) > limit else None, names)


def _numbered(entry: Entry) -> Iterator[tuple[str, int]]:
    """The subject, and all that is named by number in what was changed."""
    if entry.subject_id is not None:
        yield entry.subject_kind, entry.subject_id
    for side in entry.detail.values():
        fields = cast("dict[str, Any]", side) if isinstance(side, dict) else {}
        for field, kind in NAMED.items():
            value = fields.get(field)
            numbers = cast("list[Any]", value) if isinstance(value, list) else [value]
            yield from ((kind, number) for number in numbers if isinstance(number, int))


ROUTES = [read_audit]
