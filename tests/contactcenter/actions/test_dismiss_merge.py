from typing import Any

import pytest

from contactcenter.actions.dismiss_merge import dismiss_merge, recall_merge
from contactcenter.actions.merge import merge
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.caller import SYSTEM, Actor
from tests.contactcenter.floor import NOW, Floor


@pytest.fixture
async def pair(floor: Floor) -> list[int]:
    """Two who have written."""
    said = [await floor.desk.say(who) for who in "12"]
    return [await floor.desk.customer_of(one.conversation) for one in said]


async def audited(floor: Floor) -> list[Any]:
    return [tuple(r.values()) for r in await floor.desk.rows("SELECT action, actor_id FROM audit")]


async def test_it_is_kept_with_who_said_it_and_audited_once(floor: Floor, pair: list[int]) -> None:
    by = await floor.desk.person()
    for one, two in (pair, pair[::-1]):
        await floor.run(dismiss_merge, one, two, Actor("person", by), NOW)

    kept = await floor.desk.rows("SELECT customer_id, dismissed_by FROM merge_dismissal ORDER BY 1")
    assert [tuple(r.values()) for r in kept] == [(customer, by) for customer in pair]
    assert await audited(floor) == [("customer.dismiss_merge", by)]


async def test_taking_it_back_leaves_nothing(floor: Floor, pair: list[int]) -> None:
    await floor.run(dismiss_merge, *pair, SYSTEM, NOW)
    for _ in range(2):
        await floor.run(recall_merge, *pair[::-1], SYSTEM, NOW)

    assert await floor.desk.value("SELECT count(*) FROM merge_dismissal") == 0
    assert [action for action, _ in await audited(floor)] == [
        "customer.dismiss_merge",
        "customer.recall_merge",
    ]


async def test_of_one_customer_or_of_nobody_nothing_can_be_said(
    floor: Floor, pair: list[int]
) -> None:
    with pytest.raises(NotFound):
        await floor.run(dismiss_merge, pair[0], 4711, SYSTEM, NOW)
    await floor.run(merge, *pair, SYSTEM, floor.book, NOW)
    for action in (dismiss_merge, recall_merge):
        with pytest.raises(Conflict, match="one already"):
            await floor.run(action, *pair, SYSTEM, NOW)
