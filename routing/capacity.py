"""How much an agent carries and whether more fits.

Everything an agent has counts: pending offers, active work, wrap-up. A load is always worked out
from the items, never kept.
"""

from collections.abc import Iterable
from typing import NamedTuple

from routing.facts import AgentUpdated
from routing.model import DEFAULT_CHANNEL, Rules
from routing.records import Item


class Load(NamedTuple):
    """Units in total and by channel; how many items take any; whether one is exclusive."""

    total: int
    channels: dict[str, int]
    items: int
    exclusive: bool


NOTHING = Load(0, {}, 0, exclusive=False)


def load(carried: Iterable[Item], rules: Rules) -> Load:
    """Add up what is carried."""
    channels: dict[str, int] = {}
    total = items = 0
    exclusive = False
    for item in carried:
        name, units = item.entry.channel, item.units
        if units:
            channels[name] = channels.get(name, 0) + units
            total += units
            items += 1
            exclusive = exclusive or rules.channels.get(name, DEFAULT_CHANNEL).exclusive
    return Load(total, channels, items, exclusive)


def open_channels(carried: Load, profile: AgentUpdated, rules: Rules) -> tuple[str, ...]:
    """Return the channels of which one more item fits beside what is carried."""
    free = profile.capacity - carried.total
    if carried.exclusive or free <= 0:
        return ()
    opened: list[str] = []
    for name, ceiling in profile.ceilings.items():
        channel = rules.channels.get(name, DEFAULT_CHANNEL)
        if channel.weight > min(free, ceiling - carried.channels.get(name, 0)):
            continue
        if not (channel.exclusive and carried.items):
            opened.append(name)
    return tuple(opened)


def exceeds(carried: Load, profile: AgentUpdated) -> bool:
    """Whether more is carried than the agent's capacity allows."""
    if carried.total > profile.capacity or (carried.exclusive and carried.items > 1):
        return True
    return any(units > profile.ceilings.get(name, 0) for name, units in carried.channels.items())
