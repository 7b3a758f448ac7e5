import pytest

from contactcenter.actions.retry_timer import retry_timer
from contactcenter.errors import NotFound
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.floor import NOW, Floor

PARKED = """
INSERT INTO timer (kind, subject, due_at, attempts, parked_at)
VALUES ('item_idle', 9, now() - interval '1 day', 6, now())
"""


async def test_parked_timer_is_due_at_once_with_all_its_attempts(floor: Floor) -> None:
    await floor.desk.rows(PARKED)
    before = await floor.desk.value("SELECT generation FROM timer")
    await floor.run(retry_timer, "item_idle", 9, SYSTEM, NOW)
    [timer] = await floor.desk.rows(
        "SELECT attempts, parked_at, due_at <= clock_timestamp() AS due, generation > $1 AS anew"
        " FROM timer",
        before,
    )
    assert timer == {"attempts": 0, "parked_at": None, "due": True, "anew": True}
    [entry] = await floor.desk.rows("SELECT action, subject_kind, subject_id FROM audit")
    assert tuple(entry.values()) == ("timer.retry", "timer item_idle", 9)


async def test_timer_that_is_not_parked_is_left_alone(floor: Floor) -> None:
    await floor.desk.rows(
        "INSERT INTO timer (kind, subject, due_at) VALUES ('item_idle', 9, now())"
    )
    with pytest.raises(NotFound):
        await floor.run(retry_timer, "x", 9, SYSTEM, NOW)
