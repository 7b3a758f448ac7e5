"""An agent: what they can do, what they say of themself, and what they carry."""

from datetime import datetime, timedelta
from typing import Self

import msgspec

from contactcenter.model.rulebook import Rulebook
from contactcenter.words import Presence


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `agent`. `capacity` and `ceilings` are in units of channel weights."""

    id: int
    skills: dict[str, int]
    queues: list[str]
    capacity: int
    ceilings: dict[str, int]
    presence: Presence
    presence_reason: str | None
    presence_since: datetime
    idle_since: datetime
    cooldown_until: datetime | None
    misses: int

    def can_take(self, channel: str, weight: int, load: "Load", rules: Rulebook) -> bool:
        """Whether `weight` more on that channel is within the capacity."""
        if weight == 0:
            return True
        if any(rules.channels[c].exclusive for c in load.by_channel if c in rules.channels):
            return False
        if rules.channels[channel].exclusive and load.total > 0:
            return False
        ceiling = self.ceilings.get(channel, self.capacity)
        return (
            load.total + weight <= self.capacity
            and load.by_channel.get(channel, 0) + weight <= ceiling
        )

    def away_past_patience(self, now: datetime, rules: Rulebook) -> bool:
        patience = timedelta(seconds=rules.presence.away_patience_s)
        return self.presence == "away" and self.presence_since + patience < now


class Load(msgspec.Struct, frozen=True):
    """Units that an agent carries, by channel. Derived from the items, never stored."""

    by_channel: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_channel.values())

    def plus(self, channel: str, weight: int) -> Self:
        units = self.by_channel.get(channel, 0) + weight
        return msgspec.structs.replace(self, by_channel={**self.by_channel, channel: units})
