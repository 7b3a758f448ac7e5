from datetime import timedelta

import msgspec
import pytest

from contactcenter.actions.alerts import acknowledge, alert_climbs
from contactcenter.errors import NotFound
from contactcenter.model.caller import Actor
from contactcenter.record.alerts import raise_alert
from tests.contactcenter.floor import NOW, Floor
from tests.contactcenter.record.test_alerts import FAILED

LATER = NOW + timedelta(minutes=6)


async def raised(floor: Floor, agent: int | None = None) -> int:
    about = msgspec.structs.replace(FAILED, agent=agent)
    return await floor.run(raise_alert, about, floor.book.rules.alerts, NOW)


async def acknowledged(floor: Floor, alert: int, person: int) -> bool:
    return await floor.run(acknowledge, alert, person, Actor("person", person), LATER)


async def test_acknowledged_alert_is_told_audited_and_does_not_climb(floor: Floor) -> None:
    person, alert = await floor.desk.person("supervisor", capacity=None), await raised(floor)
    assert await acknowledged(floor, alert, person)
    [fact] = await floor.desk.facts("AlertAcknowledged")
    assert (fact["alert"], fact["by"]) == (alert, person)
    [entry] = await floor.desk.rows("SELECT action, subject_id, actor_id FROM audit")
    assert tuple(entry.values()) == ("alert.acknowledge", alert, person)
    assert await floor.desk.value("SELECT count(*) FROM timer") == 0


async def test_second_to_acknowledge_is_told_that_somebody_did(floor: Floor) -> None:
    first, second = await floor.desk.person(), await floor.desk.person()
    alert = await raised(floor)
    assert await acknowledged(floor, alert, first)
    assert not await acknowledged(floor, alert, second)
    assert await floor.desk.value("SELECT acknowledged_by FROM alert") == first


async def test_agent_acknowledges_only_what_is_theirs(floor: Floor) -> None:
    mine, other = await floor.desk.person(), await floor.desk.person()
    alert = await raised(floor, agent=mine)
    by = Actor("person", other)
    with pytest.raises(NotFound):
        await floor.run(lambda tx: acknowledge(tx, alert, other, by, LATER, only_of=other))
    assert await floor.run(lambda tx: acknowledge(tx, alert, mine, by, LATER, only_of=mine))


async def test_alert_climbs_until_it_is_with_the_administrators(floor: Floor) -> None:
    await raised(floor, agent=await floor.desk.person())
    for to, timers in (("supervisor", 1), ("administrator", 0)):
        await floor.ring(alert_climbs, "alert_climb", LATER)
        assert await floor.desk.value("SELECT addressee FROM alert") == to
        assert await floor.desk.value("SELECT count(*) FROM timer") == timers
    facts = await floor.desk.facts("AlertClimbed")
    assert [fact["to"] for fact in facts] == ["supervisor", "administrator"]
