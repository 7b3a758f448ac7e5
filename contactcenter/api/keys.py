"""Administrators give programs their keys to the API."""

from datetime import datetime

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contactcenter.actions.keys import Key, NewKey, create_key, revoke_key
from contactcenter.api.access import Actor, who
from contactcenter.api.paging import Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.model.credential import digest, issue


class Keys(msgspec.Struct, frozen=True):
    """In the order in which they were made; `next` as `after` gives the next page."""

    items: list[Key]
    next: int | None


class NewSecret(msgspec.Struct, frozen=True):
    """The key, and its secret: shown this once, and not kept."""

    key: Key
    secret: str


@get("/v1/keys", opt=who("administrator"), tags=["keys"], operation_id="ReadKeys")
async def read_keys(
    database: NamedDependency[Database], after: Place = 0, limit: Limit = 50
) -> Keys:
    """All keys, also those that were revoked; never a secret."""
    async with database.snapshot() as tx:
        found = await tx.many(Key, "keys.page", after, limit + 1)
    return Keys(found[:limit], found[limit - 1].id if len(found) > limit else None)


@post(
    "/v1/keys",
    opt=who("administrator") | refuses("409 key-name-taken"),
    tags=["keys"],
    operation_id="CreateKey",
)
async def post_key(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[NewKey],
) -> NewSecret:
    """Make a key. Its secret is in this answer and nowhere else: keep it now.

    The program sends it as `Authorization: Bearer <secret>`. To post interactions it needs a
    connection of its own besides.
    """
    secret = issue("cck_")
    key = await database.run(lambda tx: create_key(tx, data, digest(secret), actor, now))
    return NewSecret(key, secret)


@delete("/v1/keys/{key:int}", opt=who("administrator"), tags=["keys"], operation_id="RevokeKey")
async def delete_key(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    key: Id,
) -> None:
    """Revoke a key, for good: it is refused in every process at once. Its name is free again."""
    await database.run(lambda tx: revoke_key(tx, key, actor, now))


ROUTES = [read_keys, post_key, delete_key]
