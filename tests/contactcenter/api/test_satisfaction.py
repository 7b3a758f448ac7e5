"""A customer is asked how content they are, and supervisors read it."""

from collections.abc import Callable

from tests.contactcenter.api.conftest import told
from tests.contactcenter.browsers import Browser
from tests.contactcenter.conftest import Desk, Running
from tests.contactcenter.team import Team


async def test_from_the_question_to_the_numbers_and_back(
    house: Running, browse: Callable[..., Browser], team: Team
) -> None:
    agent, boss, siti = await team.hire(), await team.hire("supervisor"), browse()
    await siti.begin()
    async with siti, agent.desktop() as desktop:
        await siti.say("Hello")
        place = await siti.frame("queue")
        assert (place["position"], place["expected_wait_s"]) == (1, None)
        await desktop.done("presence", state="available")
        offer = await desktop.event("OfferMade")
        item = await desktop.done("accept", offer=offer["offer"])
        assert (await siti.frame("agent_joined"))["conversation"] == item["conversation"]
        await desktop.done("resolve", item=item["item"], disposition="solved")
        asked = await siti.frame("satisfaction")
        await desktop.done("finish", item=item["item"])
        assert (asked["item"], asked["conversation"]) == (item["item"], item["conversation"])
        since = len(siti.frames)
        await siti.cut()
        await siti.connect()
        assert (await siti.frame("satisfaction", since))["item"] == item["item"]

        rating = {"item": item["item"], "score": 5, "comment": "Quick."}
        assert (await siti.post("satisfaction", rating)).status_code == 204
        assert (await siti.post("satisfaction", rating)).status_code == 204
        again = await siti.post("satisfaction", {**rating, "score": 1})
        assert told(again) == (409, "answered-already", None)
        heard = await desktop.event("SatisfactionGiven")
        assert (heard["score"], heard["comment"]) == (5, "Quick.")
        since = len(siti.frames)
        await siti.cut()
        await siti.connect()
        await siti.send(type="ping")
        await siti.frame("pong", since)
        assert "satisfaction" not in [frame["type"] for frame in siti.frames[since:]]

    numbers = (await house.client.get("/v1/satisfaction", headers=boss.headers)).json()["queues"]
    care = {"queue": "care", "by": "agents", "answers": 1, "average": 5.0, "satisfied": 1.0}
    assert numbers == [{**care, "scores": [0, 0, 0, 0, 1]}]
    path = "/v1/satisfaction/answers"
    rows = await house.client.get(f"{path}?queue=care&score=5", headers=boss.headers)
    assert [row["item"] for row in rows.json()["items"]] == [item["item"]]
    for other in ("queue=fiber", "score=4", f"before={item['item']}"):
        answer = await house.client.get(f"{path}?{other}", headers=boss.headers)
        assert answer.json()["items"] == []
    shown = f"/v1/conversations/{item['conversation']}"
    shown = (await house.client.get(shown, headers=agent.headers)).json()
    assert [answer["comment"] for answer in shown["satisfaction"]] == ["Quick."]


async def test_another_visitor_says_nothing_about_it(
    browse: Callable[..., Browser], desk: Desk
) -> None:
    siti, other = browse(), browse()
    for browser in (siti, other):
        await browser.begin()
        await browser.message("Hello")
    item = await desk.value("SELECT min(id) FROM work_item")
    rating = {"item": item, "score": 5}
    assert told(await other.post("satisfaction", rating))[0] == 404
    assert told(await siti.post("satisfaction", rating))[:2] == (409, "not-asked")
