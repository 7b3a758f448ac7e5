"""What the engine answers. Carry decisions out in the order given: what is taken back comes first.

A decision is a proposal. The database may refuse it (`facts.ProposalRefused`); until it says
either way, the engine counts the agent's capacity as taken.
"""

from msgspec import Struct


class Rule(Struct, frozen=True, tag_field="rule"):
    """What every part of an explanation has: the rule that it tells of, by its code."""


class LongestIdle(Rule, frozen=True, tag="longest_idle"):
    """Of those who could take it, the winner had been idle longest: for `idle_us`."""

    idle_us: int


class PreferredAgent(Rule, frozen=True, tag="preferred_agent"):
    """The winner is the one whom the item prefers, idle for `idle_us`."""

    idle_us: int


class Ahead(Rule, frozen=True, tag="head_start"):
    """The item was placed as if it had come `head_start_us` earlier: `cause` says for what.

    `name` says which one of these: the tier of `tier`, the queue of `queue`; empty where there is
    only one.
    """

    cause: str
    name: str
    head_start_us: int


class Free(Rule, frozen=True, tag="free"):
    """They can take it: the next decision may give it to them."""


class IdleLess(Rule, frozen=True, tag="idle_less"):
    """They could have taken it, and have been idle for less long."""


class NotPreferred(Rule, frozen=True, tag="not_preferred"):
    """They could have taken it, and were passed over for the preferred agent."""


class LeftOut(Rule, frozen=True, tag="left_out"):
    """They have missed or passed on this item, and are left out of it for a while."""


class NoRoom(Rule, frozen=True, tag="no_room"):
    """What they carry leaves no room for one more of that channel."""

    channel: str


class Resting(Rule, frozen=True, tag="resting"):
    """They rest after a miss."""


class Away(Rule, frozen=True, tag="away"):
    """They are signed in and take no work."""


class WithoutQueue(Rule, frozen=True, tag="without_queue"):
    """They do not serve the queue."""

    queue: str


class WithoutSkill(Rule, frozen=True, tag="without_skill"):
    """They do not have the attribute at that level."""

    skill: str
    level: int


Term = LongestIdle | PreferredAgent | Ahead
Lack = WithoutQueue | WithoutSkill
Reason = Free | IdleLess | NotPreferred | LeftOut | NoRoom | Resting | Away | Lack


class Others(Struct, frozen=True):
    """How many agents were not chosen, and why."""

    agents: int
    why: Reason


class Explanation(Struct, frozen=True):
    """Why this agent got this item, complete enough to be stored beside the offer.

    `terms`: what weighed. `others`: why not the other agents who are signed in. `requirement`:
    least levels that the item asked for. `waited_us`: since the item came. `step`: how far its
    requirement had been widened. `version`: the rulebook's.
    """

    item: int
    queue: str
    channel: str
    winner: int
    runner_up: int | None
    terms: tuple[Term, ...]
    others: tuple[Others, ...]
    requirement: dict[str, int]
    step: int
    version: int
    waited_us: int


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
