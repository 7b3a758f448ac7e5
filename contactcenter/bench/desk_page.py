"""An agent at the desktop in a browser, and customers who write by a bot."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count

import httpx
import msgspec

from contactcenter.bench.chromium import Chromium, Page, chromium
from contactcenter.bench.place import Place, place, shipped_rules, without_wrap_up
from contactcenter.bench.serving import product

CAPACITY = 3


class Desk:
    """One agent's desktop: each step waits until the agent can see what came of it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def become_available(self) -> None:
        """As the agent says it: by the menu of the presence."""
        await self.page.until("document.querySelector('.presence:enabled') && true")
        await self.page.ask("document.querySelector('.presence').click()")
        await self.page.until("document.querySelector('[role=menuitemradio]') && true")
        await self.page.ask("document.querySelector('[role=menuitemradio]').click()")
        await self.page.until("document.querySelector('.presence .dot').className === 'dot'")

    async def take(self, text: str) -> None:
        """Accept the offer with this excerpt, by key."""
        await self.page.until(f"document.querySelector('.offer')?.textContent.includes('{text}')")
        await self.page.press("a", alt=True)
        await self.read(text)

    async def read(self, text: str) -> None:
        """Wait until these are the last words of the conversation that is open."""
        last = "[...document.querySelectorAll('.line:not(.pending, .event) .text')].at(-1)"
        await self.page.until(f"{last}?.textContent === '{text}'")

    async def answer(self, text: str) -> None:
        """Write it and send it."""
        await self.page.ask("document.querySelector('.write').focus()")
        await self.page.write(text)
        await self.page.press("Enter", control=True)
        await self.read(text)

    async def resolve(self) -> None:
        """The open conversation, with the disposition that is proposed."""
        await self.page.ask("document.querySelector('.stream').focus()")
        await self.page.press("r")
        await self.page.until("document.querySelector('dialog') && true")
        await self.page.press("Enter")
        await self.page.until("!document.querySelector('dialog')")


class Customers:
    """They write by the measurement's bot, each under a number of their own."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self._keys = count()

    async def write(self, who: str, text: str) -> int:
        """Returns the conversation."""
        sender = {"scheme": "phone", "value": who}
        item = {"type": "message", "key": f"page-{next(self._keys)}", "from": sender, "text": text}
        answer = await self._client.post("/v1/interactions", json=item, headers=self._headers)
        return answer.raise_for_status().json()["conversation"]


class Floor(msgspec.Struct, frozen=True):
    """A running house with one agent, and a browser on the same machine."""

    here: Place
    port: int
    browser: Chromium
    customers: Customers
    agent: str

    async def tab(self, script: str) -> Page:
        """A tab in a browser without a cache, where the agent is signed in."""
        page = await self.browser.page()
        await page.sign_in(self.port, self.agent)
        await page.before_all(script)
        return page

    async def desk(self, script: str = "") -> Desk:
        """The agent's desktop, open and available; `script` runs before anything of the page."""
        page = await self.tab(script)
        await page.open(self.port, "/desktop")
        desk = Desk(page)
        await desk.become_available()
        return desk


@asynccontextmanager
async def floor() -> AsyncGenerator[Floor]:
    """Raises `LeftOut` where there is no browser."""
    rules = without_wrap_up(shipped_rules())
    async with chromium() as browser, place(rules) as here:
        [agent] = await here.agents(1, CAPACITY)
        async with (
            product(here.environment) as one,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{one.port}") as client,
        ):
            yield Floor(here, one.port, browser, Customers(client, here.token), agent)
