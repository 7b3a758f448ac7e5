"""Real visitors for the tests: a browser or an app over real HTTP and a real socket."""

import asyncio
import json
import time
from itertools import count
from typing import Any, Self

import httpx
import jwt
import websockets

PATIENCE_S = 10
SHOP = "https://shop.example"
SECRET = "the secret of the shop, long enough to sign"


def signed(account: str, **claims: Any) -> str:
    """What the shop's server signs of its customer."""
    known = {"external_user_id": account, "exp": time.time() + 300} | claims
    return jwt.encode(known, SECRET, algorithm="HS256")


class Browser:
    """One visitor's device. `messages` is what it shows: each position once, in order."""

    def __init__(
        self, client: httpx.AsyncClient, socket_url: str, connection: str, origin: str | None
    ) -> None:
        self._client = client
        self._socket_url = socket_url
        self._connection = connection
        self._origin = origin
        self._numbers = count(1)
        self._heard = asyncio.Event()
        self.socket: websockets.ClientConnection | None = None
        self.token = ""
        self.messages: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        self.position = 0

    @property
    def headers(self) -> dict[str, str]:
        origin = {"Origin": self._origin} if self._origin else {}
        return origin | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages]

    async def begin(self, account: str | None = None, **claims: Any) -> dict[str, Any]:
        """A session, which takes the place of the one that it had."""
        body = {"connection": self._connection}
        if account:
            body["jwt"] = signed(account, **claims)
        answer = await self.post("sessions", body)
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]
        return answer.json()

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self._client.post(f"/v1/visitor/{path}", json=body, headers=self.headers)

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self._client.get(f"/v1/visitor/{path}", params=query, headers=self.headers)

    async def delete(self, path: str) -> httpx.Response:
        return await self._client.delete(f"/v1/visitor/{path}", headers=self.headers)

    async def message(self, text: str, key: str | None = None, **more: Any) -> dict[str, Any]:
        """Say something by HTTP; returns where it stands."""
        body = {"client_msg_id": key or f"h{next(self._numbers)}", "text": text, **more}
        answer = await self.post("messages", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def __aenter__(self) -> Self:
        return await self.connect()

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    async def connect(self, *, fresh: bool = False) -> Self:
        """Open a socket and resume; `fresh` asks for the newest only, as a new page does."""
        await self.knock()
        after = None if fresh or not self.messages else self.position
        await self.send(type="hello", version=1, token=self.token, after=after)
        await self.frame("welcome", since=len(self.frames))
        return self

    async def knock(self) -> websockets.ClientConnection:
        """Open a socket and listen, without a hello."""
        self.socket = await websockets.connect(
            f"{self._socket_url}/v1/visitor/socket", origin=self._origin, compression=None
        )
        self._reading = asyncio.create_task(self._read(self.socket))
        return self.socket

    async def cut(self) -> None:
        """Lose the connection without a word."""
        if self.socket:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
            self.socket.transport.abort()
            self.socket = None

    async def send(self, **frame: Any) -> None:
        assert self.socket
        await self.socket.send(json.dumps(frame))

    async def say(self, text: str, key: str | None = None, **more: Any) -> dict[str, Any]:
        """Say something by the socket; returns the answer to it."""
        key = key or f"s{next(self._numbers)}"
        since = len(self.frames)
        await self.send(type="send", client_msg_id=key, text=text, **more)
        return await self.frame("sent", since, client_msg_id=key)

    async def frame(self, kind: str, since: int = 0, **fields: Any) -> dict[str, Any]:
        """The first frame of a kind with these fields, waited for."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for frame in self.frames[since:]:
                    if frame["type"] == kind and fields.items() <= frame.items():
                        return frame
                self._heard.clear()
                await self._heard.wait()

    async def sees(self, *texts: str) -> None:
        """Wait until it shows so many messages; then these."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.messages) < len(texts):
                self._heard.clear()
                await self._heard.wait()
        assert self.texts == list(texts)

    async def closed(self) -> int:
        """Wait until the server closes the socket; by which code."""
        assert self.socket
        await asyncio.wait_for(self.socket.wait_closed(), PATIENCE_S)
        assert self.socket.close_code is not None
        return self.socket.close_code

    async def _read(self, socket: websockets.ClientConnection) -> None:
        async for data in socket:
            frame = json.loads(data)
            for message in frame.get("messages", [frame] if frame["type"] == "message" else []):
                assert message["position"] > self.position, "out of order, or doubled"
                self.position = message["position"]
                self.messages.append(message)
            self.frames.append(frame)
            self._heard.set()
