from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from contactcenter.model.calendar import Calendar, Week
from contactcenter.model.rulebook import Published
from tests.contactcenter.browsers import Browser
from tests.contactcenter.conftest import Running
from tests.contactcenter.floor import queue
from tests.contactcenter.team import Team


def opening() -> datetime:
    """The day after tomorrow, at midnight: however long a test takes, it is closed until then."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=2)


@pytest.fixture
def book(book: Published) -> Published:
    """Customer care is closed now; billing is open until the day after tomorrow."""
    days = Week.__struct_fields__
    then = days[opening().weekday()]
    calendars = {
        "later": Calendar(timezone="UTC", hours=Week(**{then: ("00:00-24:00",)})),
        "until then": Calendar(
            timezone="UTC", hours=Week(**{day: ("00:00-24:00",) for day in days if day != then})
        ),
    }
    rules = queue(book.rules, "care", calendar="later")
    rules = queue(rules, "billing", calendar="until then")
    return Published(1, msgspec.structs.replace(rules, calendars=calendars))


def at(answer: Any, name: str) -> datetime:
    return datetime.fromisoformat(answer[name])


async def test_a_closed_queue_says_when_it_opens(house: Running, team: Team) -> None:
    agent = await team.hire()
    answer = await house.client.get("/v1/queues/care/hours", headers=agent.headers)
    hours = answer.json()
    assert (hours["open"], hours["closes_at"]) == (False, None)
    assert at(hours, "opens_at") == opening()
    assert (hours["calendar"], hours["timezone"]) == ("later", "UTC")


async def test_an_open_queue_says_when_it_closes(house: Running, team: Team) -> None:
    bot = await team.bot()
    answer = await house.client.get("/v1/queues/billing/hours", headers=bot.headers)
    hours = answer.json()
    assert (hours["open"], hours["opens_at"]) == (True, None)
    assert at(hours, "closes_at") == opening()


async def test_a_queue_without_a_calendar_is_always_open(house: Running, team: Team) -> None:
    agent = await team.hire()
    answer = await house.client.get("/v1/queues/fiber/hours", headers=agent.headers)
    nothing = dict.fromkeys(("opens_at", "closes_at", "calendar", "timezone"))
    assert answer.json() == {"open": True, **nothing}


async def test_a_calendar_is_asked_by_its_name(house: Running, team: Team) -> None:
    agent = await team.hire()
    answer = await house.client.get("/v1/calendars/later/hours", headers=agent.headers)
    assert at(answer.json(), "opens_at") == opening()


@pytest.mark.parametrize("path", ["queues/none/hours", "calendars/none/hours"])
async def test_what_is_not_in_the_rulebook_is_not_found(
    house: Running, team: Team, path: str
) -> None:
    agent = await team.hire()
    answer = await house.client.get(f"/v1/{path}", headers=agent.headers)
    assert answer.status_code == 404


async def test_a_visitor_needs_no_session_to_learn_that_it_is_closed(house: Running) -> None:
    answer = await house.client.get("/v1/visitor/hours", params={"connection": "web"})
    hours = answer.json()
    assert hours.keys() == {"open", "opens_at", "closes_at"}
    assert (hours["open"], at(hours, "opens_at")) == (False, opening())


async def test_who_waits_is_told_of_the_opening_and_offered_only_where_it_is_open(
    house: Running, browse: Callable[[], Browser], team: Team
) -> None:
    agent = await team.hire(skills={"product:billing": 1})
    supervisor = await team.hire("supervisor")
    async with agent.desktop() as desktop, await browse_as(browse()) as browser:
        await desktop.done("presence", state="available")
        await browser.say("is anybody there?")
        told = await browser.frame("queue")
        assert (at(told, "opens_at"), told["expected_wait_s"]) == (opening(), None)
        await house.client.post(
            "/v1/items/1/requeue", json={"queue": "billing"}, headers=supervisor.headers
        )
        first = await desktop.event("OfferMade")
    assert first["queue"] == "billing"


async def browse_as(browser: Browser) -> Browser:
    await browser.begin()
    return browser
