"""An agent's desktop, as agents use it all day: over real sockets, mostly by keyboard."""

import re

import asyncpg
import pytest
import pytest_asyncio
from playwright.async_api import expect

from contactcenter.actions.teams import MembersChange, NewTeam, change_members, create_team
from contactcenter.model.caller import SYSTEM
from tests.browser import desks
from tests.browser.conftest import OpenPage, check_accessibility
from tests.browser.desks import (
    assign,
    at_work,
    become_available,
    hold_events,
    lines,
    take,
    write,
)
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Bot, Member, Team, now

bot = pytest_asyncio.fixture(scope="module", loop_scope="session")(desks.bot)
an_empty_floor = pytest_asyncio.fixture(autouse=True, loop_scope="session")(desks.an_empty_floor)

PHONE = {"width": 360, "height": 740}


async def test_a_contact_is_handled_from_offer_to_wrap_up_by_keyboard_alone(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire())
    await expect(page.get_by_text("The next offer appears here")).to_be_visible()

    await bot.hears("+6281", "my line is down")
    offer = page.locator(".offer")
    await expect(offer).to_contain_text("my line is down")
    await expect(offer.get_by_role("timer")).to_have_text(re.compile(r"\d+ s"))
    await expect(page).to_have_title(re.compile("^Offer: Customer"))
    await page.keyboard.press("a")
    await expect(lines(page)).to_have_text(["my line is down"])
    await expect(page).to_have_title("Desktop")

    await page.keyboard.type("I am looking into it")
    await page.keyboard.press("Control+Enter")
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await page.keyboard.type("modem seen twice")
    await page.keyboard.press("Control+Enter")
    await expect(lines(page)).to_have_text(
        ["my line is down", "I am looking into it", "modem seen twice"]
    )
    await expect(page.locator(".line.pending")).to_have_count(0)
    await expect(page.locator(".line.note")).to_contain_text("You")

    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await page.keyboard.press("2")
    await page.keyboard.press("Enter")
    await expect(page.locator(".head .turn")).to_have_text(re.compile(r"wrap-up 0:\d\d"))
    await page.reload()
    await expect(page.locator(".head .turn")).to_have_text(re.compile(r"wrap-up 0:\d\d"))
    await page.keyboard.press("f")
    await expect(page.get_by_text("No work at the moment")).to_be_visible()


async def test_two_conversations_keep_what_was_typed_also_on_the_next_desktop(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    agent = await team.hire()
    page = await at_work(open_page, agent)
    await take(page, bot, "+6282", "the first")
    await page.locator(".write").fill("half an answer")
    await take(page, bot, "+6283", "the second")
    await page.locator(".write").fill("another half")

    await page.keyboard.press("Alt+ArrowUp")
    await expect(page.locator(".write")).to_have_value("half an answer")
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page.locator(".write")).to_have_value("another half")
    await expect(page.locator(".saved")).to_have_text("draft kept")

    other = await open_page("/desktop", as_=agent)
    await other.locator(".item", has_text="the second").click()
    await expect(other.locator(".write")).to_have_value("another half")


async def test_an_answer_that_another_agent_has_sent_meanwhile_is_shown_beside_ones_own(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    mine, theirs, supervisor = await team.hire(), await team.hire(), await team.hire("supervisor")
    page = await open_page("/desktop", as_=mine)
    held = await hold_events(page)
    await page.reload()
    await become_available(page)
    said = await take(page, bot, "+6284", "is it fixed?")
    async with theirs.desktop() as other:
        await other.done("presence", state="available")
        held["now"] = True
        item = await assign(team, supervisor, said["conversation"], theirs)
        await other.event("ItemAssigned", item=item)
        await other.done("reply", item=item, text="Yes, since noon.", seen=1)
        await assign(team, supervisor, said["conversation"], mine)

    await write(page, "No, tonight.")
    fence = page.get_by_role("alertdialog", name="Another answer was sent while you were typing")
    await expect(fence.locator(".theirs")).to_have_text("Yes, since noon.")
    await expect(fence.locator(".yours")).to_have_text("No, tonight.")
    await check_accessibility(page)

    await page.keyboard.press("Enter")  # the focus is on "Send mine as well"
    await expect(fence).to_be_hidden()
    held["now"] = False
    for frame in held["frames"]:
        held["socket"].send(frame)
    await expect(page.get_by_text("No conversation is open")).to_be_visible()  # it was another's
    await page.locator(".item").click()
    await expect(lines(page)).to_have_text(["is it fixed?", "Yes, since noon.", "No, tonight."])


async def test_what_came_while_the_connection_was_lost_is_there_and_nothing_is_doubled(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire())
    await take(page, bot, "+6285", "one")
    await page.context.set_offline(True)
    await page.evaluate("dispatchEvent(new Event('offline'))")
    await write(page, "two, written while away")
    await expect(page.locator(".line.pending")).to_contain_text("sending")
    await bot.hears("+6285", "three")
    await page.context.set_offline(False)
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(lines(page)).to_have_text(
        ["one", "three", "two, written while away"], timeout=20_000
    )


async def test_ten_thousand_interactions_are_scrolled_with_few_of_them_in_the_page(
    open_page: OpenPage, team: Team, bot: Bot, house: Running
) -> None:
    agent = await team.hire()
    page = await at_work(open_page, agent)
    said = await take(page, bot, "+6286", "the first")
    await fill_conversation(house, said["conversation"], 10_000)
    await page.reload()

    await expect(lines(page).last).to_have_text("said 10000")
    assert await page.locator(".line").count() < 60
    stream = page.locator(".stream")
    await stream.evaluate("(e) => e.scrollTop = 0")
    await expect(lines(page).first).to_have_text("the first")
    await stream.evaluate("(e) => e.scrollTop = e.scrollHeight / 2")
    await expect(page.locator('.line[data-number="5000"]')).to_have_count(1)
    read = await (await page.wait_for_function(FIRST_ON_SCREEN)).json_value()
    place = await page.locator(f'.line[data-number="{read}"]').evaluate(PLACE)
    await bot.hears("+6286", "a word at the end")
    await expect(page.locator(".item .last")).to_have_text("a word at the end")
    assert await page.locator(f'.line[data-number="{read}"]').evaluate(PLACE) == place
    await page.get_by_role("button", name="To the newest").click()
    await expect(lines(page).last).to_have_text("a word at the end")
    assert await page.locator(".line").count() < 60


async def test_work_is_passed_on_with_a_note_to_a_queue(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire(skills={"product:billing": 0}))
    said = await take(page, bot, "+6287", "my invoice")
    await page.keyboard.press("Escape")
    await page.keyboard.press("t")
    await page.keyboard.type("bill")
    await page.get_by_label("Note for whoever takes it").fill("charged twice")
    await check_accessibility(page)
    await page.get_by_role("button", name="Transfer", exact=True).last.click()
    await expect(page.get_by_text("Transferred to Billing.")).to_be_visible()
    await expect(page.locator(".item")).to_have_count(0)
    shown = await team.client.get(
        f"/v1/conversations/{said['conversation']}", headers=(await team.hire()).headers
    )
    assert shown.json()["item"]["queue"] == "billing"


async def test_colleagues_stand_under_their_team(
    open_page: OpenPage, team: Team, bot: Bot, house: Running
) -> None:
    page = await at_work(open_page, await team.hire())
    mate = await team.hire(name="Tim Mate")
    await team.hire(name="Tim Loner")
    fiber = await house.database.run(
        lambda tx: create_team(tx, NewTeam(name="Fiber experts"), SYSTEM, now())
    )
    joins = MembersChange(join=[mate.id])
    await house.database.run(lambda tx: change_members(tx, fiber.id, joins, SYSTEM, now()))
    await take(page, bot, "+6299", "who knows fiber?")
    await page.keyboard.press("Escape")
    await page.keyboard.press("t")
    await page.keyboard.type("Tim ")
    dialog = page.get_by_role("dialog")
    experts = dialog.get_by_role("group", name="Fiber experts").get_by_role("radio")
    await expect(experts).to_have_count(1)
    # Whoever stands first is chosen, also across teams.
    await expect(experts).to_be_checked()
    others = dialog.get_by_role("group", name="In no team")
    await expect(others.get_by_role("radio", name="Tim Loner")).to_have_count(1)
    await check_accessibility(page)
    await page.keyboard.press("Escape")


async def test_a_customer_is_edited_and_an_edit_of_somebody_else_is_told(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    agent = await team.hire()
    page = await at_work(open_page, agent)
    said = await take(page, bot, "+6288", "hello")
    await expect(page.locator(".about")).to_contain_text("+6288")
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await page.get_by_label("Name", exact=True).fill("Budi Santoso")
    await page.get_by_label("Name of the attribute").last.fill("product")
    await page.get_by_label("Its value").last.fill("Fiber 50")
    await page.keyboard.press("Enter")
    await expect(page.locator(".head h2")).to_have_text("Budi Santoso")
    await expect(page.locator(".about")).to_contain_text("Fiber 50")

    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await page.get_by_label("Name", exact=True).fill("B. Santoso")
    customer = await customer_of(team, agent, said["conversation"])
    change = {"name": "Budi S.", "language": "id", "attributes": {"plan": "gold"}}
    await team.client.patch(f"/v1/customers/{customer}", json=change, headers=agent.headers)
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Somebody else has changed “Name” to “Budi S.”")
    await expect(page.locator(".about h2")).to_have_text("Budi S.")
    await expect(page.get_by_label("Name", exact=True)).to_have_value("B. Santoso")
    await expect(page.get_by_label("Language")).to_have_value("id")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_contain_text("Choose above, and save again")
    await dialog.get_by_role("button", name="Keep what I wrote").click()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    await expect(page.locator(".about h2")).to_have_text("B. Santoso")
    await expect(page.locator(".about")).to_contain_text("gold")


async def test_what_is_said_often_is_one_slash_away_and_files_go_with_a_reply(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    agent = await team.hire()
    await team.client.post(
        "/v1/canned-replies",
        json={"shortcut": "hours", "text": "We are {agent}, open until 6.", "own": True},
        headers=agent.headers,
    )
    page = await at_work(open_page, agent)
    await take(page, bot, "+6289", "until when are you open?")
    await page.locator(".write").press_sequentially("Hello. /ho")
    await expect(page.locator("#canned [role=option]")).to_contain_text("/hours")
    await page.keyboard.press("Enter")
    await expect(page.locator(".write")).to_have_value(
        re.compile(r"^Hello\. We are Agent \d+, open")
    )
    await page.locator("input[type=file]").set_input_files(
        {"name": "hours.txt", "mimeType": "text/plain", "buffer": b"9 to 6"}
    )
    await expect(page.locator(".attaching [aria-busy]")).to_have_count(0)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line.agent .file")).to_contain_text("hours.txt")


async def test_a_note_names_a_colleague_and_is_left_in_anybodys_conversation(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire())
    other = await team.hire()
    looking = await open_page("/desktop", as_=other)
    await expect(looking.locator(".presence")).to_contain_text("Offline")
    await take(page, bot, "+6293", "a strange light")
    await page.keyboard.press("Alt+n")
    named = f"@agent{other.id}"
    await page.locator(".write").press_sequentially(f"Please look, {named[:-1]}")
    await page.locator("#canned [role=option]", has_text=named).first.click()
    await expect(page.locator(".write")).to_have_value(re.compile(f"{named}.? $"))
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line.note")).to_contain_text(named)

    await looking.get_by_text("named you in a note").wait_for()
    await looking.get_by_role("button", name="Look").click()
    await expect(lines(looking).first).to_have_text("a strange light")
    await write(looking, "I know this one")
    await expect(looking.locator(".line.note").last).to_contain_text("I know this one")
    await expect(page.locator(".line.note").last).to_contain_text("I know this one")


async def test_what_was_said_is_found_and_looked_at(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire())
    await take(page, bot, "+6290", "the zebra crossing")
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    for _ in range(20):  # the words are filled in from the log a moment after they were said
        await page.get_by_role("searchbox").fill("zebra")
        await page.wait_for_timeout(400)
        if await page.locator("mark").count():
            break
        await page.get_by_role("searchbox").fill("")
        await page.wait_for_timeout(300)
    await expect(page.locator("mark")).to_have_text("zebra")
    await check_accessibility(page)
    await page.keyboard.press("Enter")
    await expect(lines(page)).to_have_text(["the zebra crossing"])


async def test_a_phone_shows_one_pane_at_a_time_with_the_offer_on_top(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    page = await at_work(open_page, await team.hire(), viewport=PHONE, locale="id-ID")
    await take(page, bot, "+6291", "halo")
    await expect(page.locator(".work-pane")).to_be_hidden()
    await bot.hears("+6292", "permisi")
    await expect(page.get_by_role("button", name="Terima")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await check_accessibility(page)
    await page.get_by_role("button", name="Tampilkan pelanggan").click()
    await expect(page.locator(".about")).to_contain_text("+6291")
    await expect(page.locator(".talk")).to_be_hidden()
    await check_accessibility(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_hinders_who_uses_aids(
    open_page: OpenPage, team: Team, bot: Bot, scheme: str
) -> None:
    page = await at_work(open_page, await team.hire(), color_scheme=scheme)
    await check_accessibility(page)
    await take(page, bot, f"+63{scheme}", "hello")
    await write(page, "good day")
    await bot.hears(f"+63{scheme}", "thanks")
    await bot.hears(f"+64{scheme}", "who is next?")
    await expect(page.locator(".offer")).to_be_visible()
    await check_accessibility(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("Accept the offer")
    await check_accessibility(page)


FIRST_ON_SCREEN = """() => {
  const stream = document.querySelector(".stream");
  const {top, bottom} = stream.getBoundingClientRect();
  const onScreen = (line) => {
    const place = line.getBoundingClientRect();
    return place.top >= top && place.bottom <= bottom;
  };
  return [...stream.querySelectorAll(".line[data-number]")].find(onScreen)?.dataset.number;
}"""
"""The number of the first interaction that is loaded and wholly on screen; waited for."""
PLACE = "(e) => Math.round(e.getBoundingClientRect().top)"


async def customer_of(team: Team, by: Member, conversation: int) -> int:
    shown = await team.client.get(f"/v1/conversations/{conversation}", headers=by.headers)
    return shown.json()["conversation"]["customer"]


async def fill_conversation(house: Running, conversation: int, last: int) -> None:
    """As if the customer and the agent had written since long ago."""
    connection = await asyncpg.connect(house.settings.database_url)
    await connection.execute(
        "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
        " connection_id, identity_id, author_kind, author_id, text, delivery, occurred_at,"
        " received_at)"
        " SELECT nextval('interaction_id'), $1, n, 'message',"
        " CASE n % 2 WHEN 0 THEN 'inbound' ELSE 'outbound' END, first.channel,"
        " first.connection_id, first.identity_id,"
        " CASE n % 2 WHEN 0 THEN 'customer' ELSE 'bot' END, NULL,"
        " 'said ' || n || CASE WHEN n % 7 = 0 THEN repeat(' and more', n % 50) ELSE '' END,"
        " CASE n % 2 WHEN 0 THEN NULL ELSE 'sent' END, first.occurred_at, first.received_at"
        " FROM generate_series(2, $2::integer) n, interaction first"
        " WHERE first.conversation_id = $1 AND first.number = 1",
        conversation,
        last,
    )
    await connection.execute(
        "UPDATE conversation SET last_number = $2, read_number = $2 WHERE id = $1",
        conversation,
        last,
    )
    await connection.close()
