"""Take what customers say: into the one open conversation of one customer, each thing once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Forbidden, Stale
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer, Identity, Place, place
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.append import Draft, Placed, append
from contactcenter.record.held import Held
from contactcenter.record.party import Key as Identified
from contactcenter.record.turn import turn_to_us
from contactcenter.record.work import Opening, open_items
from contactcenter.words import ItemState


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a customer said, by one of our connections.

    `key` is unique within the connection; `digest` tells a repetition from a clash. `automatic`: a
    machine of theirs said it by itself.
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
    automatic: bool = False


Key = tuple[int, str]


class Received(msgspec.Struct, frozen=True):
    """Where it stands in the record; `duplicate` when it stood there before."""

    interaction: int
    conversation: int
    number: int
    duplicate: bool


class _Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What the batch begins with; places count from 1, lists of one line go together.

    `fresh`: places of the keys that were new, and the ids that their interactions have drawn.
    `known`: places of the senders we know now, with the customer that each leads to. Their parties
    are locked: `conversations` has the open one of each or else the last, `items` the live ones,
    `customers` those who have none. `stale`: a merge came in between, or another made one of them.
    """

    fresh: list[int]
    interactions: list[int]
    known: list[int]
    identities: list[int]
    roots: list[int]
    blocked: list[bool]
    customers: list[Customer]
    conversations: list[Conversation]
    items: list[WorkItem]
    stale: bool


class _Sender(msgspec.Struct, frozen=True):
    """An identity, and the customer it leads to once merges are followed."""

    identity_id: int
    party: int
    blocked: bool


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
    begun, ids, senders = await _begin(tx, keys, leaders, now)
    outcome: dict[Key, Received | Exception] = {}
    digests = {k: leaders[k].digest for k in ids}
    if len(ids) < len(keys):
        await _read_earlier(tx, [k for k in keys if k not in ids], outcome, digests)
    fresh = [(k, i, senders[i.identity.key]) for k, i in leaders.items() if k in ids]
    refused = [key for key, _, sender in fresh if sender.blocked]
    if refused:
        await tx.do("interactions.unclaim", [k[0] for k in refused], [k[1] for k in refused])
        blocked = Forbidden("This sender has been blocked.", code="blocked")
        outcome |= dict.fromkeys(refused, blocked)
    taken = [each for each in fresh if each[0] not in outcome]
    if taken:
        outcome |= await _take(tx, taken, ids, begun, book, now)
    return [
        _result(inbound, leaders, ids, outcome, digests[inbound.connection_id, inbound.key])
        for inbound in batch
    ]


async def _begin(
    tx: Tx, keys: Sequence[Key], leaders: dict[Key, Inbound], now: datetime
) -> tuple[_Begun, dict[Key, int], dict[Identified, _Sender]]:
    """Claim the keys and lock the parties: with the ids that new keys have drawn, and senders."""
    wanted = {i.identity.key: i.identity for i in leaders.values()}
    order = sorted(wanted)
    places = {key: place for place, key in enumerate(order, 1)}
    begun = await tx.one(
        _Begun,
        "receiving.begin",
        [k[0] for k in keys],
        [k[1] for k in keys],
        [leaders[k].digest for k in keys],
        [places[leaders[k].identity.key] for k in keys],
        [i[0] for i in order],
        [i[1] for i in order],
        [i[2] for i in order],
        [wanted[i].verified for i in order],
        now,
    )
    if begun.stale:
        raise Stale
    ids = {keys[p - 1]: i for p, i in zip(begun.fresh, begun.interactions, strict=True)}
    known = zip(begun.known, begun.identities, begun.roots, begun.blocked, strict=True)
    senders = {order[place - 1]: _Sender(i, party, b) for place, i, party, b in known}
    return begun, ids, senders


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
    taken: Sequence[tuple[Key, Inbound, _Sender]],
    ids: dict[Key, int],
    begun: _Begun,
    book: Published,
    now: datetime,
) -> dict[Key, Received | Exception]:
    first = {sender.party: inbound for _, inbound, sender in reversed(taken)}
    conversations, items = await _open(tx, first, begun, book, now)
    by_party = {c.party_id: c.id for c in conversations.values()}
    live = [Held(i, conversations[i.spoken_in]) for i in items.values()]
    for item in await turn_to_us(tx, live, book, now):
        items[item.spoken_in] = item
    placed = [
        Placed(
            by_party[sender.party],
            _draft(inbound, sender, ids[key]),
            items.get(by_party[sender.party]),
        )
        for key, inbound, sender in taken
    ]
    written = await append(tx, placed, conversations, now)
    return {
        key: Received(said.id, p.conversation_id, said.number, duplicate=False)
        for (key, _, _), p, said in zip(taken, placed, written, strict=True)
    }


def _draft(inbound: Inbound, sender: _Sender, interaction: int) -> Draft:
    return Draft(
        id=interaction,
        kind="message",
        direction="inbound",
        channel=inbound.channel,
        connection_id=inbound.connection_id,
        identity_id=sender.identity_id,
        author_kind="customer",
        author_id=sender.party,
        text=inbound.text,
        parts=inbound.parts,
        occurred_at=inbound.occurred_at,
        request_id=inbound.request_id,
        automatic=inbound.automatic,
    )


async def _open(
    tx: Tx,
    first: dict[int, Inbound],
    begun: _Begun,
    book: Published,
    now: datetime,
) -> tuple[dict[int, Conversation], dict[int, WorkItem]]:
    """The open conversation and live item of each party: found, opened again, or made.

    `first`: what each party said first; it decides where new work goes.
    """
    window = timedelta(seconds=book.rules.record.reopen_window_s)
    of_parties = [c for c in begun.conversations if c.party_id in first]
    closed = [c.id for c in of_parties if c.closed_at and c.closed_at > now - window]
    reopened = await tx.many(Conversation, "conversations.reopen", closed) if closed else []
    found = [c for c in of_parties if c.closed_at is None]
    conversations = {c.id: c for c in (*found, *reopened)}
    items = {i.conversation_id: i for i in begun.items if i.conversation_id in conversations}
    for c in reopened:
        tx.emit(
            facts.ConversationReopened(at=now, conversation=c.id, customer=c.party_id, bot=c.bot_id)
        )
    idle = [c for c in conversations.values() if c.id not in items]
    new = sorted(set(first) - {c.party_id for c in conversations.values()})
    if idle or new:
        parties = {*new, *(c.party_id for c in idle)}
        customers = {c.id: c for c in begun.customers}
        plans = await _plan(tx, {p: first[p] for p in parties}, customers, book)
        opened = await _open_new(tx, [plans[p] for p in new], book, now) if new else []
        conversations |= {o.conversation.id: o.conversation for o in opened}
        made = [o.item for o in opened if o.item]
        again = [(c, plans[c.party_id]) for c in idle if plans[c.party_id].state]
        made += await _open_again(tx, again, {c.id for c in reopened}, book, now) if again else []
        for item in made:
            items[item.spoken_in] = item
            _say_opened(tx, item, conversations, {c.id for c in reopened}, now)
    return conversations, items


async def _plan(
    tx: Tx, first: dict[int, Inbound], customers: dict[int, Customer], book: Published
) -> dict[int, _Plan]:
    """Work begins with the bot that the entry rule names, or in its queue."""
    rules = book.rules
    entries = {party: rules.entry_for(inbound.connection) for party, inbound in first.items()}
    names = sorted({e.bot for e in entries.values() if e.bot})
    bots = {b.name: b.id for b in await tx.many(_Bot, "keys.bots", names)} if names else {}
    plans: dict[int, _Plan] = {}
    for party, inbound in first.items():
        customer, entry = customers[party], entries[party]
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
    c = conversations[item.spoken_in]
    if item.bot_id is None:
        because = "reopened" if c.id in reopened else "arrived"
        tx.emit(item.queued_fact(now, because, None, c.bot_id))
        return
    conversations[c.id] = msgspec.structs.replace(c, bot_id=item.bot_id)
    tx.emit(facts.BotOwned(at=now, **item.about(item.bot_id), epoch=item.epoch))
