"""A caller without proof is led to the identification first, by keyboard."""

import pytest_asyncio
from playwright.async_api import expect

from contactcenter import foundation
from tests.browser import desks
from tests.browser.conftest import OpenPage, check_accessibility
from tests.browser.desks import at_work, take
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Bot, Team

bot = pytest_asyncio.fixture(scope="module", loop_scope="session")(desks.bot)
an_empty_floor = pytest_asyncio.fixture(autouse=True, loop_scope="session")(desks.an_empty_floor)

FIRST = """
[[navigation]]
script = "identification"
when = '!customer.verified && !("identified" in customer.tags)'
"""


@pytest_asyncio.fixture(scope="module", autouse=True, loop_scope="session")
async def identification_first(house: Running, team: Team) -> None:
    admin = await team.hire("administrator")
    now = (await house.client.get("/v1/rulebook", headers=admin.headers)).json()
    toml = foundation.RULEBOOK.read_text(encoding="utf-8") + FIRST
    body = {"toml": toml, "based_on": now["version"]}
    done = await house.client.post("/v1/rulebook/versions", json=body, headers=admin.headers)
    assert done.status_code == 201, done.text
    await house.parts.rulebook.load()


async def test_whoever_gives_no_password_is_identified_first(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire(queues=["care"]))
    await take(page, bot, "+6281", "I forgot my password")
    script = page.get_by_role("region", name="Script: Identification")
    await expect(script).to_contain_text("I have to make sure")
    await check_accessibility(page)

    await page.keyboard.press("Escape")
    await page.keyboard.press("i")
    await expect(script.get_by_role("button", name="Next")).to_be_focused()
    await page.keyboard.press("Enter")  # what is to be said was said
    await expect(script).to_contain_text("the password that we agreed on?")
    await check_accessibility(page)
    await expect(script.get_by_role("button", name="Yes")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")  # no
    birth = script.get_by_label("What is your date of birth?")
    await expect(birth).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(script).to_contain_text("Answer with a date")
    await script.get_by_role("button", name="Back").press("Enter")
    await script.get_by_role("button", name="No").press("Enter")
    await birth.fill("1990-02-28")
    await page.keyboard.press("Enter")
    await expect(script).to_contain_text("Is that what we have on record?")
    await script.get_by_text("2 answers").click()
    await expect(script).to_contain_text("28 Feb 1990")
    await page.reload()
    await expect(script).to_contain_text("Is that what we have on record?")
    await script.get_by_role("button", name="Yes").press("Enter")

    await expect(script).to_contain_text("Thank you. Go on with what they asked for.")
    await check_accessibility(page)
    await expect(page.locator(".stream")).to_contain_text("What is your date of birth? 1990-02-28")
    await expect(page.locator("#customer")).to_contain_text("identified")
    await script.get_by_role("button", name="Close").press("Enter")
    await expect(script).to_be_hidden()


async def test_an_agent_begins_a_script_by_its_key_in_their_language(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire(queues=["care"]), locale="id-ID")
    await take(page, bot, "+6282", "halo")
    script = page.get_by_role("region", name="Skrip: Identification")
    await script.get_by_role("button", name="Lanjut").press("Enter")
    await script.get_by_role("button", name="Ya").press("Enter")
    await script.get_by_role("button", name="Tutup").press("Enter")
    await expect(script).to_be_hidden()
    await page.keyboard.press("Escape")
    await page.keyboard.press("i")
    await page.get_by_role("dialog").get_by_role("button", name="Mulai skrip").click()
    await expect(script.get_by_role("button", name="Lanjut")).to_be_focused()
