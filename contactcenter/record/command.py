"""Commands of people: each id is done once, and answered the same ever after (24 hours)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from contactcenter.db.tx import Tx

Key = tuple[int, str]
"""A person, and the id that they gave the command."""


class Earlier(msgspec.Struct, frozen=True):
    """`answer` is the stored answer frame."""

    digest: bytes
    answer: Any


class _Claim(msgspec.Struct, frozen=True):
    person_id: int
    id: str


class _Claimed(Earlier, frozen=True):
    person_id: int
    id: str


async def claim(tx: Tx, digests: Mapping[Key, bytes], now: datetime) -> dict[Key, Earlier]:
    """Claim the ids, first in the action's transaction; what was answered before to those not new.

    `digests`: of what is commanded under each; an earlier one may have another.
    """
    keys = list(digests)
    people, ids = [person for person, _ in keys], [id_ for _, id_ in keys]
    rows = await tx.many(_Claim, "commands.claim", people, ids, list(digests.values()), now)
    if len(rows) == len(keys):
        return {}
    repeated = [*set(keys) - {(r.person_id, r.id) for r in rows}]
    people, ids = [person for person, _ in repeated], [id_ for _, id_ in repeated]
    found = await tx.many(_Claimed, "commands.claimed", people, ids)
    return {(r.person_id, r.id): r for r in found}


async def answered(tx: Tx, answers: Mapping[Key, bytes]) -> None:
    """Store the answers beside their effects, in the same transaction."""
    people, ids = [person for person, _ in answers], [id_ for _, id_ in answers]
    await tx.do("commands.answer", people, ids, list(answers.values()))
