"""What may go wrong or be another's choice: refusals, an ended sign-in, alerts, files, channels."""

import re
from typing import Any

import pytest_asyncio
from playwright.async_api import expect

from contactcenter.actions.sign_in import end_sessions
from contactcenter.model.caller import SYSTEM
from tests.browser import desks
from tests.browser.conftest import OpenPage, check_accessibility, sign_in
from tests.browser.desks import assign, at_work, become_available, hold_events, lines, take, write
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Bot, Member, Team, now

bot = pytest_asyncio.fixture(scope="module", loop_scope="session")(desks.bot)
an_empty_floor = pytest_asyncio.fixture(autouse=True, loop_scope="session")(desks.an_empty_floor)

ALERTS = """
  window.told = []; window.heard = 0; window.focused = true;
  document.hasFocus = () => window.focused;
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { return (Notification.permission = "granted"); }
    constructor(words, {body}) { this.words = `${words}: ${body}`; told.push(this.words); }
    close() { told.push(`closed ${this.words}`); }
  };
  const {start} = AudioScheduledSourceNode.prototype;
  AudioScheduledSourceNode.prototype.start = function (...at) {
    heard += 1;
    return start.apply(this, at);
  };
"""


async def test_an_offer_is_heard_and_told_by_the_browser_where_one_has_allowed_it(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    agent = await team.hire()
    page = await open_page("/desktop", as_=agent)
    await page.add_init_script(ALERTS)
    await page.reload()
    await become_available(page)
    await page.evaluate("focused = false")
    await take(page, bot, "+6601", "before I allowed it")
    assert await page.evaluate("told") == []
    assert await page.evaluate("heard") == 2  # two tones

    for item in ("Notification of the browser", "Sound"):  # allowed, and sound off
        await page.get_by_role("button", name="Alerts and undo").press("Enter")
        await page.get_by_role("menuitem", name=item).press("Enter")
    await bot.hears("+6602", "now it is told")
    await expect(page).to_have_title(re.compile("^Offer: Customer"))
    await page.wait_for_function("told.length > 0")
    [told] = await page.evaluate("told")
    assert re.match(r"Offer: Customer \d+, .*: now it is told", told)
    assert await page.evaluate("heard") == 2
    await page.keyboard.press("Alt+a")
    await expect(page).to_have_title("Desktop")
    await page.wait_for_function("told.length > 1")
    assert (await page.evaluate("told"))[1] == f"closed {told}"


async def test_an_offer_that_is_gone_is_refused_in_words(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    agent, other, supervisor = await team.hire(), await team.hire(), await team.hire("supervisor")
    page = await open_page("/desktop", as_=agent)
    held = await hold_events(page)
    await page.reload()
    await become_available(page)
    said = await bot.hears("+6603", "who takes me?")
    await expect(page.locator(".offer")).to_contain_text("who takes me?")
    held["now"] = True
    async with other.desktop() as theirs:
        await theirs.done("presence", state="away", reason="lunch")
        await assign(team, supervisor, said["conversation"], other)
        await page.keyboard.press("a")
        await expect(page.get_by_text("The offer could not be accepted.")).to_be_visible()
        await check_accessibility(page)
        release(held)
        await expect(page.locator(".offer")).to_have_count(0)
        await expect(page.get_by_text("The next offer appears here")).to_be_visible()


async def test_what_was_taken_over_is_not_resolved_and_the_dialog_says_so(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    agent, other, supervisor = await team.hire(), await team.hire(), await team.hire("supervisor")
    page = await open_page("/desktop", as_=agent)
    held = await hold_events(page)
    await page.reload()
    await become_available(page)
    said = await take(page, bot, "+6604", "mine or yours?")
    held["now"] = True
    async with other.desktop() as theirs:
        await theirs.done("presence", state="away", reason="lunch")
        await assign(team, supervisor, said["conversation"], other)
        await page.keyboard.press("Escape")
        for key in ("r", "Enter"):
            await page.keyboard.press(key)
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("The work item is active with agent")
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await page.locator(".write").fill("too late?")
        await page.keyboard.press("Control+Enter")
        refused = page.locator(".line.failed")
        await expect(refused).to_contain_text("too late?")
        await refused.get_by_role("button", name="Write it anew").click()
        await expect(page.locator(".write")).to_have_value("too late?")
        release(held)
        await expect(page.locator(".item")).to_have_count(0)
        await expect(page.locator(".write")).to_have_value("too late?")


async def test_work_is_passed_to_a_colleague_of_the_list_by_keyboard(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page, colleague = await at_work(open_page, await team.hire()), await team.hire()
    await take(page, bot, "+6605", "I want Ayu")
    theirs = await at_work(open_page, colleague)
    name = (await team.client.get("/v1/me", headers=colleague.headers)).json()["name"]
    await page.keyboard.press("Escape")
    await page.keyboard.press("t")
    await page.keyboard.type(name)
    await expect(page.get_by_role("radio", name=f"{name} Available, 0 of")).to_be_checked()
    for key in ("Tab", "Tab"):
        await page.keyboard.press(key)
    await page.keyboard.type("she asked for you")
    for key in ("Tab", "Tab", "Enter"):  # past "Cancel"
        await page.keyboard.press(key)
    await expect(page.get_by_text(f"Transferred to {name}.")).to_be_visible()
    await expect(theirs.locator(".offer")).to_contain_text("I want Ayu")
    await theirs.keyboard.press("a")
    await expect(theirs.locator(".line.note")).to_contain_text("she asked for you")


async def test_passed_to_somebody_who_is_away_it_goes_to_the_others(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire())
    away = await team.hire()
    await take(page, bot, "+6606", "whoever")
    other = await at_work(open_page, await team.hire())
    name = (await team.client.get("/v1/me", headers=away.headers)).json()["name"]
    await page.keyboard.press("Escape")
    await page.keyboard.press("t")
    await page.keyboard.type(name)
    await expect(page.get_by_role("radio", name=f"{name} Offline")).to_be_checked()
    await page.get_by_role("dialog").get_by_role("button", name="Transfer").press("Enter")
    await expect(page.locator(".item")).to_have_count(0)
    await expect(other.locator(".offer")).to_contain_text("whoever")


async def test_a_reply_goes_by_the_channel_that_is_chosen(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    second, agent = await team.bot("second"), await team.hire()
    page = await at_work(open_page, agent)
    said = await take(page, bot, "+6607", "by the first")
    elsewhere = await second.hears("+6607", "the same person")
    kept, merged = [
        await customer_of(team, agent, one["conversation"]) for one in (said, elsewhere)
    ]
    united = await team.client.post(
        f"/v1/customers/{merged}/merge", json={"into": kept}, headers=agent.headers
    )
    assert united.is_success, united.text
    await second.hears("+6607", "by the second")
    await expect(lines(page).last).to_have_text("by the second")
    ways = page.get_by_label("Channel of the reply")
    await expect(ways.locator("option")).to_have_count(2)
    await write(page, "back the same way")
    await ways.focus()
    await page.keyboard.press("ArrowDown")
    await write(page, "and by the first")
    await expect(page.locator(".line.pending")).to_have_count(0)
    shown = await team.client.get(
        f"/v1/conversations/{said['conversation']}/interactions",
        headers=(await team.hire()).headers,
    )
    sent = [i["connection"] for i in shown.json()["items"] if i["direction"] == "outbound"]
    assert sent == [second.connection, bot.connection]


async def test_files_are_pasted_and_dropped(open_page: OpenPage, team: Team, bot: Bot) -> None:
    page = await at_work(open_page, await team.hire())
    await take(page, bot, "+6608", "show me")
    await page.evaluate(BRING, ["paste", "clipboardData", "seen.txt"])
    await page.evaluate(BRING, ["drop", "dataTransfer", "map.txt"])
    await expect(page.locator(".attaching li")).to_have_count(2)
    await expect(page.locator(".attaching [aria-busy]")).to_have_count(0)
    await check_accessibility(page)
    await page.get_by_role("button", name="Take out map.txt").press("Enter")
    await page.locator(".write").focus()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line.agent .file")).to_have_text(re.compile("seen.txt"))
    await expect(page.locator(".line.pending")).to_have_count(0)


async def test_a_sign_in_that_ends_at_work_costs_no_word(
    open_page: OpenPage, team: Team, bot: Bot, house: Running
) -> None:
    agent = await team.hire()
    page = await at_work(open_page, agent)
    await take(page, bot, "+6609", "a long story")
    await page.locator(".write").fill("Dear customer,")
    await expect(page.locator(".saved")).to_have_text("draft kept")
    await house.database.run(lambda tx: end_sessions(tx, agent.id, SYSTEM, now()))
    dialog = page.get_by_role("alertdialog", name="You are signed out")
    await expect(dialog).to_be_visible()
    await check_accessibility(page)
    await dialog.get_by_role("button", name="Stay here").press("Enter")
    await page.locator(".write").fill("Dear customer, one word more")
    await expect(page.locator(".saved")).to_have_text("draft not kept yet")
    await page.keyboard.press("Control+Enter")  # refused, and nothing is lost
    await page.get_by_role("button", name="Write it anew").click()
    await expect(page.locator(".write")).to_have_value("Dear customer, one word more")

    again = await team.sign_in(agent.id)
    await sign_in(page.context, again, house.url)
    await page.goto("/desktop")
    await page.locator(".item").click()
    await expect(page.locator(".write")).to_have_value("Dear customer, one word more")
    await expect(page.locator(".saved")).to_have_text("draft kept")


async def customer_of(team: Team, by: Member, conversation: int) -> int:
    shown = await team.client.get(f"/v1/conversations/{conversation}", headers=by.headers)
    return shown.json()["conversation"]["customer"]


BRING = """([kind, field, name]) => {
  const data = new DataTransfer();
  data.items.add(new File(["words"], name, {type: "text/plain"}));
  const event = kind === "paste"
    ? new ClipboardEvent(kind, {[field]: data, bubbles: true, cancelable: true})
    : new DragEvent(kind, {[field]: data, bubbles: true, cancelable: true});
  document.querySelector(".write").dispatchEvent(event);
}"""


def release(held: dict[str, Any]) -> None:
    """The page gets what was kept from it."""
    held["now"] = False
    for frame in held["frames"]:
        held["socket"].send(frame)
