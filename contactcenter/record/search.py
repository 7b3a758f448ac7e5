"""Find customers, and what was said."""

import re
from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.record.profile import Customers, Found
from contactcenter.words import AuthorKind, InteractionKind

BIGINT_MAX = 2**63 - 1

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


class Hits(msgspec.Struct, frozen=True):
    """A page, newest first."""

    items: list[Hit]
    next: int | None


async def search_customers(tx: Tx, words: str, after: int, limit: int) -> Customers:
    """By how the name begins, by the value of an identity, or by the id; by id, from `after` on."""
    words = words.strip()
    prefix = re.sub(r"([\\%_])", r"\\\1", words.lower())
    values = {words, words.lower(), _IN_NUMBERS.sub("", words)}
    number = int(words) if re.fullmatch("[0-9]{1,18}", words) else None
    args = f"{prefix}%", sorted(values), number, after, limit + 1
    rows = await tx.many(Found, "search.customers", *args)
    return Customers(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


async def search_said(tx: Tx, words: str, customer: int | None, before: int, limit: int) -> Hits:
    """What holds all the words, whatever their case; of one customer where it is named.

    `"two words"` stand together, `or` and `-word` mean what they say (PostgreSQL's
    `websearch_to_tsquery`). `before` and `next` are positions.
    """
    rows = await tx.many(Hit, "search.said", words, before, customer, limit + 1)
    return Hits(rows[:limit], rows[limit - 1].position if len(rows) > limit else None)
