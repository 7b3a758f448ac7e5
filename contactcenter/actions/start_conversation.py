"""An agent speaks first: a conversation that the customer has not begun."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict, Forbidden
from contactcenter.model.agent import Agent
from contactcenter.model.caller import Actor
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer, place
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.append import Draft, append_one
from contactcenter.record.audit import audit
from contactcenter.record.load import loads, lock_agents
from contactcenter.record.reach import KeyedReach, read_reach
from contactcenter.record.root import lock_root
from contactcenter.record.route import Way
from contactcenter.record.work import Opening, open_items, save

Term = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]


class Start(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to say, to which of their identities or on which channel, and for which queue.

    Without identity and channel, the customer is reached where they wrote last; without a queue
    the work belongs to the one where that connection's work waits.
    """

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=16_384, pattern=r"^[^\x00]*$")]
    identity: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None
    channel: Term | None = None
    queue: Term | None = None


class Started(msgspec.Struct, frozen=True):
    """The new conversation, its work (yours, under this epoch), and the words that began it."""

    conversation: int
    item: int
    epoch: int
    interaction: int
    number: int


async def start_conversation(
    tx: Tx, customer: int, start: Start, by: Actor, book: Published, now: datetime
) -> Started:
    """Open a conversation with the agent's first words in it, and its work with that agent.

    The customer is reached by what they wrote with before. Raises `Conflict`:
    `conversation-open` (its context says which), `spam`, `unreachable` (it says why),
    `agent-offline` and `at-capacity`; `Forbidden` for somebody who takes no work; `BadInput` for
    an unknown queue.
    """
    if start.queue is not None and start.queue not in book.rules.queues:
        detail = f"There is no queue {start.queue!r}; these are: {', '.join(book.rules.queues)}."
        raise BadInput(detail, code="unknown-queue", pointer="/queue")
    root = await lock_root(tx, customer)
    if root.spam_at:
        detail = "The customer is marked as spam; take the mark away first."
        raise Conflict(detail, code="spam")
    open_now = await tx.many(Conversation, "conversations.lock_open", [root.id])
    if open_now:
        detail = f"Conversation {open_now[0].id} with this customer is open; answer there."
        raise Conflict(detail, code="conversation-open", conversation=open_now[0].id)
    reach = _choose(await read_reach(tx, root.id), start)
    conversation = await _open(tx, root, reach, now)
    item = await _take(tx, root, conversation, reach, start.queue, by, book, now)
    said = await _say(tx, conversation, item, reach.way, start.text, by, now)
    await audit(tx, by, "conversation.start", "conversation", conversation.id, now)
    return Started(conversation.id, item.id, item.epoch, said.id, said.number)


def _choose(known: Sequence[KeyedReach], start: Start) -> KeyedReach:
    """Where the customer wrote last, of what fits the wish; `Conflict` says why there is none."""
    fitting = [
        r
        for r in known
        if start.identity in (None, r.identity) and start.channel in (None, r.channel)
    ]
    able = [r for r in fitting if not r.blocked and not r.disabled]
    if able:
        return able[0]
    if not known:
        why = "they have never written to us"
    elif not fitting:
        why = "they have never written by it"
    elif any(r.blocked for r in fitting):
        why = "the identity is blocked"
    else:
        why = "the connection by which they wrote is disabled"
    detail = f"The customer cannot be reached so: {why}."
    raise Conflict(detail, code="unreachable")


async def _open(tx: Tx, customer: Customer, reach: KeyedReach, now: datetime) -> Conversation:
    made = await tx.one(Conversation, "conversations.open", [customer.id], now)
    tx.emit(
        facts.ConversationOpened(
            at=now, conversation=made.id, customer=customer.id, channel=reach.channel
        )
    )
    return msgspec.structs.replace(made, connection_id=reach.connection, identity_id=reach.identity)


async def _take(
    tx: Tx,
    customer: Customer,
    conversation: Conversation,
    reach: KeyedReach,
    queue: str | None,
    by: Actor,
    book: Published,
    now: datetime,
) -> WorkItem:
    """Open the work and give it to the agent, within their capacity."""
    queue = queue or book.rules.entry_for(reach.connection_name).queue
    opening = Opening(
        conversation_id=conversation.id,
        customer_id=customer.id,
        state="queued",
        queue=queue,
        channel=reach.channel,
        weight=book.rules.channels[reach.channel].weight,
        place=place(customer, queue, book.rules),
        sticky_agent_id=None,
        sticky_until=None,
        bot_id=None,
    )
    [opened] = await open_items(tx, [opening], book.version, now)
    agent = await _lock_agent(tx, by, opened, book)
    item = opened.owned(agent.id, now)
    await save(tx, [(opened, item.turn("customer", now))], now)
    await tx.do("agents.took", agent.id, now)
    await tx.do("conversations.set_agent", conversation.id, agent.id)
    idle = timedelta(seconds=book.rules.record.dormant_after_s)
    tx.schedule("item_idle", item.id, now + idle)
    tx.emit(
        facts.ItemAssigned(
            at=now,
            **item.about(None),
            agent=agent.id,
            weight=item.weight,
            epoch=item.epoch,
            enqueued_at=now,
        )
    )
    return item


async def _lock_agent(tx: Tx, by: Actor, item: WorkItem, book: Published) -> Agent:
    """The agent who does this, when they can take the item."""
    agent = (await lock_agents(tx, [by.id or 0])).get(by.id or 0)
    if agent is None:
        detail = "You take no work yourself; ask an administrator to set you up as an agent."
        raise Forbidden(detail, code="not-an-agent")
    if agent.seen_as == "offline":
        detail = "Sign in on the desktop first: an answer could not be shown to you."
        raise Conflict(detail, code="agent-offline")
    load = (await loads(tx, [agent.id]))[agent.id]
    if not agent.can_take(item.channel, item.full_weight, load, book.rules):
        detail = "This would be more than your capacity; finish something first."
        raise Conflict(detail, code="at-capacity", load=load.total, capacity=agent.capacity)
    return agent


async def _say(
    tx: Tx,
    conversation: Conversation,
    item: WorkItem,
    way: Way,
    text: str,
    by: Actor,
    now: datetime,
) -> facts.Said:
    draft = Draft(
        kind="message",
        direction="outbound",
        channel=way.channel,
        connection_id=way.connection_id,
        identity_id=way.identity_id,
        author_kind="agent",
        author_id=by.id,
        text=text,
        delivery=way.delivery,
        via=way.key_id,
        occurred_at=now,
        request_id=by.request_id,
    )
    said = await append_one(tx, conversation, item, draft, now)
    tx.emit(facts.ItemWaiting(at=now, **item.about(None), agent=by.id or 0, waiting_for="customer"))
    return said
