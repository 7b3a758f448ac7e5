"""Real clients for the tests: an agent's desktop and a supervisor's board over real sockets."""

import asyncio
import json
from itertools import count
from typing import Any, Self

import websockets

PATIENCE_S = 10


class Desktop:
    """An agent's desktop: it checks every `prev`, and keeps what it hears."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._url = url
        self._headers = headers
        self._numbers = count(1)
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._heard = asyncio.Event()
        self.events: list[dict[str, Any]] = []
        self.problems: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.typing: list[dict[str, Any]] = []
        self.welcome: dict[str, Any] = {}
        self.seq = 0
        self.name = "d"

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self, resume: int | None = None) -> Self:
        origin = self._url.replace("ws", "http", 1)
        self.socket = await websockets.connect(
            f"{self._url}/v1/desktop", additional_headers=self._headers, origin=origin
        )
        await self.send({"type": "hello", "version": 1, "resume": resume})
        async with asyncio.timeout(PATIENCE_S):
            self._hear(json.loads(await self.socket.recv()))
        assert self.welcome, self.problems
        self._reading = asyncio.create_task(self._read())
        return self

    async def close(self) -> None:
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self.socket.close()

    async def send(self, frame: dict[str, Any]) -> None:
        await self.socket.send(json.dumps(frame))

    async def do(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Send a command and return its answer frame; `id` is a new one unless it is given."""
        frame = {"type": kind, "id": f"{self.name}{next(self._numbers)}", **fields}
        answer = self._answers[frame["id"]] = asyncio.get_running_loop().create_future()
        await self.send(frame)
        # Not `wait_for`: an answer that comes with a cancellation would take it away.
        async with asyncio.timeout(PATIENCE_S):
            return await answer

    async def refused(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """The same, where it must not succeed: the problem, its type without the prefix."""
        answer = await self.do(kind, **fields)
        assert not answer["ok"], answer
        problem = answer["problem"]
        return {**problem, "type": problem["type"].rpartition(":")[2]}

    async def complaint(self, frame: str | bytes) -> dict[str, Any]:
        """Send something that is wrong, and return the problem that it is told."""
        count = len(self.problems)
        await self.socket.send(frame)
        async with asyncio.timeout(PATIENCE_S):
            while len(self.problems) == count:
                self._heard.clear()
                await self._heard.wait()
        problem = self.problems[-1]
        return {**problem, "type": problem["type"].rpartition(":")[2]}

    async def done(self, kind: str, /, **fields: Any) -> Any:
        """The same, where it must succeed: its result."""
        answer = await self.do(kind, **fields)
        assert answer["ok"], answer
        return answer.get("result")

    async def event(self, fact: str, since: int = 0, **fields: Any) -> dict[str, Any]:
        """The first event of that fact with those fields, waited for; returns the fact."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for event in self.events[since:]:
                    found = event["fact"]
                    if found["fact"] == fact and all(found.get(k) == v for k, v in fields.items()):
                        return found
                self._heard.clear()
                await self._heard.wait()

    async def _read(self) -> None:
        async for data in self.socket:
            self._hear(json.loads(data))

    def _hear(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                self.welcome = frame
                self.seq = frame["seq"]
            case "event":
                assert frame["prev"] == self.seq, "a gap in the stream"
                assert frame["seq"] > self.seq
                self.seq = frame["seq"]
                self.events.append(frame)
            case "answer":
                self.answers.append(frame)
                if waiting := self._answers.pop(frame["id"], None):
                    waiting.set_result(frame)
            case "typing":
                self.typing.append(frame)
            case "problem":
                self.problems.append(frame["problem"])
        self._heard.set()
