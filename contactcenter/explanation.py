"""Why an offer went to whom: by rule and value, as the routing engine gave it.

Readers put it into the words of their language, with the names that they know. The same in English
is `sentence`, for logs and for who has no names.
"""

from collections.abc import Callable
from typing import assert_never

import msgspec


class Rule(msgspec.Struct, frozen=True, tag_field="rule"):
    """What every part has: the rule that it tells of, by its code."""


class LongestIdle(Rule, frozen=True, tag="longest_idle"):
    """Of those who could take it, this agent had been idle longest."""

    idle_us: int


class PreferredAgent(Rule, frozen=True, tag="preferred_agent"):
    """This agent knows the matter: the item prefers them."""

    idle_us: int


class Ahead(Rule, frozen=True, tag="head_start"):
    """The item was placed as if it had come that much earlier, for a `cause`.

    `tier`, `queue` and `severity`, of which `name` says which one; `propensity_to_leave`, without
    a name. What waited before these codes came has words of its own as `cause`.
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
    """They do not have the skill at that level."""

    skill: str
    level: int


Term = LongestIdle | PreferredAgent | Ahead
Reason = (
    Free | IdleLess | NotPreferred | LeftOut | NoRoom | Resting | Away | WithoutQueue | WithoutSkill
)


class Others(msgspec.Struct, frozen=True):
    """How many agents were not chosen, and why."""

    agents: int
    why: Reason


class Explanation(msgspec.Struct, frozen=True):
    """Why the agent `winner` got the item.

    `terms`: what weighed. `runner_up`: who would have been next. `others`: why not the other agents
    who were signed in. `requirement`: least levels that were asked for. `waited_us`: since the item
    came. `step`: how far its requirement had been widened. `version`: the rulebook's.
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


class StillWaiting(msgspec.Struct, frozen=True):
    """Why an item waits: how many that ask the same are `ahead`, and why not those signed in.

    `only`: it is kept for this agent for a while. `rests_us`: so long nobody is asked, for it is
    scheduled or the queue is closed. `requirement`: what `reasons` compare with. `changes`: in
    English, any of which would help.
    """

    item: int
    queue: str
    requirement: dict[str, int]
    waited_us: int
    ahead: int
    only: int | None
    rests_us: int
    reasons: list[Others]
    changes: list[str]


def sentence(
    why: Explanation,
    agent: Callable[[int], str] = "agent {}".format,
    queue: Callable[[str], str] = str,
) -> str:
    """One or two English sentences; `agent` and `queue` say how these are called."""
    winner = agent(why.winner)
    terms = "; ".join(_weighed(term, queue) for term in why.terms)
    told = (
        f"{winner[:1].upper()}{winner[1:]} was offered item {why.item} of queue "
        f"{queue(why.queue)} after {_seconds(why.waited_us)}: {terms}."
    )
    others = [f"{each.agents} {_passed_over(each.why, queue)}" for each in why.others]
    if why.runner_up is not None:
        others.insert(0, f"{agent(why.runner_up)} would have been next")
    return f"{told} Of the others: {', '.join(others)}." if others else told


def _weighed(term: Term, queue: Callable[[str], str]) -> str:
    match term:
        case LongestIdle(idle_us):
            return f"longest idle: idle for {_seconds(idle_us)}"
        case PreferredAgent(idle_us):
            return f"the customer's preferred agent, idle for {_seconds(idle_us)}"
        case Ahead("tier", tier, us):
            return f"{tier} customer: {_earlier(us)}"
        case Ahead("queue", name, us):
            return f"queue {queue(name)}: {_earlier(us)}"
        case Ahead("propensity_to_leave", _, us):
            return f"may leave us: {_earlier(us)}"
        case Ahead(cause, name, us):
            return f"{f'{cause} {name}'.strip()}: {_earlier(us)}"
        case _:
            assert_never(term)


def _passed_over(why: Reason, queue: Callable[[str], str]) -> str:  # noqa: PLR0911 -- one each
    match why:
        case Free():
            return "free for it"
        case IdleLess():
            return "idle for less long"
        case NotPreferred():
            return "passed over for the preferred agent"
        case LeftOut():
            return "left out of this item after a miss"
        case NoRoom(channel):
            return f"without room for {channel}"
        case Resting():
            return "resting after a miss"
        case Away():
            return "away"
        case WithoutQueue(name):
            return f"without queue {queue(name)}"
        case WithoutSkill(skill, level):
            return f"without {skill} at {level} or more"
        case _:
            assert_never(why)


def _earlier(us: int) -> str:
    return f"placed as if {_seconds(us)} earlier"


def _seconds(us: int) -> str:
    """Cut to tenths: `300 s`, `4.5 s`."""
    whole, tenths = divmod(max(us, 0) // 100_000, 10)
    return f"{whole}.{tenths} s" if tenths else f"{whole} s"
