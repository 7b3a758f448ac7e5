"""Take what customers say: into the one open conversation of one customer, each thing once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Forbidden
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Identity, Place, place
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.append import Draft, Placed, append
from contactcenter.record.held import Held
from contactcenter.record.party import Known, Parties, hold, make_missing
from contactcenter.record.turn import turn_to_us
from contactcenter.record.work import Opening, open_items
from contactcenter.words import ItemState


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


class _Begun(msgspec.Struct, frozen=True):
    """The keys that were new, with the ids of their interactions; the identities we knew."""

    claimed: list[tuple[int, str, int]]
    known: list[Known]


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The work that a party's first words open; of a spam customer there is none (no state)."""

    party_id: int
    state: ItemState | None
    queue: str
    channel: str
    weight: int
    place: Place
    bot_id: int | None


class _Opened(msgspec.Struct, frozen=True):
    conversation: Conversation
    item: WorkItem | None


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
    senders = sorted({i.identity.key for i in leaders.values()})
    begun = await tx.one(
        _Begun,
        "receiving.begin",
        [k[0] for k in keys],
        [k[1] for k in keys],
        [leaders[k].digest for k in keys],
        [i[0] for i in senders],
        [i[1] for i in senders],
        [i[2] for i in senders],
    )
    ids = {(connection, key): interaction for connection, key, interaction in begun.claimed}
    outcome: dict[Key, Received | Exception] = {}
    digests = {k: leaders[k].digest for k in ids}
    if len(ids) < len(keys):
        await _read_earlier(tx, [k for k in keys if k not in ids], outcome, digests)
    if ids:
        fresh = [(k, inbound) for k, inbound in leaders.items() if k in ids]
        known = await make_missing(tx, [i.identity for _, i in fresh], begun.known, now)
        parties = await hold(tx, known)
        refused = [k for k, i in fresh if known[i.identity.key].blocked]
        if refused:
            await tx.do("interactions.unclaim", [k[0] for k in refused], [k[1] for k in refused])
            blocked = Forbidden("This sender has been blocked.", code="blocked")
            outcome |= dict.fromkeys(refused, blocked)
        taken = [(k, i, known[i.identity.key]) for k, i in fresh if k not in outcome]
        outcome |= await _take(tx, taken, ids, parties, book, now)
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
    taken: Sequence[tuple[Key, Inbound, Known]],
    ids: dict[Key, int],
    parties: Parties,
    book: Published,
    now: datetime,
) -> dict[Key, Received | Exception]:
    if not taken:
        return {}
    first = {known.root: inbound for _, inbound, known in reversed(taken)}
    conversations, items = await _open(tx, first, parties, book, now)
    by_party = {c.party_id: c.id for c in conversations.values()}
    live = [Held(i, conversations[i.conversation_id]) for i in items.values()]
    for item in await turn_to_us(tx, live, book, now):
        items[item.conversation_id] = item
    placed = [
        Placed(
            by_party[known.root], _draft(inbound, known, ids[key]), items.get(by_party[known.root])
        )
        for key, inbound, known in taken
    ]
    written = await append(tx, placed, conversations, now)
    return {
        key: Received(said.id, p.conversation_id, said.number, duplicate=False)
        for (key, _, _), p, said in zip(taken, placed, written, strict=True)
    }


def _draft(inbound: Inbound, known: Known, interaction: int) -> Draft:
    return Draft(
        id=interaction,
        kind="message",
        direction="inbound",
        channel=inbound.channel,
        connection_id=inbound.connection_id,
        identity_id=known.identity_id,
        author_kind="customer",
        author_id=known.root,
        text=inbound.text,
        parts=inbound.parts,
        occurred_at=inbound.occurred_at,
        request_id=inbound.request_id,
    )


async def _open(
    tx: Tx, first: dict[int, Inbound], parties: Parties, book: Published, now: datetime
) -> tuple[dict[int, Conversation], dict[int, WorkItem]]:
    """The open conversation and live item of each party: found, opened again, or made.

    `first`: what each party said first; it decides where new work goes.
    """
    window = timedelta(seconds=book.rules.record.reopen_window_s)
    of_parties = [c for c in parties.conversations if c.party_id in first]
    closed = [c.id for c in of_parties if c.closed_at and c.closed_at > now - window]
    reopened = await tx.many(Conversation, "conversations.reopen", closed) if closed else []
    found = [c for c in of_parties if c.closed_at is None]
    conversations = {c.id: c for c in (*found, *reopened)}
    items = {i.conversation_id: i for i in parties.items if i.conversation_id in conversations}
    for c in reopened:
        tx.emit(
            facts.ConversationReopened(at=now, conversation=c.id, customer=c.party_id, bot=c.bot_id)
        )
    idle = [c for c in conversations.values() if c.id not in items]
    new = sorted(set(first) - {c.party_id for c in conversations.values()})
    if idle or new:
        plans = await _plan(tx, first, parties, book)
        opened = await _open_new(tx, [plans[p] for p in new], book, now) if new else []
        conversations |= {o.conversation.id: o.conversation for o in opened}
        made = [o.item for o in opened if o.item]
        again = [(c, plans[c.party_id]) for c in idle if plans[c.party_id].state]
        made += await _open_again(tx, again, {c.id for c in reopened}, book, now) if again else []
        for item in made:
            items[item.conversation_id] = item
            _say_opened(tx, item, conversations, {c.id for c in reopened}, now)
    return conversations, items


async def _plan(
    tx: Tx, first: dict[int, Inbound], parties: Parties, book: Published
) -> dict[int, _Plan]:
    """Work begins with the bot that the entry rule names, or in its queue."""
    rules = book.rules
    entries = {party: rules.entry_for(inbound.connection) for party, inbound in first.items()}
    names = sorted({e.bot for e in entries.values() if e.bot})
    bots = {b.name: b.id for b in await tx.many(_Bot, "keys.bots", names)} if names else {}
    plans: dict[int, _Plan] = {}
    for party, inbound in first.items():
        customer, entry = parties.customers[party], entries[party]
        bot = bots.get(entry.bot or "")
        plans[party] = _Plan(
            party_id=party,
            state=None if customer.spam_at else "bot" if bot else "queued",
            queue=entry.queue,
            channel=inbound.channel,
            weight=rules.channels[inbound.channel].weight,
            place=place(customer, entry.queue, rules),
            bot_id=bot,
        )
    return plans


async def _open_new(
    tx: Tx, plans: Sequence[_Plan], book: Published, now: datetime
) -> list[_Opened]:
    """Conversations that begin, and their work."""
    opened = await tx.many(
        _Opened,
        "receiving.open",
        [p.party_id for p in plans],
        [p.state for p in plans],
        [p.queue for p in plans],
        [p.channel for p in plans],
        [p.weight for p in plans],
        [p.place.requirement for p in plans],
        [p.place.head_start_us for p in plans],
        [msgspec.json.encode(p.place.head_start_words) for p in plans],
        [p.bot_id for p in plans],
        book.version,
        now,
    )
    channels = {p.party_id: p.channel for p in plans}
    for c in (o.conversation for o in opened):
        tx.emit(
            facts.ConversationOpened(
                at=now,
                conversation=c.id,
                customer=c.party_id,
                channel=channels[c.party_id],
                bot=c.bot_id,
            )
        )
    return opened


async def _open_again(
    tx: Tx,
    idle: Sequence[tuple[Conversation, _Plan]],
    reopened: set[int],
    book: Published,
    now: datetime,
) -> list[WorkItem]:
    """Work in conversations that have none: sticky to the last agent where it was opened again."""
    openings: list[Opening] = []
    for c, plan in idle:
        returning = c.last_agent_id if c.id in reopened else None
        patience = timedelta(seconds=book.rules.queues[plan.queue].sticky_patience_s)
        openings.append(
            Opening(
                conversation_id=c.id,
                customer_id=c.party_id,
                state="queued" if returning or plan.state is None else plan.state,
                queue=plan.queue,
                channel=plan.channel,
                weight=plan.weight,
                place=plan.place,
                sticky_agent_id=returning,
                sticky_until=now + patience if returning else None,
                bot_id=None if returning else plan.bot_id,
            )
        )
    opened = await open_items(tx, openings, book.version, now)
    owned = [i for i in opened if i.bot_id]
    if owned:
        ids = [i.conversation_id for i in owned]
        await tx.do("conversations.set_bot", ids, [i.bot_id for i in owned])
    return opened


def _say_opened(
    tx: Tx,
    item: WorkItem,
    conversations: dict[int, Conversation],
    reopened: set[int],
    now: datetime,
) -> None:
    c = conversations[item.conversation_id]
    if item.bot_id is None:
        because = "reopened" if c.id in reopened else "arrived"
        tx.emit(item.queued_fact(now, because, None, c.bot_id))
        return
    conversations[c.id] = msgspec.structs.replace(c, bot_id=item.bot_id)
    tx.emit(facts.BotOwned(at=now, **item.about(item.bot_id), epoch=item.epoch))
