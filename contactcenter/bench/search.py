"""Search as one types, over a million customers and a million things that were said."""

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import msgspec

from contactcenter.bench.place import place, shipped_rules
from contactcenter.bench.report import Line, line
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.record.search import BIGINT_MAX, search_customers, search_said

ROWS = 1_000_000
PORTION = 25_000
WORDS = 20_000
PHRASES = 20_000
ASKED = 200
PAGE = 20
P99_MS_MAX = 100

Ask = Callable[[Tx], Awaitable[object]]


class _Words(msgspec.Struct, frozen=True):
    """Some words of the vocabulary: those that are said most, and those that are said least."""

    often: list[str]
    seldom: list[str]


async def search() -> AsyncIterator[Line]:
    """The time of one search, asked one after the other, in the database and on the way there."""
    async with place(shipped_rules()) as here:
        await fill(here.database)
        async for measured in measure(here.database):
            yield measured


async def fill(database: Database) -> None:
    """Make what is searched, through all indexes, as it would have come in."""
    await database.run(lambda tx: tx.do("bench.words", WORDS))
    await database.run(lambda tx: tx.do("bench.words_key"))
    await database.run(lambda tx: tx.do("bench.phrases", PHRASES, WORDS))
    await database.run(lambda tx: tx.do("bench.phrases_key"))
    for what in ("bench.people", "bench.said"):
        for first in range(5, ROWS + 5, PORTION):
            last = first + PORTION - 1
            await database.run(lambda tx, w=what, f=first, t=last: tx.do(w, f, t))


async def measure(database: Database) -> AsyncIterator[Line]:
    """Percentiles for each kind of search."""
    chance = random.Random(7)  # noqa: S311 -- the same searches each time
    words = await _words(database, chance)
    for name, ask in _searches(words, chance).items():
        times = sorted([await _timed(database, ask()) for _ in range(ASKED)])
        yield line(f"search.{name}_p50", times[ASKED // 2], "ms")
        yield line(f"search.{name}_p99", times[ASKED * 99 // 100], "ms", at_most=P99_MS_MAX)


def _searches(words: _Words, chance: random.Random) -> Mapping[str, Callable[[], Ask]]:
    often, seldom = (lambda: chance.choice(words.often)), (lambda: chance.choice(words.seldom))
    return {
        "said_often": lambda: _said(often()),
        "said_seldom": lambda: _said(seldom()),
        "said_two_words": lambda: _said(f"{often()} {seldom()}"),
        "said_begun": lambda: _said(seldom()[:4]),
        "name_begun": lambda: _customers(often()[:3]),
        "name_two_begun": lambda: _customers(f"{often()} {seldom()[:3]}"),
        "number_end": lambda: _customers(f"{chance.randrange(10_000):04}"),
        "address_begun": lambda: _customers(f"{often()}.{seldom()[:4]}"),
    }


def _said(words: str) -> Ask:
    return lambda tx: search_said(tx, words, None, BIGINT_MAX, PAGE)


def _customers(words: str) -> Ask:
    return lambda tx: search_customers(tx, words, 0, PAGE)


async def _timed(database: Database, ask: Ask) -> float:
    """Milliseconds, with its transaction."""
    began = time.perf_counter()
    async with database.snapshot() as tx:
        await ask(tx)
    return (time.perf_counter() - began) * 1000


async def _words(database: Database, chance: random.Random) -> _Words:
    async with database.snapshot() as tx:
        often = [await tx.one(str, "bench.word", n) for n in range(1, 41)]
        seldom = [
            await tx.one(str, "bench.word", chance.randrange(WORDS // 4, WORDS)) for _ in range(200)
        ]
    return _Words(often, seldom)
