"""Administration, as people do it: people and what they can do, keys, connections, the trail."""

import json
import re
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, check_accessibility
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Member, Team


def drawer(page: Page) -> Locator:
    return page.locator("dialog.drawer")


async def answer(house: Running, member: Member, path: str, **query: Any) -> Any:
    got = await house.client.get(path, params=query, headers=member.headers)
    assert got.status_code == 200, got.text
    return got.json()


async def test_person_is_added_with_a_link_and_skills_and_the_trail_tells_of_it(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    root = await team.hire("administrator")
    page = await open_page("/admin", as_=root)
    await page.get_by_role("button", name="New person").click()
    await page.get_by_label("Name", exact=True).fill("Sari Dewi")
    await page.get_by_role("button", name="Add the person").click()
    await expect(page.get_by_text("This is needed")).to_be_visible()
    await page.get_by_label("Login", exact=True).fill("sari")
    await page.get_by_role("button", name="Add the person").click()
    link = page.get_by_label("Link by which a password is set")
    await expect(link).to_have_value(re.compile(r"/set-password#ccr_"))
    await page.get_by_role("button", name="I have kept it").click()

    work = drawer(page)
    await expect(work.get_by_role("heading", name="Sari Dewi")).to_be_visible()
    await work.get_by_role("button", name="Add a skill").click()
    await work.get_by_label("Skill", exact=True).fill("language:id")
    await page.keyboard.press("Tab")
    await work.get_by_label("Level").select_option("9")
    await work.get_by_label("Billing").check()
    await work.get_by_label("How much at once").fill("5")
    await work.locator("form").nth(1).get_by_role("button", name="Save").click()
    await expect(page.get_by_text("the routing goes by it")).to_be_visible()
    trail = work.locator(".entry", has_text="Changed skills, queues or capacity")
    await expect(trail).to_contain_text("Administrator")
    await expect(trail).to_contain_text("Person Sari Dewi")
    await expect(trail).to_contain_text("Indonesian 9")
    await expect(trail).to_contain_text("Billing")
    people = await answer(house, root, "/v1/people")
    [sari] = [one for one in people["items"] if one["login"] == "sari"]
    assert sari["abilities"] == {
        "skills": {"language:id": 9},
        "queues": ["billing"],
        "capacity": 5,
        "ceilings": {},
    }
    await check_accessibility(page)


async def test_role_is_changed_and_a_person_is_disabled(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    root = await team.hire("administrator")
    agent = await team.hire()
    page = await open_page("/admin", as_=root)
    name = (await answer(house, root, f"/v1/people/{agent.id}"))["name"]
    await page.get_by_role("button", name=name, exact=True).click()
    await drawer(page).get_by_label("Role").select_option("supervisor")
    await drawer(page).locator("form").first.get_by_role("button", name="Save").click()
    await expect(drawer(page).get_by_text("agent → supervisor")).to_be_visible()
    await drawer(page).get_by_role("button", name="Disable").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Disable").click()
    await expect(drawer(page).get_by_text("cannot sign in")).to_be_visible()
    person = await answer(house, root, f"/v1/people/{agent.id}")
    assert (person["role"], person["disabled_at"] is None) == ("supervisor", False)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)


async def test_last_administrator_is_told_why_they_stay_one(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    root = await team.hire("administrator")
    people = await answer(house, root, "/v1/people")
    for other in people["items"]:
        if other["role"] == "administrator" and other["id"] != root.id:
            path = f"/v1/people/{other['id']}"
            await house.client.patch(path, json={"disabled": True}, headers=root.headers)
    page = await open_page("/admin", as_=root)
    name = (await answer(house, root, f"/v1/people/{root.id}"))["name"]
    await page.get_by_role("button", name=name, exact=True).click()
    await drawer(page).get_by_label("Role").select_option("agent")
    await drawer(page).locator("form").first.get_by_role("button", name="Save").click()
    await expect(drawer(page).get_by_text("last administrator")).to_be_visible()


async def test_key_is_shown_once_and_revoked(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    root = await team.hire("administrator")
    page = await open_page("/admin#keys", as_=root)
    await page.get_by_role("button", name="New key").click()
    await page.get_by_label("Name", exact=True).fill("whatsapp bot")
    await page.get_by_role("button", name="Make the key").click()
    secret = await page.get_by_label("Key", exact=True).input_value()
    said = {"key": "1", "type": "message", "from": {"scheme": "phone", "value": "1"}, "text": "x"}
    headers = {"Authorization": f"Bearer {secret}"}
    posted = await house.client.post("/v1/interactions", json=said, headers=headers)
    assert posted.status_code != 401
    await page.get_by_role("button", name="I have kept it").click()
    assert secret not in await page.content()
    await page.get_by_role("button", name="whatsapp bot").click()
    await drawer(page).get_by_role("button", name="Revoke").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_text("whatsapp bot is revoked")).to_be_visible()
    refused = await house.client.post("/v1/interactions", json=said, headers=headers)
    assert refused.status_code == 401


async def test_connection_gets_origins_and_secrets(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    root = await team.hire("administrator")
    page = await open_page("/admin#connections", as_=root)
    await page.get_by_role("button", name="New connection").click()
    await page.get_by_label("Name", exact=True).fill("shop")
    await page.get_by_label("Pages that may hold the chat").fill("https://shop.example/page")
    await page.get_by_role("button", name="Make the connection").click()
    await expect(page.get_by_text("An origin is a scheme, a host")).to_be_visible()
    await page.get_by_label("Pages that may hold the chat").fill("https://shop.example")
    await page.get_by_role("button", name="Make the connection").click()
    await drawer(page).get_by_role("button", name="Make a secret").click()
    secret = await page.get_by_label("Secret", exact=True).input_value()
    assert len(secret) >= 32
    await page.get_by_role("button", name="I have kept it").click()
    await drawer(page).get_by_role("button", name=re.compile("Remove the secret")).click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(drawer(page).get_by_text("Removed a secret")).to_be_visible()
    [shop] = (await answer(house, root, "/v1/connections"))["items"]
    assert (shop["origins"], shop["secret_fingerprints"]) == (["https://shop.example"], [])
    await page.keyboard.press("Escape")
    await page.get_by_role("tab", name="Audit").click()
    await page.get_by_label("What").select_option("connection")
    shown = page.locator(".entry")
    await expect(shown).to_have_count(3)
    await expect(shown.first).to_contain_text("Removed a secret")
    assert secret not in json.dumps(await answer(house, root, "/v1/audit"))


async def test_team_is_made_filled_and_archived(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    root, agent = await team.hire("administrator"), await team.hire()
    name = (await answer(house, root, f"/v1/people/{agent.id}"))["name"]
    page = await open_page("/admin#teams", as_=root)
    await page.get_by_role("button", name="New team").click()
    await page.get_by_label("Name", exact=True).fill("Fiber at night")
    await page.get_by_role("button", name="Make the team").click()
    await expect(drawer(page).get_by_text("Nobody is in it yet")).to_be_visible()
    await drawer(page).get_by_label("Find an agent to add").fill(name)
    await drawer(page).get_by_role("button", name=f"Add {name}", exact=True).click()
    out = drawer(page).get_by_role("button", name=f"Take {name} out", exact=True)
    await expect(out).to_be_visible()
    await expect(drawer(page).get_by_role("button", name="Archive the team")).to_be_disabled()
    await expect(drawer(page).locator(".entry").first).to_contain_text("who is in the team")
    await check_accessibility(page)
    [kept] = (await answer(house, root, f"/v1/people/{agent.id}"))["teams"]
    assert kept["name"] == "Fiber at night"
    await page.keyboard.press("Escape")
    await page.get_by_role("tab", name="People").click()
    await expect(page.get_by_role("row", name=name)).to_contain_text("Fiber at night")
    await page.get_by_role("tab", name="Teams").click()
    await page.get_by_role("button", name="Fiber at night").click()
    await out.click()
    await drawer(page).get_by_role("button", name="Archive the team").click()
    await expect(drawer(page).get_by_text("nobody can join")).to_be_visible()
    shown = await answer(house, root, f"/v1/teams/{kept['id']}")
    assert (shown["members"], shown["archived_at"] is None) == (0, False)


async def test_queue_is_changed_over_the_version_that_was_seen(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    root = await team.hire("administrator")
    page = await open_page("/admin#queues", as_=root)
    await page.get_by_role("button", name="Billing").click()
    target = drawer(page).get_by_label("Target, seconds")
    await target.fill("0")
    await drawer(page).get_by_label("Aimed at, %").fill("180")
    await drawer(page).get_by_role("button", name="Publish").click()
    await expect(drawer(page).locator("[aria-invalid=true]")).to_have_count(2)
    await check_accessibility(page)
    await target.fill("90")
    await drawer(page).get_by_label("Aimed at, %").fill("85")
    seen = await answer(house, root, "/v1/rulebook")
    change = {"path": ["queues", "care", "target_s"], "value": 75}
    other = await house.client.patch(
        "/v1/rulebook",
        json={"based_on": seen["version"], "changes": [change]},
        headers=root.headers,
    )
    assert other.status_code == 200, other.text
    await drawer(page).get_by_role("button", name="Publish").click()
    await expect(drawer(page).get_by_text("What is in force now is shown")).to_be_visible()
    await expect(target).to_have_value("120")
    await target.fill("90")
    await drawer(page).get_by_role("button", name="Publish").click()
    await expect(page.get_by_role("row", name="Billing")).to_contain_text("90 seconds")
    rules = (await answer(house, root, "/v1/rulebook"))["rules"]["queues"]
    assert (rules["billing"]["target_s"], rules["care"]["target_s"]) == (90, 75)


async def test_queue_is_made_and_retired_where_nothing_leads_to_it(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    root = await team.hire("administrator")
    page = await open_page("/admin#queues", as_=root)
    await page.get_by_role("button", name="New queue").click()
    await drawer(page).get_by_label("Name in the rules").fill("night")
    await drawer(page).get_by_label("Label").fill("At night")
    await drawer(page).get_by_role("button", name="Add a skill").click()
    await drawer(page).get_by_label("Skill", exact=True).fill("product:fiber")
    await drawer(page).get_by_role("button", name="Publish").click()
    await page.get_by_role("button", name="At night").click()
    made = (await answer(house, root, "/v1/rulebook"))["rules"]["queues"]["night"]
    assert (made["label"], made["requirement"]) == ("At night", {"product:fiber": 5})
    await drawer(page).get_by_role("button", name="Retire the queue").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Retire the queue").click()
    await expect(page.get_by_role("button", name="At night")).to_have_count(0)
    await page.get_by_role("button", name="Customer care").click()
    await drawer(page).get_by_role("button", name="Retire the queue").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Retire the queue").click()
    await expect(drawer(page).get_by_text("entry[")).to_be_visible()
    assert "care" in (await answer(house, root, "/v1/rulebook"))["rules"]["queues"]


async def test_administration_on_a_phone_in_indonesian(open_page: OpenPage, team: Team) -> None:
    root = await team.hire("administrator")
    page = await open_page(
        "/admin", as_=root, locale="id-ID", viewport={"width": 360, "height": 740}
    )
    await expect(page.get_by_role("tab", name="Orang")).to_be_visible()
    for tab in ("Tim", "Antrean", "Kunci", "Koneksi", "Audit"):
        await page.get_by_role("tab", name=tab).click()
        await check_accessibility(page)
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


async def test_others_are_led_to_where_they_work(open_page: OpenPage, team: Team) -> None:
    page = await open_page("/admin", as_=await team.hire("supervisor"))
    await page.wait_for_url("**/dashboard")


async def test_trail_tells_names_and_changes_in_indonesian(
    open_page: OpenPage, team: Team, house: Running
) -> None:
    root, agent = await team.hire("administrator"), await team.hire()
    said = await (await team.bot("trail")).hears("+62815001")
    conversation = await answer(house, root, f"/v1/conversations/{said['conversation']}")
    async with agent.desktop() as desktop:
        await desktop.done("presence", state="away", reason="lunch")
        path = f"/v1/items/{conversation['item']['id']}"
        for order, what in (("assign", {"agent": agent.id}), ("requeue", {"queue": "billing"})):
            given = await house.client.post(f"{path}/{order}", json=what, headers=root.headers)
            assert given.is_success, given.text
        name = desktop.welcome["snapshot"]["me"]["name"]
    page = await open_page("/admin#audit", as_=root, locale="id-ID")
    entries = page.locator(".entry")
    await expect(entries.nth(0)).to_contain_text("Mengembalikan tugas ke antrean")
    await expect(entries.nth(0)).to_contain_text("Billing")
    await expect(entries.nth(1)).to_contain_text("Memberikan tugas kepada agen")
    await expect(entries.nth(1).locator("dl")).to_have_text(
        re.compile(rf"^Agen\s*{name}\s*Melebihi kapasitas\s*tidak$")
    )
    await check_accessibility(page)


async def test_address_without_a_page_leads_to_ones_own(open_page: OpenPage, team: Team) -> None:
    page = await open_page("/nonsense", as_=await team.hire("administrator"))
    await expect(page.get_by_role("heading", name="There is no page here")).to_be_visible()
    await expect(page.get_by_text("Nothing is at /nonsense")).to_be_visible()
    await check_accessibility(page)
    await page.get_by_role("link", name="Go to my page").click()
    await expect(page).to_have_url(re.compile("/admin"))
    other = await open_page("/nonsense", locale="id-ID")
    await expect(other.get_by_role("link", name="Ke halaman saya")).to_be_visible()
