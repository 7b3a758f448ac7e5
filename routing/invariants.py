"""What must always hold, as functions that return what is violated, in words.

Each takes the state and the decisions just made (none after a fact). `PRODUCTION` costs only as
much as the decisions it looks at, and can stay on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import msgpack

from routing import capacity, priority, selection, snapshot
from routing.decisions import Decision, ExtendOffer
from routing.eligibility import lacks
from routing.model import ItemState
from routing.records import Item
from routing.state import Seat, State

Decisions = Sequence[Decision]
Check = Callable[[State, Decisions], list[str]]


def violations(
    state: State, decisions: Decisions = (), checks: Sequence[Check] | None = None
) -> list[str]:
    """Return what is violated; without `checks`, of what holds at any time."""
    return [each for check in checks or AFTER_FACT for each in check(state, decisions)]


# --- at any time


def one_offer(state: State, _: Decisions) -> list[str]:
    """1. An item is with at most one agent, and an offer is for one item."""
    found: list[str] = []
    offers: dict[int, int] = {}
    holders: dict[int, int] = {}
    for agent, seat in state.seats.items():
        for member in seat.carried:
            if member in holders:
                found.append(f"item {member} is with agents {holders[member]} and {agent}")
            holders[member] = agent
    for member, item in state.items.items():
        if holders.get(member) != item.agent:
            found.append(f"item {member} says agent {item.agent}, not {holders.get(member)}")
        if (item.agent is None) != (item.state is ItemState.QUEUED):
            found.append(f"item {member} is {item.state} with agent {item.agent}")
        if item.offer is not None:
            if item.state is not ItemState.OFFERED or item.offer in offers:
                found.append(f"offer {item.offer} is pending for item {member} and something else")
            offers[item.offer] = member
    return found


def load_within_capacity(state: State, _: Decisions) -> list[str]:
    """2. Nobody carries more than their capacity but where a fact has made it so, with a reason."""
    return [each for seat in state.seats.values() for each in _overload(state, seat)]


def terminal_absorbs(state: State, _: Decisions) -> list[str]:
    """8. What has ended is nowhere any more."""
    present = {*state.items, *state.lines}
    return [
        f"item {each} has ended and is still here" for each in state.ledger.ended if each in present
    ]


def conserved(state: State, _: Decisions) -> list[str]:
    """9. What has entered is done, has left, or is in the system."""
    gone = sum(state.ledger.departures.values())
    if state.ledger.entered == gone + len(state.items):
        return []
    return [f"{state.ledger.entered} items entered, {gone} ended, {len(state.items)} are here"]


def deterministic(state: State, _: Decisions) -> list[str]:
    """10. Two engines with the same records decide the same, byte for byte."""
    records, now = snapshot.encode(state), state.ledger.now
    one, other = (msgpack.encode(selection.decide(snapshot.decode(records), now)) for _ in range(2))
    return [] if one == other else ["the same records led to different decisions"]


def restorable(state: State, _: Decisions) -> list[str]:
    """12. A snapshot gives the same records and the same indexes."""
    records = snapshot.encode(state)
    restored = snapshot.decode(records)
    found: list[str] = []
    if snapshot.encode(restored) != records:
        found.append("a restored state has other records")
    return found + [
        f"the index of {name} is {ours}, and {theirs} when built anew"
        for (name, ours), (_, theirs) in zip(_indexes(state), _indexes(restored), strict=True)
        if ours != theirs
    ]


# --- after a decision


def eligible(state: State, decisions: Decisions) -> list[str]:
    """3. Whoever is offered an item may have it, at the recorded step and version."""
    found: list[str] = []
    for offer in _offers(decisions):
        item, seat = state.items[offer.item], state.seat(offer.agent)
        if not _may(state, item, seat):
            found.append(
                f"agent {offer.agent} was offered item {offer.item} without being eligible"
            )
        if (offer.explanation.step, offer.explanation.version) != (0, state.ledger.rules.version):
            found.append(f"the offer of item {offer.item} records another step or version")
    return found


def offers_within_capacity(state: State, decisions: Decisions) -> list[str]:
    """2, for the agents of these decisions only."""
    return [
        each for offer in _offers(decisions) for each in _overload(state, state.seat(offer.agent))
    ]


def work_conserving(state: State, _: Decisions) -> list[str]:
    """4. No waiting item and free eligible agent remain together."""
    return [
        f"item {member} waits though agent {seat.record.agent} is free for it"
        for member, item in state.items.items()
        if item.state is ItemState.QUEUED
        for seat in state.seats.values()
        if _could(state, item, seat, seat.carried)
    ]


def in_order(state: State, decisions: Decisions) -> list[str]:
    """5. No item that its agent could have taken instead has a smaller key."""
    return [
        f"item {taken.entry.item} went before item {left.entry.item}"
        for taken, left in _passed_over(state, decisions)
        if priority.key(left.entry) < priority.key(taken.entry)
    ]


def bounded_overtaking(state: State, decisions: Decisions) -> list[str]:
    """6. An item passes another by no more than the difference of their head starts."""
    return [
        f"item {taken.entry.item} passed item {left.entry.item} by more than its head start"
        for taken, left in _passed_over(state, decisions)
        if taken.entry.enqueued_at
        > left.entry.enqueued_at
        + priority.head_start(taken.entry)
        - priority.head_start(left.entry)
    ]


def explained(state: State, decisions: Decisions) -> list[str]:
    """11. Every decision says why, and an offer accounts for everybody who is signed in."""
    here = sum(seat.record.signed_in for seat in state.seats.values())
    found: list[str] = []
    for decision in decisions:
        if not isinstance(decision, ExtendOffer):
            if not decision.reason:
                found.append(f"no reason is given for {decision}")
            continue
        why = decision.explanation
        if (why.item, why.winner) != (decision.item, decision.agent) or not why.terms:
            found.append(f"{why!r} does not explain item {decision.item}")
        counted = 1 + sum(others.agents for others in why.others)
        if counted != here or min((others.agents for others in why.others), default=1) < 1:
            found.append(f"item {why.item}: {counted} agents accounted for, {here} are signed in")
    return found


AFTER_FACT: tuple[Check, ...] = (
    one_offer,
    load_within_capacity,
    terminal_absorbs,
    conserved,
    deterministic,
    restorable,
)
AFTER_DECIDE: tuple[Check, ...] = (
    *AFTER_FACT,
    eligible,
    work_conserving,
    in_order,
    bounded_overtaking,
    explained,
)
PRODUCTION: tuple[Check, ...] = (conserved, eligible, offers_within_capacity)


def _offers(decisions: Decisions) -> list[ExtendOffer]:
    return [each for each in decisions if isinstance(each, ExtendOffer)]


def _overload(state: State, seat: Seat) -> list[str]:
    record = seat.record
    if record.profile is None or not record.signed_in or record.excused:
        return []
    load = state.load(seat)
    if not capacity.exceeds(load, record.profile):
        return []
    return [f"agent {record.agent} carries {load.total} of {record.profile.capacity} units"]


def _may(state: State, item: Item, seat: Seat) -> bool:
    """Whether an agent may have an item, capacity aside."""
    record, now = seat.record, state.ledger.now
    if record.profile is None or not record.takes_work or record.rests_until > now:
        return False
    if item.rests_until > now or item.excluded.get(record.agent, 0) > now:
        return False
    kept = state.kept_for(item)
    signature = state.catalogue.signature(item.entry)
    return (kept is None or kept is seat) and not lacks(record.profile, signature)


def _could(state: State, item: Item, seat: Seat, carried: Iterable[int]) -> bool:
    """Whether an agent may have an item and it fits beside what they carry."""
    profile, rules = seat.record.profile, state.ledger.rules
    if profile is None or not _may(state, item, seat):
        return False
    load = capacity.load([state.items[each] for each in carried], rules)
    return item.entry.channel in capacity.open_channels(load, profile, rules)


def _passed_over(state: State, decisions: Decisions) -> Iterator[tuple[Item, Item]]:
    """Yield each offered item with each waiting one that its agent could have had at that moment.

    The decisions are taken back from the last to the first, which gives the moments again.
    """
    waiting = [item for item in state.items.values() if item.state is ItemState.QUEUED]
    carried = {agent: dict(seat.carried) for agent, seat in state.seats.items()}
    for offer in reversed(_offers(decisions)):
        taken, seat = state.items[offer.item], state.seat(offer.agent)
        del carried[offer.agent][offer.item]
        for left in waiting:
            if _could(state, left, seat, carried[offer.agent]):
                yield taken, left
        waiting.append(taken)


def _indexes(state: State) -> Iterator[tuple[str, object]]:
    """Yield what is derived, without what is empty."""
    catalogue = state.catalogue
    yield "lines", {member: (line.signature.key, line.only) for member, line in state.lines.items()}
    lines = [each.waiting for each in catalogue.signatures.values()]
    for seat in state.seats.values():
        lines.extend(seat.private.values())
    yield "places", {(line.signature.key, line.only): line.live for line in lines if line.live}
    yield (
        "idle agents",
        {
            (key, channel): heap.live
            for key, each in catalogue.classes.items()
            for channel, heap in each.idle.items()
            if heap.live
        },
    )
    yield (
        "classes",
        {
            key: (each.members, each.away, each.resting)
            for key, each in catalogue.classes.items()
            if each.members
        },
    )
    yield (
        "seats",
        {
            agent: (seat.carried, seat.followers, set(seat.open), seat.rank, seat.units)
            for agent, seat in state.seats.items()
            if seat.group is not None
        },
    )
    yield "the next end of a bar", state.next_bar()
