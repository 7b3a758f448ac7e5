"""Leads and orders: for staff, and for the programs that bring them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from contactcenter.actions.leads import Made, end_lead, make_lead
from contactcenter.actions.orders import MadeOrder, make_order, move_order
from contactcenter.api.access import STAFF, who
from contactcenter.api.paging import END, Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound
from contactcenter.model.caller import Actor, Caller
from contactcenter.model.lead import Lead
from contactcenter.model.order import Line, Order
from contactcenter.model.rulebook import Published
from contactcenter.record.leads import NewLead
from contactcenter.words import LeadState, OrderState

Term = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Words = Annotated[str, msgspec.Meta(max_length=4_096, pattern=r"^[^\x00]*$")]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
Currency = Annotated[str, msgspec.Meta(min_length=3, max_length=3, pattern=r"^[A-Z]+$")]
Amount = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Ident = Annotated[int, msgspec.Meta(ge=1, le=END)]
InState = Annotated[LeadState | None, QueryParameter(name="state")]
OrderInState = Annotated[OrderState | None, QueryParameter(name="state")]
Number = Annotated[int | None, QueryParameter(ge=1, le=END)]


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`amount` in minor units of the currency (ISO 4217), as cents."""

    amount: Amount
    currency: Currency


class MakeLead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may buy what. `source`: where we know it from. Sent again under `key`, it is the same."""

    customer: Ident
    product: Term
    source: Term
    region: Term | None = None
    value: Price | None = None
    note: Words = ""
    queue: Term | None = None
    key: Key | None = None


class EndLead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it ended."""

    state: Literal["won", "lost"]


class Leads(msgspec.Struct, frozen=True):
    """Newest first; `next` as `before` gives the next page."""

    items: list[Lead]
    next: int | None


class OrderLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many of one thing; `price` of one, in minor units of the order's currency."""

    sku: Term
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    price: Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class MakeOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a customer wants to buy. Sent again under `key`, it is the same order."""

    customer: Ident
    currency: Currency
    lines: Annotated[list[OrderLine], msgspec.Meta(min_length=1, max_length=200)]
    key: Key | None = None


class MoveOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Into which state."""

    state: Literal["confirmed", "fulfilment", "completed", "cancelled"]


class WholeOrder(msgspec.Struct, frozen=True):
    """An order with its lines."""

    order: Order
    lines: list[Line]


class Orders(msgspec.Struct, frozen=True):
    """Newest first; `next` as `before` gives the next page."""

    items: list[Order]
    next: int | None


@post(
    "/v1/leads",
    opt=who(*STAFF, "bot", scope="sales:write")
    | refuses("404 not-found", "422 unknown-queue", "422 key-reused"),
    tags=["sales"],
    operation_id="MakeLead",
)
async def post_lead(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    data: JSONBody[MakeLead],
) -> Made:
    """Make a lead. It waits for an agent who knows its product and region, by the same routing."""
    new = NewLead(
        product=data.product,
        source=data.source,
        region=data.region,
        value=data.value.amount if data.value else None,
        currency=data.value.currency if data.value else None,
        note=data.note,
        queue=data.queue,
        key=data.key,
    )
    return await database.run(lambda tx: make_lead(tx, data.customer, new, actor, book, now))


@get("/v1/leads", opt=who(*STAFF), tags=["sales"], operation_id="ListLeads")
async def list_leads(
    database: NamedDependency[Database],
    wanted_state: InState = None,
    customer: Number = None,
    agent: Number = None,
    before: Place = END,
    limit: Limit = 50,
) -> Leads:
    """Leads, newest first; of a customer, of who took them, in a state, where it is said."""
    async with database.snapshot() as tx:
        args = before, limit + 1, wanted_state, customer, agent
        found = await tx.many(Lead, "leads.page", *args)
    return Leads(found[:limit], found[limit - 1].id if len(found) > limit else None)


@get("/v1/leads/{lead:int}", opt=who(*STAFF), tags=["sales"], operation_id="ReadLead")
async def read_lead(database: NamedDependency[Database], lead: Id) -> Lead:
    """A lead."""
    async with database.snapshot() as tx:
        found = await tx.maybe(Lead, "leads.one", lead)
    if found is None:
        raise NotFound(f"There is no lead {lead}.")
    return found


@post(
    "/v1/leads/{lead:int}/end",
    opt=who(*STAFF) | refuses("409 lead-ended", "409 not-yours", "409 lead-changed"),
    status_code=200,
    tags=["sales"],
    operation_id="EndLead",
)
async def post_end(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    lead: Id,
    data: JSONBody[EndLead],
) -> Lead:
    """Won or lost: its work ends."""
    others = caller.kind != "agent"
    return await database.run(
        lambda tx: end_lead(tx, lead, data.state, actor, now, others_work=others)
    )


@post(
    "/v1/orders",
    opt=who(*STAFF, "bot", scope="sales:write")
    | refuses("404 not-found", "422 total-too-large", "422 key-reused"),
    tags=["sales"],
    operation_id="MakeOrder",
)
async def post_order(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[MakeOrder],
) -> MadeOrder:
    """Make a draft of an order; the total is counted from its lines."""
    lines = [msgspec.convert(line, Line, from_attributes=True) for line in data.lines]
    return await database.run(
        lambda tx: make_order(tx, data.customer, data.currency, lines, data.key, actor, now)
    )


@get("/v1/orders", opt=who(*STAFF), tags=["sales"], operation_id="ListOrders")
async def list_orders(
    database: NamedDependency[Database],
    wanted_state: OrderInState = None,
    customer: Number = None,
    before: Place = END,
    limit: Limit = 50,
) -> Orders:
    """Orders, newest first; of a customer, in a state, where it is said."""
    async with database.snapshot() as tx:
        found = await tx.many(Order, "orders.page", before, limit + 1, wanted_state, customer)
    return Orders(found[:limit], found[limit - 1].id if len(found) > limit else None)


@get("/v1/orders/{order:int}", opt=who(*STAFF), tags=["sales"], operation_id="ReadOrder")
async def read_order(database: NamedDependency[Database], order: Id) -> WholeOrder:
    """An order with its lines."""
    async with database.snapshot() as tx:
        return await _whole(tx, order)


@post(
    "/v1/orders/{order:int}/state",
    opt=who(*STAFF, "bot", scope="sales:write") | refuses("409 no-way"),
    status_code=200,
    tags=["sales"],
    operation_id="MoveOrder",
)
async def post_state(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    order: Id,
    data: JSONBody[MoveOrder],
) -> WholeOrder:
    """Confirm it, hand it to fulfilment, complete or cancel it."""

    async def change(tx: Tx) -> WholeOrder:
        await move_order(tx, order, data.state, actor, now)
        return await _whole(tx, order)

    return await database.run(change)


async def _whole(tx: Tx, order: int) -> WholeOrder:
    found = await tx.maybe(Order, "orders.one", order)
    if found is None:
        raise NotFound(f"There is no order {order}.")
    return WholeOrder(found, await tx.many(Line, "orders.lines_of", order))


ROUTES = [
    post_lead,
    list_leads,
    read_lead,
    post_end,
    post_order,
    list_orders,
    read_order,
    post_state,
]
