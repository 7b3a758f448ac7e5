"""Why a decision is as it is, by rule and value; whoever shows it puts it into words."""

from routing.decisions import (
    Ahead,
    Away,
    Explanation,
    Free,
    IdleLess,
    Lack,
    LeftOut,
    LongestIdle,
    NoRoom,
    NotPreferred,
    Others,
    PreferredAgent,
    Reason,
    Resting,
    Term,
)
from routing.eligibility import Census, Line, Signature, lacks
from routing.heap import least
from routing.records import Item
from routing.state import Seat, State


def choice(state: State, item: Item, line: Line, seat: Seat, idle_since: int) -> Explanation:
    """Explain an offer that has just been reserved for the agent, idle since then."""
    entry, now, winner = item.entry, state.ledger.now, seat.record.agent
    preferred, idle_us = state.preferred(item) is seat, now - idle_since
    why: Term = PreferredAgent(idle_us) if preferred else LongestIdle(idle_us)
    barred = state.barred(item)
    runner_up = None
    if line.only is None:
        runner_up = least(line.signature.idle, {winner, *barred} if barred else (winner,))
    free = NotPreferred() if preferred else IdleLess()
    return Explanation(
        item=entry.item,
        queue=entry.queue,
        channel=entry.channel,
        winner=winner,
        runner_up=None if runner_up is None else runner_up[2],
        terms=(why, *[Ahead(h.cause, h.name, h.micros) for h in entry.head_starts]),
        others=why_not_others(state, line.signature, barred, free, seat),
        requirement=entry.requirement,
        step=0,
        version=state.ledger.rules.version,
        waited_us=now - entry.enqueued_at,
    )


def why_not_others(
    state: State,
    signature: Signature,
    barred: frozenset[int],
    free: Free | IdleLess | NotPreferred,
    winner: Seat | None = None,
) -> tuple[Others, ...]:
    """Count all who are signed in, but for the winner, by what keeps the item from them.

    `free` says why not those who could take it.
    """
    census, channel = _census(state, signature), signature.channel
    fit = census.fit
    resting = sum(map(len, signature.resting))
    idle = sum(map(len, signature.idle_rolls))
    if winner is not None:
        fit -= 1
        idle -= channel in winner.open
    left_out = sum([_stands(state, each, signature) for each in barred]) if barred else 0
    counted: tuple[tuple[int, Reason], ...] = (
        (idle - left_out, free),
        (left_out, LeftOut()),
        (fit - census.away - resting - idle, NoRoom(channel)),
        (resting, Resting()),
        (census.away, Away()),
    )
    found = [Others(agents, why) for agents, why in counted if agents]
    return (*found, *census.misfits)


def _stands(state: State, agent: int, signature: Signature) -> bool:
    seat = state.seat(agent)
    return signature.channel in seat.open and seat.group in signature.fits


def _census(state: State, signature: Signature) -> Census:
    """Count by class, anew only if somebody came, went or changed."""
    if signature.census.roster != state.roster:
        counts: dict[Lack, int] = {}
        for each in state.catalogue.classes.values():
            if each.members and (missing := lacks(each, signature)):
                counts[missing[0]] = counts.get(missing[0], 0) + len(each.members)
        signature.census = Census(
            roster=state.roster,
            fit=sum(len(each.members) for each in signature.fits),
            away=sum(len(each.away) for each in signature.fits),
            misfits=tuple(Others(counts[lack], lack) for lack in sorted(counts, key=repr)),
        )
    return signature.census
