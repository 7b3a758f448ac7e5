"""Facts of the log with what they are about, read together."""

from collections.abc import Sequence
from typing import Any

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.facts import Fact
from contactcenter.model.case import Case
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer
from contactcenter.model.triggered import Moment


class Row(msgspec.Struct, frozen=True):
    """A row of the log."""

    seq: int
    fact: Any


class _Known(msgspec.Struct, frozen=True):
    place: int
    customer: Customer
    verified: bool


class _Connection(msgspec.Struct, frozen=True):
    id: int
    name: str


async def moments(tx: Tx, rows: Sequence[Row]) -> list[tuple[Row, Moment]]:
    """In the log's order, without what this version cannot read, or whose customer is forgotten."""
    read = [(row, facts.read(row.fact)) for row in rows]
    told = [(row, fact) for row, fact in read if not isinstance(fact, facts.Unknown)]
    if not told:
        return []
    customers = await tx.many(
        _Known,
        "automations.customers",
        [getattr(fact, "customer", 0) for _, fact in told],
        [_as(fact) for _, fact in told],
    )
    conversations = await _conversations(tx, told)
    cases = await _cases(tx, told)
    names = await _connections(tx, told)
    return [
        (
            told[known.place - 1][0],
            Moment(
                fact=(fact := told[known.place - 1][1]),
                customer=known.customer,
                verified=known.verified,
                conversation=conversations.get(_spoken_in(fact) or 0),
                case=cases.get(getattr(fact, "case", None) or 0),
                connection=names.get(_by(fact) or 0),
            ),
        )
        for known in sorted(customers, key=lambda k: k.place)
    ]


def _as(fact: Fact) -> int | None:
    return fact.said.identity_id if isinstance(fact, facts.InteractionAppended) else None


def _by(fact: Fact) -> int | None:
    return fact.said.connection_id if isinstance(fact, facts.InteractionAppended) else None


def _spoken_in(fact: Fact) -> int | None:
    """Of a case it is where it came up, also later."""
    return getattr(fact, "conversation", None)


Told = Sequence[tuple[Row, Fact]]


async def _conversations(tx: Tx, told: Told) -> dict[int, Conversation]:
    ids = sorted({c for _, fact in told if (c := _spoken_in(fact))})
    found = await tx.many(Conversation, "automations.conversations", ids) if ids else []
    return {c.id: c for c in found}


async def _cases(tx: Tx, told: Told) -> dict[int, Case]:
    ids = sorted({c for _, fact in told if (c := getattr(fact, "case", None))})
    found = await tx.many(Case, "automations.cases", ids) if ids else []
    return {c.id: c for c in found}


async def _connections(tx: Tx, told: Told) -> dict[int, str]:
    ids = sorted({c for _, fact in told if (c := _by(fact))})
    found = await tx.many(_Connection, "automations.connections", ids) if ids else []
    return {c.id: c.name for c in found}
