from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from contactcenter.model.rulebook import Published
from contactcenter.record.held import hold
from contactcenter.record.waits import abandoned, answered
from tests.contactcenter.floor import queue

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


async def ends(desk: Any, how: Any, after_s: int, **changed: Any) -> bool:
    await desk.say("+621", at=NOW)

    async def action(tx: Any) -> bool:
        item = msgspec.structs.replace((await hold(tx, 1)).item, **changed)
        return await how(tx, item, desk.book, NOW + timedelta(seconds=after_s))

    return await desk.database.run(action)


@pytest.mark.parametrize(("more_s", "within"), [(0, True), (1, False)])
@pytest.mark.parametrize("how", [answered, abandoned])
async def test_a_wait_ends_within_the_target_or_not(
    desk: Any, how: Any, more_s: int, *, within: bool
) -> None:
    target = desk.book.rules.queues["care"].target_s
    assert await ends(desk, how, target + more_s) is within
    assert await desk.rows("SELECT * FROM queue_wait") == [
        {
            "item_id": 1,
            "epoch": 1,
            "queue": "care",
            "outcome": how.__name__,
            "enqueued_at": NOW,
            "ended_at": NOW + timedelta(seconds=target + more_s),
            "within": within,
        }
    ]


async def test_in_a_queue_that_is_no_more_there_is_no_target(desk: Any) -> None:
    assert await ends(desk, answered, 1, queue="gone") is False


MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""When the office opens that was closed on that Saturday: eight o'clock in Jakarta."""


@pytest.mark.parametrize(("more_s", "within"), [(0, True), (1, False)])
async def test_a_wait_counts_from_the_opening(desk: Any, more_s: int, *, within: bool) -> None:
    desk.book = Published(1, queue(desk.book.rules, "care", calendar="office"))
    target = desk.book.rules.queues["care"].target_s
    after = (MONDAY - NOW).total_seconds() + target + more_s
    assert await ends(desk, answered, int(after)) is within
    assert await desk.value("SELECT enqueued_at FROM queue_wait") == MONDAY


async def test_who_is_answered_before_the_opening_has_not_waited(desk: Any) -> None:
    desk.book = Published(1, queue(desk.book.rules, "care", calendar="office"))
    assert await ends(desk, answered, 7200) is True
    assert await desk.value("SELECT ended_at - enqueued_at FROM queue_wait") == timedelta()
