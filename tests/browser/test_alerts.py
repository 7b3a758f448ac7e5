"""What somebody has to look at is on every supervisor's dashboard, until one of them does."""

from typing import Any

import msgspec
from playwright.async_api import Locator, Page, expect

from contactcenter.record.alerts import Notice, raise_alert
from tests.browser.conftest import OpenPage, check_accessibility
from tests.contactcenter.conftest import Running
from tests.contactcenter.record.test_alerts import FAILED
from tests.contactcenter.team import Team, now

CRITICAL = msgspec.structs.replace(FAILED, urgency="critical", subject=14)


async def raised(house: Running, notice: Notice) -> None:
    rules = house.parts.rulebook.current.rules.alerts
    await house.database.run(lambda tx: raise_alert(tx, notice, rules, now()))


def alerts(page: Page) -> Locator:
    return page.get_by_role("list", name="Alerts").get_by_role("listitem")


async def test_alert_comes_and_is_gone_everywhere_when_one_looks_after_it(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    ana = await open_page("/dashboard", as_=await team.hire("supervisor"))
    eko = await open_page("/dashboard", as_=await team.hire("supervisor"))
    for page in (ana, eko):
        await expect(page.get_by_text("No alerts")).to_be_visible()

    await raised(house, FAILED)
    await raised(house, CRITICAL)
    for page in (ana, eko):
        await expect(alerts(page)).to_have_count(2)
        await expect(alerts(page).first).to_contain_text("Critical")
    heard = ana.get_by_role("status").filter(has_text="Critical")
    await expect(heard).to_have_count(1)
    await check_accessibility(ana)

    take = alerts(ana).first.get_by_role("button")
    await take.focus()
    await ana.keyboard.press("Enter")
    for page in (ana, eko):
        await expect(alerts(page)).to_have_count(1)
        await expect(alerts(page).first).to_contain_text("Warning")


async def test_who_comes_second_is_told_that_somebody_looks_after_it(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    page = await open_page("/dashboard", as_=await team.hire("supervisor"))
    await raised(house, msgspec.structs.replace(FAILED, subject=15))
    await expect(alerts(page).last).to_be_visible()

    async def second(route: Any) -> None:
        await route.fulfill(json={"first": False})

    await page.route("**/acknowledge", second)
    await alerts(page).last.get_by_role("button").click()
    await expect(page.get_by_text("Somebody looks after it already")).to_be_visible()


async def test_alert_for_an_agent_stays_on_their_desktop_until_they_look_after_it(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    sari = await team.hire()
    mine = msgspec.structs.replace(FAILED, subject=16, agent=sari.id)
    page = await open_page("/desktop", as_=sari)
    card = page.get_by_role("article", name="For you to look at")
    await raised(house, mine)
    await expect(card).to_contain_text("It failed.")
    await check_accessibility(page)
    await page.reload()
    await card.get_by_role("button", name="I look after it").press("Enter")
    await expect(card).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("navigation", name="Work")).to_be_visible()
    await expect(card).to_have_count(0)
