"""Run a person's command once: its effect and its answer are one transaction."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec

from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import Refusal, TooMany, Unavailable
from contactcenter.live.frames import Answer
from contactcenter.record.command import answered, claim


async def once(
    database: Database,
    person: int,
    command: str,
    frame: bytes,
    act: Callable[[Tx], Awaitable[Any]],
    now: datetime,
) -> Answer:
    """Do it, or answer as it was answered before. A refusal is stored alone, without its effect.

    `Unavailable` and `TooMany` are not stored: the same command may be sent again.
    """
    digest = hashlib.blake2b(frame, digest_size=16).digest()

    async def doing(tx: Tx) -> Answer:
        if earlier := await claim(tx, person, command, digest, now):
            return msgspec.convert(earlier.answer, Answer)
        answer = Answer(command, ok=True, result=await act(tx))
        await answered(tx, person, command, msgspec.json.encode(answer))
        return answer

    async def refusing(tx: Tx) -> Answer:
        if earlier := await claim(tx, person, command, digest, now):
            return msgspec.convert(earlier.answer, Answer)
        await answered(tx, person, command, msgspec.json.encode(refused))
        return refused

    try:
        return await database.run(doing)
    except (Unavailable, TooMany):
        raise
    except Refusal as refusal:
        refused = Answer(command, ok=False, problem=refusal.problem())
        if refusal.code == "id-reused":
            return refused
        return await database.run(refusing)
