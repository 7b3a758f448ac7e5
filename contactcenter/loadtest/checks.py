"""Hold the system to its promises: what clients were told, the rows, and the log must agree."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import msgspec

from contactcenter import facts
from contactcenter.db.database import Database
from contactcenter.db.tail import LogRow
from contactcenter.db.tx import Tx
from contactcenter.live import board
from contactcenter.loadtest.ledger import Done, Ledger

LOG_MAX = 1_000_000
RULES = {
    "orphans": "what belongs to something has it",
    "two_open": "a party has one open conversation",
    "gaps": "a conversation is numbered without gaps",
    "positions": "a history is in the order of its conversations",
    "unlike_the_log": "what was said is in the log, once and as it was",
    "log_order": "the log's numbers are in the order of its commits",
    "empty_keys": "a claimed key has its interaction",
    "offers": "an item is offered while it has one pending offer",
    "unknown": "a customer is known by something",
    "merged_away": "conversations and matters are of somebody who was not merged away",
    "astray": "work is with an agent or waits, of an open conversation and its party",
    "matters": "a case or lead has work while it needs some, of its customer, in its queue",
    "totals": "an order costs what its lines cost",
    "workless": "an open conversation has its work",
    "timerless": "what ends by itself has its timer",
    "overdue": "timers fire",
    "overloaded": "nobody carries more than they can",
}

Trace = tuple[Any, ...]
Findings = dict[str, list[str]]
"""By rule, what breaks it."""


class _Said(msgspec.Struct, frozen=True):
    id: int
    conversation: int
    number: int
    position: int
    author_kind: str
    author: int | None
    text: str
    request_id: str | None


class _Command(msgspec.Struct, frozen=True):
    person: int
    id: str
    answer: Any


class _Accepted(msgspec.Struct, frozen=True):
    id: int
    agent: int


async def standing(database: Database) -> Findings:
    """What must hold at every moment, also in the middle of a fault."""
    async with database.snapshot() as tx:
        return {RULES[name]: await tx.many(str, f"checks.{name}") for name in RULES}


async def history(database: Database, ledger: Ledger, capacity: Mapping[int, int]) -> Findings:
    """What was promised and what was done, from the beginning. `capacity`: by agent."""
    async with database.snapshot() as tx:
        said = await tx.many(_Said, "checks.said")
        commands = await tx.many(_Command, "checks.commands")
        accepted = await tx.many(_Accepted, "checks.accepted")
        log = await tx.many(LogRow, "log.after", 0, LOG_MAX)
        return {
            "what is acknowledged is there, once, where it was said to be": [*_lost(ledger, said)],
            "a customer's words are in the order of their sending": [*_disorder(ledger, said)],
            "a command that was answered is done, once": [
                *_undone(ledger, commands),
                *_effects(commands, said, accepted, log),
            ],
            "no item has two offers, nobody is offered more than they can take": [
                *_offers(log, capacity)
            ],
            "where work stands by the log is where it stands": await unlike_the_log(tx, log),
            "clients see nothing that no fault excuses": ledger.wrong,
        }


def _lost(ledger: Ledger, said: Iterable[_Said]) -> Iterator[str]:
    there: defaultdict[str, list[_Said]] = defaultdict(list)
    for one in said:
        there[one.text].append(one)
    for customer, sayings in ledger.said.items():
        for saying in sayings:
            found = [(one.id, one.conversation, one.number) for one in there[saying.text]]
            if len(found) > 1:
                yield f"{saying.text!r} is there {len(found)} times: {found}"
            promised = saying.interaction, saying.conversation, saying.number
            if saying.interaction is not None and promised not in found:
                yield f"{saying.text!r} of {customer} was promised at {promised}, is at {found}"


def _disorder(ledger: Ledger, said: Iterable[_Said]) -> Iterator[str]:
    position = {one.text: one.position for one in said}
    for sayings in ledger.said.values():
        there = [s.text for s in sayings if s.text in position]
        for before, after in pairwise(there):
            if position[after] <= position[before]:
                yield f"{after!r} stands before {before!r}"


def _undone(ledger: Ledger, commands: Iterable[_Command]) -> Iterator[str]:
    stored = {
        (c.person, c.id): Done(c.answer["ok"], c.answer.get("result")) for c in commands if c.answer
    }
    for (person, id_), done in ledger.done.items():
        if stored.get((person, id_)) != done:
            yield f"{id_!r} of agent {person}: told {done}, stored {stored.get((person, id_))}"


def _effects(
    commands: Iterable[_Command],
    said: Iterable[_Said],
    accepted: Iterable[_Accepted],
    log: Iterable[LogRow],
) -> Iterator[str]:
    """Each kind of command against the traces that it leaves: as many of one as of the other."""
    done = [
        (c.person, c.id, c.answer.get("result")) for c in commands if c.answer and c.answer["ok"]
    ]
    took = [f for row in log if isinstance(f := row.fact, facts.ItemAssigned)]
    wrapped = [f for row in log if isinstance(f := row.fact, facts.ItemWrapUp)]
    traces: dict[str, tuple[Counter[Trace], Counter[Trace]]] = {
        "replies": (
            Counter[Trace]((p, i) for p, i, _ in done if i.startswith("reply")),
            Counter[Trace]((s.author, s.request_id) for s in said if s.author_kind == "agent"),
        ),
        "acceptances, by offer": (
            Counter[Trace](
                (p, int(i.rpartition("-")[2])) for p, i, _ in done if i.startswith("accept")
            ),
            Counter[Trace]((a.agent, a.id) for a in accepted),
        ),
        "acceptances, by assignment": (
            Counter[Trace](
                (p, r["item"], r["epoch"]) for p, i, r in done if i.startswith("accept")
            ),
            Counter[Trace]((f.agent, f.item, f.epoch) for f in took if f.by is None),
        ),
        "resolutions": (
            Counter[Trace]((p, r["item"]) for p, i, r in done if i.startswith("resolve")),
            Counter[Trace]((f.agent, f.item) for f in wrapped),
        ),
    }
    for what, (asked, found) in traces.items():
        for key in sorted({*asked, *found}, key=str):
            if asked[key] != found[key]:
                yield f"{what}: {key} was done {asked[key]} times and has {found[key]} effects"


def _offers(log: Iterable[LogRow], capacity: Mapping[int, int]) -> Iterator[str]:
    """Follow the log as it was written: who was offered and who had what at every moment."""
    offered: dict[int, int] = {}
    carried: dict[int, tuple[int, int]] = {}  # by item: agent and weight
    for row in log:
        match row.fact:
            case facts.OfferMade() as fact:
                if fact.item in offered:
                    yield f"log {row.seq}: item {fact.item} is offered twice"
                offered[fact.item] = fact.offer
                carried[fact.item] = fact.agent, fact.weight
                load = sum(weight for agent, weight in carried.values() if agent == fact.agent)
                if load > capacity[fact.agent]:
                    yield f"log {row.seq}: agent {fact.agent} is offered up to {load}"
            case facts.OfferEnded() as fact:
                if offered.pop(fact.item, None) != fact.offer:
                    yield f"log {row.seq}: offer {fact.offer} ends and was not pending"
                carried.pop(fact.item, None)
            case facts.ItemAssigned() | facts.ItemWeighed() as fact:
                carried[fact.item] = fact.agent, fact.weight
            case (
                facts.ItemQueued()
                | facts.ItemDone()
                | facts.ItemAbandoned()
                | facts.ItemCancelled() as fact
            ):
                carried.pop(fact.item, None)
            case _:
                continue


async def unlike_the_log(tx: Tx, log: Iterable[LogRow]) -> list[str]:
    """Where work stands by the whole log, against where it stands in the record."""
    folded = board.Board("UTC")
    for row in log:
        folded.fold(row.seq, row.fact)
    stored = await board.read(tx, "UTC")
    pairs = {
        "bots have": (folded.bots, stored.bots),
        "there wait": (folded.waiting, stored.waiting),
        "agents have": (folded.owned, stored.owned),
    }
    return [
        f"by the log {what} {told}, in the record {true}"
        for what, (told, true) in pairs.items()
        if told != true
    ]
