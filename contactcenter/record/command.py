"""Commands of a person: each id is done once, and answered the same ever after (24 hours)."""

from datetime import datetime
from typing import Any

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput


class Earlier(msgspec.Struct, frozen=True):
    """`answer` is the stored answer frame."""

    digest: bytes
    answer: Any


async def claim(tx: Tx, person: int, command: str, digest: bytes, now: datetime) -> Earlier | None:
    """Claim the id, first in the action's transaction. What it was answered before, if it was.

    Raises `BadInput` (`id-reused`) when the same id came with another command.
    """
    if await tx.maybe(int, "commands.claim", person, command, digest, now) is not None:
        return None
    earlier = await tx.one(Earlier, "commands.read", person, command)
    if earlier.digest != digest:
        detail = "This id was used before, for another command."
        raise BadInput(detail, code="id-reused", pointer="/id")
    return earlier


async def answered(tx: Tx, person: int, command: str, answer: bytes) -> None:
    """Store the answer beside the effect, in the same transaction."""
    await tx.do("commands.answer", person, command, answer)
