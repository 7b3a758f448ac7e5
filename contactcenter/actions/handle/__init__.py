"""Agents handle their work: what they accept, reply and resolve at once is one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import assert_never

from contactcenter.actions.handle.accept import Accept, Accepted, accept
from contactcenter.actions.handle.reply import Replied, Reply, reply
from contactcenter.actions.handle.resolve import Resolve, Resolved, resolve
from contactcenter.db.tx import Tx
from contactcenter.errors import Refusal
from contactcenter.model.rulebook import Published
from contactcenter.record.held import Work, hold_work
from contactcenter.record.work import save

Command = Accept | Reply | Resolve
Result = Accepted | Replied | Resolved


async def handle(
    tx: Tx, batch: Sequence[Command], book: Published, now: datetime
) -> list[Result | Refusal]:
    """Do a batch. Results in the batch's order; a refusal is that command's own.

    Commands about the same item are done in turns, each on what the one before it has left.
    """
    results: dict[int, Result | Refusal] = {}
    left = dict(enumerate(batch))
    while left:
        work = await _hold(tx, left.values())  # locks at first; in later turns reads again
        turn = {number: left.pop(number) for number in _first_of_each_item(left, work)}
        results |= await _do(tx, turn, work, book, now)
    return [results[number] for number in range(len(batch))]


async def _hold(tx: Tx, commands: Iterable[Command]) -> Work:
    """Lock the work; and the agents who take or give it, as a reply leaves what they carry."""
    items = {c.item for c in commands if not isinstance(c, Accept)}
    agents = {c.agent for c in commands if not isinstance(c, Reply)}
    offers = {c.offer for c in commands if isinstance(c, Accept)}
    return await hold_work(tx, items, agents, offers)


def _first_of_each_item(commands: Mapping[int, Command], work: Work) -> list[int]:
    first: dict[tuple[str, int], int] = {}
    for number, command in commands.items():
        first.setdefault(_subject(command, work), number)
    return list(first.values())


def _subject(command: Command, work: Work) -> tuple[str, int]:
    match command:
        case Accept():
            offer = work.offers.get(command.offer)
            return ("item", offer.item_id) if offer else ("offer", command.offer)
        case Reply() | Resolve():
            return "item", command.item
        case _:
            assert_never(command)


async def _do(
    tx: Tx, turn: Mapping[int, Command], work: Work, book: Published, now: datetime
) -> dict[int, Result | Refusal]:
    accepts = {n: c for n, c in turn.items() if isinstance(c, Accept)}
    replies = {n: c for n, c in turn.items() if isinstance(c, Reply)}
    resolves = {n: c for n, c in turn.items() if isinstance(c, Resolve)}
    outcomes = {
        **await accept(tx, accepts, work, book, now),
        **await reply(tx, replies, work, book, now),
        **await resolve(tx, resolves, work, book, now),
    }
    done = {n: o for n, o in outcomes.items() if not isinstance(o, Refusal)}
    refused = {n: o for n, o in outcomes.items() if isinstance(o, Refusal)}
    await save(tx, [change for _, change in done.values()], now)
    return {n: result for n, (result, _) in done.items()} | refused
