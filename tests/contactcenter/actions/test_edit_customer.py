import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from contactcenter.actions.edit_customer import ATTRIBUTES_MAX, Edit, Fields, edit_customer
from contactcenter.errors import BadInput, Conflict, NotFound
from contactcenter.model.caller import Actor

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
BY = Actor("person", 7, "r1")


@pytest.fixture
def edit(desk: Any) -> Any:
    def run(customer: Any, **fields: Any) -> Any:
        change = Edit(**fields)
        return desk.database.run(
            lambda tx: edit_customer(tx, customer, change, BY, desk.book.rules, NOW)
        )

    return run


@pytest.fixture
async def customer(desk: Any) -> Any:
    return await desk.value(
        "INSERT INTO customer (name, value, attributes, tags, created_at)"
        " VALUES ('Ani', 40, '{\"plan\": \"home\", \"since\": 2019}', '{a,b}', now()) RETURNING id"
    )


async def test_the_fact_names_the_fields_that_changed(desk: Any, edit: Any, customer: Any) -> None:
    await edit(customer, name="Ani", value=60, language="id")

    [fact] = await desk.facts("CustomerChanged")
    assert (fact["customer"], fact["changed"]) == (customer, ["value", "language"])


async def test_the_audit_trail_holds_before_and_after(desk: Any, edit: Any, customer: Any) -> None:
    await edit(customer, value=60, territory="west")

    [row] = await desk.rows("SELECT * FROM audit")
    assert (row["actor_kind"], row["actor_id"], row["request_id"]) == ("person", 7, "r1")
    assert (row["action"], row["subject_id"]) == ("customer.edit", customer)
    assert msgspec.json.decode(row["detail"]) == {
        "before": {"value": 40, "territory": None},
        "after": {"value": 60, "territory": "west"},
    }


async def test_null_clears_a_field(edit: Any, customer: Any) -> None:
    after = await edit(customer, name=None, value=None, attributes=None, tags=None)

    assert (after.name, after.value, after.attributes, after.tags) == (None, 0, {}, [])


async def test_attributes_are_merged_key_by_key(edit: Any, customer: Any) -> None:
    after = await edit(customer, attributes={"since": None, "lines": 2})

    assert after.attributes == {"plan": "home", "lines": 2}


async def test_attributes_stay_within_their_bound(edit: Any, customer: Any) -> None:
    with pytest.raises(BadInput) as refused:
        await edit(customer, attributes={f"a{n}": n for n in range(ATTRIBUTES_MAX - 1)})

    assert refused.value.pointer == "/attributes"


async def test_an_edit_that_changes_nothing_leaves_no_trace(
    desk: Any, edit: Any, customer: Any
) -> None:
    await edit(customer, name="Ani", tags=["a", "b", "a"])

    assert await desk.facts("CustomerChanged") == []
    assert await desk.rows("SELECT * FROM audit") == []


async def test_an_expected_field_that_holds_something_else_refuses_the_whole_edit(
    desk: Any, edit: Any, customer: Any
) -> None:
    with pytest.raises(Conflict) as refused:
        await edit(customer, name="Budi", tier="gold", expected=Fields(name="Ani", value=50))

    assert (refused.value.code, refused.value.context) == (
        "edited-meanwhile",
        {"holds": {"value": 40}},
    )
    assert await desk.value("SELECT name FROM customer") == "Ani"


async def test_what_somebody_else_changed_elsewhere_is_no_conflict(
    edit: Any, customer: Any
) -> None:
    await edit(customer, language="id")

    after = await edit(customer, name="Budi", expected=Fields(name="Ani"))

    assert (after.name, after.language) == ("Budi", "id")


async def test_an_expected_null_is_the_cleared_field(edit: Any, customer: Any) -> None:
    await edit(customer, value=None)

    after = await edit(customer, value=10, expected=Fields(value=None))

    assert after.value == 10


async def test_a_share_is_kept_as_it_was_given(edit: Any, customer: Any) -> None:
    await edit(customer, propensity_to_leave=0.3)

    after = await edit(customer, name="Budi", expected=Fields(propensity_to_leave=0.3))

    assert after.propensity_to_leave == 0.3


async def test_of_many_edits_at_once_that_expect_the_same_one_wins(
    desk: Any, edit: Any, customer: Any
) -> None:
    edits = [edit(customer, value=n, expected=Fields(value=40)) for n in range(50, 56)]

    results = await asyncio.gather(*edits, return_exceptions=True)

    assert [type(r).__name__ for r in results].count("Conflict") == 5
    assert len(await desk.facts("CustomerChanged")) == 1


async def test_a_merged_customers_edit_goes_to_the_one_they_are_known_as(
    desk: Any, edit: Any, customer: Any
) -> None:
    merged = await desk.value(
        "INSERT INTO customer (name, merged_into, created_at) VALUES ('Old', $1, now())"
        " RETURNING id",
        customer,
    )

    after = await edit(merged, name="Budi")

    assert (after.id, after.name) == (customer, "Budi")


async def test_an_unknown_tier_is_refused(edit: Any, customer: Any) -> None:
    with pytest.raises(BadInput) as refused:
        await edit(customer, tier="platinum")

    assert refused.value.pointer == "/tier"


async def test_an_unknown_customer_is_not_found(edit: Any) -> None:
    with pytest.raises(NotFound):
        await edit(4711, name="Budi")


async def test_what_waits_keeps_its_place(desk: Any, edit: Any) -> None:
    said = await desk.say("+621")
    place = await desk.rows("SELECT head_start_us, requirement, epoch FROM work_item")

    await edit(await desk.customer_of(said.conversation), tier="gold", value=100, language="id")

    assert await desk.rows("SELECT head_start_us, requirement, epoch FROM work_item") == place
