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
    request_id: str | None = None


class Replied(msgspec.Struct, frozen=True):
    """Where the reply stands, and what the customer said that the agent had not seen yet."""

    interaction: int
    conversation: int
    number: int
    unseen: list[facts.Said] = []


class _Unseen(msgspec.Struct, frozen=True):
    conversation_id: int
    said: Any


async def reply(
    tx: Tx, asked: Mapping[int, Reply], work: Work, book: Published, now: datetime
) -> dict[int, tuple[Replied, Change] | Refusal]:
    """Append the answers; the caller saves the changes.

    Refused with `Conflict`: `not-yours` when the agent does not have the item,
    `answered-meanwhile` when somebody else has answered after `seen` (with that answer in its
    context), `unreachable` when the chosen channel cannot reach the customer. Newer words of the
    customer do not refuse; they come back.
    """
    outcomes: dict[int, tuple[Replied, Change] | Refusal] = {}
    allowed: dict[int, Held] = {}
    for number, command in asked.items():
        try:
            allowed[number] = await _check(tx, command, work)
        except Refusal as refusal:
            outcomes[number] = refusal
    if not allowed:
        return outcomes
    wanted = [(held.conversation, asked[number].connection) for number, held in allowed.items()]
    answers: dict[int, tuple[Reply, Held, Way]] = {}
    for number, way in zip(allowed, await destinations(tx, wanted), strict=True):
        if isinstance(way, Conflict):
            outcomes[number] = way
        else:
            answers[number] = asked[number], allowed[number], way
    return outcomes | dict(
        zip(answers, await _append(tx, list(answers.values()), book, now), strict=True)
    )


async def _check(tx: Tx, command: Reply, work: Work) -> Held:
    held = work.items.get(command.item)
    if held is None:
        raise no_item(command.item)
    owned_by(held, command.agent)
    await check_fence(tx, held.conversation, command.seen, "agent", command.agent)
    return held


async def _append(
    tx: Tx, answers: Sequence[tuple[Reply, Held, Way]], book: Published, now: datetime
) -> list[tuple[Replied, Change]]:
    if not answers:
        return []
    unseen = await _unseen(tx, answers)
    written = await append(
        tx,
        [Placed(h.conversation.id, _draft(r, way, now), h.item) for r, h, way in answers],
        {h.conversation.id: h.conversation for _, h, _ in answers},
        now,
    )
    done: list[tuple[Replied, Change]] = []
    for (command, held, _), said in zip(answers, written, strict=True):
        conversation = held.conversation.id
        result = Replied(said.id, conversation, said.number, unseen.get(conversation, []))
        done.append((result, (held.item, _turn(tx, command.agent, held, book, now))))
    return done


def _draft(command: Reply, way: Way, now: datetime) -> Draft:
    return Draft(
        kind="message",
        direction="outbound",
        channel=way.channel,
        connection_id=way.connection_id,
        identity_id=way.identity_id,
        author_kind="agent",
        author_id=command.agent,
        text=command.text,
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


async def _unseen(
    tx: Tx, answers: Sequence[tuple[Reply, Held, Way]]
) -> dict[int, list[facts.Said]]:
    """What customers have said that was not seen, by conversation."""
    behind = {
        h.conversation.id: r.seen for r, h, _ in answers if h.conversation.last_number > r.seen
    }
    if not behind:
        return {}
    found: dict[int, list[facts.Said]] = {}
    for row in await tx.many(
        _Unseen, "interactions.inbound_after", list(behind), list(behind.values())
    ):
        found.setdefault(row.conversation_id, []).append(msgspec.convert(row.said, facts.Said))
    return found
