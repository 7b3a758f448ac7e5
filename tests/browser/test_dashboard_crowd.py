"""200 queues, 2,000 agents, 3,000 items: only what is on screen is in the page, and facts flow."""

import json
from typing import Any

from playwright.async_api import Page, Route, WebSocketRoute, expect

from tests.browser.conftest import OpenPage
from tests.contactcenter.team import Team

AT = "2026-11-21T09:00:00Z"
QUEUES = [
    {
        "queue": f"q{n}",
        "label": f"Queue {n:03}",
        "target_s": 60,
        "service_level": 0.8,
        "requirement": {"product:fiber": 1},
    }
    for n in range(200)
]
RULES = {
    "version": 1,
    "timezone": "Asia/Jakarta",
    "service_level_means": "",
    "queues": QUEUES,
    "channels": ["web", "mobile"],
    "skills": [],
}
SNAPSHOT: dict[str, Any] = {
    "zone": "Asia/Jakarta",
    "seq": 1,
    "bots": {},
    "waiting": {
        n: {
            "queue": f"q{n % 200}",
            "channel": "web",
            "conversation": n,
            "enqueued_at": AT,
            "offered_to": None,
        }
        for n in range(1, 1001)
    },
    "owned": {
        n: {
            "agent": n % 2000 + 1,
            "queue": f"q{n % 200}",
            "channel": "web",
            "conversation": n,
            "weight": 1,
            "state": "active",
        }
        for n in range(1001, 3001)
    },
    "agents": {
        n: {
            "name": f"Agent {n}",
            "presence": "away" if n % 7 == 0 else "available",
            "reason": "lunch" if n % 7 == 0 else None,
            "since": AT,
            "capacity": 3,
            "queues": [f"q{n % 200}"],
            "teams": [n % 20 + 1],
            "skills": {"language:en": n % 5, "product:fiber": n % 3},
        }
        for n in range(1, 2001)
    },
    "teams": {n: {"name": f"Team {n:02}", "lead": None} for n in range(1, 21)},
    "alerts": {},
    "day": None,
    "tallies": {},
    "decisions": [],
}
LONG_TASKS = """
window.long = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.long.push(Math.round(entry.duration));
}).observe({type: "longtask"});
"""


def fact(number: int) -> dict[str, Any]:
    """Work arrives, is offered, is taken, is done: in turn, everywhere."""
    item = 10_000 + number // 3
    agent = item % 2000 + 1
    about = {
        "at": AT,
        "item": item,
        "conversation": item,
        "customer": 1,
        "queue": f"q{item % 200}",
        "channel": "web",
    }
    match number % 3:
        case 0:
            return {"fact": "ItemQueued", **about, "enqueued_at": AT}
        case 1:
            offer = {"offer": item, "agent": agent, "sentence": "longest idle"}
            return {"fact": "OfferMade", **about, **offer}
        case _:
            return {"fact": "ItemAssigned", **about, "agent": agent, "weight": 1}


class Crowd:
    """The sockets of a house that is far larger than this machine could run beside a browser."""

    def __init__(self) -> None:
        self.seq = 1
        self.socket: WebSocketRoute

    async def __call__(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        welcome = {"type": "welcome", "version": 1, "seq": 1, "snapshot": SNAPSHOT}
        socket.on_message(lambda _: socket.send(json.dumps(welcome)))

    def tell(self, many: int) -> None:
        for _ in range(many):
            event = {"type": "event", "seq": self.seq + 1, "prev": self.seq, "fact": fact(self.seq)}
            self.seq += 1
            self.socket.send(json.dumps(event))


async def crowded(open_page: OpenPage, team: Team, crowd: Crowd) -> Page:
    page = await open_page("/sign-in", as_=await team.hire("supervisor"))

    async def rules(route: Route) -> None:
        await route.fulfill(json=RULES)

    await page.route("**/v1/board/rules", rules)
    await page.route_web_socket("**/v1/board", crowd)
    await page.add_init_script(LONG_TASKS)
    await page.goto("/dashboard")
    await expect(page.locator(".agent").first).to_be_visible()
    return page


async def test_only_what_is_on_screen_is_in_the_page(open_page: OpenPage, team: Team) -> None:
    crowd = Crowd()
    page = await crowded(open_page, team, crowd)
    await expect(page.get_by_text("200 queues")).to_be_visible()
    await expect(page.get_by_text("2,000 agents, longest")).to_be_visible()
    for _ in range(3):
        rows = await page.locator(".rows > .queue").count()
        cards = await page.locator(".agent").count()
        assert (0 < rows < 60, 0 < cards < 120) == (True, True), (rows, cards)
        crowd.tell(60)
        await page.evaluate("document.querySelector('.queue-rows').scrollTop += 2000")
        await page.evaluate("document.querySelector('.agent-rows').scrollTop += 9000")
        await page.wait_for_timeout(400)
    await page.evaluate("document.querySelector('.agent-rows').scrollTop = 1e9")
    await expect(page.locator(".agent", has_text="lunch").last).to_be_visible()


async def test_reader_keeps_the_place_while_facts_flow(open_page: OpenPage, team: Team) -> None:
    crowd = Crowd()
    page = await crowded(open_page, team, crowd)
    first = page.locator(".rows > .queue").first.get_by_role("rowheader").get_by_role("button")
    await first.focus()
    name = await first.inner_text()
    where = await first.bounding_box()
    crowd.tell(200)
    await expect(page.locator(".decisions li").first).to_be_visible()
    await page.wait_for_timeout(600)
    focused = page.locator(":focus")
    assert (await focused.inner_text(), await focused.bounding_box()) == (name, where)
