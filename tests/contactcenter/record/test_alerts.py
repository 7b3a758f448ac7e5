from typing import Any

import msgspec

from contactcenter.record.alerts import Notice, raise_alert
from tests.contactcenter.floor import NOW

FAILED = Notice(
    kind="timer_parked",
    urgency="warning",
    subject_kind="timer x",
    subject=13,
    title="It failed.",
    values={"timer": "x"},
)


async def raised(desk: Any, notice: Notice) -> int | None:
    rules = desk.book.rules.alerts
    return await desk.database.run(lambda tx: raise_alert(tx, notice, rules, NOW))


async def test_alert_is_for_the_supervisors_and_will_climb(desk: Any) -> None:
    alert = await raised(desk, FAILED)
    [fact] = await desk.facts("AlertRaised")
    assert (fact["alert"], fact["to"], fact["values"]) == (alert, "supervisor", {"timer": "x"})
    [timer] = await desk.rows("SELECT kind, subject, due_at - $1 AS wait FROM timer", NOW)
    assert (timer["kind"], timer["subject"]) == ("alert_climb", alert)
    assert timer["wait"].total_seconds() == desk.book.rules.alerts.climb_after_s


async def test_alert_for_an_agent_is_theirs_first(desk: Any) -> None:
    agent = await desk.person()
    await raised(desk, msgspec.structs.replace(FAILED, agent=agent))
    [fact] = await desk.facts("AlertRaised")
    assert (fact["to"], fact["agent"]) == ("agent", agent)


async def test_about_one_thing_there_is_one_open_alert(desk: Any) -> None:
    first = await raised(desk, FAILED)
    assert await raised(desk, FAILED) is None
    assert await raised(desk, msgspec.structs.replace(FAILED, subject=14)) is not None
    await desk.rows("UPDATE alert SET acknowledged_at = now() WHERE id = $1", first)
    assert await raised(desk, FAILED) is not None
