"""The rulebook's page: its text with every fault, compared, published, and put in force again."""

from typing import Any

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from contactcenter import foundation
from tests.browser.conftest import OpenPage, check_accessibility
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Member, Team

SHIPPED = foundation.RULEBOOK.read_text(encoding="utf-8")


def with_grace(seconds: int) -> str:
    return SHIPPED.replace("grace_s = 30", f"grace_s = {seconds}")


def text(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Text")


class Rulebook:
    def __init__(self, house: Running, admin: Member) -> None:
        self.house = house
        self.admin = admin

    async def read(self) -> Any:
        answer = await self.house.client.get("/v1/rulebook", headers=self.admin.headers)
        return answer.json()

    async def publish(self, toml: str) -> int:
        body = {"toml": toml, "based_on": (await self.read())["version"]}
        answer = await self.house.client.post(
            "/v1/rulebook/versions", json=body, headers=self.admin.headers
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["version"]


@pytest_asyncio.fixture(loop_scope="session")
async def rulebook(house: Running, team: Team) -> Rulebook:
    return Rulebook(house, await team.hire("administrator"))


async def test_every_fault_is_told_and_leads_to_its_line(
    open_page: OpenPage, rulebook: Rulebook
) -> None:
    await rulebook.publish(SHIPPED)
    page = await open_page("/rulebook", as_=rulebook.admin)
    await expect(page.get_by_role("heading", name="This is what is in force")).to_be_visible()

    await text(page).fill(with_grace(-1).replace("[queues.care]", "[queues.care]\nurgent = true"))
    await expect(page.get_by_role("heading", name="2 faults")).to_be_visible()
    await expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    await check_accessibility(page)

    await page.get_by_role("button", name="presence.grace_s").click()
    selected = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
    assert await text(page).evaluate(selected) == "grace_s = -1"
    await page.keyboard.type("grace_s = 33")
    await expect(page.get_by_role("heading", name="1 fault")).to_be_visible()
    assert "presence.grace_s" not in await page.get_by_role("main").inner_text()


async def test_a_text_is_compared_and_published_by_keyboard(
    open_page: OpenPage, rulebook: Rulebook
) -> None:
    version = await rulebook.publish(SHIPPED + "# keyboard\n")
    page = await open_page("/rulebook", as_=rulebook.admin)
    await text(page).fill(with_grace(31))
    row = page.get_by_role("row", name="presence.grace_s")
    await expect(row).to_contain_text("30")
    await expect(row).to_contain_text("31")

    await text(page).focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    ask = page.get_by_role("dialog")
    await expect(ask.get_by_label("Note")).to_be_focused()
    await check_accessibility(page)
    await page.keyboard.type("One second more.")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="This is what is in force")).to_be_visible()
    kept = await rulebook.read()
    assert (kept["version"], kept["toml"]) == (version + 1, with_grace(31))
    assert kept["note"] == "One second more."


async def test_what_another_has_published_meanwhile_is_not_written_over_unseen(
    open_page: OpenPage, rulebook: Rulebook
) -> None:
    await rulebook.publish(SHIPPED + "# meanwhile\n")
    page = await open_page("/rulebook", as_=rulebook.admin)
    await text(page).fill(with_grace(32))
    await expect(page.get_by_role("row", name="presence.grace_s")).to_be_visible()
    theirs = await rulebook.publish(SHIPPED.replace("cooldown_s = 5", "cooldown_s = 6"))

    await page.get_by_role("button", name="Publish").click()
    await page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    await expect(page.get_by_text(f"has published version {theirs} meanwhile")).to_be_visible()
    assert (await rulebook.read())["version"] == theirs
    assert await text(page).input_value() == with_grace(32)
    await expect(page.get_by_role("row", name="offers.cooldown_s")).to_contain_text("6")

    await page.get_by_role("button", name=f"Take version {theirs} instead").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Take version").click()
    await expect(page.get_by_role("heading", name="This is what is in force")).to_be_visible()
    assert "cooldown_s = 6" in await text(page).input_value()


async def test_an_older_version_is_read_compared_and_put_in_force_again(
    open_page: OpenPage, rulebook: Rulebook
) -> None:
    older = await rulebook.publish(with_grace(40))
    await rulebook.publish(with_grace(41))
    page = await open_page("/rulebook", as_=rulebook.admin)
    await page.get_by_role("tab", name="Versions").click()
    await page.get_by_role("button", name=f"Read: Version {older}").click()
    await expect(page.get_by_role("dialog")).to_contain_text("grace_s = 40")
    await page.keyboard.press("Escape")
    await check_accessibility(page)

    await page.get_by_role("button", name=f"Compare: Version {older}").click()
    row = page.get_by_role("dialog").get_by_role("row", name="presence.grace_s")
    await expect(row).to_contain_text("41")
    await page.get_by_role("dialog").get_by_role("button", name="Put in force again").click()
    await expect(page.locator(".chip", has_text=f"version {older} again")).to_be_visible()
    assert (await rulebook.read())["toml"] == with_grace(40)
    await page.get_by_role("tab", name="Text").click()
    await expect(text(page)).to_have_value(with_grace(40))


async def test_it_works_on_a_phone_in_indonesian_and_in_the_dark(
    open_page: OpenPage, rulebook: Rulebook
) -> None:
    view = {"width": 360, "height": 740}
    page = await open_page(
        "/rulebook", as_=rulebook.admin, locale="id-ID", viewport=view, color_scheme="dark"
    )
    await page.get_by_role("textbox", name="Teks").fill(with_grace(-1))
    await expect(page.get_by_role("heading", name="1 kesalahan")).to_be_visible()
    await check_accessibility(page)
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360


async def test_it_is_for_administrators(open_page: OpenPage, team: Team) -> None:
    page = await open_page("/rulebook", as_=await team.hire("supervisor"))
    await page.wait_for_url("**/dashboard")
