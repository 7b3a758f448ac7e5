"""A reply is taken back within its grace, or leaves; whatever becomes of the page and the house."""

import re

import pytest_asyncio
from playwright.async_api import expect

from contactcenter.actions.transfer import requeue
from contactcenter.model.caller import SYSTEM
from tests.browser import desks
from tests.browser.conftest import OpenPage, check_accessibility
from tests.browser.desks import assign, at_work, lines, take, write
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Bot, Team, now

bot = pytest_asyncio.fixture(scope="module", loop_scope="session")(desks.bot)
an_empty_floor = pytest_asyncio.fixture(autouse=True, loop_scope="session")(desks.an_empty_floor)


async def test_a_reply_is_taken_back_by_a_key_changed_and_sent_at_once(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire(undo_s=20))
    await take(page, bot, "+6401", "is it down?")
    await write(page, "No, it is on.")
    held = page.locator(".line.held")
    await expect(held).to_contain_text("No, it is on.")
    await expect(held.get_by_role("button", name=re.compile(r"^Undo \(1\d\)$"))).to_be_visible()
    await expect(page.locator(".write")).to_have_value("")
    await check_accessibility(page)

    await page.keyboard.press("Control+z")
    await expect(page.locator(".write")).to_have_value("No, it is on.")
    await expect(page.locator(".write")).to_be_focused()
    await expect(held).to_have_count(0)
    await write(page, "Yes, we are on it.")
    await bot.hears("+6401", "hurry")
    await expect(held).to_contain_text("The customer has written meanwhile.")
    await held.get_by_role("button", name="Send now").click()
    await expect(lines(page)).to_have_text(["is it down?", "hurry", "Yes, we are on it."])
    await expect(held).to_have_count(0)


async def test_it_leaves_by_itself_also_when_the_page_was_loaded_anew(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    agent = await team.hire(undo_s=5)
    page = await at_work(open_page, agent)
    await take(page, bot, "+6402", "hello?")
    await write(page, "first")
    await write(page, "second")
    await page.locator(".write").fill("and a th")
    await expect(page.locator(".line.held")).to_have_count(2)
    await page.reload()
    held = page.locator(".line.held .text")
    await expect(held).to_have_text(["first", "second"])
    await expect(page.locator(".write")).to_have_value("and a th")

    other = await open_page("/desktop", as_=agent)
    await expect(other.locator(".line.held .text")).to_have_text(["first", "second"])
    for each in (page, other):
        await expect(held).to_have_count(0, timeout=15_000)
        await expect(lines(each)).to_have_text(["hello?", "first", "second"])
    await page.reload()
    await expect(page.locator(".write")).to_have_value("and a th")


async def test_two_browsers_of_one_agent_agree(open_page: OpenPage, team: Team, bot: Bot) -> None:
    agent = await team.hire(undo_s=20)
    page = await at_work(open_page, agent)
    await take(page, bot, "+6403", "hello?")
    other = await open_page("/desktop", as_=agent)
    await write(page, "a slip")
    await other.get_by_role("button", name=re.compile("^Undo")).click()
    await expect(other.locator(".write")).to_have_value("a slip")
    await expect(page.locator(".line.held")).to_have_count(0)
    await expect(page.locator(".write")).to_have_value("")

    await page.locator(".sheet").focus()
    await page.get_by_role("button", name="Alerts and undo").click()
    await page.get_by_role("menuitemradio", name="Not at all").click()
    await other.get_by_role("button", name="Alerts and undo").click()
    await expect(other.get_by_role("menuitemradio", name="Not at all")).to_be_checked()
    await other.keyboard.press("Escape")
    await write(other, "no slip")
    await expect(lines(page)).to_have_text(["hello?", "no slip"])
    account = await open_page("/account", as_=agent)
    choice = account.get_by_label("How long a reply can be taken back")
    await expect(choice).to_have_value("0")
    await check_accessibility(account)
    await choice.select_option("10")
    await expect(account.get_by_text("Kept, for all your desktops")).to_be_visible()
    await page.get_by_role("button", name="Alerts and undo").click()
    await expect(page.get_by_role("menuitemradio", name="10 seconds")).to_be_checked()


async def test_what_is_held_leaves_before_the_work_is_resolved(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire(undo_s=20))
    await take(page, bot, "+6404", "thanks!")
    await write(page, "You are welcome")
    await expect(page.locator(".line.held")).to_have_count(1)
    await page.keyboard.press("Escape")
    for key in ("r", "Enter"):
        await page.keyboard.press(key)
    await expect(page.locator(".head .turn")).to_have_text(re.compile("wrap-up"))
    await expect(lines(page)).to_have_text(["thanks!", "You are welcome"])
    await expect(page.locator(".line.held")).to_have_count(0)


async def test_what_may_not_leave_any_more_is_given_back(
    open_page: OpenPage, team: Team, bot: Bot, house: Running
) -> None:
    agent, other, supervisor = (
        await team.hire(undo_s=5),
        await team.hire(),
        await team.hire("supervisor"),
    )
    page = await at_work(open_page, agent)
    stays = await take(page, bot, "+6405", "who answers?")
    await write(page, "Me, tomorrow.")
    await expect(page.locator(".line.held")).to_have_count(1)
    async with other.desktop() as theirs:
        await theirs.done("presence", state="available")
        item = await assign(team, supervisor, stays["conversation"], other)
        await theirs.event("ItemAssigned", item=item)
        await theirs.done("reply", item=item, text="Me, today.", seen=9)
        await assign(team, supervisor, stays["conversation"], agent)
    await page.locator(".item").click()
    fence = page.get_by_role("alertdialog", name="Another answer was sent while you were typing")
    await expect(fence.locator(".theirs")).to_have_text("Me, today.", timeout=10_000)
    await expect(fence.locator(".yours")).to_have_text("Me, tomorrow.")
    await fence.get_by_role("button", name="Change mine").click()
    await expect(page.locator(".write")).to_have_value("Me, tomorrow.")

    await write(page, "Never mind.")
    await expect(page.locator(".line.held")).to_have_count(1)
    await house.database.run(lambda tx: requeue(tx, item, "billing", SYSTEM, team.book, now()))
    lost = page.get_by_text("the work is no longer yours")
    await expect(lost).to_be_visible(timeout=10_000)
    await page.get_by_role("button", name="Look").click()
    await expect(page.locator(".write")).to_have_value("Never mind.")
    await expect(page.get_by_role("button", name="Send", exact=False).last).to_be_disabled()
