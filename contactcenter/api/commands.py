"""Run a person's command once: its effect and its answer are one transaction."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec

from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import Refusal, TooMany, Unavailable
from contactcenter.live.frames import Answer, AnyCommand
from contactcenter.record.command import answered, claim


async def once(
    database: Database,
    person: int,
    command: AnyCommand,
    act: Callable[[Tx], Awaitable[Any]],
    now: datetime,
) -> Answer:
    """Do it, or answer as it was answered before. A refusal is stored alone, without its effect.

    `Unavailable` and `TooMany` are raised and not stored: the same command may be sent again.
    """
    # Of what was understood: the same command may be written in other bytes.
    digest = hashlib.blake2b(msgspec.json.encode(command), digest_size=16).digest()

    async def doing(tx: Tx) -> Answer:
        if earlier := await claim(tx, person, command.id, digest, now):
            return msgspec.convert(earlier.answer, Answer)
        answer = Answer(command.id, ok=True, result=await act(tx))
        await answered(tx, person, command.id, msgspec.json.encode(answer))
        return answer

    async def refusing(tx: Tx) -> Answer:
        if earlier := await claim(tx, person, command.id, digest, now):
            return msgspec.convert(earlier.answer, Answer)
        await answered(tx, person, command.id, msgspec.json.encode(refused))
        return refused

    try:
        return await database.run(doing)
    except (Unavailable, TooMany):
        raise
    except Refusal as refusal:
        refused = Answer(command.id, ok=False, problem=refusal.problem())
        if refusal.code == "id-reused":
            return refused
        return await database.run(refusing)
