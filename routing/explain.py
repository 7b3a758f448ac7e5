"""Why a decision is as it is, in words a supervisor understands."""

from routing import priority
from routing.decisions import Explanation, Reason
from routing.eligibility import Census, Line, Signature, lacks
from routing.heap import least
from routing.priority import seconds
from routing.records import Item
from routing.state import Seat, State


def sentence(explanation: Explanation) -> str:
    """Return one or two plain sentences: who got what and why, and why not the others."""
    waited = f"after {seconds(explanation.waited)}"
    told = (
        f"Agent {explanation.winner} was offered item {explanation.item} of queue "
        f"{explanation.queue} {waited}: {'; '.join(explanation.terms)}."
    )
    others = [f"{reason.agents} {reason.words}" for reason in explanation.others]
    if explanation.runner_up is not None:
        others.insert(0, f"agent {explanation.runner_up} would have been next")
    return f"{told} Of the others: {', '.join(others)}." if others else told


def choice(state: State, item: Item, line: Line, seat: Seat, idle_since: int) -> Explanation:
    """Explain an offer that has just been reserved for the agent, idle since then."""
    entry, now, winner = item.entry, state.ledger.now, seat.record.agent
    idle = f"idle for {seconds(now - idle_since)}"
    preferred = state.preferred(item) is seat
    why = f"the customer's preferred agent, {idle}" if preferred else f"longest idle: {idle}"
    barred = state.barred(item)
    runner_up = None
    if line.only is None:
        runner_up = least(line.signature.idle, {winner, *barred} if barred else (winner,))
    free = "passed over for the preferred agent" if preferred else "idle for less long"
    return Explanation(
        item=entry.item,
        queue=entry.queue,
        winner=winner,
        runner_up=None if runner_up is None else runner_up[2],
        terms=(why, *priority.terms(entry)) if entry.head_starts else (why,),
        others=why_not_others(state, line.signature, barred, free, seat),
        step=0,
        version=state.ledger.rules.version,
        waited=now - entry.enqueued_at,
    )


def why_not_others(
    state: State,
    signature: Signature,
    barred: frozenset[int],
    free: str,
    winner: Seat | None = None,
) -> tuple[Reason, ...]:
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
    reasons = (
        (free, idle - left_out),
        ("left out of this item after a miss", left_out),
        (f"without room for {channel}", fit - census.away - resting - idle),
        ("resting after a miss", resting),
        ("away", census.away),
    )
    found = [Reason(words, agents) for words, agents in reasons if agents]
    return (*found, *census.misfits)


def _stands(state: State, agent: int, signature: Signature) -> bool:
    seat = state.seat(agent)
    return signature.channel in seat.open and seat.group in signature.fits


def _census(state: State, signature: Signature) -> Census:
    """Count by class, anew only if somebody came, went or changed."""
    if signature.census.roster != state.roster:
        counts: dict[str, int] = {}
        for each in state.catalogue.classes.values():
            if each.members and (missing := lacks(each, signature)):
                words = f"without {missing[0]}"
                counts[words] = counts.get(words, 0) + len(each.members)
        signature.census = Census(
            roster=state.roster,
            fit=sum(len(each.members) for each in signature.fits),
            away=sum(len(each.away) for each in signature.fits),
            misfits=tuple(Reason(words, counts[words]) for words in sorted(counts)),
        )
    return signature.census
