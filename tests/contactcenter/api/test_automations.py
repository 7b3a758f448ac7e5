from tests.contactcenter.automating import automation, automations, worked
from tests.contactcenter.conftest import Running
from tests.contactcenter.floor import NOW, Floor
from tests.contactcenter.team import Team


async def test_a_supervisor_sees_which_automations_ran_where_and_why(
    house: Running, team: Team, floor: Floor
) -> None:
    lead, agent = await team.hire("supervisor"), await team.hire()
    automations(
        floor,
        automation("tags", when="customer.value == 0", do={"act": "tag", "tag": "seen"}),
        automation("fails", do={"act": "assign", "agent": "nobody"}),
    )
    one = await floor.desk.say("1")
    await floor.desk.say("2")
    # The house's own worker has no rules: the place in the log is put back for these.
    await floor.desk.rows("UPDATE log_cursor SET seq = 0 WHERE reader = 'automations'")
    await worked(floor, NOW)

    async def listed(**only: object) -> list[dict[str, object]]:
        answer = await house.client.get("/v1/automations/runs", headers=lead.headers, params=only)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    here = await listed(conversation=one.conversation)
    told = {(run["automation"], run["outcome"], run["why"]) for run in here}
    assert told == {("tags", "done", ""), ("fails", "failed", "There is no agent 'nobody'.")}
    [tags] = [run for run in here if run["automation"] == "tags"]
    assert (tags["known"], tags["did"]) == (
        {"customer.value": 0},
        ["tagged the conversation seen"],
    )
    assert len(await listed(outcome="failed")) == 2
    assert await listed(automation="none") == []
    refused = await house.client.get("/v1/automations/runs", headers=agent.headers)
    assert refused.status_code == 403
