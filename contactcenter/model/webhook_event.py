"""What a bot is told by webhook: one event for one key, made of a fact.

A bot hears of the conversations that it takes part in (the fact's `bot`). The body of an event:

    {"type": "item.queued",          one of the types below
     "timestamp": "2026-03-01T…Z",   when it happened
     "number": 7,                    its place among what this key is told of this conversation
     "conversation": 42,
     "gap": {"from": 5, "to": 6},    only where these were given up before: they were not delivered
     "data": {…}}                    a Struct of this module, named beside its type

    interaction.appended   Appended    never of kind "note": notes are for staff only
    delivery.changed       Delivered
    item.bot_owned         Item        `epoch` is the one to speak under
    item.queued            Item
    item.assigned          Item
    item.done              Item
    conversation.reopened  Conversation
    conversation.closed    Conversation
    automation.handed_over HandedOver  an automation of the rulebook hands something to this key
    webhook.test           {}          sent by hand; number and conversation are 0

Fields without a value are left out. The set of types and fields is closed: what is not here is not
sent. Requests follow Standard Webhooks (`channels.signing`); `webhook-id` is the same in each
attempt, and an attempt may come twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, assert_never

import msgspec

from contactcenter import facts
from contactcenter.words import (
    AuthorKind,
    CloseReason,
    Delivery,
    Direction,
    InteractionKind,
    QueuedBecause,
)

Type = Literal[
    "interaction.appended",
    "delivery.changed",
    "item.bot_owned",
    "item.queued",
    "item.assigned",
    "item.done",
    "conversation.reopened",
    "conversation.closed",
    "automation.handed_over",
    "webhook.test",
]


class Identity(msgspec.Struct, frozen=True):
    """By what the customer is known where it was said, or where an answer goes."""

    id: int
    scheme: str
    scope: str
    value: str


class Appended(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An interaction. What has `delivery` "queued" and our connection is for the bot to deliver."""

    interaction: int
    number: int
    customer: int
    kind: InteractionKind
    direction: Direction
    channel: str
    connection: int | None = None
    identity: Identity | None = None
    author_kind: AuthorKind
    author_id: int | None = None
    text: str
    parts: list[Any] = []
    delivery: Delivery | None = None
    occurred_at: datetime
    received_at: datetime
    item: int | None = None
    epoch: int | None = None


class Delivered(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was said to `identity` up to the interaction with number `up_to` stands there now."""

    delivery: Delivery
    up_to: int
    identity: Identity | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A work item: whose it is now, or why it waits."""

    item: int
    customer: int
    queue: str
    channel: str
    epoch: int | None = None
    because: QueuedBecause | None = None
    agent: int | None = None
    disposition: str | None = None


class Conversation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A conversation that was opened again, or closed with a reason."""

    customer: int
    reason: CloseReason | None = None


class HandedOver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an automation hands to a program: the subject's id, and of an order all of it.

    Amounts are whole numbers of the currency's minor unit. What is not in a conversation is a
    stream of its own, whose `conversation` is the negative of the order's, lead's or case's id.
    """

    automation: str
    customer: int
    case: int | None = None
    lead: int | None = None
    order: int | None = None
    currency: str | None = None
    total: int | None = None
    lines: list[Any] = []


Data = Appended | Delivered | Item | Conversation | HandedOver


class Event(msgspec.Struct, frozen=True):
    """What is to be told. `interaction_id` where arriving is how an interaction is delivered."""

    key: int
    conversation: int
    type: Type
    at: datetime
    data: Data
    interaction_id: int | None = None


class Gap(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """The numbers of events that were given up, both ends included."""

    first: int
    last: int


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sent: see the module."""

    type: Type
    timestamp: datetime
    number: int
    conversation: int
    gap: Gap | None = None
    data: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


def identities(told: Sequence[facts.Fact]) -> set[int]:
    """The identities that events of these facts name."""
    found: set[int] = set()
    for fact in told:
        if isinstance(fact, facts.InteractionAppended) and fact.said.identity_id:
            found.add(fact.said.identity_id)
        elif isinstance(fact, facts.DeliveryChanged):
            found.add(fact.identity_id)
    return found


def events(fact: facts.Fact, known: dict[int, Identity]) -> list[Event]:
    """The events of a fact: for the bot that takes part, and for the key by which it leaves."""
    told = event(fact, known)
    made = [] if told is None else [told]
    if isinstance(fact, facts.InteractionAppended) and fact.via not in (None, fact.bot):
        leaving = event(msgspec.structs.replace(fact, bot=fact.via), known)
        made += [] if leaving is None else [leaving]
    return made


def handed_over(key: int, automation: str, fact: facts.Fact) -> Event:
    """The event by which an automation hands what has happened to the key."""
    case, lead, order = (getattr(fact, name, None) for name in ("case", "lead", "order"))
    data = HandedOver(
        automation=automation,
        customer=getattr(fact, "customer", 0),
        case=case,
        lead=lead,
        order=order,
    )
    if isinstance(fact, facts.OrderConfirmed):
        data = msgspec.structs.replace(
            data, currency=fact.currency, total=fact.total, lines=fact.lines
        )
    stream = getattr(fact, "conversation", None) or -(order or lead or case or 0)
    return Event(key, stream, "automation.handed_over", fact.at, data)


def event(fact: facts.Fact, known: dict[int, Identity]) -> Event | None:
    """The event of a fact for its bot, or None for what no bot is told."""
    match fact:
        case facts.InteractionAppended(bot=int(bot)) if fact.said.kind != "note":
            kind, data = "interaction.appended", _appended(fact, known)
        case facts.DeliveryChanged(bot=int(bot)):
            kind = "delivery.changed"
            data = Delivered(fact.delivery, fact.up_to, known.get(fact.identity_id))
        case facts.ConversationReopened(bot=int(bot)):
            kind, data = "conversation.reopened", Conversation(fact.customer)
        case facts.ConversationClosed(bot=int(bot)):
            kind, data = "conversation.closed", Conversation(fact.customer, fact.reason)
        case facts.BotOwned(bot=int(bot)):
            kind, data = "item.bot_owned", _item(fact, epoch=fact.epoch)
        case facts.ItemQueued(bot=int(bot)):
            kind, data = "item.queued", _item(fact, epoch=fact.epoch, because=fact.because)
        case facts.ItemAssigned(bot=int(bot)):
            kind, data = "item.assigned", _item(fact, epoch=fact.epoch, agent=fact.agent)
        case facts.ItemDone(bot=int(bot)):
            kind = "item.done"
            data = _item(fact, agent=fact.agent, disposition=fact.disposition)
        case (
            facts.InteractionAppended()
            | facts.DeliveryChanged()
            | facts.ConversationReopened()
            | facts.ConversationClosed()
            | facts.BotOwned()
            | facts.ItemQueued()
            | facts.ItemAssigned()
            | facts.ItemDone()
            | facts.CustomerChanged()
            | facts.CustomersMerged()
            | facts.CustomersUnmerged()
            | facts.ConversationOpened()
            | facts.ConversationTagged()
            | facts.ConversationRead()
            | facts.OfferMade()
            | facts.OfferEnded()
            | facts.ItemWeighed()
            | facts.ItemWaiting()
            | facts.ItemMoved()
            | facts.ItemWrapUp()
            | facts.ItemReactivated()
            | facts.ItemAbandoned()
            | facts.ItemCancelled()
            | facts.AgentConfigured()
            | facts.PresenceChanged()
            | facts.AgentMentioned()
            | facts.ConsultAsked()
            | facts.ConsultJoined()
            | facts.ConsultEnded()
            | facts.UndoChanged()
            | facts.ReplyHeld()
            | facts.HeldReplyEnded()
            | facts.SatisfactionGiven()
            | facts.CaseOpened()
            | facts.CaseChanged()
            | facts.CaseNoted()
            | facts.CaseLinked()
            | facts.LeadArrived()
            | facts.LeadChanged()
            | facts.OrderMade()
            | facts.OrderConfirmed()
            | facts.OrderChanged()
            | facts.SessionRevoked()
            | facts.TeamChanged()
            | facts.TeamMembersChanged()
            | facts.KeyRevoked()
            | facts.ConnectionChanged()
            | facts.VisitorSessionEnded()
            | facts.RulebookPublished()
            | facts.WebhookParked()
            | facts.TimerParked()
            | facts.AlertRaised()
            | facts.AlertClimbed()
            | facts.AlertAcknowledged()
        ):
            return None
        case _:
            assert_never(fact)
    waiting = data.interaction if isinstance(data, Appended) and data.delivery == "queued" else None
    conversation = fact.conversation
    assert conversation is not None, "a bot takes part in conversations only"
    return Event(bot, conversation, kind, fact.at, data, waiting)


def _appended(fact: facts.InteractionAppended, known: dict[int, Identity]) -> Appended:
    said = fact.said
    return Appended(
        interaction=said.id,
        number=said.number,
        customer=fact.customer,
        kind=said.kind,
        direction=said.direction,
        channel=said.channel,
        connection=said.connection_id,
        identity=known.get(said.identity_id or 0),
        author_kind=said.author_kind,
        author_id=said.author_id,
        text=said.text,
        parts=said.parts,
        delivery=said.delivery,
        occurred_at=said.occurred_at,
        received_at=said.received_at,
        item=fact.item,
        epoch=fact.epoch,
    )


def _item(
    fact: facts.ItemFact,
    *,
    epoch: int | None = None,
    because: QueuedBecause | None = None,
    agent: int | None = None,
    disposition: str | None = None,
) -> Item:
    return Item(
        item=fact.item,
        customer=fact.customer,
        queue=fact.queue,
        channel=fact.channel,
        epoch=epoch,
        because=because,
        agent=agent,
        disposition=disposition,
    )
