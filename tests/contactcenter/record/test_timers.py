from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.record.timers import still_due

LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def timers(desk: Any) -> None:
    """1 and 2 are due, 3 is not yet, 4 is parked, 5 is of another kind; generation is subject."""
    await desk.rows(
        "INSERT INTO timer (kind, subject, due_at, generation, parked_at)"
        " SELECT CASE n WHEN 5 THEN 'wrapup_end' ELSE 'item_idle' END, n,"
        " now() + CASE n WHEN 3 THEN 1 ELSE -1 END * interval '1 minute', n,"
        " CASE n WHEN 4 THEN now() END FROM generate_series(1, 5) AS n"
    )


def due(desk: Any, **rings: int) -> Any:
    asked = {int(subject.removeprefix("s")): generation for subject, generation in rings.items()}
    return desk.database.run(lambda tx: still_due(tx, "item_idle", asked))


async def left(desk: Any) -> Any:
    return await desk.value("SELECT array_agg(subject ORDER BY subject) FROM timer")


async def test_what_is_still_due_goes_with_its_effect(desk: Any) -> None:
    assert await due(desk, s1=1, s2=2) == {1, 2}
    assert await left(desk) == [3, 4, 5]


async def test_what_was_set_anew_is_another(desk: Any) -> None:
    assert await due(desk, s1=9) == set()
    assert await left(desk) == [1, 2, 3, 4, 5]


async def test_what_is_not_due_or_parked_or_gone_or_of_another_kind_is_left(desk: Any) -> None:
    assert await due(desk, s3=3, s4=4, s5=5, s404=404) == set()
    assert await left(desk) == [1, 2, 3, 4, 5]


async def test_what_its_effect_sets_again_stays_as_another(desk: Any) -> None:
    async def action(tx: Any) -> None:
        assert await still_due(tx, "item_idle", {1: 1}) == {1}
        tx.schedule("item_idle", 1, LATER)

    await desk.database.run(action)

    assert await left(desk) == [1, 2, 3, 4, 5]
    [again] = await desk.rows("SELECT due_at FROM timer WHERE subject = 1")
    assert again["due_at"] == LATER
