import asyncio
from typing import Any

import pytest

from contactcenter.actions.orders import TOTAL_MAX, MadeOrder, make_order, move_order
from contactcenter.errors import BadInput, Conflict, NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.order import Line
from tests.contactcenter.floor import NOW, Floor
from tests.contactcenter.invariants import broken

BY = Actor("bot", 1)
LINE = Line(sku="SANDAL-42", name="Sandal", quantity=2, price=150)


@pytest.fixture
async def customer(floor: Floor) -> int:
    return await floor.desk.customer_of((await floor.desk.say("1")).conversation)


async def makes(floor: Floor, customer: int, *lines: Line, key: str | None = None) -> MadeOrder:
    return await floor.run(make_order, customer, "IDR", lines or [LINE], key, BY, NOW)


async def moves(floor: Floor, order: int, *states: Any) -> None:
    for state in states:
        await floor.run(move_order, order, state, BY, NOW)


async def test_what_it_costs_is_counted_from_its_lines(floor: Floor, customer: int) -> None:
    made = await makes(floor, customer, LINE, Line(sku="b", name="B", quantity=1, price=7))
    assert made.total == 307
    [fact] = await floor.desk.facts("OrderMade")
    assert [line["sku"] for line in fact["lines"]] == ["SANDAL-42", "b"]
    assert await broken(floor.desk.database) == []
    with pytest.raises(BadInput):
        await makes(floor, customer, Line(sku="c", name="C", quantity=2, price=TOTAL_MAX))


async def test_one_key_makes_one_order_also_at_once(floor: Floor, customer: int) -> None:
    made = await asyncio.gather(*(makes(floor, customer, key="k") for _ in range(5)))
    assert len({m.id for m in made}) == 1
    assert sum(m.duplicate for m in made) == 4
    with pytest.raises(BadInput) as refused:
        await makes(floor, customer, Line(sku="b", name="B", quantity=1, price=7), key="k")
    assert refused.value.code == "key-reused"


async def test_its_confirmation_is_told_once_with_all_that_is_to_be_done(
    floor: Floor, customer: int
) -> None:
    order = (await makes(floor, customer)).id
    await moves(floor, order, "confirmed", "confirmed", "fulfilment", "completed")
    [fact] = await floor.desk.facts("OrderConfirmed")
    assert (fact["order"], fact["total"], fact["lines"][0]["quantity"]) == (order, 300, 2)
    assert [f["state"] for f in await floor.desk.facts("OrderChanged")] == [
        "fulfilment",
        "completed",
    ]


async def test_what_is_completed_is_not_cancelled(floor: Floor, customer: int) -> None:
    order = (await makes(floor, customer)).id
    await moves(floor, order, "confirmed", "fulfilment", "completed")
    with pytest.raises(Conflict) as refused:
        await moves(floor, order, "cancelled")
    assert refused.value.code == "no-way"
    with pytest.raises(NotFound):
        await moves(floor, 99, "confirmed")
