"""What the engine answers. Carry decisions out in the order given: what is taken back comes first.

A decision is a proposal. The database may refuse it (`facts.ProposalRefused`); until it says
either way, the engine counts the agent's capacity as taken.
"""

from msgspec import Struct


class Reason(Struct, frozen=True):
    """Why some agents were not chosen, and how many: "away", 12."""

    words: str
    agents: int


class Explanation(Struct, frozen=True):
    """Why this agent got this item, complete enough to be stored beside the offer.

    `terms`: what weighed, in words ("gold customer: placed as if 300 s earlier"). `others`: why
    not the other agents who are signed in, by reason. `waited`: microseconds since the item came.
    `step`: how far its requirement had been widened. `version`: the rulebook's.
    """

    item: int
    queue: str
    winner: int
    runner_up: int | None
    terms: tuple[str, ...]
    others: tuple[Reason, ...]
    step: int
    version: int
    waited: int


class ExtendOffer(Struct, frozen=True, tag=True):
    """Offer the item to the agent. The engine has reserved both."""

    item: int
    agent: int
    queue: str
    explanation: Explanation


class RescindOffer(Struct, frozen=True, tag=True):
    """Take a pending offer back: its customer has left or its agent is no longer there.

    Said once. If the offer has been closed otherwise in the meantime, there is nothing to do.
    """

    offer: int
    item: int
    agent: int
    reason: str


class SetAway(Struct, frozen=True, tag=True):
    """Set the agent away. They get no offer until the next `AgentUpdated`."""

    agent: int
    reason: str


Decision = ExtendOffer | RescindOffer | SetAway
