"""The system's own Chromium, without a window: what a page costs the person who works with it.

It is spoken to by the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/), so
that measuring the pages needs the browser and nothing else.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "chrome")
ARGUMENTS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-sandbox",  # it is shown our own pages only, and root has no sandbox
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1280,800",
)
PATIENCE_S = 30
POLL_S = 0.005


class LeftOut(Exception):  # noqa: N818 -- nothing is wrong
    """A measurement cannot be made on this machine; the message says what it lacks."""


class Page:
    """One tab, in a browser context of its own: it shares no cache and no cookie with another."""

    def __init__(self, chromium: "Chromium", context: str, session: str) -> None:
        self._chromium = chromium
        self._context = context
        self._session = session

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One method of the protocol, as `Page.navigate`."""
        return await self._chromium.call(method, parameters, self._session)

    async def sign_in(self, port: int, token: str) -> None:
        """Give the browser the sign-in of a member of staff."""
        await self.call(
            "Network.setCookie",
            name="contactcenter_session",
            value=token,
            url=f"http://127.0.0.1:{port}",
        )

    async def before_all(self, script: str) -> None:
        """Run this in each document before anything of its own."""
        await self.call("Page.enable")
        await self.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    async def open(self, port: int, path: str) -> None:
        """Go there; returns when the document has begun."""
        await self.call("Page.navigate", url=f"http://127.0.0.1:{port}{path}")

    async def ask(self, expression: str) -> Any:
        """The value of an expression in the page; of a promise, what it resolves to."""
        answer = await self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def until(self, expression: str) -> Any:
        """The value of the expression as soon as it is truthy."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not (value := await self.ask(expression)):  # noqa: ASYNC110 -- of the page
                    await asyncio.sleep(POLL_S)
        except TimeoutError as late:
            raise RuntimeError(f"did not come true in {PATIENCE_S} s: {expression}") from late
        return value

    async def close(self) -> None:
        """The tab and its context."""
        context = {"browserContextId": self._context}
        await self._chromium.call("Target.disposeBrowserContext", context)

    async def press(self, key: str, *, alt: bool = False, control: bool = False) -> None:
        """Press and release a key: a letter or `Enter`."""
        enter = key == "Enter"
        code, name = (13, key) if enter else (ord(key.upper()), f"Key{key.upper()}")
        about = {"key": key, "code": name, "windowsVirtualKeyCode": code}
        about |= {"modifiers": alt + 2 * control}
        about |= {} if alt or control else {"text": "\r" if enter else key}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **about)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    async def write(self, text: str) -> None:
        """Put text where the cursor is, as an input method does."""
        await self.call("Input.insertText", text=text)


class Chromium:
    """A running browser. `page()` opens a tab in a context of its own."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def page(self) -> Page:
        """An empty tab."""
        context = await self.call("Target.createBrowserContext", {})
        target = await self.call("Target.createTarget", {"url": "about:blank", **context})
        attached = await self.call("Target.attachToTarget", {**target, "flatten": True})
        return Page(self, context["browserContextId"], attached["sessionId"])

    async def call(
        self, method: str, parameters: dict[str, Any], session: str | None = None
    ) -> dict[str, Any]:
        """Raises RuntimeError where the browser refuses."""
        number = next(self._ids)
        self._asked[number] = answer = asyncio.get_running_loop().create_future()
        frame = {"id": number, "method": method, "params": parameters}
        frame |= {"sessionId": session} if session else {}
        await self._socket.send(msgspec.json.encode(frame).decode())
        async with asyncio.timeout(PATIENCE_S * 4):
            return await answer

    async def read(self) -> None:
        """Hand answers to whoever asked; events are not ours."""
        async for frame in self._socket:
            told = msgspec.json.decode(frame)
            if (asked := self._asked.pop(told.get("id"), None)) is None:
                continue
            if "error" in told:
                asked.set_exception(RuntimeError(told["error"]["message"]))
            else:
                asked.set_result(told["result"])


@asynccontextmanager
async def chromium() -> AsyncGenerator[Chromium]:
    """Start the browser; it is gone afterwards. Raises `LeftOut` where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise LeftOut("no Chromium; to have it: apt-get install chromium (needs root)")
    # Its helpers may still write while the folder goes.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = await asyncio.create_subprocess_exec(
            found,
            *ARGUMENTS,
            f"--user-data-dir={folder}",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with connect(await _address(process), max_size=None, compression=None) as socket:
                browser = Chromium(socket)
                reading = asyncio.create_task(browser.read())
                try:
                    yield browser
                finally:
                    reading.cancel()
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr
    async with asyncio.timeout(PATIENCE_S):
        async for line in process.stderr:
            _, found, address = line.decode(errors="replace").partition("DevTools listening on ")
            if found:
                return address.strip()
    raise RuntimeError("Chromium ended before it was ready")
