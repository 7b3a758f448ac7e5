"""The page that shows how the chat sits on a host's page."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage, check_accessibility
from tests.browser.hosts import list_origin
from tests.contactcenter.browsers import signed
from tests.contactcenter.conftest import Running


@pytest.mark.parametrize(
    ("locale", "ask", "chat"),
    [("en-GB", "Ask about it: Slide", "Ask Langkah"), ("id-ID", "Tanyakan: Sandal selop", "Tanya")],
)
async def test_its_own_buttons_open_the_chat_in_its_language(
    open_page: OpenPage, locale: str, ask: str, chat: str
) -> None:
    small = {"width": 320, "height": 640}
    page = await open_page("/demo-shop", locale=locale, viewport=small, color_scheme="dark")
    await expect(page.locator("button.launcher")).to_be_visible()
    await check_accessibility(page)
    await page.get_by_role("button", name=ask).click()
    await expect(page.get_by_role("dialog", name=chat)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 320


async def test_who_is_signed_in_by_the_shop_need_not_say_who_they_are(
    open_page: OpenPage, house: Running
) -> None:
    await list_origin(house, house.url)
    page = await open_page(f"/demo-shop#jwt={signed('siti', name='Siti Rahmawati')}")
    await page.get_by_role("button", name="Sign in as Siti Rahmawati").click()
    await page.get_by_role("button", name="Open the chat").click()
    await page.get_by_label("Write a message").fill("Where is my order?")
    await page.keyboard.press("Enter")
    await expect(page.locator(".said")).to_contain_text("Sent")
    await page.get_by_role("button", name="Sign out, Siti Rahmawati").click()
    await expect(page.locator(".said")).to_have_count(0)
