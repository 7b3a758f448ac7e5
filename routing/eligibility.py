"""Who can serve what: items and agents that are alike are compared once.

Items that ask the same share a *signature*, agents that can do the same share a *class*. Whether a
class fits a signature is found when the later of the two is first seen, and kept as the lists
`Signature.fits` and `AgentClass.fits`.
"""

from typing import NamedTuple

from routing.decisions import Lack, Others, WithoutQueue, WithoutSkill
from routing.facts import AgentUpdated, ItemQueued
from routing.heap import Key, LiveHeap

Attributes = tuple[tuple[str, int], ...]
SignatureKey = tuple[str, str, Attributes]
ClassKey = tuple[Attributes, tuple[str, ...] | None]


class Line(LiveHeap):
    """Items of one signature in their order, for everybody or `only` for one agent."""

    __slots__ = ("only", "signature")

    def __init__(self, signature: "Signature", only: int | None = None) -> None:
        """Start empty."""
        super().__init__()
        self.signature = signature
        self.only = only


class Census(NamedTuple):
    """Who is signed in, seen from a signature: those who fit, the away among them, the misfits.

    It holds while the roster is the one numbered `roster`.
    """

    roster: int
    fit: int
    away: int
    misfits: tuple[Others, ...]


class Signature:
    """What some items ask: a queue, a channel, least levels; with the line where they wait.

    `idle` are the idle agents of its channel in the classes that fit, one heap for each;
    `idle_rolls` and `resting` are who is idle and who rests in them, to be counted.
    """

    __slots__ = (
        "census",
        "channel",
        "fits",
        "idle",
        "idle_rolls",
        "queue",
        "requirement",
        "resting",
        "waiting",
    )

    def __init__(self, key: SignatureKey) -> None:
        """Start with nobody waiting and no class known."""
        self.queue, self.channel, self.requirement = key
        self.waiting = Line(self)
        self.fits: list[AgentClass] = []
        self.idle: list[LiveHeap] = []
        self.idle_rolls: list[dict[int, Key]] = []
        self.resting: list[dict[int, None]] = []
        self.census = Census(-1, 0, 0, ())

    @property
    def key(self) -> SignatureKey:
        """What it is interned by."""
        return self.queue, self.channel, self.requirement


class AgentClass:
    """Agents who can do the same: their skills and the queues they serve.

    `idle` orders those who can take one more item of a channel: an agent stands in it if and only
    if they take work now and the item fits. `members` are all who are signed in; `away` and
    `resting` those of them who take no work, or none yet after a miss.
    """

    __slots__ = ("away", "fits", "idle", "members", "queues", "resting", "skills")

    def __init__(self, key: ClassKey) -> None:
        """Start without agents."""
        attributes, self.queues = key
        self.skills = dict(attributes)
        self.fits: list[Signature] = []
        self.idle: dict[str, LiveHeap] = {}
        self.members: dict[int, None] = {}
        self.away: dict[int, None] = {}
        self.resting: dict[int, None] = {}

    def idle_in(self, channel: str) -> LiveHeap:
        """Return the idle agents of a channel."""
        found = self.idle.get(channel)
        if found is None:
            found = self.idle[channel] = LiveHeap()
        return found


def lacks(profile: AgentClass | AgentUpdated, signature: Signature) -> tuple[Lack, ...]:
    """Say what is missing; nothing if it fits."""
    missing: list[Lack] = []
    if profile.queues is not None and signature.queue not in profile.queues:
        missing.append(WithoutQueue(signature.queue))
    for attribute, level in signature.requirement:
        if profile.skills.get(attribute, 0) < level:
            missing.append(WithoutSkill(attribute, level))
    return tuple(missing)


class Catalogue:
    """Every signature and class seen, interned."""

    def __init__(self) -> None:
        """Start empty."""
        self.signatures: dict[SignatureKey, Signature] = {}
        self.classes: dict[ClassKey, AgentClass] = {}

    def signature(self, entry: ItemQueued) -> Signature:
        """Return the signature of an item."""
        key = entry.queue, entry.channel, tuple(sorted(entry.requirement.items()))
        found = self.signatures.get(key)
        if found is None:
            found = self.signatures[key] = Signature(key)
            for each in self.classes.values():
                _pair(each, found)
        return found

    def agent_class(self, profile: AgentUpdated) -> AgentClass:
        """Return the class of an agent."""
        queues = None if profile.queues is None else tuple(sorted(profile.queues))
        key = tuple(sorted(profile.skills.items())), queues
        found = self.classes.get(key)
        if found is None:
            found = self.classes[key] = AgentClass(key)
            for each in self.signatures.values():
                _pair(found, each)
        return found


def _pair(agents: AgentClass, signature: Signature) -> None:
    if not lacks(agents, signature):
        agents.fits.append(signature)
        signature.fits.append(agents)
        signature.idle.append(agents.idle_in(signature.channel))
        signature.idle_rolls.append(agents.idle_in(signature.channel).live)
        signature.resting.append(agents.resting)
