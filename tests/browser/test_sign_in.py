"""The way in and out, as people go it: signing in, a password, the sessions."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from contactcenter.actions.passwords import make_link
from contactcenter.actions.people import NewPerson, create_person
from contactcenter.model import password
from contactcenter.model.caller import SYSTEM
from contactcenter.model.credential import digest, issue
from tests.browser.conftest import OpenPage, check_accessibility
from tests.contactcenter.team import Team

WORDS = "correct horse battery"
HOMES = {"agent": "/desktop", "supervisor": "/dashboard", "administrator": "/admin"}


@dataclass
class People:
    """Makes people who have a password, or a link to set one."""

    team: Team

    async def with_password(self, role: str = "supervisor") -> str:
        """Their login."""
        login, _ = await self._made(role, password.hashed(WORDS))
        return login

    async def with_link(self) -> tuple[str, str]:
        """Their login, and what stands behind the `#`."""
        login, person = await self._made("supervisor", None)
        token = issue("ccr_")
        now = datetime.now(UTC)
        await self.team.database.run(lambda tx: make_link(tx, person, digest(token), SYSTEM, now))
        return login, token

    async def _made(self, role: str, kept: str | None) -> tuple[str, int]:
        login = f"person{next(self.team.numbers)}"
        new = NewPerson(login=login, name=f"Siti {role}", role=role)
        made = await self.team.database.run(
            lambda tx: create_person(tx, new, SYSTEM, datetime.now(UTC), password_hash=kept)
        )
        return login, made.id


@pytest.fixture
def people(team: Team) -> People:
    return People(team)


async def sign_in(page: Page, login: str, words: str = WORDS) -> None:
    await page.get_by_label("Login").fill(login)
    await page.get_by_label("Password", exact=True).fill(words)
    await page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("role", HOMES)
async def test_signing_in_leads_to_the_page_of_the_role(
    open_page: OpenPage, people: People, role: str
) -> None:
    login = await people.with_password(role)
    page = await open_page("/sign-in")
    await page.route(f"**{HOMES[role]}", lambda route: route.fulfill(body=f"here is {role}"))
    await sign_in(page, login)
    await expect(page.get_by_text(f"here is {role}")).to_be_visible()


async def test_it_is_done_by_keyboard_alone(open_page: OpenPage, people: People) -> None:
    login = await people.with_password()
    page = await open_page("/sign-in#/account")
    await expect(page.get_by_label("Login")).to_be_focused()
    await page.keyboard.type(login)
    await page.keyboard.press("Tab")
    await page.keyboard.type(WORDS)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Password and sign-ins")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    opener = page.get_by_role("button", name=re.compile("account and appearance"))
    await opener.focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("End")
    await expect(page.get_by_role("menuitem", name="Sign out")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/sign-in$"))


async def test_what_is_missing_or_wrong_is_said_where_it_is(
    open_page: OpenPage, people: People
) -> None:
    login = await people.with_password()
    page = await open_page("/sign-in")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_label("Login")).to_have_accessible_description("This is needed")
    await sign_in(page, login, "something else")
    await expect(page.get_by_role("alert")).to_contain_text("do not go together")
    await expect(page.get_by_label("Password", exact=True)).to_be_focused()
    await check_accessibility(page)


async def test_who_is_locked_out_is_told_to_wait(open_page: OpenPage, people: People) -> None:
    login = await people.with_password()
    page = await open_page("/sign-in")
    for number in range(1, 11):
        await sign_in(page, login, f"wrong number {number}")
        await expect(page.get_by_role("button", name="Sign in")).not_to_have_attribute(
            "aria-busy", "true"
        )
    await sign_in(page, login)
    await expect(page.get_by_role("alert")).to_contain_text("too many attempts just now")


async def test_who_is_not_signed_in_is_led_back_to_where_they_were_going(
    open_page: OpenPage, people: People
) -> None:
    login = await people.with_password()
    page = await open_page("/account")
    await expect(page).to_have_url(re.compile("/sign-in#/account$"))
    await sign_in(page, login)
    await expect(page).to_have_url(re.compile("/account$"))


async def test_it_leads_to_no_page_of_others(open_page: OpenPage, people: People) -> None:
    login = await people.with_password()
    page = await open_page("/sign-in#//evil.example/")
    await page.route("**/dashboard", lambda route: route.fulfill(body="at home"))
    await sign_in(page, login)
    await expect(page.get_by_text("at home")).to_be_visible()


async def test_a_password_is_set_by_a_link_once(open_page: OpenPage, people: People) -> None:
    login, token = await people.with_link()
    page = await open_page(f"/set-password#{token}")
    await expect(page).to_have_url(re.compile("/set-password$"))
    first = page.get_by_label("New password", exact=True)
    await first.fill("too short")
    await page.get_by_label("New password again").fill("too short")
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("3 characters more are needed")).to_be_visible()
    await first.fill(WORDS)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("The two are not the same")).to_be_visible()
    await check_accessibility(page)
    await page.get_by_label("New password again").fill(WORDS)
    await page.get_by_role("button", name="Set the password").click()
    await page.get_by_role("link", name="Sign in").click()
    await page.route("**/dashboard", lambda route: route.fulfill(body="signed in"))
    await sign_in(page, login)
    await expect(page.get_by_text("signed in")).to_be_visible()

    again = await open_page(f"/set-password#{token}")
    await again.get_by_label("New password", exact=True).fill(WORDS)
    await again.get_by_label("New password again").fill(WORDS)
    await again.get_by_role("button", name="Set the password").click()
    await expect(again.get_by_role("alert")).to_contain_text("This link does not work")


async def test_a_sign_in_elsewhere_is_ended_and_its_page_says_so(
    open_page: OpenPage, people: People
) -> None:
    login = await people.with_password()
    here, there = [await open_page("/sign-in#/account") for _ in range(2)]
    for page in (there, here):
        await sign_in(page, login)
        await expect(page.get_by_text("this one")).to_be_visible()
    await here.get_by_role("button", name="End the sign-in of Chrome on Linux").click()
    await expect(here.get_by_text("The sign-in has ended")).to_be_visible()
    await expect(here.get_by_role("listitem")).to_have_count(1)
    await there.get_by_role("button", name="Sign out everywhere").click()
    await there.get_by_role("alertdialog").get_by_role("button", name="everywhere").click()
    await expect(there.get_by_role("alertdialog", name="You are signed out")).to_be_visible()
    await check_accessibility(there)
    await there.get_by_role("button", name="Sign in again").click()
    await expect(there).to_have_url(re.compile("/sign-in#/account$"))


async def test_ones_password_is_changed_with_the_former_one(
    open_page: OpenPage, people: People
) -> None:
    login = await people.with_password()
    page = await open_page("/sign-in#/account")
    await sign_in(page, login)
    change = page.get_by_role("button", name="Change the password")
    for former in ("not the right one", WORDS):
        await page.get_by_label("Password until now").fill(former)
        await page.get_by_label("New password", exact=True).fill(WORDS + " staple")
        await page.get_by_label("New password again").fill(WORDS + " staple")
        await change.click()
        if former != WORDS:
            await expect(page.get_by_text("This is not your password")).to_be_visible()
    await expect(page.get_by_text("Your password is changed")).to_be_visible()
    await expect(page.get_by_text("this one")).to_be_visible()
