"""What agents do with customers: tags, spam, blocks, first words, and two who are one person."""

from typing import Any

import pytest_asyncio
from playwright.async_api import expect

from tests.browser import desks
from tests.browser.conftest import OpenPage, check_accessibility
from tests.browser.desks import at_work, lines, take
from tests.contactcenter.team import Bot, Team

bot = pytest_asyncio.fixture(scope="module", loop_scope="session")(desks.bot)
an_empty_floor = pytest_asyncio.fixture(autouse=True, loop_scope="session")(desks.an_empty_floor)


async def test_tags_are_put_and_taken_by_keyboard_and_known_ones_are_suggested(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire())
    await take(page, bot, "+62401", "a refund please")
    chips = page.locator(".head .chips")
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.type("refund")
    await page.keyboard.press("Enter")
    await expect(chips).to_contain_text("refund")
    await page.get_by_role("dialog").get_by_role("button", name="Remove the tag refund").click()
    await expect(chips).not_to_contain_text("refund")
    await page.get_by_role("dialog").get_by_label("Add a tag").fill("ref")
    await expect(page.locator("dialog datalist option")).to_have_attribute("value", "refund")
    await page.keyboard.press("Escape")

    field = page.locator(".about").get_by_label("Add a tag")
    await field.fill("regular")
    await field.press("Enter")
    await expect(page.locator(".about .tags .chip")).to_contain_text("regular")
    await expect(field).to_be_focused()


async def test_spam_and_a_block_are_asked_for_and_can_be_undone(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire())
    await take(page, bot, "+62402", "buy my watches")
    about = page.locator(".about")
    await about.get_by_role("button", name="Block", exact=True).click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Block").click()
    await expect(about.locator(".chip.bad")).to_have_text("blocked")
    refused = await bot.post(
        **{"type": "message", "from": {"scheme": "phone", "value": "+62402"}, "text": "again"}
    )
    assert refused.status_code == 403
    await page.locator(".toast").get_by_role("button", name="Undo").click()
    await expect(about.locator(".chip.bad")).to_have_count(0)

    await page.locator(".about h2").click()
    await page.keyboard.press("x")
    await page.keyboard.press("Escape")
    await expect(page.locator(".item")).to_have_count(1)
    await page.keyboard.press("x")
    await page.get_by_role("alertdialog").get_by_role("button", name="Mark as spam").click()
    await expect(page.locator(".item")).to_have_count(0)
    await (
        page.locator(".toast", has_text="Marked as spam").get_by_role("button", name="Undo").click()
    )
    said = await bot.hears("+62402", "no more watches")
    assert said["conversation"]
    await expect(page.locator(".offer")).to_contain_text("no more watches")


async def test_a_customer_is_written_to_first_and_the_refusal_is_friendly(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire())
    await take(page, bot, "+62403", "call me tomorrow")
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await page.keyboard.press("Enter")
    await expect(page.locator(".head .turn")).to_contain_text("wrap-up")
    await page.keyboard.press("f")
    await expect(page.get_by_text("No work at the moment")).to_be_visible()
    await page.keyboard.press("/")
    await page.keyboard.type("2403")
    await page.locator(".hit", has_text="Customer").first.click()
    await expect(page.locator(".about")).to_contain_text("+62403")
    await page.keyboard.press("Escape")
    await page.keyboard.press("w")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_contain_text("Write something first")
    await dialog.get_by_label("What to say").fill("Your line is back")
    await dialog.get_by_role("button", name="Send").click()
    await expect(lines(page)).to_have_text(["Your line is back"])
    await expect(page.locator(".item")).to_have_count(1)


async def known(team: Team, bot: Bot, headers: Any, who: str, name: str) -> int:
    """Somebody who has written, by a name."""
    said = await bot.hears(who)
    answer = await team.client.get(f"/v1/conversations/{said['conversation']}", headers=headers)
    customer = answer.json()["conversation"]["customer"]
    await team.client.patch(f"/v1/customers/{customer}", json={"name": name}, headers=headers)
    return customer


async def test_two_who_may_be_one_are_compared_merged_and_parted_again(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    agent = await team.hire()
    second = await team.bot("second")
    page = await at_work(open_page, agent)
    await take(page, bot, "+62811404404", "it is me")
    await known(team, second, agent.headers, "0811404404", "Ani Wijaya")
    about = page.locator(".about")
    await page.reload()
    suggestion = about.locator(".suggestion")
    await expect(suggestion).to_contain_text("Ani Wijaya")
    await expect(suggestion).to_contain_text("same number: 0811404404")
    await suggestion.get_by_role("button", name="Not the same").click()
    await expect(suggestion).to_have_count(0)
    await page.locator(".toast").get_by_role("button", name="Undo").click()

    await suggestion.get_by_role("button", name="Compare").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("thead th")).to_have_count(2)
    await expect(dialog).to_contain_text("0811404404")
    await check_accessibility(page)
    await dialog.get_by_label("Ani Wijaya").check()
    await dialog.get_by_role("button", name="Merge").click()
    await expect(about.locator("h2")).to_have_text("Ani Wijaya")
    await expect(about).to_contain_text("Also known as")
    await expect(about).to_contain_text("+62811404404")
    await expect(about).to_contain_text("History (2)")

    await about.get_by_role("button", name="Part again").click()
    await expect(about).to_contain_text("History (1)")
    await expect(about.locator("h2")).not_to_have_text("Ani Wijaya")
    await page.locator(".toast", has_text="Parted").get_by_role("button", name="Undo").click()
    await expect(about.locator("h2")).to_have_text("Ani Wijaya")


async def test_what_a_colleague_changes_is_shown_also_to_who_only_looks(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    colleague, supervisor = await team.hire(), await team.hire("supervisor")
    page = await at_work(open_page, await team.hire())
    said = await take(page, bot, "+62405", "hello")
    looking = await open_page("/desktop", as_=colleague)
    await expect(looking.locator(".presence")).to_contain_text("Offline")
    await looking.keyboard.press("/")
    await looking.keyboard.type("2405")
    await looking.locator(".hit").first.click()
    await expect(looking.locator(".about")).to_contain_text("+62405")
    url = f"/v1/conversations/{said['conversation']}"
    answer = await team.client.get(url, headers=supervisor.headers)
    customer = answer.json()["conversation"]["customer"]
    await team.client.patch(
        f"/v1/customers/{customer}", json={"name": "Dewi"}, headers=supervisor.headers
    )
    for one in (page, looking):
        await expect(one.locator(".about h2")).to_have_text("Dewi")
    await expect(page.locator(".item .name")).to_have_text("Dewi")


async def test_a_reply_can_leave_by_a_connection_of_an_older_conversation(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    agent = await team.hire()
    other = await team.bot("other-way")
    page = await at_work(open_page, agent)
    await take(page, bot, "+62406", "by the usual way")
    first = await page.locator(".ways option").count()
    assert first == 1
    later = await known(team, other, agent.headers, "+62406", "The same")
    shown = await team.client.get("/v1/search/customers?q=%2B62406", headers=agent.headers)
    [mine] = [c["id"] for c in shown.json()["items"] if c["id"] != later]
    await team.client.post(
        f"/v1/customers/{later}/merge", json={"into": mine}, headers=agent.headers
    )
    await expect(page.locator(".ways option")).to_have_count(2)
