"""Every fact: what has happened, in the past tense, as one tagged union.

A fact is written to the log in the transaction that made it true, and everything live (boards,
desktops, the routing engine, webhooks) is derived from the log. A fact therefore carries all that
its readers need to decide whether it concerns them: `agents` are the agents who own work in the
conversation at that moment, `bot` the key of the bot that takes part in it.

Times are UTC. Durations carry their unit in the name.
"""

from datetime import datetime
from typing import Any, TypedDict

import msgspec

from contactcenter.explanation import Explanation
from contactcenter.words import (
    ActorKind,
    AlertKind,
    AlertTo,
    AuthorKind,
    CaseState,
    CloseReason,
    ConsultOutcome,
    Delivery,
    Direction,
    HeldOutcome,
    InteractionKind,
    ItemKind,
    LeadState,
    OfferState,
    OrderState,
    Presence,
    QueuedBecause,
    RescindReason,
    Severity,
    Urgency,
    WaitingFor,
)


class Happened(msgspec.Struct, frozen=True, tag_field="fact", kw_only=True, omit_defaults=True):
    """What all facts have: when it happened, by the clock of the process that made it so.

    `depth`: by how many automations in a row it came about; 0 where a person or a program did it.
    """

    at: datetime
    depth: int = 0


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An interaction, as it is shown: who said what, where it stands in its conversation.

    `position` orders all that was said with one customer, whatever the conversation. `automatic`:
    a machine said it by itself, and no automation answers it.
    """

    id: int
    number: int
    position: int = 0
    kind: InteractionKind
    direction: Direction
    channel: str
    author_kind: AuthorKind
    author_id: int | None = None
    identity_id: int | None = None
    connection_id: int | None = None
    text: str
    parts: list[Any] = []
    delivery: Delivery | None = None
    occurred_at: datetime
    received_at: datetime
    request_id: str | None = None
    automatic: bool = False


# Customers and conversations


class CustomerChanged(Happened, frozen=True, kw_only=True, tag=True):
    """What we know of a customer is another than before; `changed` names the fields."""

    customer: int
    changed: list[str]
    agents: list[int] = []


class CustomersMerged(Happened, frozen=True, kw_only=True, tag=True):
    """`customer` is from now on known as `into`."""

    customer: int
    into: int
    agents: list[int] = []


class CustomersUnmerged(Happened, frozen=True, kw_only=True, tag=True):
    """`customer` is known as themself again; `out_of` is who they were known as until now."""

    customer: int
    out_of: int
    agents: list[int] = []


class ConversationOpened(Happened, frozen=True, kw_only=True, tag=True):
    """A conversation has begun, by `channel`."""

    conversation: int
    customer: int
    channel: str
    bot: int | None = None


class ConversationReopened(Happened, frozen=True, kw_only=True, tag=True):
    """A conversation that was closed goes on."""

    conversation: int
    customer: int
    bot: int | None = None


class ConversationClosed(Happened, frozen=True, kw_only=True, tag=True):
    """Nothing is left to do in it."""

    conversation: int
    customer: int
    reason: CloseReason
    agents: list[int] = []
    bot: int | None = None


class InteractionAppended(Happened, frozen=True, kw_only=True, tag=True):
    """The conversation has one interaction more; `item` is the work item that it belongs to.

    `via`: the key by whose webhook it leaves for the customer.
    """

    conversation: int
    customer: int
    item: int | None = None
    epoch: int | None = None
    said: Said
    agents: list[int] = []
    bot: int | None = None
    via: int | None = None


class DeliveryChanged(Happened, frozen=True, kw_only=True, tag=True):
    """`up_to`: all outbound interactions to `identity_id` up to that number have that state."""

    conversation: int
    identity_id: int
    up_to: int
    delivery: Delivery
    agents: list[int] = []
    bot: int | None = None


class ConversationTagged(Happened, frozen=True, kw_only=True, tag=True):
    """`tags` are all that the conversation has now."""

    conversation: int
    customer: int
    tags: list[str]
    agents: list[int] = []


class ConversationRead(Happened, frozen=True, kw_only=True, tag=True):
    """The owner of the work has read up to `number`."""

    conversation: int
    number: int
    agents: list[int] = []


# Work


class ItemFact(Happened, frozen=True, kw_only=True):
    """What all facts about a work item have: of its subject, the one that its kind says."""

    item: int
    kind: ItemKind = "conversation"
    conversation: int | None = None
    case: int | None = None
    lead: int | None = None
    customer: int
    queue: str
    channel: str
    bot: int | None = None


class BotOwned(ItemFact, frozen=True, kw_only=True, tag=True):
    """A bot has the item, and may speak under this epoch."""

    epoch: int


class ItemQueued(ItemFact, frozen=True, kw_only=True, tag=True):
    """The item waits for an agent. `agent` had it until now; `passed_on_by` gave it away."""

    epoch: int
    because: QueuedBecause
    weight: int
    requirement: dict[str, int]
    band: int
    enqueued_at: datetime
    head_start_us: int
    head_start_words: list[tuple[str, int]]
    sticky_agent: int | None = None
    sticky_until: datetime | None = None
    passed_on_by: int | None = None
    agent: int | None = None


class OfferMade(ItemFact, frozen=True, kw_only=True, tag=True):
    """One item is put to one agent until `expires_at`; `explanation` says why to this one.

    `sentence`: the same in English, with numbers. Offers of earlier versions have nothing but that.
    """

    offer: int
    agent: int
    expires_at: datetime
    sentence: str
    explanation: Explanation | None = None
    customer_name: str | None = None
    tier: str | None = None
    value: int = 0
    excerpt: str = ""
    severity: Severity | None = None
    weight: int


class OfferEnded(ItemFact, frozen=True, kw_only=True, tag=True):
    """The offer is no longer pending, and the item not theirs; `reason` where it was withdrawn.

    `excluded_until`: until then this agent is left out for this item. `cooldown_until`: until then
    the agent rests. `misses`: offers in a row that the agent let lapse.
    """

    offer: int
    agent: int
    state: OfferState
    reason: RescindReason | None = None
    excluded_until: datetime | None = None
    cooldown_until: datetime | None = None
    misses: int = 0


class ItemAssigned(ItemFact, frozen=True, kw_only=True, tag=True):
    """The agent has the item, by accepting `offer` or forced by the supervisor `by`.

    `answered_within`: whether the wait that began at `enqueued_at` met the queue's target; None
    where no wait ended (a take-over from another agent).
    """

    agent: int
    weight: int
    epoch: int
    enqueued_at: datetime
    offer: int | None = None
    by: int | None = None
    former_agent: int | None = None
    answered_within: bool | None = None


class ItemWeighed(ItemFact, frozen=True, kw_only=True, tag=True):
    """The item is dormant (weighs less) or awake again."""

    agent: int
    weight: int
    dormant: bool


class ItemWaiting(ItemFact, frozen=True, kw_only=True, tag=True):
    """Whose turn it is to speak has changed."""

    agent: int
    waiting_for: WaitingFor


class ItemMoved(ItemFact, frozen=True, kw_only=True, tag=True):
    """The item is work in `conversation` now, into which its own was merged; `agent` keeps it."""

    from_conversation: int
    agent: int | None = None


class ItemWrapUp(ItemFact, frozen=True, kw_only=True, tag=True):
    """Resolved; the agent finishes the paperwork until `until`."""

    agent: int
    until: datetime
    disposition: str


class ItemReactivated(ItemFact, frozen=True, kw_only=True, tag=True):
    """The customer wrote again while the agent was in wrap-up: the item is theirs as before."""

    agent: int


class ItemDone(ItemFact, frozen=True, kw_only=True, tag=True):
    """The work is finished, under a disposition code."""

    agent: int | None = None
    disposition: str | None = None


class ItemAbandoned(ItemFact, frozen=True, kw_only=True, tag=True):
    """The customer left before anybody answered. `within`: inside the queue's target time."""

    enqueued_at: datetime
    within: bool


class ItemCancelled(ItemFact, frozen=True, kw_only=True, tag=True):
    """The item has no work left in it, as when its conversation was merged; `agent` had it."""

    reason: str
    agent: int | None = None


class AgentMentioned(Happened, frozen=True, kw_only=True, tag=True):
    """`by` has named `agent` (`@login`) in a note, which begins with `excerpt`."""

    conversation: int
    number: int
    agent: int
    by: int
    by_name: str
    excerpt: str


class ConsultFact(Happened, frozen=True, kw_only=True):
    """What all facts about a consult have: `by`, who has the work, has asked `agent` in."""

    consult: int
    item: int
    conversation: int
    by: int
    agent: int


class ConsultAsked(ConsultFact, frozen=True, kw_only=True, tag=True):
    """A colleague is asked in, with a question."""

    by_name: str
    agent_name: str
    customer: int
    customer_name: str | None = None
    question: str


class ConsultJoined(ConsultFact, frozen=True, kw_only=True, tag=True):
    """The colleague looks in."""


class ConsultEnded(ConsultFact, frozen=True, kw_only=True, tag=True):
    """It is over.

    `declined` or `left` by the colleague, `ended` by who asked, with the work `taken_over` by the
    colleague, `passed_on` or `resolved`, or the colleague is `gone`.
    """

    outcome: ConsultOutcome


class UndoChanged(Happened, frozen=True, kw_only=True, tag=True):
    """The agent has set for how many seconds their desktops hold a reply; 0: not at all."""

    agent: int
    undo_s: int


class ReplyHeld(Happened, frozen=True, kw_only=True, tag=True):
    """A reply leaves at `due_at`, unless `agent` takes it back before.

    `parts` and `request_id` are those of the interaction to be, `seen` and `connection` what the
    agent had seen and chosen.
    """

    held: int
    item: int
    conversation: int
    agent: int
    text: str
    parts: list[Any] = []
    seen: int
    connection: int | None = None
    request_id: str | None = None
    due_at: datetime


class HeldReplyEnded(Happened, frozen=True, kw_only=True, tag=True):
    """It was sent, taken back, or refused, with the refusal's `code`; then its text is a draft."""

    held: int
    item: int
    agent: int
    outcome: HeldOutcome
    code: str | None = None


class SatisfactionGiven(Happened, frozen=True, kw_only=True, tag=True):
    """The customer has said how content they are with what `agent` or `bot` did: 1 to 5."""

    item: int
    conversation: int
    customer: int
    queue: str
    agent: int | None
    bot: int | None = None
    score: int
    comment: str = ""


# Cases, leads, orders


class CaseFact(Happened, frozen=True, kw_only=True):
    """What all facts about a case have: how it is now, and who did it.

    `agents`: its owner, and who is at work on it.
    """

    case: int
    customer: int
    category: str
    severity: Severity
    state: CaseState
    queue: str
    owner: int | None = None
    agents: list[int] = []
    by_kind: ActorKind
    by: int | None = None


class AboutCase(TypedDict):
    """The fields that every fact about a case has."""

    case: int
    customer: int
    category: str
    severity: Severity
    state: CaseState
    queue: str
    owner: int | None
    agents: list[int]
    by_kind: ActorKind
    by: int | None


class CaseOpened(CaseFact, frozen=True, kw_only=True, tag=True):
    """A matter is followed from now on; `conversation` is where it came up."""

    subject: str
    conversation: int | None = None


class CaseChanged(CaseFact, frozen=True, kw_only=True, tag=True):
    """By field, what it held before and holds now; `text` says why, or how it was resolved."""

    changes: dict[str, tuple[Any, Any]]
    text: str = ""


class CaseNoted(CaseFact, frozen=True, kw_only=True, tag=True):
    """Words for colleagues."""

    text: str


class CaseLinked(CaseFact, frozen=True, kw_only=True, tag=True):
    """The conversation is about it too; or, when not `linked`, no more."""

    conversation: int
    linked: bool = True


class LeadFact(Happened, frozen=True, kw_only=True):
    """What all facts about a lead have."""

    lead: int
    customer: int
    source: str
    product: str
    region: str | None = None
    value: int | None = None
    currency: str | None = None
    state: LeadState
    queue: str
    agent: int | None = None
    by_kind: ActorKind
    by: int | None = None


class AboutLead(TypedDict):
    """The fields that every fact about a lead has."""

    lead: int
    customer: int
    source: str
    product: str
    region: str | None
    value: int | None
    currency: str | None
    state: LeadState
    queue: str
    agent: int | None
    by_kind: ActorKind
    by: int | None


class LeadArrived(LeadFact, frozen=True, kw_only=True, tag=True):
    """Somebody may buy something."""


class LeadChanged(LeadFact, frozen=True, kw_only=True, tag=True):
    """It was taken, moved to another queue, won or lost."""


class OrderFact(Happened, frozen=True, kw_only=True):
    """What all facts about an order have: its lines too, for whoever acts on them."""

    order: int
    customer: int
    state: OrderState
    currency: str
    total: int
    lines: list[Any] = []
    by_kind: ActorKind
    by: int | None = None


class AboutOrder(TypedDict):
    """The fields that every fact about an order has."""

    order: int
    customer: int
    state: OrderState
    currency: str
    total: int
    lines: list[Any]
    by_kind: ActorKind
    by: int | None


class OrderMade(OrderFact, frozen=True, kw_only=True, tag=True):
    """There is a draft of an order."""


class OrderConfirmed(OrderFact, frozen=True, kw_only=True, tag=True):
    """The customer has ordered it."""


class OrderChanged(OrderFact, frozen=True, kw_only=True, tag=True):
    """It went to fulfilment, was completed, or cancelled."""


# People


class AgentConfigured(Happened, frozen=True, kw_only=True, tag=True):
    """What an agent can do, as an administrator has set it."""

    agent: int
    name: str
    skills: dict[str, int]
    queues: list[str]
    capacity: int
    ceilings: dict[str, int]


class PresenceChanged(Happened, frozen=True, kw_only=True, tag=True):
    """What an agent is, since when, and their clocks."""

    agent: int
    presence: Presence
    since: datetime
    reason: str | None = None
    idle_since: datetime
    misses: int = 0
    cooldown_until: datetime | None = None


class TeamChanged(Happened, frozen=True, kw_only=True, tag=True):
    """A team is there, or is called or led otherwise than before."""

    team: int
    name: str
    lead: int | None = None
    archived: bool = False


class TeamMembersChanged(Happened, frozen=True, kw_only=True, tag=True):
    """These agents left the team and then these joined it."""

    team: int
    joined: list[int] = []
    left: list[int] = []


class SessionRevoked(Happened, frozen=True, kw_only=True, tag=True):
    """A sign-in is no longer valid; its sockets close."""

    session: int
    person: int


class KeyRevoked(Happened, frozen=True, kw_only=True, tag=True):
    """An API key is no longer valid."""

    key: int


class ConnectionChanged(Happened, frozen=True, kw_only=True, tag=True):
    """Its origins, secrets or key are other than before, or it is disabled or enabled again."""

    connection: int


class VisitorSessionEnded(Happened, frozen=True, kw_only=True, tag=True):
    """A visitor's session is over; its sockets close."""

    session: int


# Rules and machinery


class RulebookPublished(Happened, frozen=True, kw_only=True, tag=True):
    """A version of the rules is in force from now on."""

    version: int
    author: str


class WebhookParked(Happened, frozen=True, kw_only=True, tag=True):
    """An event was given up for now; the later ones go on, with the gap marked."""

    key: int
    conversation: int
    number: int
    error: str


class AlertRaised(Happened, frozen=True, kw_only=True, tag=True):
    """Somebody has to look at the subject: the agent, or all of the role that `to` names.

    `title` is a sentence in English; `kind` and `values` say the same for pages in any language.
    """

    alert: int
    kind: AlertKind
    urgency: Urgency
    subject_kind: str
    subject: int
    title: str
    values: dict[str, Any] = {}
    to: AlertTo
    agent: int | None = None


class AlertClimbed(Happened, frozen=True, kw_only=True, tag=True):
    """Nobody has acknowledged it in time: it is for these now."""

    alert: int
    to: AlertTo


class AlertAcknowledged(Happened, frozen=True, kw_only=True, tag=True):
    """Somebody looks after it. `agent`: whom it was for."""

    alert: int
    by: int
    agent: int | None = None


class TimerParked(Happened, frozen=True, kw_only=True, tag=True):
    """A timer failed too often; a person has to look."""

    kind: str
    subject: int
    error: str


Fact = (
    CustomerChanged
    | CustomersMerged
    | CustomersUnmerged
    | ConversationOpened
    | ConversationReopened
    | ConversationClosed
    | InteractionAppended
    | DeliveryChanged
    | ConversationTagged
    | ConversationRead
    | BotOwned
    | ItemQueued
    | OfferMade
    | OfferEnded
    | ItemAssigned
    | ItemWeighed
    | ItemWaiting
    | ItemMoved
    | ItemWrapUp
    | ItemReactivated
    | ItemDone
    | ItemAbandoned
    | ItemCancelled
    | AgentMentioned
    | ConsultAsked
    | ConsultJoined
    | ConsultEnded
    | UndoChanged
    | ReplyHeld
    | HeldReplyEnded
    | SatisfactionGiven
    | CaseOpened
    | CaseChanged
    | CaseNoted
    | CaseLinked
    | LeadArrived
    | LeadChanged
    | OrderMade
    | OrderConfirmed
    | OrderChanged
    | AgentConfigured
    | PresenceChanged
    | TeamChanged
    | TeamMembersChanged
    | SessionRevoked
    | KeyRevoked
    | ConnectionChanged
    | VisitorSessionEnded
    | RulebookPublished
    | WebhookParked
    | TimerParked
    | AlertRaised
    | AlertClimbed
    | AlertAcknowledged
)


class Unknown(msgspec.Struct, frozen=True):
    """What this version cannot read as a fact, because a later one wrote it. `name` is its tag."""

    name: str
    why: str


def read(written: Any) -> Fact | Unknown:
    """A fact as the log has it."""
    try:
        return msgspec.convert(written, Fact)
    except msgspec.ValidationError as error:
        return Unknown(str(written.get("fact")), str(error))


def decode(encoded: bytes | msgspec.Raw) -> Fact | Unknown:
    """A fact that is JSON still. Raises `msgspec.DecodeError` for what is none."""
    try:
        return _decoder.decode(encoded)
    except msgspec.ValidationError:
        return read(msgspec.json.decode(encoded))


_decoder: msgspec.json.Decoder[Fact] = msgspec.json.Decoder(Fact)
