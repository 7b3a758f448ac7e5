"""What the engine is told, in the past tense. `at` is when it happened, in microseconds.

Facts may come late or twice. The engine tells by `revision` (agents), `generation` (items) and
the offer's id; what is late, repeated or about something unknown changes nothing and is counted.

To load after a restart: `RulesPublished`, `AgentUpdated` for each agent, then for each item that
has not ended `ItemQueued`, followed by `OfferMade` or `ItemAssigned` (and `ItemWrapUp`) where an
agent has it.
"""

from msgspec import Struct, field

from routing.model import Blame, Departure, HeadStart, Rules


class _Fact(Struct, frozen=True, tag=True):
    at: int


class RulesPublished(_Fact, frozen=True):
    """A version of the rules took effect. It binds new work only.

    What an agent has, or is offered, keeps its weight.
    """

    rules: Rules


class AgentUpdated(_Fact, frozen=True):
    """All that is known of an agent who is signed in: an upsert.

    `revision` rises with each `AgentUpdated` and `AgentGone` of the agent (the log's number will
    do); what is not above the last seen is late. `available`: takes work. `queues`: which they
    serve, None for all. `capacity`: units in total; `ceilings`: units per channel, and a channel
    not named is not served. `misses`: in a row, 0 again when they come back from away.

    `idle_since` moves when the agent becomes available, accepts or is assigned work, finishes
    work, or misses an offer. It does not move when an offer is made, rescinded or fails, nor when
    a customer leaves the queue.
    """

    agent: int
    revision: int
    available: bool
    skills: dict[str, int]
    capacity: int
    ceilings: dict[str, int]
    idle_since: int
    queues: tuple[str, ...] | None = None
    cooldown_until: int = 0
    misses: int = 0


class AgentGone(_Fact, frozen=True):
    """An agent signed out or lost their last connection. They keep their work."""

    agent: int
    revision: int


class ItemQueued(_Fact, frozen=True):
    """A work item waits for an agent: all that is known of it.

    `generation` starts anywhere and rises each time that the item is queued anew (reopened,
    re-prioritised, taken from its agent); a higher one replaces what was known. `sequence` orders
    items of equal key and must be the same after a restart (the log's number will do). The item
    prefers `sticky_agent` until `sticky_until`. `excluded`: agents who may not get it, and until
    when. Before `not_before` nobody is offered it: its queue is closed, or it was promised later.
    """

    item: int
    generation: int
    queue: str
    channel: str
    kind: str
    enqueued_at: int
    sequence: int
    requirement: dict[str, int] = field(default_factory=dict[str, int])
    head_starts: tuple[HeadStart, ...] = ()
    sticky_agent: int | None = None
    sticky_until: int = 0
    excluded: dict[int, int] = field(default_factory=dict[int, int])
    not_before: int = 0


class ItemTransferred(_Fact, frozen=True):
    """An item went back to waiting, perhaps elsewhere; whoever had it is free of it.

    `keeps_place`: it keeps `enqueued_at` and its head start; otherwise it is as if it had just
    arrived, at `at`, with its head start and this `sequence`. `excluded` replaces the exclusions
    so far, and usually names the agent who gave it away.
    """

    item: int
    generation: int
    queue: str
    keeps_place: bool
    sequence: int
    requirement: dict[str, int] = field(default_factory=dict[str, int])
    sticky_agent: int | None = None
    sticky_until: int = 0
    excluded: dict[int, int] = field(default_factory=dict[int, int])
    not_before: int = 0


class OfferMade(_Fact, frozen=True):
    """An offer is pending: a proposal was carried out, or it was found so at load.

    `weight`: units of capacity that the item takes from here on.
    """

    offer: int
    item: int
    agent: int
    expires_at: int
    weight: int


class ProposalRefused(_Fact, frozen=True):
    """The database's guard refused an `ExtendOffer`: the item or the agent had changed."""

    item: int
    agent: int
    blame: Blame
    reason: str


class OfferAccepted(_Fact, frozen=True):
    """The agent took the offer; the item is theirs."""

    offer: int
    item: int
    agent: int


class OfferDeclined(_Fact, frozen=True):
    """The agent said no: a miss."""

    offer: int
    item: int
    agent: int


class OfferExpired(_Fact, frozen=True):
    """The agent did not answer in time: a miss."""

    offer: int
    item: int
    agent: int


class OfferRescinded(_Fact, frozen=True):
    """The offer was taken back. It counts against nobody; the item waits on if it is still here."""

    offer: int
    item: int
    agent: int
    reason: str


class OfferFailed(_Fact, frozen=True):
    """The offer could not reach the agent. No miss, but the item tries other agents first."""

    offer: int
    item: int
    agent: int
    reason: str


class ItemAssigned(_Fact, frozen=True):
    """An agent has the item without an offer: auto-accepted, found so at load, or by a supervisor.

    `weight`: units of capacity that it takes. `forced`: a supervisor's decision that may exceed
    the agent's capacity.
    """

    item: int
    generation: int
    agent: int
    weight: int
    forced: bool = False


class ItemWeightChanged(_Fact, frozen=True):
    """An item that an agent has went dormant or woke up: it takes so many units from here on."""

    item: int
    agent: int
    weight: int


class ItemWrapUp(_Fact, frozen=True):
    """The contact is over and the agent does the work after it; it still takes capacity."""

    item: int
    agent: int


class ItemDone(_Fact, frozen=True):
    """The item is finished. Terminal."""

    item: int
    generation: int


class ItemLeft(_Fact, frozen=True):
    """The item left without being done. Terminal."""

    item: int
    generation: int
    departure: Departure


Fact = (
    RulesPublished
    | AgentUpdated
    | AgentGone
    | ItemQueued
    | ItemTransferred
    | OfferMade
    | ProposalRefused
    | OfferAccepted
    | OfferDeclined
    | OfferExpired
    | OfferRescinded
    | OfferFailed
    | ItemAssigned
    | ItemWeightChanged
    | ItemWrapUp
    | ItemDone
    | ItemLeft
)
