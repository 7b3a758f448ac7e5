"""A small contact center to tell stories with: agents, items, a clock."""

from typing import Any

from routing.decisions import Decision, ExtendOffer
from routing.engine import Engine
from routing.facts import (
    AgentGone,
    AgentUpdated,
    ItemAssigned,
    ItemDone,
    ItemLeft,
    ItemQueued,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferMade,
    OfferRescinded,
    ProposalRefused,
    RulesPublished,
)
from routing.model import SECOND, Blame, ChannelRules, Departure, HeadStart, QueueRules, Rules

INDONESIAN = {"language:id": 3}


class Floor:
    """The clock stands at 1,000 s and moves only by `later`; spans are in seconds."""

    def __init__(self, **rules: Any) -> None:
        self.engine = Engine()
        self.now = 1000 * SECOND
        self.offers: dict[int, OfferMade] = {}
        self.stamp = 0
        self.publish(1, **rules)

    def publish(self, version: int, **rules: Any) -> None:
        channels = {
            "voice": ChannelRules(weight=3, exclusive=True),
            "chat": ChannelRules(weight=1),
        }
        known = {"channels": channels, "queues": {"owned": QueueRules(sticky_waits=True)}} | rules
        self.engine.apply(RulesPublished(self.now, Rules(version, **known)))

    def later(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)

    def agent(self, agent: int, **known: Any) -> None:
        self.stamp += 1
        known = {
            "available": True,
            "skills": INDONESIAN,
            "capacity": 3,
            "ceilings": {"voice": 3, "chat": 3},
            "idle_since": self.now,
        } | known
        self.engine.apply(AgentUpdated(self.now, agent, self.stamp, **known))

    def gone(self, agent: int) -> None:
        self.stamp += 1
        self.engine.apply(AgentGone(self.now, agent, self.stamp))

    def queue(self, item: int, *, gold: int = 0, **known: Any) -> None:
        known = {
            "generation": 1,
            "queue": "billing",
            "channel": "chat",
            "kind": "conversation",
            "enqueued_at": self.now,
            "sequence": item,
            "head_starts": (HeadStart("tier", "gold", gold * SECOND),) if gold else (),
        } | known
        self.engine.apply(ItemQueued(self.now, item, **known))

    def decide(self) -> list[Decision]:
        return self.engine.decide(self.now)

    def proposed(self) -> dict[int, int]:
        """Decide, and return which item was proposed to which agent."""
        return {each.item: each.agent for each in self.decide() if isinstance(each, ExtendOffer)}

    def offered(self) -> dict[int, int]:
        """Decide, carry the proposals out, and return which item was offered to which agent."""
        made = self.proposed()
        for item, agent in made.items():
            self.make(item, agent, self.engine.state.items[item].units)
        return made

    def make(self, item: int, agent: int, weight: int = 1) -> None:
        self.stamp += 1
        made = OfferMade(self.now, self.stamp, item, agent, self.now + 20 * SECOND, weight)
        self.offers[item] = made
        self.engine.apply(made)

    def refuse(self, item: int, agent: int, blame: Blame) -> None:
        self.engine.apply(ProposalRefused(self.now, item, agent, blame, "it had changed"))

    def accept(self, item: int) -> None:
        self.engine.apply(OfferAccepted(self.now, *self.offer_of(item)))

    def decline(self, item: int) -> None:
        self.engine.apply(OfferDeclined(self.now, *self.offer_of(item)))

    def lapse(self, item: int) -> None:
        self.engine.apply(OfferExpired(self.now, *self.offer_of(item)))

    def rescind(self, item: int) -> None:
        self.engine.apply(OfferRescinded(self.now, *self.offer_of(item), "the customer hung up"))

    def fail(self, item: int) -> None:
        self.engine.apply(OfferFailed(self.now, *self.offer_of(item), "the line is dead"))

    def offer_of(self, item: int) -> tuple[int, int, int]:
        made = self.offers[item]
        return made.offer, made.item, made.agent

    def assign(self, item: int, agent: int, *, forced: bool = False) -> None:
        self.engine.apply(ItemAssigned(self.now, item, 1, agent, 1, forced))

    def done(self, item: int) -> None:
        self.engine.apply(ItemDone(self.now, item, 1))

    def leave(self, item: int, departure: Departure = Departure.ABANDONED) -> None:
        self.engine.apply(ItemLeft(self.now, item, 1, departure))
