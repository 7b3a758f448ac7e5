"""What a bot says and does: it answers, hands over to a person, or closes.

The epoch fences all of it: after a hand-over (or a supervisor's order) whatever the bot still
sends under the old epoch is `Conflict` (`fenced`). What the customer said is never fenced.
"""

from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.customer import Customer, place
from contactcenter.model.rulebook import Published
from contactcenter.record.append import Draft, append_one
from contactcenter.record.fence import check_fence
from contactcenter.record.finish import finish
from contactcenter.record.held import Held, hold
from contactcenter.record.route import destination
from contactcenter.record.work import save
from contactcenter.words import InteractionKind


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks, under which epoch, with which idempotency key."""

    key_id: int
    connection_id: int
    key: str
    digest: bytes
    item: int
    epoch: int
    text: str
    occurred_at: datetime
    request_id: str | None = None


class Done(msgspec.Struct, frozen=True):
    """The interaction that stands for it in the record."""

    interaction: int
    conversation: int
    number: int
    duplicate: bool


async def bot_reply(tx: Tx, said: Said, seen: int, now: datetime) -> Done:
    """The bot answers the customer, on the channel of their last words."""
    claimed = await _claim(tx, said)
    if isinstance(claimed, Done):
        return claimed
    held = await _owned(tx, said)
    await check_fence(tx, held.conversation, seen, "bot", said.key_id)
    way = await destination(tx, held.conversation, None)
    draft = Draft(
        id=claimed,
        kind="message",
        direction="outbound",
        channel=way.channel,
        connection_id=way.connection_id,
        identity_id=way.identity_id,
        author_kind="bot",
        author_id=said.key_id,
        text=said.text,
        delivery=way.delivery,
        via=way.key_id,
        occurred_at=said.occurred_at,
        request_id=said.request_id,
    )
    await save(tx, [(held.item, held.item.turn("customer", now))], now)
    return await _append(tx, held, draft, now)


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot has found out: `intent` leads to a queue, unless `queue` names one."""

    intent: str | None = None
    queue: str | None = None
    skills: dict[str, int] = {}


async def hand_over(tx: Tx, said: Said, what: HandOver, book: Published, now: datetime) -> Done:
    """The bot gives the item to people: the summary is appended, the item waits in its queue."""
    claimed = await _claim(tx, said)
    if isinstance(claimed, Done):
        return claimed
    queue, asked = _target(what, book)
    held = await _owned(tx, said)
    done = await _append(tx, held, _internal(said, "summary", claimed), now)
    customer = await tx.one(Customer, "customers.read", held.conversation.party_id)
    target = queue or held.item.queue
    ours = held.item.replace(intent=what.intent, asked=asked).turn("us", now)
    waiting = ours.queued(now, queue=target, place=place(customer, target, book.rules, asked))
    await save(tx, [(held.item, waiting)], now)
    tx.emit(waiting.queued_fact(now, "handed_over", None, held.bot))
    return done


async def bot_close(tx: Tx, said: Said, disposition: str, book: Published, now: datetime) -> Done:
    """The bot has settled the matter by itself."""
    claimed = await _claim(tx, said)
    if isinstance(claimed, Done):
        return claimed
    if disposition not in book.rules.dispositions.codes:
        known = ", ".join(book.rules.dispositions.codes)
        detail = f"A disposition is one of these: {known}."
        raise BadInput(detail, code="unknown-disposition", pointer="/disposition")
    held = await _owned(tx, said)
    done = await _append(tx, held, _internal(said, "note", claimed), now)
    await save(tx, [(held.item, await finish(tx, held, "bot", now, disposition))], now)
    return done


class _Fresh(msgspec.Struct, frozen=True):
    interaction_id: int


class _Earlier(msgspec.Struct, frozen=True):
    digest: bytes
    interaction_id: int
    conversation_id: int
    number: int


async def _claim(tx: Tx, said: Said) -> Done | int:
    """The id of the interaction to be, or what stands under this key already."""
    args = [said.connection_id], [said.key]
    if fresh := await tx.maybe(_Fresh, "interactions.claim", *args, [said.digest]):
        return fresh.interaction_id
    found = await tx.one(_Earlier, "interactions.claimed", *args)
    if found.digest != said.digest:
        detail = "This key was used before, for something else."
        raise BadInput(detail, code="key-reused", pointer="/key")
    return Done(found.interaction_id, found.conversation_id, found.number, duplicate=True)


async def _owned(tx: Tx, said: Said) -> Held:
    held = await hold(tx, said.item)
    item = held.item
    if item.state != "bot" or item.bot_id != said.key_id or item.epoch != said.epoch:
        detail = (
            f"The work item is not this bot's under epoch {said.epoch}: it is {item.state}, "
            f"epoch {item.epoch}. What you say no longer reaches the customer."
        )
        raise Conflict(detail, code="fenced", state=item.state, epoch=item.epoch)
    return held


def _target(what: HandOver, book: Published) -> tuple[str | None, dict[str, int]]:
    if what.queue is not None and what.queue not in book.rules.queues:
        detail = f"There is no queue {what.queue!r}."
        raise BadInput(detail, code="unknown-queue", pointer="/queue")
    intent = book.rules.intents.get(what.intent or "")
    asked = {**(intent.requirement if intent else {}), **what.skills}
    return what.queue or (intent.queue if intent else None), asked


def _internal(said: Said, kind: InteractionKind, interaction: int) -> Draft:
    return Draft(
        id=interaction,
        kind=kind,
        direction="internal",
        channel="bot",
        author_kind="bot",
        author_id=said.key_id,
        text=said.text,
        occurred_at=said.occurred_at,
        request_id=said.request_id,
    )


async def _append(tx: Tx, held: Held, draft: Draft, now: datetime) -> Done:
    written = await append_one(tx, held.conversation, held.item, draft, now)
    return Done(written.id, held.conversation.id, written.number, duplicate=False)
