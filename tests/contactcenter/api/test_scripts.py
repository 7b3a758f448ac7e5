"""An agent is led through a script, over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from contactcenter import foundation
from contactcenter.model.rulebook import parse
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Member, Team

MORE = """
[[navigation]]
script = "identification"
queue = "care"
when = '!customer.verified'
[scripts.complaint]
label = "Complaint"
[[scripts.complaint.nodes]]
name = "what"
ask = { text = "What went wrong?", to = "customer" }
next = "filed"
[[scripts.complaint.nodes]]
name = "filed"
next = "end"
[scripts.complaint.nodes.action]
queue = "billing"
attributes = { unhappy = true }
case = { category = "complaint", subject = "Said so" }
[[scripts.complaint.nodes]]
name = "end"
end = "It is passed on."
"""


class Floor:
    """An agent with a conversation, and what they ask about its script."""

    def __init__(self, house: Running, member: Member, item: int, conversation: int) -> None:
        self.house, self.member, self.item = house, member, item
        self.conversation = conversation

    async def post(self, path: str, by: Member | None = None, **body: Any) -> httpx.Response:
        headers = (by or self.member).headers
        return await self.house.client.post(f"/v1/{path}", json=body, headers=headers)

    async def begin(self, script: str = "identification") -> dict[str, Any]:
        answer = await self.post(f"items/{self.item}/script", script=script)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def step(self, run: dict[str, Any], answer: Any = None) -> dict[str, Any]:
        path = f"script-runs/{run['id']}/steps"
        done = await self.post(path, step=run["step"], answer=answer)
        assert done.status_code == 200, done.text
        return done.json()

    async def script(self) -> dict[str, Any]:
        path = f"/v1/items/{self.item}/script"
        return (await self.house.client.get(path, headers=self.member.headers)).json()

    async def customer(self) -> dict[str, Any]:
        whose = await self.house.parts.database.run(
            lambda tx: tx.one(int, "cases.where", self.conversation)
        )
        path = f"/v1/customers/{whose}"
        return (await self.house.client.get(path, headers=self.member.headers)).json()

    async def notes(self) -> list[str]:
        path = f"/v1/conversations/{self.conversation}/interactions"
        got = await self.house.client.get(path, headers=self.member.headers)
        return [one["text"] for one in got.json()["items"] if one["kind"] == "note"]


async def at_work(house: Running, team: Team) -> Floor:
    agent = await team.hire(queues=["care"])
    async with agent.desktop() as desktop:
        await desktop.done("presence", state="available")
        said = await (await team.bot()).hears("+62811")
        offer = await desktop.event("OfferMade", conversation=said["conversation"])
        await desktop.done("accept", offer=offer["offer"])
    return Floor(house, agent, offer["item"], said["conversation"])


async def publish(house: Running, team: Team, toml: str) -> None:
    admin = await team.hire("administrator")
    now = (await house.client.get("/v1/rulebook", headers=admin.headers)).json()
    body = {"toml": toml, "based_on": now["version"]}
    done = await house.client.post("/v1/rulebook/versions", json=body, headers=admin.headers)
    assert done.status_code == 201, done.text
    await house.parts.rulebook.load()


def shipped() -> str:
    return foundation.RULEBOOK.read_text(encoding="utf-8")


async def test_a_customer_without_proof_is_identified_and_the_record_has_it(
    house: Running, team: Team
) -> None:
    await publish(house, team, shipped() + MORE)
    floor = await at_work(house, team)
    assert (await floor.script())["first"] == "identification"
    run = await floor.begin()
    assert (run["kind"], run["can_go_back"]) == ("say", False)
    run = await floor.step(run)
    assert run["type"] == "yes_no"
    run = await floor.step(run, answer=True)
    assert (run["kind"], run["done"]) == ("end", True)
    assert (await floor.customer())["profile"]["tags"] == ["identified"]
    told = "Can you tell me the password that we agreed on? yes"
    ended = "Identification: Thank you. Go on with what they asked for."
    assert await floor.notes() == [f"{ended}\n{told}"]
    assert (await floor.script())["run"] == run


async def test_a_double_click_does_one_step(house: Running, team: Team) -> None:
    floor = await at_work(house, team)
    run = await floor.begin()
    both = await asyncio.gather(floor.step(run), floor.step(run))
    assert [each["step"] for each in both] == [1, 1]
    assert both[0] == both[1]


async def test_begun_twice_it_is_one_run(house: Running, team: Team) -> None:
    floor = await at_work(house, team)
    first, second = await asyncio.gather(floor.begin(), floor.begin())
    assert first == second


async def test_one_goes_back_and_answers_otherwise(house: Running, team: Team) -> None:
    floor = await at_work(house, team)
    run = await floor.step(await floor.begin())
    run = await floor.step(run, answer=False)
    assert (run["text"], len(run["answers"])) == ("What is your date of birth?", 1)
    path = f"script-runs/{run['id']}/back"
    back = (await floor.post(path, step=run["step"])).json()
    assert (back["type"], back["answers"]) == ("yes_no", [])
    assert (await floor.step(back, answer=True))["done"]


@pytest.mark.parametrize("answer", ["yes", 1, None])
async def test_an_answer_of_another_type_is_refused_and_nothing_moves(
    house: Running, team: Team, answer: Any
) -> None:
    floor = await at_work(house, team)
    run = await floor.step(await floor.begin())
    refused = await floor.post(f"script-runs/{run['id']}/steps", step=run["step"], answer=answer)
    assert refused.json()["type"].rpartition(":")[2] == "wrong-answer"
    assert (await floor.script())["run"] == run


async def test_whoever_takes_over_goes_on_where_it_was(house: Running, team: Team) -> None:
    floor = await at_work(house, team)
    run = await floor.step(await floor.begin())
    other, boss = await team.hire(queues=["care"]), await team.hire("supervisor")
    body = {"step": run["step"], "answer": True}
    theirs = await floor.post(f"script-runs/{run['id']}/steps", by=other, **body)
    assert theirs.json()["type"].rpartition(":")[2] == "not-yours"
    async with other.desktop() as desktop:
        await desktop.done("presence", state="available")
        given = await floor.post(f"items/{floor.item}/assign", by=boss, agent=other.id)
        assert given.status_code < 300, given.text
    floor.member = other
    assert (await floor.script())["run"] == run
    assert (await floor.step(run, answer=True))["done"]


async def test_a_running_script_stays_on_its_version(house: Running, team: Team) -> None:
    floor = await at_work(house, team)
    run = await floor.begin()
    before, _, _ = shipped().partition("# What agents are led through.")
    await publish(house, team, before)
    assert (await floor.script())["run"] == run
    assert (await floor.step(run))["type"] == "yes_no"


async def test_at_the_end_answers_are_attributes_and_actions_are_done(
    house: Running, team: Team
) -> None:
    await publish(house, team, shipped() + MORE)
    floor = await at_work(house, team)
    run = await floor.step(await floor.begin("complaint"), answer="Too slow.")
    assert run["done"]
    customer = await floor.customer()
    assert customer["profile"]["attributes"] == {"what": "Too slow.", "unhappy": True}
    assert [one["subject"] for one in customer["cases"]] == ["Said so"]
    again = await floor.post(f"script-runs/{run['id']}/steps", step=run["step"])
    assert again.json()["type"].rpartition(":")[2] == "not-yours"  # it waits in the other queue


def test_the_script_of_these_tests_is_sound() -> None:
    assert set(parse(shipped() + MORE).scripts) == {"identification", "complaint"}
