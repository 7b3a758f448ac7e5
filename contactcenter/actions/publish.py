"""Put a rulebook in force."""

import hashlib
from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.rulebook import Rulebook


class _Newest(msgspec.Struct, frozen=True):
    version: int
    digest: bytes


async def publish(tx: Tx, rules: Rulebook, author: str, now: datetime) -> int:
    """Store the next version and return its number; the same rules again stay the same version."""
    encoded = msgspec.json.encode(rules)
    digest = hashlib.sha256(encoded).digest()
    await tx.do("rulebooks.lock")
    newest = await tx.maybe(_Newest, "rulebooks.newest_digest")
    if newest and newest.digest == digest:
        return newest.version
    version = newest.version + 1 if newest else 1
    await tx.do("rulebooks.insert", version, encoded, digest, author, now)
    tx.emit(facts.RulebookPublished(at=now, version=version, author=author))
    return version
