"""Administrators give programs a key to the API, and take it back."""

from datetime import datetime
from typing import Annotated

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.person import Name
from contactcenter.record.audit import audit
from contactcenter.words import Scope


class NewKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to be: the rulebook knows its bot by `name`."""

    name: Name
    scopes: Annotated[frozenset[Scope], msgspec.Meta(min_length=1)]


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `api_key`, without its secrets."""

    id: int
    name: str
    scopes: list[Scope]
    webhook_url: str | None
    created_at: datetime
    revoked_at: datetime | None


async def create_key(tx: Tx, new: NewKey, secret_hash: bytes, by: Actor, now: datetime) -> Key:
    """Make a key of whose secret only the SHA-256 is kept. `Conflict` when the name is taken.

    The name of a revoked key is free again: a bot's key is replaced under the same name.
    """
    scopes = sorted(new.scopes)
    key = await tx.maybe(Key, "keys.insert", new.name, secret_hash, scopes, now)
    if key is None:
        raise Conflict(f"There is a key {new.name!r} already.", code="key-name-taken")
    shown = {"name": key.name, "scopes": key.scopes}
    await audit(tx, by, "key.create", "key", key.id, now, after=shown)
    return key


async def revoke_key(tx: Tx, key: int, by: Actor, now: datetime) -> None:
    """From now on the key is refused everywhere. `NotFound` where it is not, or not any more."""
    revoked = await tx.maybe(Key, "keys.revoke", key, now)
    if revoked is None:
        raise NotFound(f"There is no key {key}, or it has been revoked already.")
    tx.emit(facts.KeyRevoked(at=now, key=key))
    await audit(tx, by, "key.revoke", "key", key, now, before={"name": revoked.name})
