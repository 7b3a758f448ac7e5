"""The pictures of docs/screenshots: each main state of each page. `make screenshots` runs this.

They are made in this order on one house: first what is empty, then what people have done.
"""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from contactcenter.actions.block_identity import block_identity
from contactcenter.actions.teams import MembersChange, NewTeam, change_members, create_team
from contactcenter.model.caller import SYSTEM
from contactcenter.record.profile import KnownBy
from tests.architecture.tree import ROOT
from tests.browser.conftest import OpenPage
from tests.browser.desks import assign, become_available, hold_events, lines, write
from tests.browser.hosts import list_origin
from tests.contactcenter.clients import Desktop
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Bot, Member, Team, now

FOLDER = ROOT / "docs" / "screenshots"
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}
SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
DARK_ID: dict[str, Any] = {"color_scheme": "dark", "locale": "id-ID"}
LONG = "Raden Ajeng Siti Nurhaliza Wulandari Kusumaningrat-Hadiningrat van der Sukabumi"
UNBROKEN = "https://shop.example/orders/" + "anAddressWithoutAnyPlaceForALineToBreak" * 4

pytestmark = pytest.mark.timeout(150)


async def picture(page: Page, name: str, **how: Any) -> None:
    await page.wait_for_timeout(250)  # what was drawn last has come to rest
    await page.screenshot(path=FOLDER / f"{name}.png", **how)


class Shop:
    """Customers with names, who write by a bot."""

    def __init__(self, team: Team, bot: Bot, boss: Member) -> None:
        self.team = team
        self.bot = bot
        self.boss = boss

    async def hears(self, who: str, text: str, **about: Any) -> dict[str, Any]:
        said = await self.bot.hears(who, text)
        if about:
            client, headers = self.team.client, self.boss.headers
            path = f"/v1/conversations/{said['conversation']}"
            shown = (await client.get(path, headers=headers)).json()
            path = f"/v1/customers/{shown['conversation']['customer']}"
            (await client.patch(path, json=about, headers=headers)).raise_for_status()
        return said


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def boss(team: Team) -> Member:
    return await team.hire("supervisor", "Maya Lestari")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(team: Team, boss: Member) -> Shop:
    return Shop(team, await team.bot("front"), boss)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ayu(team: Team) -> Member:
    skills = {"language:id": 9, "product:billing": 5}
    return await team.hire(name="Ayu Pratiwi", capacity=6, skills=skills)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def expert(team: Team, boss: Member, house: Running) -> str:
    """The name of a colleague who is in a team."""
    grace = await team.hire(name="Grace Tan", skills={"language:en": 8, "product:fiber": 9})
    fiber, joins = NewTeam(name="Fiber experts", lead=boss.id), MembersChange(join=[grace.id])
    made = await house.database.run(lambda tx: create_team(tx, fiber, SYSTEM, now()))
    await house.database.run(lambda tx: change_members(tx, made.id, joins, SYSTEM, now()))
    return "Grace Tan"


@pytest_asyncio.fixture(loop_scope="session")
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as one:
        yield one


async def take(page: Page, text: str) -> None:
    await expect(page.locator(".offer")).to_contain_text(text)
    await page.keyboard.press("Alt+a")
    await expect(lines(page).last).to_contain_text(text)


async def answer(page: Page, text: str) -> None:
    await write(page, text)
    await expect(lines(page).last).to_have_text(text)
    await expect(page.locator(".line.pending")).to_have_count(0)


# Signing in, and the elements ---------------------------------------------------------------------


async def test_sign_in(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    await picture(page, "sign-in")
    await page.get_by_label("Login").fill("ayu")
    await page.locator("input[type=password]").fill("not the password")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notice")).to_be_visible()
    await picture(page, "sign-in-refused")


async def test_style(open_page: OpenPage) -> None:
    page = await open_page("/style")
    await page.get_by_role("heading", level=2).first.wait_for()
    await picture(page, "style", full_page=True)


# Empty --------------------------------------------------------------------------------------------


async def test_nothing_has_happened_yet(open_page: OpenPage, ayu: Member, boss: Member) -> None:
    page = await open_page("/desktop", as_=ayu)
    await become_available(page)
    await picture(page, "desktop-empty")
    page = await open_page("/dashboard", as_=boss)
    await expect(page.locator(".rows > .queue").first).to_be_visible()
    await picture(page, "dashboard-empty")


# The desktop --------------------------------------------------------------------------------------


async def test_desktop(open_page: OpenPage, shop: Shop, ayu: Member, expert: str) -> None:
    page = await open_page("/desktop", as_=ayu)
    await become_available(page)
    siti = {"name": "Siti Rahma", "tier": "gold", "value": 82, "territory": "Bandung"}
    await shop.hears("+6281100", "Hello, are you open on Sunday?", **siti)
    await take(page, "are you open on Sunday")
    await answer(page, "Yes, from nine to three.")
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await page.keyboard.press("Enter")
    await expect(page.locator(".head .turn")).to_contain_text("wrap-up")
    await page.keyboard.press("f")
    await shop.hears("+6281101", "My invoice has somebody else's name.", name="Budi Santoso")
    await take(page, "somebody else's name")
    await answer(page, "I am sorry. I am looking into it.")
    await shop.hears("+6281102", f"Look at {UNBROKEN}, please.", name=LONG, tier="silver")
    await take(page, "Look at")
    await shop.hears("+6281103", "Anybody there?")
    await take(page, "Anybody there")
    await shop.hears("+6281100", "My sandals have come in the wrong size.")
    await expect(page.locator(".offer")).to_contain_text("wrong size")
    await picture(page, "desktop-offer")
    await take(page, "wrong size")
    await answer(page, "I am sorry. Which size do you wear?")
    await shop.hears("+6281100", "42, and they are 41.")
    await expect(lines(page).last).to_have_text("42, and they are 41.")
    await page.locator(".write").fill("Size 42 is on its way to you. You can keep the")
    await expect(page.locator(".saved")).to_have_text("draft kept")
    await picture(page, "desktop-conversation")

    dark = await open_page("/desktop", as_=ayu, **DARK_ID)
    await dark.locator(".item", has_text="Siti Rahma").click()
    await expect(lines(dark).last).to_have_text("42, and they are 41.")
    await picture(dark, "desktop-dark-indonesian")
    phone = await open_page("/desktop", as_=ayu, **PHONE)
    await expect(phone.locator(".item").first).to_be_visible()
    await picture(phone, "desktop-phone-work")
    await phone.locator(".item", has_text="Siti Rahma").click()
    await expect(lines(phone).last).to_have_text("42, and they are 41.")
    await picture(phone, "desktop-phone-conversation")

    await page.locator(".item", has_text="Raden").click()
    await expect(lines(page).last).to_contain_text("Look at")
    await picture(page, "desktop-long-names")
    await page.keyboard.press("Escape")
    for key, name in (("?", "keys"), ("t", "transfer"), ("r", "resolve"), ("e", "customer")):
        await page.keyboard.press(key)
        await expect(page.get_by_role("dialog")).to_be_visible()
        if name == "transfer":  # colleagues are asked for
            await page.get_by_role("radio", name=expert).wait_for()
        await picture(page, f"desktop-{name}")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_desktop_that_lost_its_server(
    open_page: OpenPage, shop: Shop, team: Team, house: Running
) -> None:
    agent = await team.hire(name="Joko Susilo")
    page = await open_page("/desktop", as_=agent)
    await become_available(page)
    await shop.hears("+6281120", "My modem shows a red light.", name="Wulan Sari")
    await take(page, "red light")
    await page.route_web_socket(re.compile("/v1/desktop$"), lambda socket: socket.close())
    for client in house.parts.hub.all():
        if client.agent == agent.id:
            client.close(1012)
    await write(page, "Please hold the button for ten seconds.")
    await expect(page.locator(".line.pending")).to_be_visible()
    await expect(page.locator(".connection")).to_be_visible()
    await picture(page, "desktop-reconnecting")

    await team.client.post("/v1/sign-out", headers=agent.headers)
    await expect(page.get_by_role("alertdialog")).to_be_visible(timeout=40_000)
    await picture(page, "desktop-signed-out")


async def test_fence(open_page: OpenPage, shop: Shop, team: Team, boss: Member) -> None:
    putri, rizky = [await team.hire(name=n) for n in ("Putri Handayani", "Rizky Maulana")]
    page = await open_page("/desktop", as_=putri)
    held = await hold_events(page)
    await page.reload()
    await become_available(page)
    said = await shop.hears("+6281110", "Is my line repaired?", name="Agus Wijaya")
    await take(page, "Is my line repaired")
    async with rizky.desktop() as other:
        await other.done("presence", state="available")
        held["now"] = True
        item = await assign(team, boss, said["conversation"], rizky)
        await other.event("ItemAssigned", item=item)
        await other.done("reply", item=item, text="Yes, it works since noon.", seen=1)
        await assign(team, boss, said["conversation"], putri)
        await write(page, "No, the technician comes tonight.")
        await expect(page.locator(".whose")).to_contain_text("Rizky Maulana")
        await picture(page, "desktop-fence")


# The dashboard ------------------------------------------------------------------------------------


async def test_dashboard(
    open_page: OpenPage, shop: Shop, team: Team, boss: Member, stack: AsyncExitStack
) -> None:
    for n, name in enumerate(("Dian Puspita", "Eko Prasetyo", LONG, "Fitri Yulianti")):
        desktop = await stack.enter_async_context((await team.hire(name=name)).desktop())
        await desktop.done("presence", state="available")
        if n % 2:
            await desktop.done("presence", state="away", reason="lunch")
    for n, text in enumerate(("Where is my order?", "The code does not come.", "Hello?")):
        await shop.hears(f"+628113{n}", text)
    page = await open_page("/dashboard", as_=boss)
    await expect(page.locator(".decisions li").first).to_be_visible()
    await picture(page, "dashboard")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Customer care"))
    await row.get_by_role("button").nth(1).click()
    items = page.locator("dialog.drawer .item")
    await expect(items.first).to_be_visible()
    await picture(page, "dashboard-drill")
    await items.first.click()
    await expect(page.locator("dialog.drawer .line").first).to_be_visible()
    await picture(page, "dashboard-conversation")
    dark = await open_page("/dashboard", as_=boss, **DARK_ID)
    await expect(dark.locator(".decisions li").first).to_be_visible()
    await picture(dark, "dashboard-dark-indonesian")
    await dark.keyboard.press("w")
    await expect(dark.locator(".tile").first).to_be_visible()
    await picture(dark, "dashboard-wall")
    phone = await open_page("/dashboard", as_=boss, **PHONE)
    await expect(phone.locator(".rows > .queue").first).to_be_visible()
    await picture(phone, "dashboard-phone")


# Administration -----------------------------------------------------------------------------------


async def test_administration(open_page: OpenPage, team: Team, house: Running) -> None:
    await list_origin(house, house.url)
    root = await team.hire("administrator", "Dewi Anggraini")
    page = await open_page("/admin", as_=root)
    await expect(page.get_by_role("button", name="Ayu Pratiwi")).to_be_visible()
    for tab in await page.get_by_role("tab").all():
        await tab.click()
        await page.wait_for_load_state("networkidle")
        await picture(page, f"admin-{(await tab.inner_text()).lower().replace(' ', '-')}")
    await page.get_by_role("tab").first.click()
    await page.get_by_role("button", name="Ayu Pratiwi").click()
    await expect(page.locator("dialog.drawer").get_by_role("heading").first).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await picture(page, "admin-person")
    phone = await open_page("/admin", as_=root, **PHONE)
    await expect(phone.get_by_role("button", name="Ayu Pratiwi")).to_be_visible()
    await picture(phone, "admin-phone")


# The chat -----------------------------------------------------------------------------------------


async def test_chat(open_page: OpenPage, team: Team, house: Running) -> None:
    page = await open_page("/demo-shop", **PHONE)
    launcher = page.locator("button.launcher")
    await expect(launcher).to_be_visible()
    await picture(page, "widget-launcher")
    await launcher.click()
    await page.get_by_label("Your name").fill("Siti")
    await page.get_by_label("Your question").fill("My sandals have come in the wrong size.")
    await picture(page, "widget-form")
    await page.get_by_role("button", name="Start the chat").click()
    await expect(page.locator(".who")).to_contain_text("in line")
    await picture(page, "widget-queue")
    agent = await team.hire(name="Ayu Pratiwi", capacity=9)
    async with agent.desktop() as desktop:
        await desktop.done("presence", state="available")
        item = await served(desktop, "My sandals have come in the wrong size.")
        await desktop.done("reply", item=item["item"], text="Which size do you wear?", seen=1)
        await expect(page.get_by_text("Which size do you wear?")).to_be_visible()
        await say(page, "42, and they are 41.")
        await expect(page.locator(".said").last).to_contain_text("Delivered")
        await picture(page, "widget-talk")

        await page.context.set_offline(True)
        await say(page, "Are you there?")
        await expect(page.get_by_role("status").get_by_text("You are offline")).to_be_visible()
        await picture(page, "widget-offline")
        await page.context.set_offline(False)
        await expect(page.locator(".said").last).to_contain_text("Delivered")

        async with house.database.snapshot() as tx:
            [known] = await tx.many(KnownBy, "records.identities", [item["customer"]])
        who = item["customer"], known.id, SYSTEM, now()
        await desktop.done("resolve", item=item["item"], disposition="solved")
        await expect(page.get_by_role("group", name="How content are you?")).to_be_visible()
        await picture(page, "widget-rating")
        await house.database.run(lambda tx: block_identity(tx, *who))
        await say(page, "One more thing.")
        await expect(page.get_by_role("button", name="Try again")).to_be_visible()
        await picture(page, "widget-failed")

    small = await open_page("/demo-shop?lang=id", color_scheme="dark", **SMALL)
    await small.locator("button.launcher").click()
    await small.locator("#question").fill("Apakah ukuran 42 masih ada?")
    await picture(small, "widget-320-dark-indonesian")


async def served(desktop: Desktop, text: str) -> dict[str, Any]:
    """The agent takes what is offered with these words."""
    offer = await desktop.event("OfferMade", excerpt=text)
    item = await desktop.done("accept", offer=offer["offer"])
    return {**item, "customer": offer["customer"]}


async def say(page: Page, text: str) -> None:
    box = page.get_by_label("Write a message")
    await box.fill(text)
    await box.press("Enter")
