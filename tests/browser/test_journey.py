"""The whole journey on its pages at once: a customer in a shop, two agents, a supervisor."""

from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.hosts import list_origin
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Team

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest_asyncio.fixture(loop_scope="session")
async def shop(open_page: OpenPage, house: Running) -> Page:
    """The customer's browser, with the chat open."""
    await list_origin(house, house.url)
    page = await open_page("/demo-shop", **PHONE)
    await page.get_by_role("button", name="chat").last.click()
    return page


async def at_work(open_page: OpenPage, team: Team, **more: Any) -> Page:
    """An agent's desktop, available."""
    page = await open_page("/desktop", as_=await team.hire(capacity=2), **more)
    await page.locator("button.presence").click()
    await page.get_by_role("menuitemradio").first.click(timeout=3000)
    return page


async def test_a_question_is_answered_passed_on_and_settled(
    open_page: OpenPage, team: Team, shop: Page
) -> None:
    board = await open_page("/dashboard", as_=await team.hire("supervisor"))
    ayu = await at_work(open_page, team)
    await shop.get_by_label("Your question").fill("My sandals have come in the wrong size.")
    await shop.get_by_role("button", name="Start the chat").click()

    offer = ayu.get_by_role("article", name="Offer")
    await expect(offer).to_contain_text("My sandals have come in the wrong size.")
    await ayu.keyboard.press("a")
    await expect(offer).to_have_count(0)
    await write(ayu, "I am sorry. Which size do you wear?")
    await expect(shop.get_by_text("Which size do you wear?")).to_be_visible()
    answer = shop.get_by_label("Write a message")
    await answer.fill("42, and they are 41.")
    await answer.press("Enter")
    await expect(ayu.get_by_text("42, and they are 41.").first).to_be_visible()

    budi = await at_work(open_page, team, color_scheme="dark", locale="id-ID")
    await ayu.get_by_role("main").focus()
    await ayu.keyboard.press("t")
    dialog = ayu.get_by_role("dialog")
    await dialog.get_by_role("searchbox").fill("Agent 3")
    await expect(dialog.get_by_role("radio", name="Agent 3")).to_be_checked()
    await dialog.get_by_label("Note for whoever takes it").fill("Needs size 42.")
    await dialog.get_by_role("button", name="Transfer").click()
    await expect(ayu.get_by_text("Needs size 42.")).to_have_count(0)
    await expect(budi.get_by_role("article")).to_contain_text("42, and they are 41.")
    await budi.keyboard.press("a")
    await expect(budi.get_by_text("Needs size 42.")).to_be_visible()
    await write(budi, "Size 42 is on its way.")
    await expect(shop.get_by_text("Size 42 is on its way.")).to_be_visible()

    await budi.get_by_role("main").focus()
    await budi.keyboard.press("r")
    await budi.get_by_role("dialog").locator("footer button").last.click()
    await expect(budi.get_by_role("dialog")).to_have_count(0)
    decision = board.locator(".decisions li", has_text="Agent 3 · Customer care")
    await expect(decision).to_contain_text("accepted")


async def write(desktop: Page, text: str) -> None:
    await desktop.locator("textarea.write").fill(text)
    await desktop.locator("textarea.write").press("Control+Enter")
