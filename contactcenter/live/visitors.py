"""The visitors who are connected to this process, and which facts concern which of them.

A visitor gets what is said by or to the identities that their session has proven, and in the
conversations where that was said: who joined, who types, what was read. Nothing else of a
conversation, and nothing of a customer, ever comes here.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, assert_never

import msgspec

from contactcenter import facts
from contactcenter.db.database import Database
from contactcenter.facts import Fact
from contactcenter.live.fanout import Signal
from contactcenter.live.visitor import SIGNED_OUT, Visitor
from contactcenter.live.visitor_frames import (
    AgentJoined,
    ConversationEnded,
    DeliveryTick,
    Message,
    Queued,
    SatisfactionAsked,
    ServerFrame,
    SomebodyTypes,
    encode,
)
from contactcenter.model.rulebook import Rulebook
from contactcenter.record.places import QueuePlace, read_places
from contactcenter.record.satisfaction import read_questions
from contactcenter.words import AuthorKind

TICK_S = 1.0
PLACES_EVERY_S = 5.0
CHUNK = 500
"""So many visitors are seen to before others have their turn on the loop."""
SHOWN = ("message", "reminder")


class Place(msgspec.Struct, frozen=True):
    """Which session a visitor's socket holds, what it has proven, and until when."""

    session: int
    identities: tuple[int, ...]
    expires_at: datetime


class _Name(msgspec.Struct, frozen=True):
    kind: AuthorKind
    id: int
    name: str


class _Reached(msgspec.Struct, frozen=True):
    conversation: int
    up_to: int


class Visitors:
    """`read` follows the log, `signalled` what may be lost; `run` lets time pass for all."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        rules: Callable[[], Rulebook],
    ) -> None:
        self.clock = clock
        self._rules = rules
        self._database = database
        self._all: dict[Visitor, Place | None] = {}
        self._by_session: defaultdict[int, set[Visitor]] = defaultdict(set)
        self._by_identity: defaultdict[int, set[Visitor]] = defaultdict(set)
        self._by_conversation: defaultdict[int, set[Visitor]] = defaultdict(set)
        self._conversations: defaultdict[Visitor, set[int]] = defaultdict(set)
        self._names: dict[tuple[AuthorKind, int], str] = {}
        self._nameless = True
        self._to_ask: set[int] = set()
        self._assigned: set[int] = set()
        self._places: dict[int, QueuePlace] = {}
        self._moved = False
        self._looked = 0.0

    def __len__(self) -> int:
        return len(self._all)

    def come(self, visitor: Visitor) -> None:
        """A socket is open; nobody knows yet whose it is."""
        self._all[visitor] = None

    def greet(self, visitor: Visitor, place: Place) -> None:
        """They have said who they are. Before their past is read, so that nothing is missed."""
        self._all[visitor] = place
        self._by_session[place.session].add(visitor)
        for identity in place.identities:
            self._by_identity[identity].add(visitor)

    def take_part(self, visitor: Visitor, conversation: int) -> None:
        """They are in this conversation."""
        if self._all.get(visitor) and visitor not in self._by_conversation[conversation]:
            self._to_ask.add(conversation)
            self._places.pop(conversation, None)
            self._moved = True
            self._by_conversation[conversation].add(visitor)
            self._conversations[visitor].add(conversation)

    def go(self, visitor: Visitor) -> None:
        """The socket is closed."""
        place = self._all.pop(visitor, None)
        if place is None:
            return
        _discard(self._by_session, [place.session], visitor)
        _discard(self._by_identity, place.identities, visitor)
        _discard(self._by_conversation, self._conversations.pop(visitor, ()), visitor)

    def read(self, _seq: int, fact: Fact) -> None:  # noqa: C901, PLR0912 -- a line for each fact
        """Follow the log."""
        match fact:
            case facts.InteractionAppended():
                self._said(fact.conversation, fact.said)
                self._reached(fact)
            case facts.DeliveryChanged():
                tick = DeliveryTick(
                    conversation=fact.conversation,
                    of="ours",
                    up_to=fact.up_to,
                    delivery=fact.delivery,
                )
                _tell(self._by_identity.get(fact.identity_id), tick)
            case facts.ConversationRead():
                self._tell(fact.conversation, _yours(fact.conversation, fact.number, "read"))
            case facts.ItemAssigned(conversation=int(conversation)):
                self._assigned.add(conversation)
                name = self._name("agent", fact.agent)
                self._tell(conversation, AgentJoined(conversation=conversation, name=name))
            case facts.ConversationClosed():
                # One that was merged away goes on in another: to its customer nothing has ended.
                if fact.reason != "merged":
                    ended = ConversationEnded(conversation=fact.conversation)
                    self._tell(fact.conversation, ended)
                    self._to_ask.add(fact.conversation)
            case facts.ItemWrapUp(conversation=int(conversation)):
                self._to_ask.add(conversation)
            case facts.ItemQueued():
                self._moved |= fact.conversation in self._by_conversation
            case facts.VisitorSessionEnded():
                for visitor in tuple(self._by_session.get(fact.session, ())):
                    visitor.end(SIGNED_OUT)
            case facts.AgentConfigured():
                self._names["agent", fact.agent] = fact.name
            case facts.BotOwned():
                self._nameless |= ("bot", fact.bot) not in self._names
            case (
                facts.CustomerChanged()
                | facts.CustomersMerged()
                | facts.CustomersUnmerged()
                | facts.ConversationOpened()
                | facts.ConversationReopened()
                | facts.ConversationTagged()
                | facts.ItemAssigned()
                | facts.ItemWrapUp()
                | facts.OfferMade()
                | facts.OfferEnded()
                | facts.ItemWeighed()
                | facts.ItemWaiting()
                | facts.ItemMoved()
                | facts.ItemReactivated()
                | facts.ItemDone()
                | facts.ItemAbandoned()
                | facts.ItemCancelled()
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
                | facts.RulebookPublished()
                | facts.WebhookParked()
                | facts.TimerParked()
                | facts.AlertRaised()
                | facts.AlertClimbed()
                | facts.AlertAcknowledged()
            ):
                pass
            case _:
                assert_never(fact)

    def signalled(self, signal: Signal) -> None:
        """Somebody types, here or in another process."""
        if signal.name != "typing" or signal.author_kind not in ("agent", "bot"):
            return
        kind: AuthorKind = "agent" if signal.author_kind == "agent" else "bot"
        name = self._name(kind, signal.author_id)
        self._tell(signal.key, SomebodyTypes(conversation=signal.key, name=name))

    async def run(self) -> None:
        """Let time pass for everybody, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            if self._nameless:
                await self._learn_names()
            now, clock = loop.time(), self.clock()
            await self._tell_reached()
            await self._ask(clock)
            await self._tell_places(now, clock)
            for place, visitor in enumerate(tuple(self._all)):
                visitor.tick(now)
                known = self._all.get(visitor)
                if known and known.expires_at <= clock:
                    visitor.end(SIGNED_OUT)
                if place % CHUNK == CHUNK - 1:
                    await asyncio.sleep(0)
            await asyncio.sleep(TICK_S)

    async def _learn_names(self) -> None:
        self._nameless = False
        async with self._database.snapshot() as tx:
            names = await tx.many(_Name, "visitors.names")
        self._names |= {(n.kind, n.id): n.name for n in names}

    def _reached(self, fact: facts.InteractionAppended) -> None:
        """What the customer says goes to the agent who has the matter; a bot's answer knows it."""
        said, conversation = fact.said, fact.conversation
        if said.author_kind == "customer" and fact.agents:
            self._tell(conversation, _yours(conversation, said.number, "delivered"))
        elif said.author_kind == "bot" and said.kind == "message" and said.number > 1:
            self._tell(conversation, _yours(conversation, said.number - 1, "delivered"))

    async def _tell_reached(self) -> None:
        """Who has been given a matter has all that was said in it."""
        assigned, self._assigned = self._assigned & self._by_conversation.keys(), set()
        if not assigned:
            return
        async with self._database.snapshot() as tx:
            reached = await tx.many(_Reached, "visitors.reached", sorted(assigned))
        for one in reached:
            self._tell(one.conversation, _yours(one.conversation, one.up_to, "delivered"))

    async def _ask(self, now: datetime) -> None:
        """Of those whose matter was settled, or who have come back, how content they are."""
        asked, self._to_ask = self._to_ask & self._by_conversation.keys(), set()
        rules = self._rules().satisfaction
        if not asked or not rules.ask:
            return
        async with self._database.snapshot() as tx:
            questions = await read_questions(tx, sorted(asked), rules, now)
        for question in questions:
            self._tell(
                question.conversation,
                SatisfactionAsked(
                    conversation=question.conversation, item=question.item, until=question.until
                ),
            )

    async def _tell_places(self, now: float, clock: datetime) -> None:
        """Those who wait, where they stand: every few seconds, and at once when somebody comes."""
        if not self._by_conversation or not (self._moved or now - self._looked >= PLACES_EVERY_S):
            return
        self._moved, self._looked = False, now
        async with self._database.snapshot() as tx:
            places = await read_places(tx, sorted(self._by_conversation), self._rules(), clock)
        before, self._places = self._places, {p.conversation: p for p in places}
        for place in places:
            if before.get(place.conversation) != place:
                self._tell(
                    place.conversation,
                    Queued(
                        conversation=place.conversation,
                        position=place.position,
                        expected_wait_s=place.expected_wait_s,
                        opens_at=place.opens_at,
                    ),
                )

    def _said(self, conversation: int, said: facts.Said) -> None:
        if said.identity_id is None or said.kind not in SHOWN:
            return
        concerned = self._by_identity.get(said.identity_id)
        if not concerned:
            return
        message = Message(
            position=said.position,
            id=said.id,
            conversation=conversation,
            number=said.number,
            author=said.author_kind,
            name=self._name(said.author_kind, said.author_id),
            text=said.text,
            parts=said.parts,
            delivery=said.delivery,
            at=said.received_at,
        )
        encoded = encode(message)
        for visitor in tuple(concerned):
            self.take_part(visitor, conversation)
            visitor.message(said.position, encoded)

    def _tell(self, conversation: int, frame: ServerFrame) -> None:
        _tell(self._by_conversation.get(conversation), frame)

    def _name(self, kind: AuthorKind, author: int | None) -> str | None:
        """Of whom is not known yet the name is read in a moment."""
        if author is None or kind not in ("agent", "bot"):
            return None
        name = self._names.get((kind, author))
        self._nameless |= name is None
        return name


def _yours(conversation: int, up_to: int, delivery: Literal["delivered", "read"]) -> DeliveryTick:
    return DeliveryTick(conversation=conversation, of="yours", up_to=up_to, delivery=delivery)


def _tell(visitors: Iterable[Visitor] | None, frame: ServerFrame) -> None:
    if visitors:
        encoded = encode(frame)
        for visitor in tuple(visitors):
            visitor.tell(encoded)


def _discard(index: defaultdict[int, set[Visitor]], keys: Iterable[int], visitor: Visitor) -> None:
    for key in keys:
        index[key].discard(visitor)
        if not index[key]:
            del index[key]
