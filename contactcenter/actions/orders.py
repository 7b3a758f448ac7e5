"""Orders are drafted, confirmed by the customer, handed to fulfilment and completed."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict, NotFound, Stale
from contactcenter.model.caller import Actor
from contactcenter.model.order import Line, Order, total
from contactcenter.record.root import lock_root
from contactcenter.words import OrderState

TOTAL_MAX = 2**53
"""Beyond it programs that read numbers as JavaScript does would read another total."""


class MadeOrder(msgspec.Struct, frozen=True):
    """`duplicate`: it was made under this key before."""

    id: int
    total: int
    duplicate: bool = False


async def make_order(
    tx: Tx,
    customer: int,
    currency: str,
    lines: Sequence[Line],
    key: str | None,
    by: Actor,
    now: datetime,
) -> MadeOrder:
    """A draft. Raises `NotFound`, and `BadInput`: `total-too-large`, `key-reused`."""
    costs = total(lines)
    if costs > TOTAL_MAX:
        detail = "The lines cost too much together."
        raise BadInput(detail, code="total-too-large", pointer="/lines")
    root = await lock_root(tx, customer)
    if key is not None:
        before = await tx.maybe(Order, "orders.of_key", by.kind, by.id, key)
        if before:
            if (before.party_id, before.total, before.currency) != (root.id, costs, currency):
                detail = f"Under this key order {before.id} was made."
                raise BadInput(detail, code="key-reused", pointer="/key")
            return MadeOrder(before.id, before.total, duplicate=True)
    made = await tx.maybe(Order, "orders.make", root.id, currency, costs, by.kind, by.id, key, now)
    if made is None:
        raise Stale  # under this key it was made at the same time
    await tx.do(
        "orders.lines",
        made.id,
        [line.sku for line in lines],
        [line.name for line in lines],
        [line.quantity for line in lines],
        [line.price for line in lines],
    )
    tx.emit(facts.OrderMade(at=now, **_about(made, lines, by)))
    return MadeOrder(made.id, made.total)


async def move_order(tx: Tx, order_id: int, state: OrderState, by: Actor, now: datetime) -> Order:
    """To another state that the table has. `Conflict` (`no-way`) where none leads there."""
    before = await tx.maybe(Order, "orders.lock", order_id)
    if before is None:
        raise NotFound(f"There is no order {order_id}.")
    if before.state == state:
        return before
    if not before.may_become(state):
        detail = f"An order that is {before.state} cannot become {state}."
        raise Conflict(detail, code="no-way", state=before.state)
    after = msgspec.structs.replace(before, state=state, state_since=now)
    await tx.do("orders.save", after.id, after.state, now)
    about = _about(after, await tx.many(Line, "orders.lines_of", order_id), by)
    confirmed = state == "confirmed"
    tx.emit(
        facts.OrderConfirmed(at=now, **about) if confirmed else facts.OrderChanged(at=now, **about)
    )
    return after


def _about(order: Order, lines: Sequence[Line], by: Actor) -> facts.AboutOrder:
    return facts.AboutOrder(
        order=order.id,
        customer=order.party_id,
        state=order.state,
        currency=order.currency,
        total=order.total,
        lines=[msgspec.structs.asdict(line) for line in lines],
        by_kind=by.kind,
        by=by.id,
    )
