"""An order: what a customer buys, line by line, in one currency.

    draft ──► confirmed ──► fulfilment ──► completed
      └───────────┴──► cancelled

Amounts are whole numbers of the currency's minor unit, as cents.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from contactcenter.words import OrderState

TRANSITIONS: Mapping[OrderState, frozenset[OrderState]] = {
    "draft": frozenset({"confirmed", "cancelled"}),
    "confirmed": frozenset({"fulfilment", "cancelled"}),
    "fulfilment": frozenset({"completed"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """So many of one thing, each at `price`."""

    sku: str
    name: str
    quantity: int
    price: int


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `sales_order`; `total` is that of its lines."""

    id: int
    customer_id: int
    party_id: int
    state: OrderState
    currency: str
    total: int
    made_by_kind: str
    made_by: int | None
    made_at: datetime
    state_since: datetime

    def may_become(self, state: OrderState) -> bool:
        """Whether the table has it."""
        return state in TRANSITIONS[self.state]


def total(lines: Iterable[Line]) -> int:
    """What the lines cost together."""
    return sum(line.quantity * line.price for line in lines)
