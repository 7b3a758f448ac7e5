"""What each fact changes. The database has spoken: a fact is never refused.

What is late, repeated or about somebody unknown changes nothing and is counted as an anomaly.
"""

from typing import assert_never

from msgspec import structs

from routing.decisions import RescindOffer
from routing.facts import (
    AgentGone,
    AgentUpdated,
    Fact,
    ItemAssigned,
    ItemDone,
    ItemLeft,
    ItemQueued,
    ItemTransferred,
    ItemWeightChanged,
    ItemWrapUp,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferMade,
    OfferRescinded,
    ProposalRefused,
    RulesPublished,
)
from routing.model import Blame, ItemState
from routing.records import Item
from routing.state import Seat, State

_Closing = OfferAccepted | OfferDeclined | OfferExpired | OfferRescinded | OfferFailed


def apply(state: State, fact: Fact) -> None:  # noqa: C901, PLR0912 -- one line for each fact
    """Take in what has happened."""
    match fact:
        case OfferMade():
            _offer_made(state, fact)
        case OfferAccepted():
            _accepted(state, fact)
        case ItemQueued():
            _queued(state, fact)
        case ItemDone():
            _ended(state, fact, "done")
        case ItemWrapUp():
            _wrap_up(state, fact)
        case AgentUpdated():
            _agent_updated(state, fact)
        case OfferDeclined() | OfferExpired():
            _missed(state, fact)
        case ItemLeft():
            _ended(state, fact, fact.departure)
        case OfferRescinded():
            _rescinded(state, fact)
        case OfferFailed():
            _failed(state, fact)
        case ItemAssigned():
            _assigned(state, fact)
        case ItemTransferred():
            _transferred(state, fact)
        case ItemWeightChanged():
            _weight_changed(state, fact)
        case ProposalRefused():
            _refused(state, fact)
        case AgentGone():
            _agent_gone(state, fact)
        case RulesPublished():
            _rules_published(state, fact)
        case _:
            assert_never(fact)


def _anomaly(state: State, fact: Fact, what: str) -> None:
    name = f"{type(fact).__name__}: {what}"
    state.ledger.anomalies[name] = state.ledger.anomalies.get(name, 0) + 1


# --- rules and agents


def _rules_published(state: State, fact: RulesPublished) -> None:
    if fact.rules.version <= state.ledger.rules.version:
        _anomaly(state, fact, "late")
        return
    state.ledger.rules = fact.rules
    for seat in state.seats.values():
        state.refresh(seat, "the rules changed")
        state.changed[seat.record.agent] = None
    for item in state.items.values():
        state.place(item)


def _agent_updated(state: State, fact: AgentUpdated) -> None:
    seat = state.seat(fact.agent)
    record = seat.record
    if fact.revision <= record.revision:
        _anomaly(state, fact, "late")
        return
    record.profile, record.revision = fact, fact.revision
    record.signed_in, record.leaving = True, False
    record.idle_since, record.misses = fact.idle_since, fact.misses
    record.rests_until = fact.cooldown_until
    _agent_changed(state, seat)


def _agent_gone(state: State, fact: AgentGone) -> None:
    seat = state.seats.get(fact.agent)
    if seat is None or seat.record.profile is None:
        _anomaly(state, fact, "unknown agent")
    elif fact.revision <= seat.record.revision:
        _anomaly(state, fact, "late")
    else:
        seat.record.signed_in, seat.record.revision = False, fact.revision
        _agent_changed(state, seat)


def _agent_changed(state: State, seat: Seat) -> None:
    state.regroup(seat)
    state.refresh(seat, "the capacity was lowered")
    state.reroute(seat)
    state.changed[seat.record.agent] = None


# --- items come and go


def _queued(state: State, fact: ItemQueued) -> None:
    item = state.items.get(fact.item)
    if item is not None:
        if fact.generation <= item.entry.generation:
            _anomaly(state, fact, "late")
            return
        _release(state, item, fact.at, "the item was queued anew")
        state.admit(_admitted(fact, item.closed))
        return
    ended = state.ledger.ended.get(fact.item)
    if ended is not None:
        if fact.generation <= ended.generation:
            _anomaly(state, fact, "late")
            return
        del state.ledger.ended[fact.item]
    state.ledger.entered += 1
    state.admit(_admitted(fact, []))


def _admitted(entry: ItemQueued, closed: list[int]) -> Item:
    return Item(entry, dict(entry.excluded), rests_until=entry.not_before, closed=closed)


def _transferred(state: State, fact: ItemTransferred) -> None:
    item = _current(state, fact)
    if item is None:
        return
    entry = item.entry
    if fact.generation == entry.generation:
        _anomaly(state, fact, "late")
        return
    _release(state, item, fact.at, "the item was transferred")
    entry = structs.replace(
        entry,
        generation=fact.generation,
        queue=fact.queue,
        enqueued_at=entry.enqueued_at if fact.keeps_place else fact.at,
        sequence=entry.sequence if fact.keeps_place else fact.sequence,
        requirement=fact.requirement,
        sticky_agent=fact.sticky_agent,
        sticky_until=fact.sticky_until,
        excluded=fact.excluded,
        not_before=fact.not_before,
    )
    state.admit(_admitted(entry, item.closed))


def _ended(state: State, fact: ItemDone | ItemLeft, how: str) -> None:
    item = _current(state, fact)
    if item is None:
        return
    _release(state, item, fact.at, f"the item was {how}")
    state.drop(item, fact.generation, fact.at)
    state.ledger.departures[how] = state.ledger.departures.get(how, 0) + 1


def _current(
    state: State, fact: ItemTransferred | ItemAssigned | ItemDone | ItemLeft
) -> Item | None:
    item = _known(state, fact, fact.item)
    if item is not None and fact.generation < item.entry.generation:
        _anomaly(state, fact, "late")
        return None
    return item


def _known(state: State, fact: Fact, member: int) -> Item | None:
    item = state.items.get(member)
    if item is None:
        _anomaly(state, fact, "late" if member in state.ledger.ended else "unknown item")
    return item


def _release(state: State, item: Item, at: int, reason: str) -> None:
    """Free whoever has the item. An offer that is still pending is to be taken back."""
    if item.offer is not None and item.agent is not None and not item.withdrawn:
        state.ledger.withdrawals[item.offer] = RescindOffer(
            item.offer, item.entry.item, item.agent, reason
        )
    worked = item.state in {ItemState.ACTIVE, ItemState.WRAPUP}
    seat = state.detach(item)
    if seat is not None:
        if worked:
            _restart_idle_clock(seat, at)
        state.refresh(seat)


def _restart_idle_clock(seat: Seat, at: int) -> None:
    seat.record.idle_since = max(seat.record.idle_since, at)


# --- offers


def _offer_made(state: State, fact: OfferMade) -> None:
    item = _known(state, fact, fact.item)
    if item is None:
        return
    if item.offer == fact.offer or fact.offer in item.closed or _held(item):
        _anomaly(state, fact, "late")
        return
    seat = state.seat(fact.agent)
    if item.agent != fact.agent:
        _release(state, item, fact.at, "the item was offered elsewhere")
        item.offered_at = fact.at
        state.attach(item, seat, ItemState.OFFERED, fact.weight, "the offer was made elsewhere")
    else:
        if item.offer is not None:
            item.closed.append(item.offer)
        _weigh(state, item, seat, fact.weight)
    item.offer, item.expires_at, item.withdrawn = fact.offer, fact.expires_at, False
    if not seat.record.takes_work:
        state.changed[fact.agent] = None


def _held(item: Item) -> bool:
    return item.state in {ItemState.ACTIVE, ItemState.WRAPUP}


def _refused(state: State, fact: ProposalRefused) -> None:
    item = _known(state, fact, fact.item)
    if item is None:
        return
    if item.state is not ItemState.OFFERED or item.agent != fact.agent or item.offer is not None:
        _anomaly(state, fact, "late")
        return
    until = fact.at + state.ledger.rules.refusal_rest
    seat = state.seat(fact.agent)
    state.detach(item)
    if fact.blame is Blame.AGENT:
        _rest(seat, until)
    else:
        item.rests_until = until
    state.refresh(seat)
    state.place(item)


def _rest(seat: Seat, until: int) -> None:
    seat.record.rests_until = max(seat.record.rests_until, until)


def _accepted(state: State, fact: OfferAccepted) -> None:
    item = _pending(state, fact)
    if item is None:
        return
    seat = state.seat(fact.agent)
    item.state, item.offer, item.withdrawn = ItemState.ACTIVE, None, False
    item.closed.append(fact.offer)
    seat.record.misses = 0
    _restart_idle_clock(seat, fact.at)
    state.rerank(seat)


def _missed(state: State, fact: OfferDeclined | OfferExpired) -> None:
    item = _pending(state, fact)
    if item is None:
        return
    rules, seat = state.ledger.rules, state.seat(fact.agent)
    state.detach(item)
    item.excluded[fact.agent] = fact.at + rules.exclusion
    seat.record.misses += 1
    _restart_idle_clock(seat, fact.at)
    _rest(seat, fact.at + rules.cooldown)
    state.refresh(seat)
    state.place(item)
    state.changed[fact.agent] = None


def _rescinded(state: State, fact: OfferRescinded) -> None:
    item = _pending(state, fact)
    if item is not None:
        state.detach(item)
        state.refresh(state.seat(fact.agent))
        state.place(item)


def _failed(state: State, fact: OfferFailed) -> None:
    item = _pending(state, fact)
    if item is not None:
        state.detach(item)
        item.excluded[fact.agent] = fact.at + state.ledger.rules.exclusion
        state.refresh(state.seat(fact.agent))
        state.place(item)


def _pending(state: State, fact: _Closing) -> Item | None:
    state.ledger.withdrawals.pop(fact.offer, None)
    item = _known(state, fact, fact.item)
    if item is None:
        return None
    if item.offer == fact.offer and item.agent == fact.agent:
        return item
    _anomaly(state, fact, "late" if fact.offer in item.closed else "unknown offer")
    return None


# --- work


def _assigned(state: State, fact: ItemAssigned) -> None:
    item = _current(state, fact)
    if item is None:
        return
    seat = state.seat(fact.agent)
    if item.agent == fact.agent:
        if _held(item):
            _anomaly(state, fact, "late")
            return
        state.detach(item)
    _release(state, item, fact.at, "the item was assigned elsewhere")
    _restart_idle_clock(seat, fact.at)
    item.forced = fact.forced
    excuse = "forced by a supervisor" if fact.forced else "assigned elsewhere"
    state.attach(item, seat, ItemState.ACTIVE, fact.weight, excuse)


def _weight_changed(state: State, fact: ItemWeightChanged) -> None:
    item = _worked_on(state, fact)
    if item is not None:
        _weigh(state, item, state.seat(fact.agent), fact.weight)


def _weigh(state: State, item: Item, seat: Seat, units: int) -> None:
    if item.units != units:
        item.units = units
        state.refresh(seat, "an item weighs more")


def _wrap_up(state: State, fact: ItemWrapUp) -> None:
    item = _worked_on(state, fact)
    if item is not None:
        item.state = ItemState.WRAPUP


def _worked_on(state: State, fact: ItemWeightChanged | ItemWrapUp) -> Item | None:
    item = _known(state, fact, fact.item)
    if item is not None and not (_held(item) and item.agent == fact.agent):
        _anomaly(state, fact, "late")
        return None
    return item
