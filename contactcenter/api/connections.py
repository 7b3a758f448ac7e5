"""Administrators set up the accounts by which customers reach us."""

import secrets
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from contactcenter.actions.connections import (
    Connection,
    ConnectionChange,
    NewConnection,
    Secret,
    add_secret,
    change_connection,
    create_connection,
    fingerprint,
    remove_secret,
)
from contactcenter.api.access import Actor, who
from contactcenter.api.paging import Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.model.rulebook import Published

Fingerprint = Annotated[str, PathParameter(pattern="^[0-9a-f]{8}$")]


class ShownConnection(msgspec.Struct, frozen=True, kw_only=True):
    """A connection; of its secrets only by what to tell them apart."""

    id: int
    name: str
    channel: str
    origins: list[str]
    secret_fingerprints: list[str]
    api_key_id: int | None
    created_at: datetime
    disabled_at: datetime | None


class Connections(msgspec.Struct, frozen=True):
    """In the order in which they were made; `next` as `after` gives the next page."""

    items: list[ShownConnection]
    next: int | None


class GivenSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`secret`: one that you have from elsewhere; without it, a new one is made."""

    secret: Secret | None = None


class ShownSecret(msgspec.Struct, frozen=True):
    """The secret, shown this once, and by what it is known from now on."""

    secret: str
    fingerprint: str


@get(
    "/v1/connections",
    opt=who("administrator"),
    tags=["connections"],
    operation_id="ReadConnections",
)
async def read_connections(
    database: NamedDependency[Database], after: Place = 0, limit: Limit = 50
) -> Connections:
    """All connections, also those that are disabled; never a secret."""
    async with database.snapshot() as tx:
        found = await tx.many(Connection, "connections.page", after, limit + 1)
    items = [_shown(c) for c in found[:limit]]
    return Connections(items, items[-1].id if len(found) > limit else None)


@post(
    "/v1/connections",
    opt=who("administrator")
    | refuses(
        "409 connection-name-taken",
        "409 key-has-connection",
        "422 unknown-channel",
        "422 unknown-key",
        "422 bad-origin",
    ),
    tags=["connections"],
    operation_id="CreateConnection",
)
async def post_connection(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    data: JSONBody[NewConnection],
) -> ShownConnection:
    """Make a connection; its name is what the rulebook's entries name."""
    return _shown(
        await database.run(lambda tx: create_connection(tx, data, book.rules, actor, now))
    )


@patch(
    "/v1/connections/{connection:int}",
    opt=who("administrator")
    | refuses("409 key-has-connection", "422 unknown-key", "422 bad-origin"),
    tags=["connections"],
    operation_id="ChangeConnection",
)
async def patch_connection(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    connection: Id,
    data: JSONBody[ConnectionChange],
) -> ShownConnection:
    """Change origins or key, disable or enable. Who came by a disabled one is signed out."""
    return _shown(
        await database.run(lambda tx: change_connection(tx, connection, data, actor, now))
    )


@post(
    "/v1/connections/{connection:int}/secrets",
    opt=who("administrator") | refuses("409 too-many-secrets"),
    tags=["connections"],
    operation_id="AddSecret",
)
async def post_secret(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    connection: Id,
    data: JSONBody[GivenSecret],
) -> ShownSecret:
    """Add a secret, beside those there are: add the new one, change the host, remove the old one.

    It is in this answer and is never shown again.
    """
    secret = data.secret or secrets.token_urlsafe(32)
    await database.run(lambda tx: add_secret(tx, connection, secret, actor, now))
    return ShownSecret(secret, fingerprint(secret))


@delete(
    "/v1/connections/{connection:int}/secrets/{fingerprint:str}",
    opt=who("administrator"),
    tags=["connections"],
    operation_id="RemoveSecret",
)
async def delete_secret(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    connection: Id,
    fingerprint: Fingerprint,
) -> None:
    """Refuse what is signed with that secret from now on."""
    await database.run(lambda tx: remove_secret(tx, connection, fingerprint, actor, now))


def _shown(connection: Connection) -> ShownConnection:
    return ShownConnection(
        id=connection.id,
        name=connection.name,
        channel=connection.channel,
        origins=connection.origins,
        secret_fingerprints=[fingerprint(s) for s in connection.secrets],
        api_key_id=connection.api_key_id,
        created_at=connection.created_at,
        disabled_at=connection.disabled_at,
    )


ROUTES = [
    read_connections,
    post_connection,
    patch_connection,
    post_secret,
    delete_secret,
]
