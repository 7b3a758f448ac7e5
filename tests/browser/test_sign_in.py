"""The way in, as people go it."""

from playwright.async_api import expect

from tests.browser.conftest import OpenPage, check_accessibility


async def test_the_sign_in_page_is_open_to_everybody(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    await expect(page.get_by_label("Login")).to_be_focused()
    await check_accessibility(page)
