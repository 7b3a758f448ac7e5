"""The pages as people use them: the system's own Chromium, over a real running house.

The tests of a module share one house (`house`, `team`); each has browsers of its own (`open_page`).
Whatever a page writes to the console as an error, or would do against its policy, fails the test.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import redis.asyncio as redis
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from contactcenter import foundation
from contactcenter.db import embedded
from contactcenter.model.rulebook import Published
from tests.conftest import empty_database
from tests.contactcenter.conftest import Running, running
from tests.contactcenter.team import Member, Team

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
LEFT_OUT = CHROMIUM is None and "CI" not in os.environ
MISSING = "no Chromium: the pages are not tested; to have it: apt-get install chromium (needs root)"

ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
"""It speaks to our server only, and not to its maker's."""

CONTEXT: dict[str, Any] = {
    "locale": "en-GB",
    "timezone_id": "Asia/Jakarta",
    "viewport": {"width": 1280, "height": 800},
    "reduced_motion": "reduce",
    "color_scheme": "light",
}

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

OpenPage = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The browser, a module's house and the tests run on one loop: the browser lasts for all."""
    here = Path(__file__).parent
    mine = [item for item in items if item.path.is_relative_to(here)]
    for item in mine:
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    if LEFT_OUT:
        items[:] = [item for item in items if item not in mine]
        config.hook.pytest_deselected(items=mine)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for all, where there is no browser."""
    if LEFT_OUT:
        terminalreporter.write_line(f"tests/browser: {MISSING}")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for the run. In CI it must be there."""
    if CHROMIUM is None:
        pytest.fail(MISSING)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        await started.close()


@pytest.fixture(scope="session")
def book() -> Published:
    """The rulebook that the project ships."""
    return Published(1, foundation.read_rulebook(foundation.RULEBOOK))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(
    servers: embedded.Servers, migrated: str, book: Published
) -> AsyncIterator[Running]:
    """The whole application on a port of its own, for the tests of one module."""
    await servers.start_redis()
    async with redis.from_url(servers.redis_url) as client:
        await client.flushall()
    async with (
        empty_database(servers, migrated) as url,
        running(url, servers.redis_url, book) as one,
    ):
        yield one


@pytest.fixture(scope="module")
def team(house: Running, book: Published) -> Team:
    """Makes people and bots in the running application."""
    return Team(house.database, book, house.client, house.socket_url)


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the pages of this test; a test that wants it so takes it out."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, house: Running, faults: list[str]) -> AsyncIterator[OpenPage]:
    """`await open_page("/desktop", as_=member, locale="id-ID")`: a page in a browser of its own.

    What is given besides is the context's (Playwright's `new_context`), over `CONTEXT`.
    """
    contexts: list[BrowserContext] = []

    async def opened(path: str, as_: Member | None = None, **context: Any) -> Page:
        one = await browser.new_context(base_url=house.url, **{**CONTEXT, **context})
        contexts.append(one)
        if as_ is not None:
            await sign_in(one, as_, house.url)
        page = await one.new_page()
        page.on("console", lambda message: faults.extend(_fault(message)))
        page.on("pageerror", lambda error: faults.append(f"{error.name}: {error.message}"))
        await page.goto(path)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert faults == []


async def sign_in(context: BrowserContext, member: Member, url: str) -> None:
    """Give a browser the sign-in that the member has."""
    name, _, token = member.headers["Cookie"].partition("=")
    await context.add_cookies([{"name": name, "value": token, "url": url, "httpOnly": True}])


async def check_accessibility(page: Page) -> None:
    """What axe-core finds against WCAG 2.2 AA: nothing."""
    await page.evaluate(AXE)
    found = await page.evaluate(
        "(tags) => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", STANDARD
    )
    assert [_told(violation) for violation in found["violations"]] == []


def _told(violation: dict[str, Any]) -> str:
    places = [f"{node['html'][:160]}: {node['failureSummary']}" for node in violation["nodes"]]
    return f"{violation['id']} ({violation['help']})\n" + "\n".join(places[:5])


def _fault(message: ConsoleMessage) -> list[str]:
    """Errors; that an answer was a refusal is the page's own affair, and its test's."""
    if message.type != "error" or message.text.startswith("Failed to load resource"):
        return []
    return [f"{message.text} ({message.location.get('url')})"]
