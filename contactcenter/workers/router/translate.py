"""Our facts and rows in the routing engine's words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import assert_never

import msgspec

from contactcenter import facts
from contactcenter.model.agent import Agent
from contactcenter.model.offer import Offer
from contactcenter.model.opening_hours import wait_begins
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from routing import facts as told
from routing.model import ChannelRules, Departure, HeadStart, QueueRules, Rules
from routing.state import State

SECOND = 1_000_000
NEVER = 2**62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """A time as the engine counts it: whole microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def rules_published(book: Published, at: int) -> told.RulesPublished:
    """What the engine needs of a rulebook."""
    rules = book.rules
    return told.RulesPublished(
        at=at,
        rules=Rules(
            version=book.version,
            channels={
                name: ChannelRules(weight=c.weight, exclusive=c.exclusive)
                for name, c in rules.channels.items()
            },
            queues={
                name: QueueRules(sticky_waits=q.sticky_wait) for name, q in rules.queues.items()
            },
            exclusion=rules.offers.exclusion_s * SECOND,
            cooldown=rules.offers.cooldown_s * SECOND,
            # The record counts misses and sets agents away; the engine hears of it as presence.
            misses_before_away=NEVER,
        ),
    )


class _Seat(msgspec.Struct):
    """What has been told of an agent: facts tell it in parts, the engine wants the whole."""

    skills: dict[str, int]
    queues: list[str]
    capacity: int
    ceilings: dict[str, int]
    available: bool = False
    here: bool = False


class _Clocks(msgspec.Struct, frozen=True):
    idle_since: int
    cooldown_until: int
    misses: int


class Translator:
    """Remembers what the engine was told in parts, and reads what it keeps by itself in `state`.

    `book`: the rules that the engine knows.
    """

    def __init__(self, book: Published, state: State) -> None:
        self.book = book
        self._state = state
        self._seats: dict[int, _Seat] = {}
        self._generations: dict[int, int] = {}

    def agent(self, row: Agent, revision: int) -> Iterator[told.AgentUpdated]:
        """An agent at load; of those who are signed out only what they can do is remembered."""
        self._seats[row.id] = _Seat(
            skills=row.skills,
            queues=row.queues,
            capacity=row.capacity,
            ceilings=row.ceilings,
            available=row.seen_as == "available",
            here=row.seen_as != "offline",
        )
        if self._seats[row.id].here:
            clocks = _Clocks(micros(row.idle_since), _until(row.cooldown_until), row.misses)
            yield self._updated(row.id, revision, micros(row.presence_since), clocks)

    def item(
        self, row: WorkItem, excluded: dict[int, int], offer: Offer | None
    ) -> Iterator[told.Fact]:
        """An item at load."""
        at = micros(row.enqueued_at)
        if row.passed_on_by:
            excluded = {row.passed_on_by: at + self._exclusion, **excluded}
        self._generations[row.id] = row.epoch
        yield told.ItemQueued(
            at=at,
            item=row.id,
            generation=row.epoch,
            queue=row.queue,
            channel=row.channel,
            kind=row.kind,
            enqueued_at=at,
            sequence=row.id,
            requirement=row.requirement,
            head_starts=_head_starts(row.head_start_words),
            sticky_agent=row.sticky_agent_id,
            sticky_until=_until(row.sticky_until),
            excluded=excluded,
            not_before=self._not_before(row.queue, row.enqueued_at),
        )
        if offer:
            yield told.OfferMade(
                at=micros(offer.made_at),
                offer=offer.id,
                item=row.id,
                agent=offer.agent_id,
                expires_at=micros(offer.expires_at),
                weight=row.full_weight,
            )
        if row.agent_id and row.state in ("active", "wrapup"):
            yield told.ItemAssigned(
                at=at, item=row.id, generation=row.epoch, agent=row.agent_id, weight=row.weight
            )
            if row.state == "wrapup":
                yield told.ItemWrapUp(at=at, item=row.id, agent=row.agent_id)

    def translate(self, seq: int, fact: facts.Fact) -> Iterator[told.Fact]:  # noqa: C901 -- a line for each fact
        """What the engine is told of a fact; most facts are nothing to it."""
        at = micros(fact.at)
        match fact:
            case facts.ItemQueued():
                yield self._queued(fact, at)
            case facts.OfferMade():
                yield told.OfferMade(
                    at=at,
                    offer=fact.offer,
                    item=fact.item,
                    agent=fact.agent,
                    expires_at=micros(fact.expires_at),
                    weight=fact.weight,
                )
            case facts.OfferEnded():
                yield _offer_ended(fact, at)
            case facts.ItemAssigned():
                yield from self._assigned(fact, at)
            case facts.ItemWeighed():
                yield told.ItemWeightChanged(
                    at=at, item=fact.item, agent=fact.agent, weight=fact.weight
                )
            case facts.ItemWrapUp():
                yield told.ItemWrapUp(at=at, item=fact.item, agent=fact.agent)
            case facts.ItemDone():
                generation = self._generations.pop(fact.item, 0)
                yield told.ItemDone(at=at, item=fact.item, generation=generation)
            case facts.ItemAbandoned() | facts.ItemCancelled():
                generation = self._generations.pop(fact.item, 0)
                left = isinstance(fact, facts.ItemAbandoned)
                how = Departure.ABANDONED if left else Departure.CANCELLED
                yield told.ItemLeft(at=at, item=fact.item, generation=generation, departure=how)
            case facts.AgentConfigured():
                yield from self._configured(fact, seq, at)
            case facts.PresenceChanged():
                yield from self._presence(fact, seq, at)
            case (
                facts.RulebookPublished()  # the router compares versions, once the text is loaded
                | facts.BotOwned()  # people's work begins with the hand-over
                | facts.ItemWaiting()
                | facts.ItemReactivated()  # wrap-up weighed as much
                | facts.CustomerChanged()  # a place in the queue is fixed on arrival
                | facts.CustomersMerged()
                | facts.CustomersUnmerged()
                | facts.ConversationTagged()
                | facts.ConnectionChanged()
                | facts.ItemMoved()  # who asks is another, what they ask is not
                | facts.ConversationOpened()
                | facts.ConversationReopened()
                | facts.ConversationClosed()
                | facts.ConversationRead()
                | facts.InteractionAppended()
                | facts.DeliveryChanged()
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
                | facts.TeamChanged()  # no queue draws on a team yet
                | facts.TeamMembersChanged()
                | facts.KeyRevoked()
                | facts.VisitorSessionEnded()
                | facts.WebhookParked()
                | facts.TimerParked()
                | facts.AlertRaised()
                | facts.AlertClimbed()
                | facts.AlertAcknowledged()
            ):
                return
            case _:
                assert_never(fact)

    @property
    def _exclusion(self) -> int:
        return self.book.rules.offers.exclusion_s * SECOND

    def _queued(self, fact: facts.ItemQueued, at: int) -> told.ItemQueued:
        self._generations[fact.item] = fact.epoch
        excluded = {fact.passed_on_by: at + self._exclusion} if fact.passed_on_by else {}
        return told.ItemQueued(
            at=at,
            item=fact.item,
            generation=fact.epoch,
            queue=fact.queue,
            channel=fact.channel,
            kind=fact.kind,
            enqueued_at=micros(fact.enqueued_at),
            sequence=fact.item,
            requirement=fact.requirement,
            head_starts=_head_starts(fact.head_start_words),
            sticky_agent=fact.sticky_agent,
            sticky_until=_until(fact.sticky_until),
            excluded=excluded,
            not_before=self._not_before(fact.queue, fact.enqueued_at),
        )

    def _not_before(self, queue: str, enqueued_at: datetime) -> int:
        begins = wait_begins(self.book.rules, queue, enqueued_at)
        return micros(begins) if begins > enqueued_at else 0

    def _assigned(self, fact: facts.ItemAssigned, at: int) -> Iterator[told.Fact]:
        """By an offer the engine knows it; otherwise it may never have heard of the item."""
        if fact.offer is not None:
            return
        self._generations[fact.item] = fact.epoch
        yield told.ItemQueued(
            at=at,
            item=fact.item,
            generation=fact.epoch,
            queue=fact.queue,
            channel=fact.channel,
            kind=fact.kind,
            enqueued_at=micros(fact.enqueued_at),
            sequence=fact.item,
        )
        yield told.ItemAssigned(
            at=at,
            item=fact.item,
            generation=fact.epoch,
            agent=fact.agent,
            weight=fact.weight,
            forced=fact.by is not None,
        )

    def _configured(
        self, fact: facts.AgentConfigured, seq: int, at: int
    ) -> Iterator[told.AgentUpdated]:
        seat = self._seats.setdefault(fact.agent, _Seat({}, [], 0, {}))
        seat.skills, seat.queues = fact.skills, fact.queues
        seat.capacity, seat.ceilings = fact.capacity, fact.ceilings
        if seat.here:
            record = self._state.seat(fact.agent).record
            clocks = _Clocks(record.idle_since, record.rests_until, record.misses)
            yield self._updated(fact.agent, seq, at, clocks)

    def _presence(
        self, fact: facts.PresenceChanged, seq: int, at: int
    ) -> Iterator[told.AgentUpdated | told.AgentGone]:
        seat = self._seats.setdefault(fact.agent, _Seat({}, [], 0, {}))
        seat.here = fact.presence != "offline"
        seat.available = fact.presence == "available"
        if seat.here:
            clocks = _Clocks(micros(fact.idle_since), _until(fact.cooldown_until), fact.misses)
            yield self._updated(fact.agent, seq, at, clocks)
        else:
            yield told.AgentGone(at=at, agent=fact.agent, revision=seq)

    def _updated(self, agent: int, revision: int, at: int, clocks: _Clocks) -> told.AgentUpdated:
        seat = self._seats[agent]
        return told.AgentUpdated(
            at=at,
            agent=agent,
            revision=revision,
            available=seat.available,
            skills=seat.skills,
            capacity=seat.capacity,
            # To the engine a channel without a ceiling is not served; to us it has none of its own.
            ceilings={
                name: seat.ceilings.get(name, seat.capacity) for name in self.book.rules.channels
            },
            idle_since=clocks.idle_since,
            queues=tuple(seat.queues) or None,
            cooldown_until=clocks.cooldown_until,
            misses=clocks.misses,
        )


def _head_starts(granted: list[tuple[str, int]]) -> tuple[HeadStart, ...]:
    """`tier:gold` is the tier gold."""
    parted = [(words.partition(":"), us) for words, us in granted]
    return tuple(HeadStart(cause, name, us) for (cause, _, name), us in parted)


def _until(at: datetime | None) -> int:
    return micros(at) if at else 0


def _offer_ended(fact: facts.OfferEnded, at: int) -> told.Fact:
    ids = {"offer": fact.offer, "item": fact.item, "agent": fact.agent}
    match fact.state:
        case "accepted":
            return told.OfferAccepted(at=at, **ids)
        case "declined":
            return told.OfferDeclined(at=at, **ids)
        case "expired":
            return told.OfferExpired(at=at, **ids)
        case "rescinded" | "pending":
            return told.OfferRescinded(at=at, **ids, reason=fact.reason or "rescinded")
