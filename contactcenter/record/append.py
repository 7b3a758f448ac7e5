"""Append interactions to locked conversations, and say so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.conversation import Conversation
from contactcenter.model.work import WorkItem
from contactcenter.record.files import attach_files
from contactcenter.words import AuthorKind, Delivery, Direction, InteractionKind


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An interaction that has no number yet. `id` where a dedupe key has already drawn one.

    `via`: the key by whose webhook it leaves.
    """

    id: int | None = None
    kind: InteractionKind
    direction: Direction
    channel: str
    connection_id: int | None = None
    identity_id: int | None = None
    author_kind: AuthorKind
    author_id: int | None = None
    text: str
    parts: list[Any] = []
    delivery: Delivery | None = None
    via: int | None = None
    occurred_at: datetime
    request_id: str | None = None
    automatic: bool = False


class Placed(msgspec.Struct, frozen=True):
    """A draft, the conversation it goes into, and the work item it belongs to."""

    conversation_id: int
    draft: Draft
    item: WorkItem | None


async def append(
    tx: Tx, placed: Sequence[Placed], conversations: dict[int, Conversation], now: datetime
) -> list[facts.Said]:
    """Number, write and emit the drafts in their order; replaces the entries of `conversations`.

    The conversations must be locked. An answer to the customer moves the reply fence; an automatic
    reminder is none.
    """
    missing = sum(p.draft.id is None for p in placed)
    drawn = iter(await tx.many(int, "interactions.draw", missing) if missing else ())
    numbered: list[facts.Said] = []
    for p in placed:
        conversation = conversations[p.conversation_id]
        said = _said(p.draft, conversation.last_number + 1, p.draft.id or next(drawn), now)
        numbered.append(said)
        conversations[p.conversation_id] = _after(conversation, said)
    changed = [conversations[i] for i in sorted({p.conversation_id for p in placed})]
    written = await _write(tx, placed, numbered, changed, now)
    await attach_files(tx, written, now)
    for p, said in zip(placed, written, strict=True):
        conversation = conversations[p.conversation_id]
        tx.emit(
            facts.InteractionAppended(
                at=now,
                conversation=p.conversation_id,
                customer=conversation.party_id,
                item=p.item.id if p.item else None,
                epoch=p.item.epoch if p.item else None,
                said=said,
                agents=p.item.owners if p.item else [],
                bot=conversation.bot_id,
                via=p.draft.via,
            )
        )
    return written


async def append_one(
    tx: Tx, conversation: Conversation, item: WorkItem | None, draft: Draft, now: datetime
) -> facts.Said:
    """As `append`, of one."""
    placed = [Placed(conversation.id, draft, item)]
    [said] = await append(tx, placed, {conversation.id: conversation}, now)
    return said


async def append_note(
    tx: Tx, conversation: Conversation, item: WorkItem | None, author: int, text: str, now: datetime
) -> facts.Said:
    """What an agent says to colleagues alone."""
    draft = Draft(
        kind="note",
        direction="internal",
        channel="desktop",
        author_kind="agent",
        author_id=author,
        text=text,
        occurred_at=now,
    )
    return await append_one(tx, conversation, item, draft, now)


def _said(draft: Draft, number: int, interaction: int, now: datetime) -> facts.Said:
    return facts.Said(
        id=interaction,
        number=number,
        kind=draft.kind,
        direction=draft.direction,
        channel=draft.channel,
        author_kind=draft.author_kind,
        author_id=draft.author_id,
        identity_id=draft.identity_id,
        connection_id=draft.connection_id,
        text=draft.text,
        parts=draft.parts,
        delivery=draft.delivery,
        occurred_at=draft.occurred_at,
        received_at=now,
        request_id=draft.request_id,
        automatic=draft.automatic,
    )


def _after(conversation: Conversation, said: facts.Said) -> Conversation:
    match said.direction:
        case "inbound":
            return msgspec.structs.replace(
                conversation,
                last_number=said.number,
                connection_id=said.connection_id,
                identity_id=said.identity_id,
            )
        case "outbound" if said.author_kind != "system":
            return msgspec.structs.replace(
                conversation,
                last_number=said.number,
                answered_number=said.number,
                answered_kind=said.author_kind,
                answered_id=said.author_id,
            )
        case "outbound" | "internal":
            return msgspec.structs.replace(conversation, last_number=said.number)


class _Position(msgspec.Struct, frozen=True):
    id: int
    position: int


async def _write(
    tx: Tx,
    placed: Sequence[Placed],
    written: Sequence[facts.Said],
    changed: Sequence[Conversation],
    now: datetime,
) -> list[facts.Said]:
    """The same with their positions, which are drawn under the conversations' locks."""
    rows = await tx.many(
        _Position,
        "interactions.append",
        [s.id for s in written],
        [p.conversation_id for p in placed],
        [s.number for s in written],
        [s.kind for s in written],
        [s.direction for s in written],
        [s.channel for s in written],
        [s.connection_id for s in written],
        [s.identity_id for s in written],
        [s.author_kind for s in written],
        [s.author_id for s in written],
        [s.text for s in written],
        [msgspec.json.encode(s.parts) for s in written],
        [s.delivery for s in written],
        [s.occurred_at for s in written],
        now,
        [s.request_id for s in written],
        [c.id for c in changed],
        [c.last_number for c in changed],
        [c.answered_number for c in changed],
        [c.answered_kind for c in changed],
        [c.answered_id for c in changed],
        [c.connection_id for c in changed],
        [c.identity_id for c in changed],
        [s.automatic for s in written],
    )
    positions = {row.id: row.position for row in rows}
    return [msgspec.structs.replace(s, position=positions[s.id]) for s in written]
