"""A reply that may be taken back: it waits in a row of its own, with a timer, before it is said."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contactcenter import facts
from contactcenter.actions.handle import handle
from contactcenter.actions.handle.reply import Replied, Reply
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, Refusal
from contactcenter.model.rulebook import Published
from contactcenter.record.files import check_says_something, file_parts
from contactcenter.record.held import hold, owned_by
from contactcenter.record.timers import Rings, still_due
from contactcenter.words import HeldOutcome


class Held(msgspec.Struct, frozen=True):
    """By which it can be taken back, and until when."""

    held: int
    due_at: datetime


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    agent_id: int
    item_id: int
    text: str
    seen: int
    connection_id: int | None
    files: list[int]
    request_id: str | None

    @property
    def reply(self) -> Reply:
        return Reply(
            agent=self.agent_id,
            item=self.item_id,
            text=self.text,
            seen=self.seen,
            connection=self.connection_id,
            files=tuple(self.files),
            request_id=self.request_id,
        )


async def hold_reply(tx: Tx, reply: Reply, undo_s: int, now: datetime) -> Held:
    """Keep a reply until it is due. Refused at once where the item is not the agent's.

    What else a reply is refused for is found out when it leaves: its text is then a draft. As with
    a reply that is sent, the draft that it was is gone.
    """
    check_says_something(reply.text, reply.files)
    work = await hold(tx, reply.item)
    owned_by(work, reply.agent)
    conversation = work.conversation.id
    parts = await file_parts(tx, reply.files, now, person=reply.agent)
    due_at = now + timedelta(seconds=undo_s)
    args = reply.agent, reply.item, reply.text, reply.seen, reply.connection
    held = await tx.one(
        int, "held_replies.hold", *args, list(reply.files), reply.request_id, due_at
    )
    await tx.do("held_replies.drop_draft", reply.agent, conversation)
    tx.schedule("held_reply", held, due_at)
    tx.emit(
        facts.ReplyHeld(
            at=now,
            held=held,
            item=reply.item,
            conversation=conversation,
            agent=reply.agent,
            text=reply.text,
            parts=parts,
            seen=reply.seen,
            connection=reply.connection,
            request_id=reply.request_id,
            due_at=due_at,
        )
    )
    return Held(held, due_at)


async def take_back(tx: Tx, agent: int, held: int, now: datetime) -> None:
    """It is not sent. `Conflict` (`held-gone`) where it has left, or was taken back before."""
    row = await _take_own(tx, agent, held)
    _ended(tx, row, "taken_back", now)


async def send_now(tx: Tx, agent: int, held: int, book: Published, now: datetime) -> Replied:
    """As a reply, and refused as one: then it is held on."""
    row = await _take_own(tx, agent, held)
    [result] = await handle(tx, [row.reply], book, now)
    if isinstance(result, Refusal):
        raise result
    assert isinstance(result, Replied)
    await tx.do("held_replies.keep_drafts", [row.agent_id], [row.item_id])
    _ended(tx, row, "sent", now)
    return result


async def held_replies_due(tx: Tx, rings: Rings, book: Published, now: datetime) -> None:
    """A timer's effect: they leave. What is refused becomes a draft, so that no word is lost."""
    rows = await tx.many(_Row, "held_replies.take", sorted(rings))
    await _send(tx, sorted(rows, key=lambda row: row.id), book, now)  # in the order of writing
    await still_due(tx, "held_reply", rings)


async def _send(tx: Tx, rows: Sequence[_Row], book: Published, now: datetime) -> None:
    if not rows:
        return
    results = await handle(tx, [row.reply for row in rows], book, now)
    sent = [r for r, result in zip(rows, results, strict=True) if isinstance(result, Replied)]
    await tx.do("held_replies.keep_drafts", [r.agent_id for r in sent], [r.item_id for r in sent])
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, Refusal):
            await tx.do("held_replies.to_draft", row.agent_id, row.item_id, row.text, now)
            _ended(tx, row, "refused", now, result.code)
        else:
            _ended(tx, row, "sent", now)


async def _take_own(tx: Tx, agent: int, held: int) -> _Row:
    row = await tx.maybe(_Row, "held_replies.take_own", held, agent)
    if row is None:
        raise Conflict("This reply has left, or was taken back.", code="held-gone")
    tx.clear("held_reply", held)
    return row


def _ended(tx: Tx, row: _Row, outcome: HeldOutcome, now: datetime, code: str | None = None) -> None:
    tx.emit(
        facts.HeldReplyEnded(
            at=now,
            held=row.id,
            item=row.item_id,
            agent=row.agent_id,
            outcome=outcome,
            code=code,
        )
    )
