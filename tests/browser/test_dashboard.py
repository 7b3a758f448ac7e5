"""The supervisors' dashboard: live numbers, what is behind each, conversations, orders, a wall."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from contactcenter.actions.people import configure_agent
from contactcenter.model.caller import SYSTEM
from contactcenter.model.person import Abilities
from tests.browser.conftest import OpenPage, check_accessibility
from tests.browser.floor import Floor, at_work
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Member, Team, now

numbers = count(1)


@pytest_asyncio.fixture(loop_scope="session")
async def floor(team: Team) -> AsyncIterator[Floor]:
    """A floor of this test's own: what the others of the module left still waits."""
    async with AsyncExitStack() as stack:
        yield await at_work(team, stack, f"front{next(numbers)}")


@pytest_asyncio.fixture(loop_scope="session")
async def supervisor(team: Team) -> Member:
    return await team.hire("supervisor")


def drawer(page: Page) -> Locator:
    return page.locator("dialog.drawer")


def row(page: Page, queue: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=queue))


async def waiting(house: Running) -> int:
    return sum(w.queue == "care" for w in house.parts.hub.board.waiting.values())


async def test_numbers_move_as_work_does(
    open_page: OpenPage, floor: Floor, supervisor: Member, house: Running
) -> None:
    page = await open_page("/dashboard", as_=supervisor)
    care = row(page, "Customer care")
    shown = care.get_by_role("cell").first
    await expect(shown).to_have_text(str(await waiting(house)))
    before = await waiting(house)
    await floor.bot.hears("+628130001", "one more")
    await expect(shown).to_have_text(str(before + 1))
    await expect(page.get_by_role("button", name=re.compile("^Agent")).first).to_be_visible()
    card = page.locator(".agent", has_text="lunch").last
    await expect(card).to_contain_text("1 of 3")
    await expect(page.locator(".decisions li").first).to_contain_text("Idle longest")
    await expect(page.get_by_text("No alerts")).to_be_visible()
    await check_accessibility(page)


async def test_number_opens_to_its_items_and_an_item_to_its_conversation(
    open_page: OpenPage, floor: Floor, supervisor: Member, house: Running
) -> None:
    page = await open_page("/dashboard", as_=supervisor)
    await row(page, "Customer care").get_by_role("button").nth(1).click()
    items = drawer(page).locator(".item")
    await expect(items).to_have_count(await waiting(house))
    await check_accessibility(page)
    await items.filter(has_text="Hello number 1?").last.click()
    lines = drawer(page).locator(".line")
    await expect(lines).to_have_count(1)
    await floor.bot.hears(f"+62812000{floor.name}1", "still there?")
    await expect(lines.last).to_contain_text("still there?")
    await check_accessibility(page)
    await drawer(page).get_by_role("button", name="Back", exact=True).click()
    await expect(items.first).to_be_visible()


async def test_answered_opens_to_waits_and_why(
    open_page: OpenPage, floor: Floor, supervisor: Member
) -> None:
    assert floor
    page = await open_page("/dashboard", as_=supervisor)
    await page.locator(".number-card", has_text="Answered today").click()
    await expect(drawer(page).locator(".item").first).to_contain_text("answered in time by Agent")
    await page.keyboard.press("Escape")
    await page.locator(".decisions li").first.get_by_role("button", name="Why?").click()
    await expect(drawer(page).get_by_text("What weighed")).to_be_visible()
    await check_accessibility(page)
    await page.keyboard.press("Escape")
    await row(page, "Customer care").get_by_role("button", name="show the last 4 hours").click()
    await drawer(page).get_by_role("row").nth(1).get_by_role("button").first.click()
    await expect(drawer(page).locator(".item").first).to_contain_text("answered in time by Agent")


async def test_note_is_on_the_agents_desktop_and_in_the_conversation(
    open_page: OpenPage, floor: Floor, supervisor: Member
) -> None:
    page = await open_page(f"/dashboard#conversation/{floor.conversation}", as_=supervisor)
    await expect(drawer(page).locator(".line").last).to_contain_text("I am looking at it")
    heard = len(floor.desktop.events)
    await drawer(page).get_by_label("Note to the agent").fill("Offer the replacement modem")
    await drawer(page).get_by_role("button", name="Leave the note").click()
    said = await floor.desktop.event("InteractionAppended", heard, conversation=floor.conversation)
    assert (said["said"]["text"], said["said"]["author_id"]) == (
        "Offer the replacement modem",
        supervisor.id,
    )
    await expect(drawer(page).locator(".line.note")).to_contain_text("Offer the replacement modem")


async def test_work_is_given_and_put_back(
    open_page: OpenPage, floor: Floor, supervisor: Member, team: Team
) -> None:
    helper = await team.hire()
    async with helper.desktop() as desktop:
        await desktop.done("presence", state="away", reason="training")
        page = await open_page(f"/dashboard#conversation/{floor.conversation}", as_=supervisor)
        take = drawer(page).get_by_role("button", name="Take over")
        await expect(take).to_be_disabled()
        await expect(drawer(page).get_by_text("You cannot take it yourself")).to_be_visible()
        name = f"Agent {team_number(helper, desktop.welcome)}"
        await drawer(page).get_by_role("button", name="Give to").click()
        await page.get_by_label("Find by name").fill(name)
        await page.get_by_role("radio", name=re.compile(name)).check()
        await page.get_by_role("button", name="Give it").click()
        given = await desktop.event("ItemAssigned", item=floor.item)
        assert (given["agent"], given["by"]) == (helper.id, supervisor.id)
        await expect(drawer(page).get_by_text(f"{name} has it")).to_have_count(1)
        await drawer(page).get_by_role("button", name="Back into a queue").click()
        dialog = page.get_by_role("dialog", name="Put this work back into a queue")
        await dialog.get_by_label("Queue").select_option("billing")
        await check_accessibility(page)
        await dialog.get_by_role("button", name="Back into a queue").click()
        await desktop.event("ItemQueued", item=floor.item, queue="billing")
        await expect(drawer(page).get_by_text("waits for an agent")).to_be_visible()


def team_number(member: Member, welcome: dict[str, object]) -> str:
    me = welcome["snapshot"]["me"]  # type: ignore[index]
    assert me["id"] == member.id
    return me["name"].removeprefix("Agent ")


async def test_filters_narrow_what_is_shown(
    open_page: OpenPage, floor: Floor, supervisor: Member
) -> None:
    assert floor
    page = await open_page("/dashboard", as_=supervisor)
    await expect(page.locator(".rows > .queue")).to_have_count(3)
    await page.get_by_label("Queue", exact=True).select_option("billing")
    await expect(page.locator(".rows > .queue")).to_have_count(1)
    await page.get_by_role("button", name="Clear the filters").click()
    await page.get_by_label("Channel").select_option("voice")
    await expect(row(page, "Customer care").get_by_role("cell").first).to_have_text("0")
    await expect(page.locator(".number-card", has_text="Answered today").locator("b")).to_have_text(
        "0"
    )
    await page.keyboard.press("Escape")
    await page.locator("h2", has_text="Queues").click()
    await page.keyboard.press("/")
    await page.keyboard.type("no such name")
    await expect(page.get_by_text("No agent fits the filters")).to_be_visible()


async def test_longest_wait_and_free_agents_open(
    open_page: OpenPage, floor: Floor, supervisor: Member, team: Team
) -> None:
    assert floor
    # Whoever serves another queue is not behind this queue's number, whoever is away neither; nor
    # behind Billing's whoever lacks its skill.
    other = await team.hire(queues=["billing"], skills={"product:billing": 1})
    unskilled = await team.hire(queues=["billing"])
    async with other.desktop() as far, unskilled.desktop() as there:
        await far.done("presence", state="available")
        await there.done("presence", state="available")
        page = await open_page("/dashboard", as_=supervisor)
        care = row(page, "Customer care")
        await care.get_by_title("the longest first").click()
        await expect(drawer(page).locator(".item").first).to_be_visible()
        # Both are clocks: they are looked at in the same moment.
        await page.wait_for_function(
            """() => document.querySelector(".queue [title$='longest first']").textContent
                === document.querySelector(".item .row b.fixed").textContent"""
        )
        await page.keyboard.press("Escape")
        await care.get_by_title("Show who has room for more").click()
        far_name = f"Agent {team_number(other, far.welcome)}"
        await expect(drawer(page).get_by_role("heading", level=2)).to_contain_text("Customer care")
        await expect(drawer(page).locator(".agent", has_text=far_name)).to_have_count(0)
        await page.keyboard.press("Escape")
        able = row(page, "Billing").get_by_title("Show who has room for more")
        await expect(able).to_have_text("1")
        await able.click()
        card = drawer(page).locator(".agent").get_by_text(far_name, exact=True)
        await expect(card).to_have_count(1)
        await check_accessibility(page)
        await far.done("presence", state="away", reason="lunch")
        await expect(card).to_have_count(0)


async def test_team_narrows_what_is_its_own_and_the_page_says_what_is_not(
    open_page: OpenPage, floor: Floor, supervisor: Member, team: Team, house: Running
) -> None:
    root, helper = await team.hire("administrator"), await team.hire()
    path, name = "/v1/teams", f"Night {helper.id}"
    json = {"name": name, "lead": supervisor.id}
    made = (await house.client.post(path, json=json, headers=root.headers)).json()
    page = await open_page("/dashboard", as_=supervisor)
    await page.get_by_label("Team").select_option(name)
    await expect(page.get_by_text("No agent fits the filters")).to_be_visible()
    path = f"{path}/{made['id']}/members"
    await house.client.post(path, json={"join": [helper.id]}, headers=root.headers)
    await expect(page.get_by_text("1 agent, longest")).to_be_visible()
    active = page.locator(".number-card", has_text="With agents").locator("b")
    await expect(active).to_have_text("0")
    await expect(page.get_by_text("no team has it")).to_be_visible()
    await expect(row(page, "Customer care").get_by_role("cell").first).to_have_text(
        str(await waiting(house))
    )
    async with helper.desktop() as desktop:
        await desktop.done("presence", state="away", reason="training")
        answer = await house.client.post(
            f"/v1/items/{floor.item}/assign", json={"agent": helper.id}, headers=root.headers
        )
        assert answer.status_code == 200, answer.text
        await expect(active).to_have_text("1")
        await page.locator(".number-card", has_text="With agents").click()
        await expect(drawer(page).get_by_role("heading", level=2)).to_contain_text(name)
        await expect(drawer(page).locator(".item")).to_have_count(1)
    await page.keyboard.press("Escape")
    await house.client.post(path, json={"leave": [helper.id]}, headers=root.headers)
    await house.client.patch(path[:-8], json={"archived": True}, headers=root.headers)
    await expect(page.get_by_text("No agent fits the filters")).to_be_hidden()


async def test_channel_narrows_bots_and_decisions(
    open_page: OpenPage, floor: Floor, supervisor: Member, house: Running
) -> None:
    assert floor
    page = await open_page("/dashboard", as_=supervisor)
    shown = page.locator(".decisions li")
    await expect(shown.first).to_be_visible()
    many = await shown.count()
    by_channel = [d.channel for d in house.parts.hub.board.decisions]
    await page.get_by_label("Channel").select_option("bot")
    await expect(shown).to_have_count(by_channel.count("bot"))
    await page.get_by_label("Channel").select_option("voice")
    await expect(shown).to_have_count(0)
    await expect(page.get_by_text(f"0 of the last {many}")).to_be_visible()
    await expect(page.get_by_text("Agents are not narrowed by channel")).to_be_visible()


async def test_wall_is_for_a_big_screen_and_its_numbers_open(
    open_page: OpenPage, floor: Floor, supervisor: Member, house: Running
) -> None:
    assert floor
    page = await open_page("/dashboard", as_=supervisor, color_scheme="dark")
    await expect(page.locator(".rows > .queue")).to_have_count(3)
    await page.keyboard.press("w")
    care = page.locator(".tile", has_text="Customer care")
    await expect(care.locator("b")).to_have_text(str(await waiting(house)))
    await check_accessibility(page)
    await care.get_by_title("Show who waits", exact=True).click()
    await expect(drawer(page).locator(".item")).to_have_count(await waiting(house))
    await page.keyboard.press("Escape")
    await page.locator(".wall-sums").get_by_title("Show who is away").click()
    await expect(drawer(page).locator(".agent", has_text="lunch").first).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("w")
    await expect(page.locator(".rows > .queue").first).to_be_visible()


async def test_dashboard_on_a_phone_in_indonesian(
    open_page: OpenPage, floor: Floor, supervisor: Member
) -> None:
    assert floor
    page = await open_page(
        "/dashboard", as_=supervisor, locale="id-ID", viewport={"width": 360, "height": 740}
    )
    await expect(page.get_by_role("heading", name="Antrean")).to_be_visible()
    await expect(page.locator(".rows > .queue")).to_have_count(3)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await check_accessibility(page)


async def test_board_that_is_interrupted_is_begun_anew(
    open_page: OpenPage, floor: Floor, supervisor: Member, house: Running
) -> None:
    page = await open_page("/dashboard", as_=supervisor)
    shown = row(page, "Customer care").get_by_role("cell").first
    await expect(shown).to_have_text(str(await waiting(house)))
    for client in house.parts.hub.all():
        if client.agent == supervisor.id:
            client.close(1012)
    await floor.bot.hears("+628130009", "meanwhile")
    await expect(shown).to_have_text(str(await waiting(house)))


async def test_supervisor_takes_work_over_and_its_agent_is_told(
    open_page: OpenPage, floor: Floor, supervisor: Member, team: Team, house: Running
) -> None:
    book = house.parts.rulebook.current.rules
    await team.database.run(
        lambda tx: configure_agent(tx, supervisor.id, Abilities(), book, SYSTEM, now())
    )
    losing = await open_page("/desktop", as_=floor.agent, locale="id-ID")
    await losing.locator(".item").click()
    await losing.locator(".write").fill("Saya sedang memeriksa")
    async with supervisor.desktop() as own:
        await own.done("presence", state="away", reason="training")
        page = await open_page(f"/dashboard#conversation/{floor.conversation}", as_=supervisor)
        await drawer(page).get_by_role("button", name="Take over").click()
        taken = await own.event("ItemAssigned", item=floor.item)
        assert (taken["by"], taken["former_agent"]) == (supervisor.id, floor.agent.id)
        name = own.welcome["snapshot"]["me"]["name"]
        await expect(drawer(page).get_by_text(f"{name} has it;")).to_be_visible()
        await expect(drawer(page).get_by_role("button", name="Take over")).to_be_disabled()

        await expect(losing.get_by_text("Supervisor memberikan pekerjaan Anda")).to_contain_text(
            f"kepada {name}"
        )
        await expect(losing.locator(".item")).to_have_count(0)
        await expect(losing.get_by_text("Bukan pekerjaan Anda:")).to_be_visible()
        await expect(losing.locator(".line", has_text="I am looking at it")).to_be_visible()
        await check_accessibility(losing)
