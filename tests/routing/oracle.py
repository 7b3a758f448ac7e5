"""A matcher by brute force, which knows nothing of the engine but its words.

It keeps plain records, goes through every item in order and through every agent for each, and
says what the engine must decide.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import assert_never

from routing.decisions import (
    Away,
    IdleLess,
    LeftOut,
    NoRoom,
    NotPreferred,
    Reason,
    Resting,
    WithoutQueue,
    WithoutSkill,
)
from routing.facts import (
    AgentGone,
    AgentUpdated,
    Fact,
    ItemAssigned,
    ItemDone,
    ItemLeft,
    ItemQueued,
    ItemTransferred,
    ItemWeightChanged,
    ItemWrapUp,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferMade,
    OfferRescinded,
    ProposalRefused,
    RulesPublished,
)
from routing.model import ChannelRules, QueueRules, Rules


@dataclass
class Work:
    queue: str
    channel: str
    asks: dict[str, int]
    key: tuple[int, int, int]
    enqueued_at: int
    generation: int
    head_start: int
    sticky: tuple[int | None, int]
    barred: dict[int, int]
    rest: int = 0
    owner: int | None = None
    phase: str = "waiting"  # waiting, proposed, offered, working, wrapping
    offer: int | None = None
    offered_at: int = 0
    recalled: bool = False
    units: int = 0
    past_offers: set[int] = field(default_factory=set)


@dataclass
class Person:
    facts: AgentUpdated | None = None
    revision: int = -1  # never seen
    here: bool = False
    willing: bool = False
    idle: int = 0
    rest: int = 0
    misses: int = 0


class Oracle:
    def __init__(self) -> None:
        self.rules = Rules(version=0)
        self.work: dict[int, Work] = {}
        self.people: dict[int, Person] = {}
        self.over: dict[int, int] = {}
        self.recalls: dict[int, tuple[int, int]] = {}
        self.ignored = 0
        self.entered = 0
        self.now = 0

    def person(self, agent: int) -> Person:
        return self.people.setdefault(agent, Person())

    # --- what it decides

    def decide(self, now: int) -> list[tuple[object, ...]]:
        """Return what to do, in order, each as a tuple.

        ("rescind", offer, item, agent), ("away", agent), or ("offer", item, agent, runner-up, why
        not the others by reason).
        """
        self.now = max(now, self.now)
        told: list[tuple[object, ...]] = [
            ("rescind", offer, *self.recalls[offer]) for offer in sorted(self.recalls)
        ]
        self.recalls.clear()
        for agent, person in sorted(self.people.items()):
            if person.here and person.willing and person.misses >= self.rules.misses_before_away:
                person.willing = False
                told.append(("away", agent))
            if not (person.here and person.willing):
                for item, work in sorted(self.work.items()):
                    if work.owner == agent and work.phase == "offered" and not work.recalled:
                        work.recalled = True
                        told.append(("rescind", work.offer, item, agent))
        for item, work in sorted(self.work.items(), key=lambda pair: pair[1].key):
            able = [agent for agent in tuple(self.people) if self.could(agent, work)]
            if not able:
                continue
            agent = min(able, key=self.turn)
            favoured = work.sticky[0] in able and work.sticky[1] > self.now
            if favoured and work.sticky[0] is not None:
                agent = work.sticky[0]
            able.remove(agent)
            runner_up = min(able, key=self.turn, default=None)
            free = NotPreferred() if favoured else IdleLess()
            others = Counter(
                self.hindrance(other, work) or free
                for other, person in self.people.items()
                if person.here and other != agent
            )
            work.owner, work.phase, work.offered_at = agent, "proposed", self.now
            work.units = self.channel(work.channel).weight
            told.append(("offer", item, agent, runner_up, dict(others)))
        return told

    def hindrance(self, agent: int, work: Work) -> Reason | None:
        """Say what keeps an agent who is here from an item, but for one kept for another."""
        facts = self.person(agent).facts
        assert facts is not None
        if facts.queues is not None and work.queue not in facts.queues:
            return WithoutQueue(work.queue)
        for name, level in sorted(work.asks.items()):
            if facts.skills.get(name, 0) < level:
                return WithoutSkill(name, level)
        if not self.willing(agent):
            return Away()
        if self.person(agent).rest > self.now:
            return Resting()
        if not self.room(agent, work.channel):
            return NoRoom(work.channel)
        return LeftOut() if work.barred.get(agent, 0) > self.now else None

    def turn(self, agent: int) -> tuple[int, int, int]:
        pending = [
            work.offered_at
            for work in self.work.values()
            if work.owner == agent and work.phase in {"proposed", "offered"}
        ]
        return max([self.person(agent).idle, *pending]), self.units(agent), agent

    def could(self, agent: int, work: Work) -> bool:
        if work.phase != "waiting" or work.rest > self.now or not self.person(agent).here:
            return False
        if self.hindrance(agent, work):
            return False
        favourite, patience = work.sticky
        return not (
            self.rules.queues.get(work.queue, QueueRules()).sticky_waits
            and favourite is not None
            and patience > self.now
            and favourite != agent
            and self.willing(favourite)
            and self.able(favourite, work)
            and work.barred.get(favourite, 0) <= self.now
        )

    def willing(self, agent: int) -> bool:
        person = self.person(agent)
        return person.here and person.willing

    def able(self, agent: int, work: Work) -> bool:
        facts = self.person(agent).facts
        assert facts is not None
        if facts.queues is not None and work.queue not in facts.queues:
            return False
        return all(facts.skills.get(name, 0) >= level for name, level in work.asks.items())

    # --- capacity

    def channel(self, name: str) -> ChannelRules:
        return self.rules.channels.get(name, ChannelRules())

    def weights(self, agent: int) -> list[tuple[str, int]]:
        return [
            (work.channel, work.units)
            for work in self.work.values()
            if work.owner == agent and work.units
        ]

    def units(self, agent: int) -> int:
        return sum(units for _, units in self.weights(agent))

    def room(self, agent: int, name: str) -> bool:
        facts, weights = self.person(agent).facts, self.weights(agent)
        assert facts is not None
        if weights and (
            self.channel(name).exclusive or any(self.channel(each).exclusive for each, _ in weights)
        ):
            return False
        total = self.channel(name).weight + self.units(agent)
        same = self.channel(name).weight + sum(units for each, units in weights if each == name)
        return total <= facts.capacity and same <= facts.ceilings.get(name, -1)

    # --- what it is told

    def apply(self, fact: Fact) -> None:  # noqa: C901, PLR0911, PLR0912, PLR0915 -- read beside facts.py
        if isinstance(
            fact, OfferAccepted | OfferDeclined | OfferExpired | OfferRescinded | OfferFailed
        ):
            self.recalls.pop(fact.offer, None)
            work = self.work.get(fact.item)
            if work is None or (work.offer, work.owner) != (fact.offer, fact.agent):
                self.ignored += 1
                return
            person = self.person(fact.agent)
            match fact:
                case OfferAccepted():
                    work.past_offers.add(fact.offer)
                    work.phase, work.offer, work.recalled = "working", None, False
                    person.misses, person.idle = 0, max(person.idle, fact.at)
                    return
                case OfferDeclined() | OfferExpired():
                    person.misses += 1
                    person.idle = max(person.idle, fact.at)
                    person.rest = max(person.rest, fact.at + self.rules.cooldown)
                    work.barred[fact.agent] = fact.at + self.rules.exclusion
                case OfferFailed():
                    work.barred[fact.agent] = fact.at + self.rules.exclusion
                case OfferRescinded():
                    pass
            self.free(work)
            return
        match fact:
            case RulesPublished():
                if fact.rules.version > self.rules.version:
                    self.rules = fact.rules
                    return
            case AgentUpdated():
                person = self.person(fact.agent)
                if fact.revision > person.revision:
                    person.facts, person.revision, person.here = fact, fact.revision, True
                    person.willing, person.idle = fact.available, fact.idle_since
                    person.rest, person.misses = fact.cooldown_until, fact.misses
                    return
            case AgentGone():
                person = self.people.get(fact.agent)
                if person is not None and -1 < person.revision < fact.revision:
                    person.here, person.revision = False, fact.revision
                    return
            case ItemQueued():
                old = self.work.get(fact.item)
                known = old.generation if old else self.over.get(fact.item, fact.generation - 1)
                if fact.generation > known:
                    self.admit(fact, old)
                    return
            case ItemTransferred():
                old = self.work.get(fact.item)
                if old is not None and fact.generation > old.generation:
                    self.transfer(fact, old)
                    return
            case OfferMade():
                if self.offered(fact):
                    return
            case ProposalRefused():
                work = self.work.get(fact.item)
                if work is not None and (work.phase, work.owner) == ("proposed", fact.agent):
                    person, until = self.person(fact.agent), fact.at + self.rules.refusal_rest
                    if fact.blame == "agent":
                        person.rest = max(person.rest, until)
                    else:
                        work.rest = until
                    self.free(work)
                    return
            case ItemAssigned():
                if self.assigned(fact):
                    return
            case ItemWeightChanged():
                work = self.work.get(fact.item)
                if work and work.owner == fact.agent and work.phase in {"working", "wrapping"}:
                    work.units = fact.weight
                    return
            case ItemWrapUp():
                work = self.work.get(fact.item)
                if work and work.owner == fact.agent and work.phase in {"working", "wrapping"}:
                    work.phase = "wrapping"
                    return
            case ItemDone() | ItemLeft():
                work = self.work.get(fact.item)
                if work is not None and fact.generation >= work.generation:
                    self.take_from_owner(fact.item, work, fact.at)
                    del self.work[fact.item]
                    self.over[fact.item] = fact.generation
                    return
            case _:
                assert_never(fact)
        self.ignored += 1

    def admit(self, fact: ItemQueued, old: Work | None) -> None:
        if old is None:
            self.entered += 1
            self.over.pop(fact.item, None)
        else:
            self.take_from_owner(fact.item, old, fact.at)
        head_start = sum(each.micros for each in fact.head_starts)
        self.work[fact.item] = Work(
            queue=fact.queue,
            channel=fact.channel,
            asks=fact.requirement,
            key=(fact.enqueued_at - head_start, fact.sequence, fact.item),
            enqueued_at=fact.enqueued_at,
            generation=fact.generation,
            head_start=head_start,
            sticky=(fact.sticky_agent, fact.sticky_until),
            barred=dict(fact.excluded),
            rest=fact.not_before,
            past_offers=old.past_offers if old else set(),
        )

    def transfer(self, fact: ItemTransferred, old: Work) -> None:
        self.take_from_owner(fact.item, old, fact.at)
        if not fact.keeps_place:
            old.key = (fact.at - old.head_start, fact.sequence, fact.item)
            old.enqueued_at = fact.at
        old.queue, old.generation = fact.queue, fact.generation
        old.asks, old.barred = fact.requirement, dict(fact.excluded)
        old.sticky, old.rest = (fact.sticky_agent, fact.sticky_until), fact.not_before

    def offered(self, fact: OfferMade) -> bool:
        work = self.work.get(fact.item)
        if work is None or fact.offer == work.offer or fact.offer in work.past_offers:
            return False
        if work.phase in {"working", "wrapping"}:
            return False
        if work.owner != fact.agent:
            self.take_from_owner(fact.item, work, fact.at)
            work.owner, work.offered_at = fact.agent, fact.at
            self.person(fact.agent)
        elif work.offer is not None:
            work.past_offers.add(work.offer)
            work.recalled = False
        work.phase, work.offer, work.units = "offered", fact.offer, fact.weight
        return True

    def assigned(self, fact: ItemAssigned) -> bool:
        work = self.work.get(fact.item)
        if work is None or fact.generation < work.generation:
            return False
        if work.owner == fact.agent:
            if work.phase in {"working", "wrapping"}:
                return False
            self.free(work)
        self.take_from_owner(fact.item, work, fact.at)
        person = self.person(fact.agent)
        person.idle = max(person.idle, fact.at)
        work.owner, work.phase, work.units = fact.agent, "working", fact.weight
        return True

    def take_from_owner(self, item: int, work: Work, at: int) -> None:
        if work.phase == "offered" and not work.recalled:
            assert work.offer is not None
            assert work.owner is not None
            self.recalls[work.offer] = (item, work.owner)
        if work.phase in {"working", "wrapping"}:
            assert work.owner is not None
            person = self.person(work.owner)
            person.idle = max(person.idle, at)
        self.free(work)

    def free(self, work: Work) -> None:
        if work.offer is not None:
            work.past_offers.add(work.offer)
        work.owner = work.offer = None
        work.phase, work.recalled, work.units = "waiting", False, 0
