"""Administrators set up the accounts by which customers reach us."""

import hashlib
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict, NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.person import Name, Word
from contactcenter.model.rulebook import Rulebook
from contactcenter.record.audit import audit

SECRETS_MAX = 4
"""Two while one is replaced by another; the rest for hosts that cannot replace at once."""

Origins = Annotated[list[Annotated[str, msgspec.Meta(max_length=300)]], msgspec.Meta(max_length=50)]
Secret = Annotated[str, msgspec.Meta(min_length=32, max_length=200, pattern=r"^[!-~]+$(?!\n)")]
"""Printable ASCII; not shorter than the digest that it keys (RFC 7518, 3.2)."""
KeyId = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class NewConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A connection to be. `origins`: pages that may hold its widget. `api_key_id`: a bot's own."""

    name: Name
    channel: Word
    origins: Origins = []
    api_key_id: KeyId | None = None


class ConnectionChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be another than it is; what is left out stays."""

    origins: Origins | msgspec.UnsetType = msgspec.UNSET
    api_key_id: KeyId | msgspec.UnsetType | None = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `connection`. Its secrets sign and so are kept as they are; they are never shown."""

    id: int
    name: str
    channel: str
    origins: list[str]
    secrets: list[str]
    api_key_id: int | None
    created_at: datetime
    disabled_at: datetime | None


class _Owner(msgspec.Struct, frozen=True):
    id: int
    name: str


def fingerprint(secret: str) -> str:
    """By what people tell secrets apart: 8 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()[:8]


async def create_connection(
    tx: Tx, new: NewConnection, rules: Rulebook, by: Actor, now: datetime
) -> Connection:
    """Make a connection, without secrets. `Conflict` when its name or its key is taken."""
    if new.channel not in rules.channels:
        detail = f"There is no channel {new.channel!r} in the rulebook."
        raise BadInput(detail, code="unknown-channel", pointer="/channel")
    _check_origins(new.origins)
    if new.api_key_id is not None:
        await _give_key(tx, new.api_key_id)
    made = await tx.maybe(
        Connection, "connections.insert", new.name, new.channel, new.origins, new.api_key_id, now
    )
    if made is None:
        detail = f"There is a connection {new.name!r} already."
        raise Conflict(detail, code="connection-name-taken")
    tx.emit(facts.ConnectionChanged(at=now, connection=made.id))
    shown = msgspec.to_builtins(new)
    await audit(tx, by, "connection.create", "connection", made.id, now, after=shown)
    return made


async def change_connection(
    tx: Tx, connection: int, change: ConnectionChange, by: Actor, now: datetime
) -> Connection:
    """Change origins or key, disable or enable again."""
    if change.origins is not msgspec.UNSET:
        _check_origins(change.origins)
    if isinstance(change.api_key_id, int):
        await _give_key(tx, change.api_key_id, to=connection)
    before = await _lock(tx, connection)
    after = _changed(before, change, now)
    fields = ("origins", "api_key_id", "disabled_at")
    changed = [f for f in fields if getattr(before, f) != getattr(after, f)]
    if not changed:
        return before
    await _save(tx, after, now)
    await audit(
        tx,
        by,
        "connection.change",
        "connection",
        connection,
        now,
        before={f: getattr(before, f) for f in changed},
        after={f: getattr(after, f) for f in changed},
    )
    return after


async def add_secret(tx: Tx, connection: int, secret: str, by: Actor, now: datetime) -> Connection:
    """Let one more secret be valid, beside those there are. `Conflict` beyond `SECRETS_MAX`."""
    before = await _lock(tx, connection)
    if secret in before.secrets:
        return before
    if len(before.secrets) >= SECRETS_MAX:
        detail = f"A connection has at most {SECRETS_MAX} secrets: remove one first."
        raise Conflict(detail, code="too-many-secrets")
    after = msgspec.structs.replace(before, secrets=[*before.secrets, secret])
    await _save(tx, after, now)
    await audit(tx, by, "connection.add_secret", "connection", connection, now)
    return after


async def remove_secret(tx: Tx, connection: int, print_: str, by: Actor, now: datetime) -> None:
    """Refuse what is signed with the secret of that fingerprint from now on."""
    before = await _lock(tx, connection)
    left = [s for s in before.secrets if fingerprint(s) != print_]
    if len(left) == len(before.secrets):
        raise NotFound(f"Connection {connection} has no secret {print_!r}.")
    await _save(tx, msgspec.structs.replace(before, secrets=left), now)
    await audit(tx, by, "connection.remove_secret", "connection", connection, now)


async def _lock(tx: Tx, connection: int) -> Connection:
    found = await tx.maybe(Connection, "connections.lock", connection)
    if found is None:
        raise NotFound(f"There is no connection {connection}.")
    return found


async def _save(tx: Tx, after: Connection, now: datetime) -> None:
    await tx.do(
        "connections.change",
        after.id,
        after.origins,
        after.secrets,
        after.api_key_id,
        after.disabled_at,
    )
    tx.emit(facts.ConnectionChanged(at=now, connection=after.id))


async def _give_key(tx: Tx, key: int, *, to: int | None = None) -> None:
    """Lock a living key that no other connection has."""
    if await tx.maybe(int, "keys.lock_live", key) is None:
        detail = f"There is no key {key}, or it has been revoked."
        raise BadInput(detail, code="unknown-key", pointer="/api_key_id")
    owner = await tx.maybe(_Owner, "connections.of_key", key)
    if owner is not None and owner.id != to:
        detail = f"The key {key} is that of the connection {owner.name!r}."
        raise Conflict(detail, code="key-has-connection")


def _changed(connection: Connection, change: ConnectionChange, now: datetime) -> Connection:
    disabled_at = connection.disabled_at
    if change.disabled is not msgspec.UNSET:
        disabled_at = (disabled_at or now) if change.disabled else None
    unset = msgspec.UNSET
    return msgspec.structs.replace(
        connection,
        origins=connection.origins if change.origins is unset else change.origins,
        api_key_id=connection.api_key_id if change.api_key_id is unset else change.api_key_id,
        disabled_at=disabled_at,
    )


def _check_origins(origins: list[str]) -> None:
    for place, origin in enumerate(origins):
        if not _is_origin(origin):
            detail = "An origin is a scheme, a host and maybe a port, as in https://shop.example."
            raise BadInput(detail, code="bad-origin", pointer=f"/origins/{place}")


def _is_origin(text: str) -> bool:
    """Whether browsers would send exactly this."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    default_port = {"http": 80, "https": 443}.get(parts.scheme)
    if not host or not host.isascii() or default_port in (None, port):
        return False
    shown = f"[{host}]" if ":" in host else host
    return text == f"{parts.scheme}://{shown}" + (f":{port}" if port is not None else "")
