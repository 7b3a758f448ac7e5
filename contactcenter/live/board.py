"""The supervisors' board: a pure fold of facts over a snapshot of the record.

`fold(snapshot before, facts) == snapshot after` for every action; the tests hold it to that.
Days are those of the organisation's time zone.
"""

from datetime import date, datetime
from typing import assert_never
from zoneinfo import ZoneInfo

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.facts import Fact
from contactcenter.live.shown import (
    AgentShown,
    AlertShown,
    Decision,
    OpenCase,
    Owned,
    Tally,
    TeamShown,
    Waiting,
    WithBot,
)
from contactcenter.model.case import ENDED
from contactcenter.words import (
    CaseState,
    ItemKind,
    ItemState,
    Severity,
)

DECISIONS_MAX = 50


class Board(msgspec.Struct):
    """All of it. `seq`: the last number of the log that it holds; `day`: that of `tallies`."""

    zone: str
    seq: int = 0
    bots: dict[int, WithBot] = {}
    waiting: dict[int, Waiting] = {}
    owned: dict[int, Owned] = {}
    cases: dict[int, OpenCase] = {}
    agents: dict[int, AgentShown] = {}
    teams: dict[int, TeamShown] = {}
    alerts: dict[int, AlertShown] = {}
    day: date | None = None
    tallies: dict[str, Tally] = {}
    decisions: list[Decision] = []

    def fold(self, seq: int, fact: Fact) -> bool:  # noqa: C901, PLR0912, PLR0915 -- a line for each fact
        """Apply one fact; whether boards show it. What the board holds already is passed over."""
        if seq <= self.seq:
            return False
        self.seq = seq
        match fact:
            case facts.BotOwned():
                self.bots[fact.item] = WithBot(fact.queue, fact.channel)
            case facts.ItemQueued():
                self._leave(fact.item)
                self.waiting[fact.item] = Waiting(
                    fact.queue,
                    fact.channel,
                    fact.conversation,
                    fact.enqueued_at,
                    kind=fact.kind,
                    case=fact.case,
                    lead=fact.lead,
                )
            case facts.OfferMade():
                self._offer(fact.item, fact.agent)
                self._decided(fact)
            case facts.OfferEnded():
                self._offer(fact.item, None)
                self._outcome(fact)
            case facts.ItemAssigned():
                self._assigned(fact)
            case facts.ItemMoved():
                self._moved(fact)
            case facts.ItemWeighed():
                self._change(fact.item, weight=fact.weight)
            case facts.ItemWrapUp():
                self._change(fact.item, state="wrapup")
            case facts.ItemReactivated():
                self._change(fact.item, state="active")
            case facts.ItemDone() | facts.ItemCancelled():
                self._leave(fact.item)
            case facts.ItemAbandoned():
                self._leave(fact.item)
                tally = self._tally(fact.queue, fact.at)
                tally.abandoned += 1
                tally.abandoned_within += fact.within
            case facts.CaseOpened() | facts.CaseChanged():
                self._case(fact)
            case facts.AgentConfigured():
                self._configured(fact)
            case facts.PresenceChanged():
                self._presence(fact)
            case facts.TeamChanged():
                self._team(fact)
            case facts.TeamMembersChanged():
                self._members(fact)
            case facts.AlertRaised():
                self.alerts[fact.alert] = AlertShown.of(fact)
            case facts.AlertClimbed():
                self._climbed(fact)
            case facts.AlertAcknowledged():
                self.alerts.pop(fact.alert, None)
            case (
                facts.ItemWaiting()
                | facts.CustomerChanged()
                | facts.CustomersMerged()
                | facts.CustomersUnmerged()
                | facts.ConversationTagged()
                | facts.ConnectionChanged()
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
                | facts.CaseNoted()
                | facts.CaseLinked()
                | facts.LeadArrived()
                | facts.LeadChanged()
                | facts.OrderMade()
                | facts.OrderConfirmed()
                | facts.OrderChanged()
                | facts.SessionRevoked()
                | facts.KeyRevoked()
                | facts.VisitorSessionEnded()
                | facts.RulebookPublished()
                | facts.WebhookParked()
                | facts.TimerParked()
            ):
                return False
            case _:
                assert_never(fact)
        return True

    def _leave(self, item: int) -> None:
        for held in (self.bots, self.waiting, self.owned):
            held.pop(item, None)

    def _offer(self, item: int, agent: int | None) -> None:
        if waiting := self.waiting.get(item):
            self.waiting[item] = msgspec.structs.replace(waiting, offered_to=agent)

    def _assigned(self, fact: facts.ItemAssigned) -> None:
        self._leave(fact.item)
        self.owned[fact.item] = Owned(
            fact.agent,
            fact.queue,
            fact.channel,
            fact.conversation,
            fact.weight,
            "active",
            fact.kind,
            fact.case,
            fact.lead,
        )
        if fact.answered_within is not None:
            tally = self._tally(fact.queue, fact.at)
            tally.answered += 1
            tally.answered_within += fact.answered_within

    def _change(self, item: int, **changes: object) -> None:
        if owned := self.owned.get(item):
            self.owned[item] = msgspec.structs.replace(owned, **changes)

    def _moved(self, fact: facts.ItemMoved) -> None:
        if waiting := self.waiting.get(fact.item):
            self.waiting[fact.item] = msgspec.structs.replace(
                waiting, conversation=fact.conversation
            )
        self._change(fact.item, conversation=fact.conversation)

    def _case(self, fact: facts.CaseOpened | facts.CaseChanged) -> None:
        if fact.state in ENDED:
            self.cases.pop(fact.case, None)
        else:
            self.cases[fact.case] = OpenCase(fact.queue, fact.severity, fact.state)

    def _tally(self, queue: str, at: datetime) -> Tally:
        """Of the day of `at`; one before the board's day, by a clock that lags, is not kept."""
        day = at.astimezone(ZoneInfo(self.zone)).date()
        if self.day and day < self.day:
            return Tally()
        if day != self.day:
            self.day, self.tallies = day, {}
        return self.tallies.setdefault(queue, Tally())

    def _decided(self, fact: facts.OfferMade) -> None:
        self.decisions.insert(
            0,
            Decision(
                fact.offer,
                fact.at,
                fact.item,
                fact.queue,
                fact.channel,
                fact.agent,
                fact.sentence,
                "pending",
                fact.explanation,
            ),
        )
        del self.decisions[DECISIONS_MAX:]

    def _outcome(self, fact: facts.OfferEnded) -> None:
        for place, decision in enumerate(self.decisions):
            if decision.offer == fact.offer:
                self.decisions[place] = msgspec.structs.replace(decision, outcome=fact.state)
                return

    def _configured(self, fact: facts.AgentConfigured) -> None:
        shown = self.agents.get(fact.agent) or AgentShown(
            fact.name, "offline", None, fact.at, fact.capacity
        )
        self.agents[fact.agent] = msgspec.structs.replace(
            shown,
            name=fact.name,
            capacity=fact.capacity,
            queues=fact.queues,
            skills=fact.skills,
        )

    def _presence(self, fact: facts.PresenceChanged) -> None:
        if shown := self.agents.get(fact.agent):
            self.agents[fact.agent] = msgspec.structs.replace(
                shown, presence=fact.presence, reason=fact.reason, since=fact.since
            )

    def _team(self, fact: facts.TeamChanged) -> None:
        if fact.archived:
            self.teams.pop(fact.team, None)
        else:
            self.teams[fact.team] = TeamShown(fact.name, fact.lead)

    def _climbed(self, fact: facts.AlertClimbed) -> None:
        if alert := self.alerts.get(fact.alert):
            self.alerts[fact.alert] = msgspec.structs.replace(alert, to=fact.to)

    def _members(self, fact: facts.TeamMembersChanged) -> None:
        for agent in {*fact.left, *fact.joined}:
            if shown := self.agents.get(agent):
                teams = set(shown.teams) - {fact.team}
                if agent in fact.joined:
                    teams.add(fact.team)
                self.agents[agent] = msgspec.structs.replace(shown, teams=sorted(teams))


class _Item(msgspec.Struct, frozen=True):
    item: int
    state: ItemState
    agent: int | None
    queue: str
    channel: str
    kind: ItemKind
    conversation: int | None
    case: int | None
    lead: int | None
    weight: int
    enqueued_at: datetime
    offered_to: int | None


class _Case(msgspec.Struct, frozen=True):
    id: int
    queue: str
    severity: Severity
    state: CaseState


class _Agent(msgspec.Struct, frozen=True):
    id: int
    shown: AgentShown


class _Team(msgspec.Struct, frozen=True):
    id: int
    shown: TeamShown


class _Alert(msgspec.Struct, frozen=True):
    id: int
    shown: AlertShown


class _Ended(msgspec.Struct, frozen=True):
    day: date
    queue: str
    tally: Tally


async def read(tx: Tx, zone: str) -> Board:
    """The board as the record has it in the transaction's snapshot: what the fold must come to."""
    board = Board(zone=zone, seq=await tx.one(int, "log.last"))
    for i in await tx.many(_Item, "boards.items"):
        if i.state == "bot":
            board.bots[i.item] = WithBot(i.queue, i.channel)
        elif i.agent is None:
            board.waiting[i.item] = Waiting(
                i.queue,
                i.channel,
                i.conversation,
                i.enqueued_at,
                i.offered_to,
                i.kind,
                i.case,
                i.lead,
            )
        else:
            board.owned[i.item] = Owned(
                i.agent,
                i.queue,
                i.channel,
                i.conversation,
                i.weight,
                i.state,
                i.kind,
                i.case,
                i.lead,
            )
    for c in await tx.many(_Case, "boards.cases"):
        board.cases[c.id] = OpenCase(c.queue, c.severity, c.state)
    for a in await tx.many(_Agent, "boards.agents"):
        board.agents[a.id] = a.shown
    for t in await tx.many(_Team, "boards.teams"):
        board.teams[t.id] = t.shown
    for raised in await tx.many(_Alert, "alerts.shown"):
        board.alerts[raised.id] = raised.shown
    for e in await tx.many(_Ended, "boards.tallies", zone):
        board.day = e.day
        board.tallies[e.queue] = e.tally
    board.decisions = await tx.many(Decision, "boards.decisions", DECISIONS_MAX)
    return board
