"""What facts and decisions are made of: the rules, head starts, the states of an item.

All times and durations are microseconds. Attributes are named like `language:id` and have whole
levels; a requirement gives the least level for each of its attributes.
"""

from enum import StrEnum

from msgspec import Struct, field

SECOND = 1_000_000


class ItemState(StrEnum):
    """Where a work item that is in the system stands. One that ended is no longer in it.

    QUEUED ⇄ OFFERED → ACTIVE → WRAPUP; a transfer leads back to QUEUED from anywhere.
    """

    QUEUED = "queued"
    OFFERED = "offered"
    ACTIVE = "active"
    WRAPUP = "wrapup"


class Departure(StrEnum):
    """How a work item leaves without being done."""

    ABANDONED = "abandoned"
    CANCELLED = "cancelled"
    OVERFLOWED = "overflowed"


class Blame(StrEnum):
    """What the database's guard found changed when it refused a proposal."""

    ITEM = "item"
    AGENT = "agent"


class HeadStart(Struct, frozen=True):
    """Waiting time granted on arrival, and for what: `cause` "tier" and `name` "gold"."""

    cause: str
    name: str
    micros: int


class ChannelRules(Struct, frozen=True):
    """What one more item of a channel takes of an agent.

    `weight` is in units of the agent's capacity and at least 1; what an agent has keeps the weight
    that the facts say. An item of an *exclusive* channel is offered only to an agent who carries
    no units at all, and bars every other item while it lasts.
    """

    weight: int = 1
    exclusive: bool = False


class QueueRules(Struct, frozen=True):
    """What holds for the items of one queue.

    `sticky_waits`: while its preferred agent is here but busy, an item waits for them until its
    patience ends. Otherwise it prefers them if they are free and goes to the next best if not.
    """

    sticky_waits: bool = False


DEFAULT_CHANNEL = ChannelRules()
DEFAULT_QUEUE = QueueRules()


class Rules(Struct, frozen=True):
    """What the engine needs of a rulebook; `version` is recorded with each decision.

    Versions start at 1 and rise. A channel or queue that is not named has `DEFAULT_CHANNEL` or
    `DEFAULT_QUEUE`. After a miss (declined or lapsed), the agent is left out for that item for
    `exclusion` and gets nothing for `cooldown`; after `misses_before_away` misses in a row the
    engine decides to set them away. After a refused proposal, the item or agent whose state had
    changed rests for `refusal_rest`, so that the facts on their way can arrive.
    """

    version: int
    channels: dict[str, ChannelRules] = field(default_factory=dict[str, ChannelRules])
    queues: dict[str, QueueRules] = field(default_factory=dict[str, QueueRules])
    exclusion: int = 60 * SECOND
    cooldown: int = 5 * SECOND
    misses_before_away: int = 3
    refusal_rest: int = SECOND
