"""Cases on the desktop: opened from a conversation, offered to another agent, worked, reopened."""

from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser import desks
from tests.browser.conftest import OpenPage, check_accessibility
from tests.browser.desks import at_work, take
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Bot, Team

bot = pytest_asyncio.fixture(scope="module", loop_scope="session")(desks.bot)
an_empty_floor = pytest_asyncio.fixture(autouse=True, loop_scope="session")(desks.an_empty_floor)


async def open_case(page: Page, subject: str) -> None:
    """From the conversation in front of the agent, by its key."""
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Open a case")
    await dialog.get_by_label("Category").select_option("Question about an order")
    await dialog.get_by_label("Severity").select_option("High")
    await dialog.get_by_label("Subject").fill(subject)
    await dialog.get_by_label("Description").fill("Ordered on Monday, not there yet.")
    await check_accessibility(page)
    await dialog.get_by_role("button", name="Open a case").click()
    await expect(page.get_by_text("Whoever is free gets it")).to_be_visible()


async def test_a_case_goes_from_a_conversation_to_another_agent_and_is_reopened(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    first = await at_work(open_page, await team.hire(queues=["care"]))
    await take(first, bot, "+6291", "where is my order?")
    second = await at_work(
        open_page, await team.hire(queues=["billing"], skills={"product:billing": 1})
    )
    await open_case(first, "Order 77 is late")
    panel = first.locator("#customer").get_by_role("button", name="Order 77 is late")
    await expect(panel).to_contain_text("New")

    offer = second.locator(".offer")
    await expect(offer).to_contain_text("Order 77 is late")
    await expect(offer).to_contain_text("High")
    await second.keyboard.press("a")
    card = second.get_by_role("dialog", name="Case ")
    await expect(card.get_by_role("heading", name="Order 77 is late")).to_be_visible()
    await expect(card.locator(".timeline")).to_contain_text("opened the case")
    await check_accessibility(second)
    await card.get_by_label("Note for colleagues").fill("Asked the warehouse.")
    await card.get_by_role("button", name="Leave the note").click()
    await expect(card.locator(".timeline")).to_contain_text("Asked the warehouse.")
    await card.get_by_role("button", name="Resolve the case").click()
    how = second.get_by_role("dialog", name="Resolve the case")
    await how.get_by_label("What was done").fill("Sent today.")
    await how.get_by_role("button", name="Resolve the case").click()
    await expect(card.locator(".notice")).to_contain_text("Sent today.")
    await expect(panel).to_contain_text("Resolved")
    await second.keyboard.press("Escape")
    await expect(second.locator(".matters")).to_be_hidden()

    await bot.hears("+6291", "It has not come!")
    await expect(second.locator(".offer")).to_contain_text("Order 77 is late")
    await second.keyboard.press("a")
    await expect(card).to_contain_text("Once")
    await second.keyboard.press("Escape")
    await expect(second.locator(".matters .item")).to_contain_text("Order 77 is late")
    await second.reload()
    await expect(second.locator(".matters .item")).to_contain_text("Order 77 is late")


async def test_a_supervisor_sees_the_open_cases_of_a_queue(
    open_page: OpenPage, team: Team, bot: Bot, house: Running
) -> None:
    supervisor = await team.hire("supervisor")
    said = await bot.hears("+6292", "the bill is wrong")
    body: dict[str, Any] = {"category": "complaint", "subject": "Wrong bill"}
    opened = await house.client.post(
        "/v1/cases",
        json={**body, "conversation": said["conversation"], "severity": "critical"},
        headers=supervisor.headers,
    )
    assert opened.status_code == 201, opened.text
    page = await open_page("/dashboard", as_=supervisor)
    row = page.get_by_role("row", name="Customer care")
    figure = row.get_by_title("Show the cases that are not resolved")
    await expect(figure).not_to_have_text("0")
    await figure.click()
    entry = page.get_by_role("button", name="Wrong bill").first
    await expect(entry).to_contain_text("Critical")
    await entry.click()
    await expect(page.get_by_role("dialog", name="Wrong bill")).to_contain_text("opened the case")
    await check_accessibility(page)
