"""Find customers, and what was said."""

import re
from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.record.profile import Customers, Found
from contactcenter.words import AuthorKind, InteractionKind

BIGINT_MAX = 2**63 - 1

FITTING_MAX = 1_000
"""Of the customers who fit in one way, so many are looked at: nobody reads on so far."""
LATELY = 5_000
"""So many of the newest words are looked through before all that have ever been said are asked."""
DIGITS_MIN = 3

_IN_NUMBERS = re.compile(r"[\s().\-/]")


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said and holds the words; in `excerpt` U+E000 and U+E001 enclose them."""

    interaction: int
    position: int
    conversation: int
    state: str
    number: int
    kind: InteractionKind
    channel: str
    author_kind: AuthorKind
    at: datetime
    customer: int
    customer_name: str | None
    excerpt: str


class _Fitting(Found, frozen=True, kw_only=True):
    place: int


class _Place(msgspec.Struct, frozen=True):
    interaction_id: int
    position: int


class Hits(msgspec.Struct, frozen=True):
    """A page, newest first."""

    items: list[Hit]
    next: int | None


async def search_customers(tx: Tx, words: str, after: int, limit: int) -> Customers:
    """Whose id or identity it is; whose name has these words; whose number ends or address is so.

    In this order, and by id within it. Words count from their beginning on, of numbers the last
    digits (at least three). `after` and `next` are places in the list.
    """
    words = words.strip()
    plain = _IN_NUMBERS.sub("", words)
    number = int(words) if re.fullmatch("[0-9]{1,18}", words) else None
    whole = sorted({words, words.lower(), plain})
    rows = await tx.many(
        _Fitting,
        "search.customers",
        words,
        number,
        whole,
        _end_of_number(plain),
        after,
        limit + 1,
        FITTING_MAX,
    )
    found = [msgspec.convert(row, Found, from_attributes=True) for row in rows[:limit]]
    return Customers(found, rows[limit - 1].place if len(rows) > limit else None)


def _end_of_number(plain: str) -> str | None:
    """The digits read backwards, without what stands before them within a country."""
    digits = re.fullmatch(rf"[+0]*([0-9]{{{DIGITS_MIN},20}})", plain, re.ASCII)
    return digits[1][::-1] if digits else None


async def search_said(tx: Tx, words: str, customer: int | None, before: int, limit: int) -> Hits:
    """What holds all the words, whatever their case; of one customer where it is named.

    The last word counts from its beginning on. `"two words"` stand together, `or` and `-word` mean
    what they say (PostgreSQL's `websearch_to_tsquery`). `before` and `next` are positions.
    """
    found = await _find_said(tx, words, customer, before, limit + 1)
    shown = found[:limit]
    hits = await tx.many(Hit, "search.hits", words, [p.interaction_id for p in shown])
    return Hits(hits, shown[-1].position if len(found) > limit else None)


async def _find_said(
    tx: Tx, words: str, customer: int | None, before: int, limit: int
) -> list[_Place]:
    """What is said often is found among the newest, and what is said seldom by its words."""
    if customer is not None:
        return await tx.many(_Place, "search.of_customer", words, before, limit, customer)
    lately = await tx.many(_Place, "search.lately", words, before, limit, LATELY)
    if len(lately) == limit:
        return lately
    return await tx.many(_Place, "search.ever", words, before, limit)
