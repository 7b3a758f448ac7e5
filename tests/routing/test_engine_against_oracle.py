"""The engine and a matcher by brute force are told the same and must decide the same.

Whatever comes: late, repeated, contradictory, or about somebody nobody knows.
"""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import msgpack

from routing.decisions import Decision, ExtendOffer, RescindOffer, SetAway
from routing.engine import Engine
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
from routing.invariants import AFTER_DECIDE, PRODUCTION, violations
from routing.model import Blame, ChannelRules, Departure, HeadStart, QueueRules, Rules
from tests.routing.oracle import Oracle

AGENTS = st.integers(1, 4)
ITEMS = st.integers(1, 6)
QUEUES = st.sampled_from(["billing", "sales"])
CHANNELS = st.sampled_from(["chat", "voice", "mail"])
LEVELS = st.dictionaries(
    st.sampled_from(["language:id", "product:fiber"]), st.integers(1, 3), max_size=2
)
WEIGHTS = st.sampled_from([1, 1, 1, 0, 2, 3])
SPANS = st.integers(0, 40)
UNTIL = st.dictionaries(AGENTS, st.integers(-5, 30), max_size=2)
STICKY = st.tuples(st.none() | AGENTS, st.integers(-5, 60))
SCHEDULED = st.sampled_from([0, 0, 0, 15])
DRIFT = st.sampled_from([1, 1, 1, 1, 1, 1, 1, 0, -1])  # what a fact is: new, repeated, late
STALE = st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1, -1])  # about the present generation, or another


class Told(RuleBasedStateMachine):
    """One engine and its oracle, and a twin that is restored from snapshots all the time."""

    def __init__(self) -> None:
        super().__init__()
        self.engine, self.twin, self.oracle = Engine(), Engine(), Oracle()
        self.now = 1000
        self.batch = 1
        self.undecided = 0
        self.version = 0
        self.revisions: dict[int, int] = {}
        self.generations: dict[int, int] = {}
        self.sequence = 0
        self.told: list[Fact] = []
        self.offers: list[tuple[int, int, int]] = []
        self.proposals: list[ExtendOffer] = []

    def tell(self, fact: Fact) -> None:
        self.told.append(fact)
        for each in (self.engine, self.twin, self.oracle):
            each.apply(fact)
        assert violations(self.engine.state) == []
        self.undecided += 1
        if self.undecided >= self.batch:
            self.decide()

    def decide(self) -> None:
        self.undecided = 0
        decided = self.engine.decide(self.now)
        assert self.oracle.decide(self.now) == [plain(each) for each in decided]
        assert msgpack.encode(self.twin.decide(self.now)) == msgpack.encode(decided)
        assert violations(self.engine.state, decided, AFTER_DECIDE) == []
        assert violations(self.engine.state, decided, PRODUCTION) == []
        self.proposals += [each for each in decided if isinstance(each, ExtendOffer)]

    @staticmethod
    def number(known: dict[int, int], subject: int, newer: int) -> int:
        """Return the next revision or generation, the present one, or the one before."""
        present = known.setdefault(subject, 10)
        known[subject] = max(present, present + newer)
        return present + newer

    # --- rules and agents

    @initialize(batch=st.integers(1, 4), here=st.integers(0, 4))
    def begins(self, batch: int, here: int) -> None:
        self.batch = batch
        if here:
            self.publishes(QueueRules(sticky_waits=True), 1, 3, 1)
        for agent in range(here):
            self.agent_comes(agent + 1, 10 * agent)

    @rule(
        sales=st.builds(QueueRules, sticky_waits=st.booleans()),
        weight=st.integers(1, 3),
        limit=st.integers(1, 4),
        newer=DRIFT,
    )
    def publishes(self, sales: QueueRules, weight: int, limit: int, newer: int) -> None:
        version, self.version = self.version + newer, max(self.version, self.version + newer)
        channels = {
            "voice": ChannelRules(weight=weight, exclusive=True),
            "chat": ChannelRules(weight=weight),
        }
        rules = Rules(version, channels, {"sales": sales}, 20, 10, limit, 5)
        self.tell(RulesPublished(self.now, rules))

    @rule(
        agent=AGENTS,
        newer=DRIFT,
        available=st.sampled_from([True, True, True, False]),
        skills=LEVELS,
        capacity=st.integers(0, 5),
        ceilings=st.dictionaries(CHANNELS, st.integers(0, 4), min_size=1),
        idle=SPANS,
        queues=st.none() | st.tuples(QUEUES),
        rests=st.integers(-5, 20),
        misses=st.sampled_from([0, 0, 0, 0, 1, 3]),
    )
    def agent_changes(self, agent: int, newer: int, **known: Any) -> None:
        idle, rests = known.pop("idle"), known.pop("rests")
        revision = self.number(self.revisions, agent, newer)
        self.tell(
            AgentUpdated(
                at=self.now,
                agent=agent,
                revision=revision,
                idle_since=self.now - idle,
                cooldown_until=self.now + rests,
                **known,
            )
        )

    @rule(agent=AGENTS, idle=SPANS)
    def agent_comes(self, agent: int, idle: int) -> None:
        self.agent_changes(
            agent,
            1,
            available=True,
            skills={"language:id": 3, "product:fiber": 2},
            capacity=4,
            ceilings={"chat": 3, "voice": 3, "mail": 2},
            idle=idle,
            rests=0,
        )

    @rule(agent=AGENTS, newer=DRIFT)
    def agent_goes(self, agent: int, newer: int) -> None:
        revision = self.number(self.revisions, agent, newer)
        self.tell(AgentGone(self.now, agent, revision))

    # --- items

    @rule(
        item=ITEMS,
        newer=DRIFT,
        queue=QUEUES,
        channel=CHANNELS,
        requirement=LEVELS,
        waited=SPANS,
        gold=st.integers(0, 30),
        sticky=STICKY,
        excluded=UNTIL,
        not_before=SCHEDULED,
    )
    def item_queues(self, item: int, newer: int, waited: int, gold: int, **asked: Any) -> None:
        generation = self.number(self.generations, item, newer)
        self.sequence += 1
        self.tell(
            ItemQueued(
                at=self.now,
                item=item,
                generation=generation,
                kind="conversation",
                enqueued_at=self.now - waited,
                sequence=self.sequence,
                head_starts=(HeadStart("tier", "gold", gold),),
                **self.from_now(**asked),
            )
        )

    @rule(
        item=ITEMS,
        newer=DRIFT,
        queue=QUEUES,
        keeps_place=st.booleans(),
        requirement=LEVELS,
        sticky=STICKY,
        excluded=UNTIL,
        not_before=SCHEDULED,
    )
    def item_is_transferred(self, item: int, newer: int, **asked: Any) -> None:
        generation = self.number(self.generations, item, newer)
        self.sequence += 1
        self.tell(
            ItemTransferred(
                at=self.now,
                item=item,
                generation=generation,
                sequence=self.sequence,
                **self.from_now(**asked),
            )
        )

    def from_now(
        self,
        sticky: tuple[int | None, int],
        excluded: dict[int, int],
        not_before: int = 0,
        **asked: Any,
    ) -> dict[str, Any]:
        return asked | {
            "not_before": self.now + not_before,
            "sticky_agent": sticky[0],
            "sticky_until": self.now + sticky[1],
            "excluded": {agent: self.now + until for agent, until in excluded.items()},
        }

    @rule(item=ITEMS, agent=AGENTS, weight=WEIGHTS)
    def item_is_accepted_for_its_agent(self, item: int, agent: int, weight: int) -> None:
        self.item_is_assigned(item, self.owner(item, agent), weight, 0, forced=False)

    @rule(item=ITEMS, agent=st.integers(1, 5), weight=WEIGHTS, stale=STALE, forced=st.booleans())
    def item_is_assigned(
        self, item: int, agent: int, weight: int, stale: int, *, forced: bool
    ) -> None:
        generation = self.generations.get(item, 10) + stale
        self.tell(ItemAssigned(self.now, item, generation, agent, weight, forced))

    @rule(item=ITEMS, agent=AGENTS, weight=WEIGHTS)
    def item_sleeps_or_wakes(self, item: int, agent: int, weight: int) -> None:
        agent = self.owner(item, agent)
        self.tell(ItemWeightChanged(self.now, item, agent, weight))

    @rule(item=ITEMS, agent=AGENTS, known=st.booleans())
    def item_goes_to_wrap_up(self, item: int, agent: int, *, known: bool) -> None:
        self.tell(ItemWrapUp(self.now, item, self.owner(item, agent) if known else agent))

    @rule(item=ITEMS, stale=STALE)
    def item_is_done(self, item: int, stale: int) -> None:
        self.tell(ItemDone(self.now, item, self.generations.get(item, 10) + stale))

    @rule(item=ITEMS, stale=STALE, departure=st.sampled_from(Departure))
    def item_leaves(self, item: int, stale: int, departure: Departure) -> None:
        self.tell(ItemLeft(self.now, item, self.generations.get(item, 10) + stale, departure))

    def owner(self, item: int, otherwise: int) -> int:
        work = self.oracle.work.get(item)
        return otherwise if work is None or work.owner is None else work.owner

    # --- offers

    @rule(data=st.data(), made=st.sampled_from([True, True, True, False]))
    @precondition(lambda self: self.proposals)
    def proposal_is_answered(self, data: st.DataObject, *, made: bool) -> None:
        proposal = data.draw(st.sampled_from(self.proposals))
        self.proposals.remove(proposal)
        if made:
            self.offer_is_made(proposal.item, proposal.agent, data.draw(WEIGHTS))
            return
        blame = data.draw(st.sampled_from(Blame))
        self.tell(ProposalRefused(self.now, proposal.item, proposal.agent, blame, "changed"))

    @rule(item=ITEMS, agent=AGENTS, blame=st.sampled_from(Blame))
    def something_is_refused(self, item: int, agent: int, blame: Blame) -> None:
        self.tell(ProposalRefused(self.now, item, agent, blame, "out of the blue"))

    @rule(item=ITEMS, agent=AGENTS, weight=WEIGHTS)
    def offer_is_made_anew(self, item: int, agent: int, weight: int) -> None:
        self.offer_is_made(item, self.owner(item, agent), weight)

    @rule(item=ITEMS, agent=st.integers(1, 5), weight=WEIGHTS)
    def offer_is_made(self, item: int, agent: int, weight: int) -> None:
        offer = len(self.offers) + 1
        self.offers.append((offer, item, agent))
        self.tell(OfferMade(self.now, offer, item, agent, self.now + 20, weight))

    @rule(
        data=st.data(),
        kind=st.sampled_from(
            [OfferAccepted, OfferAccepted, OfferDeclined, OfferExpired, OfferRescinded, OfferFailed]
        ),
    )
    @precondition(lambda self: self.offers)
    def offer_is_closed(self, data: st.DataObject, kind: Any) -> None:
        offer, item, agent = data.draw(
            st.sampled_from(self.offers[-3:]) | st.sampled_from(self.offers)
        )
        reason = () if kind in {OfferAccepted, OfferDeclined, OfferExpired} else ("lost line",)
        self.tell(kind(self.now, offer, item, agent, *reason))

    @rule()
    def proposals_are_made(self) -> None:
        made, self.proposals = self.proposals, []
        for each in made:
            work = self.oracle.work.get(each.item)
            self.offer_is_made(each.item, each.agent, work.units if work else 1)

    @rule()
    def offers_are_accepted(self) -> None:
        for item, work in tuple(self.oracle.work.items()):
            if work.offer is not None and work.owner is not None:
                self.tell(OfferAccepted(self.now, work.offer, item, work.owner))

    @rule(offer=st.integers(900, 901), item=ITEMS, agent=AGENTS)
    def unknown_offer_is_accepted(self, offer: int, item: int, agent: int) -> None:
        self.tell(OfferAccepted(self.now, offer, item, agent))

    @rule(data=st.data())
    @precondition(lambda self: self.told)
    def something_comes_again(self, data: st.DataObject) -> None:
        self.tell(data.draw(st.sampled_from(self.told)))

    # --- decisions

    @rule(later=st.integers(0, 12))
    def time_passes(self, later: int) -> None:
        self.now += later

    @rule()
    def is_decided(self) -> None:
        self.decide()

    @rule()
    def twin_restarts(self) -> None:
        self.twin = Engine.restore(self.twin.snapshot())

    @rule()
    @precondition(lambda self: not self.undecided)
    def nothing_is_due_before_the_engine_says(self) -> None:
        wake_at = self.engine.wake_at()
        assert wake_at is None or wake_at > self.engine.state.ledger.now
        eve = self.now + 10_000 if wake_at is None else wake_at - 1
        assert Engine.restore(self.engine.snapshot()).decide(eve) == []

    @invariant()
    def knows_what_the_oracle_knows(self) -> None:
        state, oracle = self.engine.state, self.oracle
        assert {each: work.owner for each, work in oracle.work.items()} == {
            each: item.agent for each, item in state.items.items()
        }
        assert {each: units for each in oracle.people if (units := oracle.units(each))} == {
            each: units for each, seat in state.seats.items() if (units := state.load(seat).total)
        }
        assert (oracle.ignored, oracle.entered) == (
            sum(self.engine.anomalies.values()),
            state.ledger.entered,
        )


def plain(decision: Decision) -> tuple[object, ...]:
    match decision:
        case ExtendOffer(item, agent, _, why):
            others = {each.why: each.agents for each in why.others}
            return "offer", item, agent, why.runner_up, others
        case RescindOffer(offer, item, agent):
            return "rescind", offer, item, agent
        case SetAway(agent):
            return "away", agent


TestTold = Told.TestCase
TestTold.settings = settings(
    max_examples=100,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
