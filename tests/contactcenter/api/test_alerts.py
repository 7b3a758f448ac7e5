from contactcenter.record.alerts import raise_alert
from tests.contactcenter.actions.test_retry_timer import PARKED
from tests.contactcenter.conftest import NOW, Running
from tests.contactcenter.record.test_alerts import FAILED
from tests.contactcenter.team import Team


async def test_alert_is_on_the_board_until_it_is_acknowledged(house: Running, team: Team) -> None:
    lead = await team.hire("supervisor")
    rules = house.parts.rulebook.current.rules.alerts
    alert = await house.database.run(lambda tx: raise_alert(tx, FAILED, rules, NOW))

    async def listed(**only: object) -> list[int]:
        answer = await house.client.get("/v1/alerts", headers=lead.headers, params=only)
        return [one["id"] for one in answer.json()["items"]]

    assert await listed(open=True) == [alert]
    path = f"/v1/alerts/{alert}/acknowledge"
    for first in (True, False):
        answer = await house.client.post(path, headers=lead.headers)
        assert (answer.status_code, answer.json()) == (200, {"first": first})
    assert (await listed(open=True), await listed()) == ([], [alert])
    [shown] = (await house.client.get("/v1/alerts", headers=lead.headers)).json()["items"]
    assert shown["acknowledged_by"] == lead.id
    assert shown["acknowledged_by_name"] == "Supervisor 1"


async def test_agent_does_not_find_alerts_of_others(house: Running, team: Team) -> None:
    agent = await team.hire()
    rules = house.parts.rulebook.current.rules.alerts
    alert = await house.database.run(lambda tx: raise_alert(tx, FAILED, rules, NOW))
    answer = await house.client.post(f"/v1/alerts/{alert}/acknowledge", headers=agent.headers)
    assert answer.status_code == 404


async def test_parked_timer_is_shown_and_let_go_by_an_administrator(
    house: Running, team: Team
) -> None:
    lead, root = await team.hire("supervisor"), await team.hire("administrator")
    async with house.database.snapshot() as tx:
        assert await tx.many(int, "timers.parked", 1) == []
    connection = await house.database._pool.acquire()
    await connection.execute(PARKED)
    await house.database._pool.release(connection)

    async def listed() -> list[dict[str, object]]:
        answer = await house.client.get("/v1/timers/parked", headers=lead.headers)
        return answer.json()["items"]

    [parked] = await listed()
    assert (parked["kind"], parked["subject"], parked["attempts"]) == ("item_idle", 9, 6)
    path = "/v1/timers/item_idle/9/retry"
    assert (await house.client.post(path, headers=lead.headers)).status_code == 403
    assert (await house.client.post(path, headers=root.headers)).status_code == 204
    assert await listed() == []
    assert (await house.client.post(path, headers=root.headers)).status_code == 404
