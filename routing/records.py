"""What the engine remembers of items and agents, and what it counts: all that a snapshot holds."""

from msgspec import Struct, field

from routing.decisions import RescindOffer
from routing.facts import AgentUpdated, ItemQueued
from routing.model import ItemState, Rules


class Item(Struct):
    """A work item in the system. `units`: of its agent's capacity, 0 while it waits.

    `offer` is None while the item is only proposed. `withdrawn`: taking the offer back has been
    decided. `closed` are the offers of this item that have ended.
    """

    entry: ItemQueued
    excluded: dict[int, int]
    state: ItemState = ItemState.QUEUED
    agent: int | None = None
    offer: int | None = None
    offered_at: int = 0
    expires_at: int = 0
    withdrawn: bool = False
    units: int = 0
    forced: bool = False
    rests_until: int = 0
    closed: list[int] = field(default_factory=list[int])


class Agent(Struct):
    """What is known of an agent; `profile` is None until they have been seen signed in.

    `leaving`: setting them away has been decided. `excused` says why they carry more than their
    capacity, where a fact has made it so.
    """

    agent: int
    profile: AgentUpdated | None = None
    revision: int = -1
    signed_in: bool = False
    leaving: bool = False
    idle_since: int = 0
    rests_until: int = 0
    misses: int = 0
    excused: str = ""

    @property
    def takes_work(self) -> bool:
        """Whether they are here for work, though perhaps busy or resting."""
        return (
            self.signed_in
            and self.profile is not None
            and self.profile.available
            and not self.leaving
        )


class Ended(Struct, frozen=True):
    """An item that left the system, and when."""

    generation: int
    at: int


class Ledger(Struct):
    """Records beside items and agents: the rules, what has ended, and what has been counted.

    `departures` counts how items ended ("done", "abandoned", ...); `anomalies` counts facts that
    changed nothing. `withdrawals` are offers to take back at the next decision.
    """

    rules: Rules = field(default_factory=lambda: Rules(version=0))
    now: int = 0
    entered: int = 0
    departures: dict[str, int] = field(default_factory=dict[str, int])
    anomalies: dict[str, int] = field(default_factory=dict[str, int])
    ended: dict[int, Ended] = field(default_factory=dict[int, Ended])
    withdrawals: dict[int, RescindOffer] = field(default_factory=dict[int, RescindOffer])
