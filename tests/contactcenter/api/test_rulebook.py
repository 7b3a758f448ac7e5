"""Administrators read, check, compare, publish and restore the rulebook."""

from typing import Any

import httpx
import pytest

from contactcenter import foundation
from tests.contactcenter.api.conftest import told
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Member, Team

SHIPPED = foundation.RULEBOOK.read_text(encoding="utf-8")
LONGER = SHIPPED.replace("grace_s = 30", "grace_s = 31")


def line(text: str, what: str) -> int:
    """The first line that has it."""
    return text[: text.index(what)].count("\n") + 1


@pytest.fixture
async def admin(team: Team) -> Member:
    return await team.hire("administrator")


class Api:
    def __init__(self, house: Running, admin: Member) -> None:
        self.house = house
        self.admin = admin

    async def get(self, path: str = "", **query: Any) -> Any:
        answer = await self.house.client.get(
            f"/v1/rulebook{path}", params=query, headers=self.admin.headers
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, method: str, path: str, **body: Any) -> httpx.Response:
        return await self.house.client.request(
            method, f"/v1/rulebook{path}", json=body, headers=self.admin.headers
        )

    async def publish(self, toml: str, based_on: int, **more: Any) -> httpx.Response:
        return await self.send("POST", "/versions", toml=toml, based_on=based_on, **more)

    async def edit(self, path: list[Any], value: Any, based_on: int = 1) -> httpx.Response:
        changes = [{"path": path, "value": value}]
        return await self.send("PATCH", "", changes=changes, based_on=based_on)


@pytest.fixture
def api(house: Running, admin: Member) -> Api:
    return Api(house, admin)


async def test_what_is_published_is_in_force_and_is_read_as_it_was_written(api: Api) -> None:
    assert (await api.get())["version"] == 1
    answer = await api.publish(LONGER, 1, note="Longer.")
    made = answer.json()
    assert (answer.status_code, made["version"], made["note"]) == (201, 2, "Longer.")
    kept = await api.get("/versions/2")
    assert (kept["toml"], kept["rules"]["presence"]["grace_s"]) == (LONGER, 31)
    assert kept["author"] == made["author"] == "Administrator 1"
    versions = await api.get("/versions", limit=1)
    assert (versions["items"], versions["next"]) == ([made], 2)
    assert [v["version"] for v in (await api.get("/versions", after=2))["items"]] == [1]


async def test_all_faults_of_a_draft_are_told_and_nothing_is_stored(api: Api) -> None:
    broken = SHIPPED.replace("grace_s = 30", "grace_s = -1").replace('"Asia/J', '"Mars/J', 1)
    zone, grace = line(broken, '"Mars/J'), line(broken, "grace_s = -1")
    faults = [
        {
            "path": "organisation.timezone",
            "line": zone,
            "message": "There is no time zone 'Mars/Jakarta'.",
        },
        {"path": "presence.grace_s", "line": grace, "message": "Expected `int` >= 0."},
    ]
    answer = await api.send("POST", "/check", toml=broken)
    assert answer.json() == {"errors": faults, "version": 1, "changes": []}
    refused = await api.publish(broken, 1)
    assert told(refused) == (422, "bad-rulebook", None)
    assert refused.json()["errors"] == faults
    assert (await api.get())["version"] == 1


async def test_a_draft_is_compared_with_what_is_in_force(api: Api) -> None:
    answer = await api.send("POST", "/check", toml=LONGER)
    change = {"path": "presence.grace_s", "before": 30, "after": 31, "words": "now 31; it was 30"}
    assert answer.json() == {"errors": [], "version": 1, "changes": [change]}
    await api.publish(LONGER, 1)
    assert (await api.get("/changes", before=1, after=2))["items"] == [change]
    assert (await api.get("/changes", before=1))["items"] == [change]


async def test_a_queue_in_which_work_waits_may_not_be_forgotten(api: Api, team: Team) -> None:
    await (await team.bot()).hears("+621")
    without = SHIPPED.replace("[queues.care]", "[queues.other]").replace('"care"', '"other"')
    fault = {
        "path": "queues.care",
        "line": line(without, "[queues."),
        "message": "This is in use, and missing here.",
    }
    assert (await api.send("POST", "/check", toml=without)).json()["errors"] == [fault]
    assert (await api.publish(without, 1)).json()["errors"] == [fault]


async def test_who_has_not_seen_the_newest_is_told_so(api: Api) -> None:
    await api.publish(LONGER, 1)
    refused = await api.publish(SHIPPED, 1)
    assert told(refused) == (409, "rulebook-changed", None)
    assert refused.json()["context"] == {"version": 2, "author": "Administrator 1"}
    again = refused.json()["context"]
    stale = await api.edit(["offers", "cooldown_s"], 1)
    assert (told(stale), stale.json()["context"]) == ((409, "rulebook-changed", None), again)
    back = await api.send("POST", "/versions/1/rollback", based_on=1)
    assert told(back) == (409, "rulebook-changed", None)


async def test_an_older_version_is_put_in_force_again(api: Api) -> None:
    await api.publish(LONGER, 1)
    made = (await api.send("POST", "/versions/1/rollback", based_on=2, note="Too long.")).json()
    assert (made["version"], made["restores"], made["note"]) == (3, 1, "Too long.")
    assert (await api.get("/changes", before=1, after=3))["items"] == []
    none = await api.send("POST", "/versions/9/rollback", based_on=3)
    assert told(none) == (404, "no-rulebook", None)


async def test_a_rule_is_changed_by_its_path_and_the_text_around_it_stays(api: Api) -> None:
    await api.publish(SHIPPED, 1)
    made = await api.edit(["queues", "billing", "target_s"], 90, based_on=2)
    assert (made.status_code, made.json()["version"]) == (200, 3)
    assert (await api.get())["toml"] == SHIPPED.replace("target_s = 120", "target_s = 90", 1)
    sent_again = await api.edit(["queues", "billing", "target_s"], 90, based_on=2)
    assert sent_again.json() == made.json()


async def test_a_queue_is_added_changed_and_taken_away(api: Api) -> None:
    queue = {"label": "VIP", "target_s": 5, "service_level": 0.9, "requirement": {"a b": 1}}
    assert (await api.edit(["queues", "vip"], queue, 1)).json()["version"] == 2
    assert (
        await api.edit(["queues", "vip"], {**queue, "target_s": 6, "sticky_wait": None}, 2)
    ).json()["version"] == 3
    assert (await api.get())["rules"]["queues"]["vip"]["target_s"] == 6
    await api.edit(["queues", "vip"], None, 3)
    assert set((await api.get())["rules"]["queues"]) == {"care", "billing", "fiber"}


async def test_an_edit_is_checked_as_a_whole(api: Api) -> None:
    refused = await api.edit(["queues", "care", "target_s"], "soon")
    assert [fault["path"] for fault in refused.json()["errors"]] == ["queues.care.target_s"]
    lost = await api.edit(["entry", 9, "queue"], "care")
    assert told(lost) == (422, "no-such-place", "/changes/0/path")
    assert (await api.get())["version"] == 1


async def test_who_published_what_is_in_the_audit_trail(
    api: Api, house: Running, admin: Member
) -> None:
    await api.publish(LONGER, 1, note="Longer.")
    query = {"subject_kind": "rulebook", "subject_id": 2}
    answer = await house.client.get("/v1/audit", params=query, headers=admin.headers)
    [entry] = answer.json()["items"]
    assert (entry["action"], entry["actor_id"]) == ("rulebook.publish", admin.id)
    assert entry["detail"] == {"before": {"version": 1}, "after": {"version": 2, "note": "Longer."}}
