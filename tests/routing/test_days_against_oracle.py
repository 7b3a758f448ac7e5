"""Days with a few mishaps, mostly plausible: queues build up, and every reason comes about.

The engine, its twin and the oracle are those of `test_engine_against_oracle`; here chance, from a
seed, lets them see many more decisions than a search for the strange does.
"""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from routing.facts import (
    ItemDone,
    ItemWeightChanged,
    ItemWrapUp,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
    ProposalRefused,
)
from routing.model import Blame, Departure, QueueRules
from tests.routing.oracle import Work
from tests.routing.test_engine_against_oracle import Told


@pytest.mark.parametrize("seed", range(8))
def test_a_day_with_a_few_mishaps(seed: int) -> None:
    chance, day = Random(seed), Told()  # noqa: S311 -- a day that can be lived again
    day.begins(batch=chance.randint(1, 4), here=4)
    happenings = [each for each, weight in HAPPENINGS.items() for _ in range(weight)]
    for _ in range(500):
        chance.choice(happenings)(day, chance)
        day.knows_what_the_oracle_knows()
    assert day.engine.departures["done"] > 20
    assert Counter(type(each) for each in day.told)[OfferAccepted] > 20


def somebody_comes(day: Told, chance: Random) -> None:
    day.agent_comes(chance.randint(1, 6), chance.randint(0, 20))


def somebody_changes(day: Told, chance: Random) -> None:
    day.agent_changes(
        agent=chance.randint(1, 6),
        newer=1,
        available=chance.random() < 0.8,
        skills={"language:id": chance.randint(1, 3), "product:fiber": chance.randint(0, 3)},
        capacity=chance.randint(1, 5),
        ceilings={"chat": chance.randint(0, 4), "voice": 4, "mail": chance.randint(0, 2)},
        idle=chance.randint(0, 20),
        queues=chance.choice([None, ("sales",), ("billing",)]),
        rests=chance.choice([0, 0, 8]),
        misses=chance.choice([0, 0, 1]),
    )


def somebody_goes(day: Told, chance: Random) -> None:
    day.agent_goes(chance.randint(1, 6), 1)


def an_item_comes(day: Told, chance: Random) -> None:
    item = chance.randint(1, 25)
    if item not in day.oracle.work:
        channel, waited = chance.choice(["chat", "chat", "voice", "mail"]), chance.randint(0, 20)
        gold = chance.choice([0, 0, 10])
        day.item_queues(item, 1, waited, gold, channel=channel, **wish(chance))


def an_item_is_transferred(day: Told, chance: Random) -> None:
    keeps_place = chance.random() < 0.5
    day.item_is_transferred(chance.randint(1, 25), 1, keeps_place=keeps_place, **wish(chance))


def wish(chance: Random) -> dict[str, Any]:
    return {
        "queue": chance.choice(["billing", "sales"]),
        "requirement": chance.choice([{}, {"language:id": 2}, {"product:fiber": 2}]),
        "sticky": (chance.choice([None, 1, 2, 3]), chance.randint(-5, 20)),
        "excluded": chance.choice([{}, {}, {1: 9}, {2: 5, 3: 7}]),
    }


def an_item_leaves(day: Told, chance: Random) -> None:
    day.item_leaves(chance.randint(1, 25), 0, chance.choice([*Departure]))


def an_item_is_assigned(day: Told, chance: Random) -> None:
    forced = chance.random() < 0.5
    item, agent, weight = chance.randint(1, 25), chance.randint(1, 6), chance.randint(1, 2)
    day.item_is_assigned(item, agent, weight, 0, forced=forced)


def proposals_are_made(day: Told, _: Random) -> None:
    day.proposals_are_made()


def a_proposal_is_refused(day: Told, chance: Random) -> None:
    if day.proposals:
        refused = day.proposals.pop()
        blame = chance.choice([*Blame])
        day.tell(ProposalRefused(day.now, refused.item, refused.agent, blame, "changed"))


def an_offer_is_closed(day: Told, chance: Random) -> None:
    for item, work in tuple(day.oracle.work.items()):
        if work.offer is not None and chance.random() < 0.7:
            close(day, chance, item, work)


def close(day: Told, chance: Random, item: int, work: Work) -> None:
    kind: Any = chance.choice([OfferAccepted] * 6 + [OfferDeclined, OfferExpired])
    reason: tuple[str, ...] = ()
    if chance.random() < 0.15:
        kind, reason = chance.choice([OfferRescinded, OfferFailed]), ("lost line",)
    day.tell(kind(day.now, work.offer, item, work.owner, *reason))


def work_goes_on(day: Told, chance: Random) -> None:
    for item, work in tuple(day.oracle.work.items()):
        if work.owner is None or work.phase not in {"working", "wrapping"}:
            continue
        dice = chance.random()
        if dice < 0.2:
            day.tell(ItemWeightChanged(day.now, item, work.owner, chance.randint(0, 2)))
        elif dice < 0.4:
            day.tell(ItemWrapUp(day.now, item, work.owner))
        elif dice < 0.7:
            day.tell(ItemDone(day.now, item, day.generations[item]))


def rules_change(day: Told, chance: Random) -> None:
    day.publishes(QueueRules(chance.random() < 0.5), chance.randint(1, 2), 3, 1)


def something_comes_again(day: Told, chance: Random) -> None:
    day.tell(chance.choice(day.told[-25:]))


def the_twin_restarts(day: Told, _: Random) -> None:
    day.twin_restarts()


def nothing_is_due_before_the_engine_says(day: Told, _: Random) -> None:
    if not day.undecided:
        day.nothing_is_due_before_the_engine_says()


def time_passes(day: Told, chance: Random) -> None:
    day.time_passes(chance.randint(1, 6))


HAPPENINGS: dict[Callable[[Told, Random], None], int] = {
    an_item_comes: 30,
    time_passes: 10,
    proposals_are_made: 12,
    an_offer_is_closed: 10,
    work_goes_on: 8,
    somebody_comes: 5,
    somebody_changes: 6,
    somebody_goes: 2,
    an_item_is_transferred: 3,
    an_item_leaves: 3,
    an_item_is_assigned: 1,
    a_proposal_is_refused: 2,
    rules_change: 1,
    something_comes_again: 3,
    the_twin_restarts: 2,
    nothing_is_due_before_the_engine_says: 2,
}
