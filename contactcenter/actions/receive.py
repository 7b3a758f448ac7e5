"""Take what customers say: into the one open conversation of one customer, each thing once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Forbidden
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Identity, place
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.append import Draft, Placed, append
from contactcenter.record.held import Held
from contactcenter.record.party import Party, find_or_make
from contactcenter.record.turn import turn_to_us
from contactcenter.record.work import Opening, open_items


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a customer said, by one of our connections.

    `key` is unique within the connection; `digest` tells a repetition from a clash.
    """

    connection_id: int
    connection: str
    channel: str
    key: str
    digest: bytes
    identity: Identity
    text: str
    parts: list[Any] = []
    occurred_at: datetime
    request_id: str | None = None


Key = tuple[int, str]


class Received(msgspec.Struct, frozen=True):
    """Where it stands in the record; `duplicate` when it stood there before."""

    interaction: int
    conversation: int
    number: int
    duplicate: bool


class _Fresh(msgspec.Struct, frozen=True):
    connection_id: int
    key: str
    interaction_id: int


class _Earlier(msgspec.Struct, frozen=True):
    connection_id: int
    key: str
    digest: bytes
    interaction_id: int
    conversation_id: int
    number: int


class _Bot(msgspec.Struct, frozen=True):
    id: int
    name: str


async def receive(
    tx: Tx, batch: Sequence[Inbound], book: Published, now: datetime
) -> list[Received | Exception]:
    """Append a batch. Results in the batch's order; an exception is that item's own.

    The same key again gives the same result as the first time; with other content it is
    `BadInput`. What a blocked identity sends is `Forbidden`, and leaves nothing behind.
    """
    leaders: dict[Key, Inbound] = {}
    for inbound in batch:
        leaders.setdefault((inbound.connection_id, inbound.key), inbound)
    keys = sorted(leaders)
    claims = await tx.many(
        _Fresh,
        "interactions.claim",
        [k[0] for k in keys],
        [k[1] for k in keys],
        [leaders[k].digest for k in keys],
    )
    ids = {(c.connection_id, c.key): c.interaction_id for c in claims}
    outcome: dict[Key, Received | Exception] = {}
    digests = {k: leaders[k].digest for k in ids}
    if len(ids) < len(keys):
        await _read_earlier(tx, [k for k in keys if k not in ids], outcome, digests)
    if ids:
        fresh = [(k, inbound) for k, inbound in leaders.items() if k in ids]
        parties = await find_or_make(tx, [i.identity for _, i in fresh], now)
        refused = [k for k, i in fresh if parties[i.identity.key].blocked]
        if refused:
            await tx.do("interactions.unclaim", [k[0] for k in refused], [k[1] for k in refused])
            blocked = Forbidden("This sender has been blocked.", code="blocked")
            outcome |= dict.fromkeys(refused, blocked)
        taken = [(k, i, parties[i.identity.key]) for k, i in fresh if k not in outcome]
        outcome |= await _take(tx, taken, ids, book, now)
    return [
        _result(inbound, leaders, ids, outcome, digests[inbound.connection_id, inbound.key])
        for inbound in batch
    ]


def _result(
    inbound: Inbound,
    leaders: dict[Key, Inbound],
    fresh: dict[Key, int],
    outcome: dict[Key, Received | Exception],
    digest: bytes,
) -> Received | Exception:
    key = inbound.connection_id, inbound.key
    found = outcome[key]
    if isinstance(found, Exception) or (key in fresh and leaders[key] is inbound):
        return found
    if inbound.digest != digest:
        detail = "This key was used before, for something else."
        return BadInput(detail, code="key-reused", pointer="/key")
    return msgspec.structs.replace(found, duplicate=True)


async def _read_earlier(
    tx: Tx,
    keys: Sequence[Key],
    outcome: dict[Key, Received | Exception],
    digests: dict[Key, bytes],
) -> None:
    earlier = await tx.many(
        _Earlier, "interactions.claimed", [k[0] for k in keys], [k[1] for k in keys]
    )
    for e in earlier:
        key = e.connection_id, e.key
        outcome[key] = Received(e.interaction_id, e.conversation_id, e.number, duplicate=True)
        digests[key] = e.digest


async def _take(
    tx: Tx,
    taken: Sequence[tuple[Key, Inbound, Party]],
    ids: dict[Key, int],
    book: Published,
    now: datetime,
) -> dict[Key, Received | Exception]:
    if not taken:
        return {}
    first = {party.customer.id: (inbound, party) for _, inbound, party in reversed(taken)}
    conversations, items = await _open(tx, first, book, now)
    by_party = {c.party_id: c.id for c in conversations.values()}
    live = [Held(i, conversations[i.conversation_id]) for i in items.values()]
    for item in await turn_to_us(tx, live, book, now):
        items[item.conversation_id] = item
    placed = [
        Placed(
            by_party[party.customer.id],
            Draft(
                id=ids[key],
                kind="message",
                direction="inbound",
                channel=inbound.channel,
                connection_id=inbound.connection_id,
                identity_id=party.identity_id,
                author_kind="customer",
                author_id=party.customer.id,
                text=inbound.text,
                parts=inbound.parts,
                occurred_at=inbound.occurred_at,
                request_id=inbound.request_id,
            ),
            items.get(by_party[party.customer.id]),
        )
        for key, inbound, party in taken
    ]
    written = await append(tx, placed, conversations, now)
    return {
        key: Received(said.id, p.conversation_id, said.number, duplicate=False)
        for (key, _, _), p, said in zip(taken, placed, written, strict=True)
    }


async def _open(
    tx: Tx, first: dict[int, tuple[Inbound, Party]], book: Published, now: datetime
) -> tuple[dict[int, Conversation], dict[int, WorkItem]]:
    """The open conversation and live item of each customer: found, reopened, or made."""
    latest = await tx.many(Conversation, "conversations.lock_latest", sorted(first))
    found = [c for c in latest if c.closed_at is None]
    window = timedelta(seconds=book.rules.record.reopen_window_s)
    closed = [c.id for c in latest if c.closed_at and c.closed_at > now - window]
    reopened = await tx.many(Conversation, "conversations.reopen", closed) if closed else []
    new = sorted(set(first) - {c.party_id for c in (*found, *reopened)})
    made = await tx.many(Conversation, "conversations.open", new, now) if new else []
    conversations = {c.id: c for c in (*found, *reopened, *made)}
    for c in reopened:
        tx.emit(
            facts.ConversationReopened(at=now, conversation=c.id, customer=c.party_id, bot=c.bot_id)
        )
    for c in made:
        channel = first[c.party_id][0].channel
        tx.emit(
            facts.ConversationOpened(
                at=now, conversation=c.id, customer=c.party_id, channel=channel
            )
        )
    old = [c.id for c in found]
    items = (
        {i.conversation_id: i for i in await tx.many(WorkItem, "items.lock_live", old)}
        if old
        else {}
    )
    idle = [c for c in conversations.values() if c.id not in items]
    wanting = [c for c in idle if first[c.party_id][1].customer.spam_at is None]
    if wanting:
        await _open_items(
            tx, wanting, first, {c.id for c in reopened}, conversations, items, book, now
        )
    return conversations, items


async def _open_items(
    tx: Tx,
    wanting: Sequence[Conversation],
    first: dict[int, tuple[Inbound, Party]],
    reopened: set[int],
    conversations: dict[int, Conversation],
    items: dict[int, WorkItem],
    book: Published,
    now: datetime,
) -> None:
    """Open the items: with the bot that the entry rule names, or in its queue."""
    rules = book.rules
    entries = {c.id: rules.entry_for(first[c.party_id][0].connection) for c in wanting}
    names = sorted({e.bot for e in entries.values() if e.bot})
    bots = {b.name: b.id for b in await tx.many(_Bot, "keys.bots", names)} if names else {}
    openings: list[Opening] = []
    for c in wanting:
        inbound, party = first[c.party_id]
        entry = entries[c.id]
        returning = c.last_agent_id if c.id in reopened else None
        bot = None if returning else bots.get(entry.bot or "")
        patience = timedelta(seconds=rules.queues[entry.queue].sticky_patience_s)
        openings.append(
            Opening(
                conversation_id=c.id,
                customer_id=c.party_id,
                state="bot" if bot else "queued",
                queue=entry.queue,
                channel=inbound.channel,
                weight=rules.channels[inbound.channel].weight,
                place=place(party.customer, entry.queue, rules),
                sticky_agent_id=returning,
                sticky_until=now + patience if returning else None,
                bot_id=bot,
            )
        )
    opened = await open_items(tx, openings, book.version, now)
    for item in opened:
        items[item.conversation_id] = item
        if item.bot_id is None:
            because = "reopened" if item.conversation_id in reopened else "arrived"
            bot = conversations[item.conversation_id].bot_id
            tx.emit(item.queued_fact(now, because, None, bot))
            continue
        c = conversations[item.conversation_id]
        conversations[c.id] = msgspec.structs.replace(c, bot_id=item.bot_id)
        tx.emit(facts.BotOwned(at=now, **item.about(item.bot_id), epoch=item.epoch))
    owned = [i for i in opened if i.bot_id]
    if owned:
        await tx.do(
            "conversations.set_bot", [i.conversation_id for i in owned], [i.bot_id for i in owned]
        )
