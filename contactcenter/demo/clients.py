"""The demo's clients: what browsers, apps and bots would be, over real HTTP and sockets."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from typing import Any, Self

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from contactcenter.demo.step import Refused
from contactcenter.facts import Fact
from contactcenter.live.board import Board

Frame = dict[str, Any]


class Http:
    """A client of the API, with a person's cookies or a bot's key."""

    def __init__(self, url: str, **headers: str) -> None:
        self.url = url
        self._client = httpx.AsyncClient(base_url=url, headers=headers, timeout=20)

    @property
    def cookies(self) -> str:
        """The header by which a socket is opened with the same sign-in."""
        return "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer's body. `Refused` with the API's own words."""
        answer = await self._client.request(method, path, json=body, headers=headers)
        if answer.is_success:
            return answer.json() if answer.content else None
        raise Refused(f"{method} {path} was answered {answer.status_code}: {_detail(answer)}")


def _detail(answer: httpx.Response) -> str:
    """The refusal's own words (RFC 9457)."""
    try:
        return answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase


class Socket:
    """A socket of JSON frames; all that is heard is kept in `frames`, in order."""

    def __init__(self, url: str, *, cookies: str = "", origin: str | None = None) -> None:
        self.frames: list[Frame] = []
        self._url = url.replace("http", "ws", 1)
        self._headers = {"Cookie": cookies} if cookies else {}
        self._origin = None if origin is None else Origin(origin)
        self._news = asyncio.Event()
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        self._socket = await connect(
            self._url, origin=self._origin, additional_headers=self._headers, compression=None
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()
        await self._reading

    async def say(self, **frame: Any) -> None:
        """Send a frame."""
        await self._socket.send(msgspec.json.encode(frame).decode())

    async def do(self, command: str, **fields: Any) -> Any:
        """Send a desktop's command; returns its result. `Refused`."""
        number = f"{id(self)}-{next(self._numbers)}"
        await self.say(type=command, id=number, **fields)
        answer = await self.hear(lambda f: f["type"] == "answer" and f["id"] == number)
        if not answer["ok"]:
            raise Refused(f"{command}: {answer['problem']['detail']}")
        return answer.get("result")

    async def fact(self, name: str, **fields: Any) -> Frame:
        """Wait for the fact of that name with those fields."""

        def fits(frame: Frame) -> bool:
            found = frame.get("fact", {})
            return found.get("fact") == name and found.items() >= fields.items()

        return (await self.hear(fits))["fact"]

    async def hear(self, wanted: Callable[[Frame], bool]) -> Frame:
        """The first frame that is wanted, waited for. `Refused` where the socket is closed."""
        while True:
            if (found := next(filter(wanted, self.frames), None)) is not None:
                return found
            if self._reading.done():
                raise Refused(f"the socket was closed ({self._socket.close_code})")
            self._news.clear()
            await self._news.wait()

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for data in self._socket:
                self.frames.append(msgspec.json.decode(data))
                self._news.set()
        asyncio.get_running_loop().call_soon(self._news.set)  # once this task is done


def folded(frames: Sequence[Frame]) -> Board:
    """The board that a supervisor's page shows after these frames: the snapshot, and each fact."""
    board = Board(zone="UTC")
    for frame in frames:
        if frame["type"] == "welcome":
            board = msgspec.convert(frame["snapshot"], Board, str_keys=True)
        elif frame["type"] == "event":
            board.fold(frame["seq"], msgspec.convert(frame["fact"], Fact, str_keys=True))
    return board
