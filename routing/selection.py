"""Which item goes to whom: items in their order, each to the agent who has been idle longest.

Work grows with what changed. Since the last decision left no pair that could be matched, a new
pair contains a *fresh* item or an agent who *gained* room. Only those are looked at, and the lines
open to them; the outcome is that of going through all items in order.
"""

from collections.abc import Iterable
from heapq import heapify, heappop

from routing import explain
from routing.decisions import Decision, ExtendOffer, RescindOffer, SetAway
from routing.eligibility import AgentClass, Line
from routing.heap import Key, least
from routing.model import DEFAULT_CHANNEL, ItemState
from routing.records import Item
from routing.state import Seat, State


def decide(state: State, now: int) -> list[Decision]:
    """Decide what is due now, and reserve it: first what is taken back, then what is offered."""
    state.advance(now)
    withdrawals = state.ledger.withdrawals
    decisions: list[Decision] = [withdrawals[offer] for offer in sorted(withdrawals)]
    withdrawals.clear()
    for agent in sorted(state.changed):
        decisions.extend(_look_after(state, state.seat(agent)))
    state.changed.clear()
    decisions.extend(_match(state))
    return decisions


def _look_after(state: State, seat: Seat) -> Iterable[Decision]:
    record, limit = seat.record, state.ledger.rules.misses_before_away
    if record.takes_work and record.misses >= limit:
        record.leaving = True
        state.refresh(seat)
        state.reroute(seat)
        yield SetAway(record.agent, f"missed {record.misses} offers in a row")
    if record.takes_work:
        return
    reason = "the agent is away" if record.signed_in else "the agent signed out"
    for member in sorted(seat.carried):
        item = state.items[member]
        if item.offer is not None and not item.withdrawn:
            item.withdrawn = True
            yield RescindOffer(item.offer, member, record.agent, reason)


def _match(state: State) -> list[ExtendOffer]:
    fresh = [line.live[each] for each in state.fresh if (line := state.lines.get(each))]
    heapify(fresh)
    gained = {each: seat for each in state.gained if (seat := state.seat(each)).open}
    lines = _open_to(gained.values())
    state.fresh.clear()
    state.gained.clear()
    offers: list[ExtendOffer] = []
    aside: list[tuple[Line, Key]] = []
    while (key := _next(fresh, lines)) is not None:
        line, item = state.lines[key[2]], state.items[key[2]]
        seat = _choose(state, item, line)
        if seat is not None:
            offers.append(_extend(state, item, line, seat))
            if not seat.open:
                gained.pop(seat.record.agent, None)
            if not gained:
                lines.clear()
        elif line not in lines:
            continue
        elif line.only is None and any(idle.heap for idle in line.signature.idle):
            # All of them are barred for this item, which must not hide those behind it.
            line.discard(key[2])
            aside.append((line, key))
        else:
            del lines[line]
    for line, key in aside:
        line.put(key)
    return offers


def _open_to(seats: Iterable[Seat]) -> dict[Line, None]:
    """Return the lines with waiting items that some of the agents could take."""
    lines: dict[Line, None] = {}
    seen: set[tuple[AgentClass | None, tuple[str, ...]]] = set()
    for seat in seats:
        for line in seat.private.values():
            if line.heap and line.signature.channel in seat.open:
                lines[line] = None
        if seat.group is None or (seat.group, seat.open) in seen:
            continue
        seen.add((seat.group, seat.open))
        for signature in seat.group.fits:
            if signature.waiting.heap and signature.channel in seat.open:
                lines[signature.waiting] = None
    return lines


def _next(fresh: list[Key], lines: dict[Line, None]) -> Key | None:
    """Return the least key; a fresh one is taken, also where it is the head of a line."""
    heads = [line.heap[0] for line in lines if line.heap]
    head = min(heads) if heads else None
    if fresh and (head is None or fresh[0] <= head):
        return heappop(fresh)
    return head


def _choose(state: State, item: Item, line: Line) -> Seat | None:
    channel = line.signature.channel
    preferred = state.preferred(item)
    if preferred is not None and channel in preferred.open:
        return preferred
    if line.only is not None:
        return None
    key = least(line.signature.idle, state.barred(item))
    return None if key is None else state.seats[key[2]]


def _extend(state: State, item: Item, line: Line, seat: Seat) -> ExtendOffer:
    entry, agent, idle_since = item.entry, seat.record.agent, seat.rank[0]
    item.offered_at = state.ledger.now
    weight = state.ledger.rules.channels.get(entry.channel, DEFAULT_CHANNEL).weight
    state.attach(item, seat, ItemState.OFFERED, weight)
    explanation = explain.choice(state, item, line, seat, idle_since)
    return ExtendOffer(entry.item, agent, entry.queue, explanation)
