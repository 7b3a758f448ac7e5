"""A colleague is asked in: they look on, both leave notes, and the work is handed over or stays."""

import re

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser import desks
from tests.browser.conftest import OpenPage, check_accessibility
from tests.browser.desks import at_work, become_available, lines, take, write
from tests.contactcenter.team import Bot, Member, Team

bot = pytest_asyncio.fixture(scope="module", loop_scope="session")(desks.bot)
an_empty_floor = pytest_asyncio.fixture(autouse=True, loop_scope="session")(desks.an_empty_floor)


async def name_of(team: Team, member: Member) -> str:
    return (await team.client.get("/v1/me", headers=member.headers)).json()["name"]


async def ask_in(page: Page, name: str, question: str) -> None:
    """By keyboard alone."""
    await page.keyboard.press("Escape")
    await page.keyboard.press("q")
    dialog = page.get_by_role("dialog")
    await page.keyboard.type(name)
    await expect(dialog.get_by_role("radio", name=name, exact=False)).to_have_count(1)
    await page.get_by_label("Your question").focus()
    await page.keyboard.type(question)
    await check_accessibility(page)
    await dialog.get_by_role("button", name="Ask", exact=True).press("Enter")
    await expect(dialog).to_have_count(0)


async def test_a_colleague_looks_on_live_and_takes_over_in_one_step(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    owner, colleague = await team.hire(), await team.hire(queues=["fiber"])
    page = await at_work(open_page, owner)
    theirs = await open_page("/desktop", as_=colleague)
    await take(page, bot, "+6501", "a strange light")
    await become_available(theirs)
    name, mine = await name_of(team, colleague), await name_of(team, owner)

    await ask_in(page, name, "Which light is it?")
    bar = page.get_by_role("region", name="Who is asked in")
    await expect(bar).to_contain_text(f"{name} is asked: Which light is it?")
    await expect(page.locator(".line.note")).to_contain_text("Which light is it?")
    card = theirs.get_by_role("article", name=f"{mine} asks for your advice")
    await expect(card).to_contain_text("Which light is it?")
    await check_accessibility(theirs)

    await theirs.keyboard.press("y")
    await expect(page.get_by_text(f"{name} has joined.")).to_be_visible()
    await expect(card).to_have_count(0)
    await expect(lines(theirs).first).to_have_text("a strange light")
    await bot.hears("+6501", "it blinks")
    await expect(lines(theirs).last).to_have_text("it blinks")
    await write(theirs, "That is the fiber")
    await expect(page.locator(".line.note").last).to_contain_text("That is the fiber")
    await write(page, "We are looking into it")
    await expect(lines(theirs).last).to_have_text("We are looking into it")
    await check_accessibility(theirs)
    await check_accessibility(page)

    await theirs.reload()  # it is still theirs to look on
    await theirs.locator(".looking-on .item").click()
    await expect(lines(theirs).last).to_have_text("We are looking into it")
    await bot.hears("+6501", "still there?")
    await expect(lines(theirs).last).to_have_text("still there?")

    await page.keyboard.press("Escape")
    await page.keyboard.press("t")
    await expect(page.get_by_role("radio", name=re.compile(f"^{name}"))).to_be_checked()
    await page.get_by_label("Note for whoever takes it").fill("yours")
    await page.get_by_role("dialog").get_by_role("button", name="Transfer").click()
    await expect(page.get_by_text(f"{name} has taken over.")).to_be_visible()
    await expect(page.locator(".item")).to_have_count(0)
    await expect(theirs.get_by_text("The work is yours now.")).to_be_visible()
    await expect(theirs.locator(".work .item")).to_have_count(1)
    await expect(theirs.locator(".looking-on")).to_be_hidden()
    await expect(theirs.get_by_role("button", name="Resolve")).to_be_visible()


async def test_who_is_asked_declines_leaves_or_is_gone_and_the_owner_hears_it(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    owner, colleague = await team.hire(), await team.hire()
    page = await at_work(open_page, owner)
    theirs = await open_page("/desktop", as_=colleague)
    await expect(theirs.locator(".presence")).to_contain_text("Offline")
    await take(page, bot, "+6502", "a riddle")
    name = await name_of(team, colleague)
    await page.keyboard.press("Escape")
    await page.keyboard.press("q")
    await page.keyboard.type(name)
    await expect(page.get_by_role("radio")).to_have_count(1)
    await page.get_by_label("Your question").fill("Who knows?")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.get_by_role("dialog")).to_contain_text("signed out")
    await page.keyboard.press("Escape")

    await become_available(theirs)
    await page.locator("#conversation").focus()
    for how in ("declined", "left", "ended"):
        await ask_in(page, name, f"Who knows? {how}")
        await expect(theirs.locator(".ask")).to_contain_text(how)
        if how == "declined":
            await theirs.keyboard.press("x")
            await expect(page.get_by_text(f"{name} cannot look in now.")).to_be_visible()
        else:
            await theirs.keyboard.press("y")
            await expect(page.get_by_text(f"{name} looks on.")).to_be_visible()
        if how == "left":
            await theirs.get_by_role("button", name="Leave").click()
            await expect(page.get_by_text(f"{name} has left.")).to_be_visible()
        if how == "ended":
            await page.get_by_role("button", name="End", exact=True).click()
            await expect(theirs.get_by_text("needs no more advice")).to_be_visible()
        await expect(page.locator(".consults")).to_be_hidden()
        await expect(theirs.locator(".consults")).to_be_hidden()
        await theirs.keyboard.press("Escape")

    await ask_in(page, name, "Once more?")
    await expect(theirs.locator(".ask")).to_be_visible()
    await theirs.keyboard.press("p")
    for key in ("End", "Enter"):
        await theirs.keyboard.press(key)
    await expect(page.get_by_text(f"{name} has signed out.")).to_be_visible()
    await expect(theirs.locator(".ask")).to_have_count(0)


async def test_on_a_phone_who_is_asked_is_told_in_the_middle_of_work(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    owner, colleague = await team.hire(capacity=1), await team.hire()
    page = await at_work(open_page, owner)
    await take(page, bot, "+6504", "a riddle")
    phone = await at_work(open_page, colleague, viewport={"width": 360, "height": 740})
    await take(phone, bot, "+6503", "my own work")
    await ask_in(page, await name_of(team, colleague), "Who knows?")
    await expect(phone.get_by_text("asks for your advice").last).to_be_visible()
    await check_accessibility(phone)
    assert await phone.evaluate("document.documentElement.scrollWidth") == 360
    await phone.get_by_role("button", name="Look in").last.click()
    await expect(lines(phone).first).to_have_text("a riddle")
