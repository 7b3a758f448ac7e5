"""Answers for people: why an item still waits, and why an agent does not get it."""

from msgspec import Struct

from routing import capacity, explain, priority
from routing.decisions import Free, Lack, Others, WithoutQueue
from routing.eligibility import lacks
from routing.model import ItemState
from routing.priority import seconds
from routing.records import Item
from routing.state import Seat, State


class Waiting(Struct, frozen=True):
    """Why an item waits.

    `standing` says where it is, in words. The rest is empty unless it waits: `waited`, in
    microseconds; `ahead`, how many of those that ask the same stand before it; `reasons`, why not
    the agents who are signed in; `changes`, any of which would help; `only`, the one agent for whom
    it is kept until then; `rests`, in microseconds, how long nobody is asked.
    """

    item: int
    standing: str
    waited: int = 0
    ahead: int = 0
    reasons: tuple[Others, ...] = ()
    changes: tuple[str, ...] = ()
    only: int | None = None
    rests: int = 0


class WhyNot(Struct, frozen=True):
    """Why an item is not offered to an agent; without reasons, the next decision may do it."""

    item: int
    agent: int
    reasons: tuple[str, ...]


def why(state: State, member: int, now: int) -> Waiting:
    """Say why an item is still waiting and what would have to change."""
    item = state.items.get(member)
    if item is None or item.state is not ItemState.QUEUED:
        return Waiting(member, _standing(state, member))
    signature = state.catalogue.signature(item.entry)
    reasons = explain.why_not_others(state, signature, state.barred(item), Free())
    line = state.lines.get(member)
    key = priority.key(item.entry)
    return Waiting(
        item=member,
        standing=_standing(state, member),
        waited=now - item.entry.enqueued_at,
        ahead=0 if line is None else sum(other < key for other in line.live.values()),
        reasons=reasons,
        changes=tuple(_changes(state, item, now)),
        only=None if line is None else line.only,
        rests=max(0, item.rests_until - now),
    )


def _standing(state: State, member: int) -> str:
    item = state.items.get(member)
    if item is None:
        return "it has ended" if member in state.ledger.ended else "it is unknown"
    if item.state is ItemState.QUEUED:
        line = state.lines.get(member)
        if line is None:
            scheduled = item.entry.not_before > state.ledger.now
            return "it is scheduled" if scheduled else "it rests after a refused proposal"
        return "it waits" if line.only is None else f"it waits for agent {line.only}"
    if item.state is ItemState.OFFERED:
        return f"it is offered to agent {item.agent}"
    forced = ", forced by a supervisor" if item.forced else ""
    return f"agent {item.agent} has it{forced}"


def _changes(state: State, item: Item, now: int) -> list[str]:
    signature = state.catalogue.signature(item.entry)
    changes: list[str] = []
    if item.rests_until > state.ledger.now:
        what = "it is due" if item.rests_until == item.entry.not_before else "its rest ends"
        changes.append(f"{what} in {seconds(item.rests_until - now)}")
    line = state.lines.get(item.entry.item)
    if line is not None and line.only is not None:
        patience = seconds(item.entry.sticky_until - now)
        changes.append(f"agent {line.only} becomes free, or its patience ends in {patience}")
    changes.extend(
        f"agent {agent} may get it again in {seconds(item.excluded[agent] - now)}"
        for agent in sorted(state.barred(item))
    )
    if any(each.members for each in signature.fits):
        changes.append("an agent who can serve it becomes free or comes back")
    else:
        asked = [f"queue {signature.queue}"]
        asked += [f"{name} at {level} or more" for name, level in signature.requirement]
        changes.append(f"an agent signs in with {', '.join(asked)}")
    return changes


def why_not(state: State, member: int, agent: int, now: int) -> WhyNot:
    """Say why an item is not offered to an agent."""
    item, seat = state.items.get(member), state.seats.get(agent)
    if item is None or item.state is not ItemState.QUEUED:
        return WhyNot(member, agent, (_standing(state, member),))
    if seat is None:
        return WhyNot(member, agent, ("the agent is unknown",))
    return WhyNot(member, agent, tuple(_obstacles(state, item, seat, now)))


def _obstacles(state: State, item: Item, seat: Seat, now: int) -> list[str]:
    record, profile = seat.record, seat.record.profile
    if profile is None or not record.signed_in:
        return ["the agent is not signed in"]
    found = [
        f"the agent is without {_named(each)}"
        for each in lacks(profile, state.catalogue.signature(item.entry))
    ]
    if not record.takes_work:
        found.append("the agent is away")
    if record.rests_until > state.ledger.now:
        found.append(f"the agent rests for {seconds(record.rests_until - now)}")
    carried = state.load(seat)
    if item.entry.channel not in capacity.open_channels(carried, profile, state.ledger.rules):
        excess = f", {record.excused}" if record.excused else ""
        found.append(
            f"the agent has no room for {item.entry.channel}: "
            f"carries {carried.total} of {profile.capacity} units{excess}"
        )
    if item.excluded.get(record.agent, 0) > state.ledger.now:
        left = seconds(item.excluded[record.agent] - now)
        found.append(f"the agent is left out of this item for {left}")
    if item.rests_until > state.ledger.now:
        found.append(_standing(state, item.entry.item))
    line = state.lines.get(item.entry.item)
    if line is not None and line.only not in {None, record.agent}:
        found.append(_standing(state, item.entry.item))
    return found


def _named(lack: Lack) -> str:
    if isinstance(lack, WithoutQueue):
        return f"queue {lack.queue}"
    return f"{lack.skill} at {lack.level} or more"
