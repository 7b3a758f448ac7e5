"""An agent: what they can do, what they say of themself, and what they carry."""

from datetime import datetime, timedelta
from typing import Self

import msgspec

from contactcenter import facts
from contactcenter.model.rulebook import Rulebook
from contactcenter.words import Presence


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `agent`. `capacity` and `ceilings` are in units of channel weights.

    `presence` is what they said; `gone_since` is set while none of their sockets is open.
    """

    id: int
    skills: dict[str, int]
    queues: list[str]
    capacity: int
    ceilings: dict[str, int]
    presence: Presence
    presence_reason: str | None
    presence_since: datetime
    gone_since: datetime | None
    idle_since: datetime
    cooldown_until: datetime | None
    misses: int

    @property
    def seen_as(self) -> Presence:
        """The presence that counts: whoever is gone is offline, whatever they said."""
        return "offline" if self.gone_since else self.presence

    def says(self, presence: Presence, reason: str | None, now: datetime) -> Self:
        """The agent says what they are; who comes back to available starts with a clean slate."""
        back = presence == "available" and self.presence != "available"
        return msgspec.structs.replace(
            self,
            presence=presence,
            presence_reason=reason,
            presence_since=now,
            idle_since=now if back else self.idle_since,
            misses=0 if back else self.misses,
            cooldown_until=None if back else self.cooldown_until,
        )

    def missed(self, rests_until: datetime, now: datetime) -> Self:
        """An offer was declined or lapsed: to the end of the line, after a rest."""
        return msgspec.structs.replace(
            self, misses=self.misses + 1, cooldown_until=rests_until, idle_since=now
        )

    def presence_fact(self, at: datetime) -> facts.PresenceChanged:
        """What they are seen as, since when and why, with the clocks that the engine asks."""
        return facts.PresenceChanged(
            at=at,
            agent=self.id,
            presence=self.seen_as,
            since=self.gone_since or self.presence_since,
            reason=None if self.gone_since else self.presence_reason,
            idle_since=self.idle_since,
            misses=self.misses,
            cooldown_until=self.cooldown_until,
        )

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
        """Whether a customer who writes has no longer to wait for them."""
        patience = timedelta(seconds=rules.presence.away_patience_s)
        return self.presence == "away" and self.presence_since + patience < now


class Load(msgspec.Struct, frozen=True):
    """Units that an agent carries, by channel. Derived from the items, never stored."""

    by_channel: dict[str, int]

    @property
    def total(self) -> int:
        """Units on all channels."""
        return sum(self.by_channel.values())

    def plus(self, channel: str, weight: int) -> Self:
        """With so many units more on that channel."""
        units = self.by_channel.get(channel, 0) + weight
        return msgspec.structs.replace(self, by_channel={**self.by_channel, channel: units})
