"""People's commands, each done once: its effect and its answer are one transaction."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar, assert_never

import msgspec

from contactcenter.actions.handle import Accept, Command, Reply, Resolve, handle
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Refusal, TooMany, Unavailable
from contactcenter.live import frames
from contactcenter.live.frames import Answer, AnyCommand
from contactcenter.model.rulebook import Published
from contactcenter.record.command import Key, answered, claim

Handled = frames.Accept | frames.Reply | frames.Resolve
C = TypeVar("C", bound=AnyCommand)


class Asked(msgspec.Struct, Generic[C], frozen=True):
    """A command of a person's."""

    person: int
    command: C

    @property
    def key(self) -> Key:
        """What it is done once by."""
        return self.person, self.command.id

    @property
    def digest(self) -> bytes:
        """Of what was understood: the same command may be written in other bytes."""
        return hashlib.blake2b(msgspec.json.encode(self.command), digest_size=16).digest()


async def handle_once(
    tx: Tx, batch: Sequence[Asked[Handled]], book: Published, now: datetime
) -> list[Answer]:
    """Do what agents ask at once, or answer as it was answered before, in the batch's order."""

    async def act(fresh: Sequence[Asked[Handled]]) -> Sequence[object]:
        return await handle(tx, [_command(a.person, a.command) for a in fresh], book, now)

    return await _once_each(tx, batch, act, now)


def _command(agent: int, command: Handled) -> Command:
    match command:
        case frames.Accept():
            return Accept(agent, command.offer)
        case frames.Reply():
            return as_reply(agent, command)
        case frames.Resolve():
            return Resolve(agent, command.item, command.disposition)
        case _:
            assert_never(command)


def as_reply(agent: int, command: frames.Reply | frames.HoldReply) -> Reply:
    """What the agent answers, at once or in a while."""
    return Reply(
        agent=agent,
        item=command.item,
        text=command.text,
        seen=command.seen,
        connection=command.connection,
        files=tuple(command.files),
        request_id=command.id,
    )


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
    asked = [Asked(person, command)]

    async def doing(tx: Tx) -> Answer:
        async def effect(_: object) -> Sequence[object]:
            return [await act(tx)]

        [answer] = await _once_each(tx, asked, effect, now)
        return answer

    async def refusing(tx: Tx) -> Answer:
        async def none(_: object) -> Sequence[object]:
            return [refused]

        [answer] = await _once_each(tx, asked, none, now)
        return answer

    try:
        return await database.run(doing)
    except (Unavailable, TooMany):
        raise
    except Refusal as refusal:
        refused = refusal
        return await database.run(refusing)


async def _once_each(
    tx: Tx,
    batch: Sequence[Asked[C]],
    act: Callable[[Sequence[Asked[C]]], Awaitable[Sequence[object]]],
    now: datetime,
) -> list[Answer]:
    """`act` does those that are new, and returns the result of each, or its refusal."""
    first: dict[Key, Asked[C]] = {}
    for asked in batch:
        first.setdefault(asked.key, asked)
    digests = {key: asked.digest for key, asked in first.items()}
    earlier = await claim(tx, digests, now)
    answers = {key: msgspec.convert(e.answer, Answer) for key, e in earlier.items()}
    digests |= {key: e.digest for key, e in earlier.items()}
    fresh = [asked for key, asked in first.items() if key not in earlier]
    if fresh:
        results = await act(fresh)
        new = {a.key: _answer(a.command.id, r) for a, r in zip(fresh, results, strict=True)}
        await answered(tx, {key: msgspec.json.encode(answer) for key, answer in new.items()})
        answers |= new
    return [answers[a.key] if a.digest == digests[a.key] else _reused(a) for a in batch]


def _answer(command: str, result: object) -> Answer:
    if isinstance(result, Refusal):
        return Answer(command, ok=False, problem=result.problem())
    return Answer(command, ok=True, result=result)


def _reused(asked: Asked[Any]) -> Answer:
    detail = "This id was used before, for another command."
    return _answer(asked.command.id, BadInput(detail, code="id-reused", pointer="/id"))
