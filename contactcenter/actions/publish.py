"""Put a rulebook in force."""

import hashlib
from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput
from contactcenter.model.rulebook import Rulebook


class _Newest(msgspec.Struct, frozen=True):
    version: int
    digest: bytes


async def publish(tx: Tx, rules: Rulebook, author: str, now: datetime) -> int:
    """Store the next version and return its number; the same rules again stay the same version.

    Raises `BadInput` (`bad-rulebook`) for rules that forget a queue or channel in which work waits
    or is done: nobody could go on with that work.
    """
    encoded = msgspec.json.encode(rules, order="deterministic")
    digest = hashlib.sha256(encoded).digest()
    await tx.do("rulebooks.lock")
    newest = await tx.maybe(_Newest, "rulebooks.newest_digest")
    if newest and newest.digest == digest:
        return newest.version
    await _check_in_use(tx, rules)
    version = newest.version + 1 if newest else 1
    await tx.do("rulebooks.insert", version, encoded, digest, author, now)
    tx.emit(facts.RulebookPublished(at=now, version=version, author=author))
    return version


class _Used(msgspec.Struct, frozen=True):
    queues: list[str]
    channels: list[str]


async def _check_in_use(tx: Tx, rules: Rulebook) -> None:
    used = await tx.one(_Used, "rulebooks.used")
    faults = [
        f"{section}.{name}: this is in use, and missing here"
        for section, names, known in (
            ("queues", used.queues, rules.queues.keys()),
            ("channels", used.channels, rules.channels.keys()),
        )
        for name in sorted(set(names) - known)
    ]
    if faults:
        detail = f"The rulebook has {len(faults)} fault(s): " + "; ".join(faults)
        raise BadInput(detail, code="bad-rulebook", faults=faults)
