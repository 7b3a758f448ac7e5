"""Desktops in browsers, and what their tests do with them, mostly by keyboard."""

import re
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
from playwright.async_api import Locator, Page, WebSocketRoute, expect

from contactcenter.actions.mark_spam import mark_spam
from contactcenter.model.caller import SYSTEM
from tests.browser.conftest import OpenPage
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Bot, Member, Team, now


async def bot(team: Team) -> Bot:
    """Who brings what customers write; a fixture of a module."""
    return await team.bot("front")


async def an_empty_floor(house: Running) -> AsyncIterator[None]:
    """What a test leaves undone is nobody's work in the next one."""
    yield
    connection = await asyncpg.connect(house.settings.database_url)
    left = await connection.fetch(
        "SELECT DISTINCT v.party_id FROM work_item w"
        " JOIN conversation v ON v.id = w.conversation_id"
        " WHERE w.state NOT IN ('done', 'abandoned', 'cancelled')"
    )
    await connection.close()
    for row in left:
        await house.database.run(
            lambda tx, row=row: mark_spam(tx, row["party_id"], SYSTEM, now(), others_work=True)
        )


async def at_work(open_page: OpenPage, agent: Member, **context: Any) -> Page:
    """The agent's desktop, available, by keyboard."""
    page = await open_page("/desktop", as_=agent, **context)
    await become_available(page)
    return page


async def become_available(page: Page) -> None:
    await expect(page.locator(".presence")).to_have_text(re.compile(r"\D\d+:\d\d"))
    for key in ("p", "Home", "Enter"):
        await page.keyboard.press(key)
    await expect(page.locator(".presence .dot")).to_have_class("dot")


async def take(page: Page, bot: Bot, who: str, text: str = "hello", **more: Any) -> dict[str, Any]:
    """Somebody writes, and the agent takes it by the key that works everywhere."""
    said = await bot.hears(who, text, **more)
    await expect(page.locator(".offer")).to_contain_text(text)
    await page.keyboard.press("Alt+a")
    await expect(page.locator(".offer")).to_have_count(0)
    await expect(lines(page).last).to_contain_text(text)
    return said


def lines(page: Page) -> Locator:
    return page.locator(".line .text")


async def write(page: Page, text: str) -> None:
    await page.locator(".write").fill(text)
    await page.keyboard.press("Control+Enter")


async def hold_events(page: Page) -> dict[str, Any]:
    """From when `now` is set, what the server tells is kept from the page, but for answers."""
    held: dict[str, Any] = {"now": False, "frames": [], "socket": None}

    def on_open(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        held["socket"] = socket

        def told(frame: str | bytes) -> None:
            if held["now"] and '"type":"event"' in str(frame):
                held["frames"].append(frame)
            else:
                socket.send(frame)

        server.on_message(told)

    await page.route_web_socket(re.compile("/v1/desktop$"), on_open)
    return held


async def assign(team: Team, by: Member, conversation: int, to: Member) -> int:
    shown = await team.client.get(f"/v1/conversations/{conversation}", headers=by.headers)
    item = shown.json()["item"]["id"]
    answer = await team.client.post(
        f"/v1/items/{item}/assign", json={"agent": to.id}, headers=by.headers
    )
    assert answer.is_success, answer.text
    return item
