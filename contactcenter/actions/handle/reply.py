"""An agent answers the customer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, Refusal
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.append import Draft, Placed, append
from contactcenter.record.fence import check_fence
from contactcenter.record.files import check_says_something, file_parts
from contactcenter.record.held import Held, Work, no_item, owned_by
from contactcenter.record.route import Way, destinations
from contactcenter.record.work import Change


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """On the customer's last channel, or on `connection`.

    `seen` is the number of the last interaction the agent has seen.
    """

    agent: int
    item: int
    text: str
    seen: int
    connection: int | None = None
    files: tuple[int, ...] = ()
    request_id: str | None = None


class Replied(msgspec.Struct, frozen=True):
    """Where the reply stands, and what the customer said that the agent had not seen yet."""

    interaction: int
    conversation: int
    number: int
    unseen: list[facts.Said] = []


class _Answer(msgspec.Struct, frozen=True):
    """A reply that is allowed: to what, by which way, with which files."""

    command: Reply
    held: Held
    way: Way
    parts: list[Any]


class _Unseen(msgspec.Struct, frozen=True):
    conversation_id: int
    said: Any


async def reply(
    tx: Tx, asked: Mapping[int, Reply], work: Work, book: Published, now: datetime
) -> dict[int, tuple[Replied, Change] | Refusal]:
    """Append the answers; the caller saves the changes.

    Refused with `Conflict`: `not-yours` when the agent does not have the item,
    `answered-meanwhile` when somebody else has answered after `seen` (with that answer in its
    context), `unreachable` when the chosen channel cannot reach the customer; with `BadInput` for
    files that are not the agent's (`no-file`). Newer words of the customer do not refuse; they
    come back.
    """
    outcomes: dict[int, tuple[Replied, Change] | Refusal] = {}
    allowed: dict[int, Held] = {}
    parts: dict[int, list[Any]] = {}
    for number, command in asked.items():
        try:
            held = await _check(tx, command, work)
            parts[number] = await file_parts(tx, command.files, now, person=command.agent)
            allowed[number] = held
        except Refusal as refusal:
            outcomes[number] = refusal
    if not allowed:
        return outcomes
    wanted = [(held.conversation, asked[number].connection) for number, held in allowed.items()]
    answers: dict[int, _Answer] = {}
    for number, way in zip(allowed, await destinations(tx, wanted), strict=True):
        if isinstance(way, Conflict):
            outcomes[number] = way
        else:
            answers[number] = _Answer(asked[number], allowed[number], way, parts[number])
    return outcomes | dict(
        zip(answers, await _append(tx, list(answers.values()), book, now), strict=True)
    )


async def _check(tx: Tx, command: Reply, work: Work) -> Held:
    held = work.items.get(command.item)
    if held is None:
        raise no_item(command.item)
    check_says_something(command.text, command.files)
    owned_by(held, command.agent)
    await check_fence(tx, held.conversation, command.seen, "agent", command.agent)
    return held


async def _append(
    tx: Tx, answers: Sequence[_Answer], book: Published, now: datetime
) -> list[tuple[Replied, Change]]:
    if not answers:
        return []
    unseen = await _unseen(tx, answers)
    written = await append(
        tx,
        [Placed(a.held.conversation.id, _draft(a, now), a.held.item) for a in answers],
        {a.held.conversation.id: a.held.conversation for a in answers},
        now,
    )
    done: list[tuple[Replied, Change]] = []
    for answer, said in zip(answers, written, strict=True):
        command, held = answer.command, answer.held
        conversation = held.conversation.id
        result = Replied(said.id, conversation, said.number, unseen.get(conversation, []))
        done.append((result, (held.item, _turn(tx, command.agent, held, book, now))))
    return done


def _draft(answer: _Answer, now: datetime) -> Draft:
    command, way = answer.command, answer.way
    return Draft(
        kind="message",
        direction="outbound",
        channel=way.channel,
        connection_id=way.connection_id,
        identity_id=way.identity_id,
        author_kind="agent",
        author_id=command.agent,
        text=command.text,
        parts=answer.parts,
        delivery=way.delivery,
        via=way.key_id,
        occurred_at=now,
        request_id=command.request_id,
    )


def _turn(tx: Tx, agent: int, held: Held, book: Published, now: datetime) -> WorkItem:
    """It is the customer's turn."""
    item = held.item
    if item.waiting_for == "us":
        about = item.about(held.bot)
        tx.emit(facts.ItemWaiting(at=now, **about, agent=agent, waiting_for="customer"))
    if item.state == "active":
        idle = timedelta(seconds=book.rules.record.dormant_after_s)
        tx.schedule("item_idle", item.id, now + idle)
    return item.turn("customer", now)


async def _unseen(tx: Tx, answers: Sequence[_Answer]) -> dict[int, list[facts.Said]]:
    """What customers have said that was not seen, by conversation."""
    behind = {
        a.held.conversation.id: a.command.seen
        for a in answers
        if a.held.conversation.last_number > a.command.seen
    }
    if not behind:
        return {}
    found: dict[int, list[facts.Said]] = {}
    for row in await tx.many(
        _Unseen, "interactions.inbound_after", list(behind), list(behind.values())
    ):
        found.setdefault(row.conversation_id, []).append(msgspec.convert(row.said, facts.Said))
    return found
