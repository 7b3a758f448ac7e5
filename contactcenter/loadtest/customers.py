"""Customers: a bot posts for them, or they visit. What is not acknowledged is said again."""

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Any

import httpx

from contactcenter.loadtest.fleet import Fleet
from contactcenter.loadtest.ledger import Ledger, Saying

ANSWER_S_MAX = 4.0
AGAIN_S = (0.1, 0.4)
VISITORS_SHARE = 0.2
SEVERAL_SHARE = 0.1
REPEATED_SHARE = 0.05
REFUSED_FOR_NOW = (429, 503)
PROBLEM = "application/problem+json"


class Customer:
    """Says one thing after the other: the next only when the one before is acknowledged."""

    def __init__(
        self, name: str, fleet: Fleet, ledger: Ledger, chance: Random, client: httpx.AsyncClient
    ) -> None:
        self._name = name
        self._fleet = fleet
        self._ledger = ledger
        self._chance = chance
        self._client = client
        self._at = chance.randrange(len(fleet.servers))

    async def talk(self, pause_s: float, stop: asyncio.Event) -> None:
        """Until `stop`; what has been begun is brought to its end."""
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), self._chance.expovariate(1 / pause_s))
            except TimeoutError:
                await self.say(3 if self._chance.random() < SEVERAL_SHARE else 1)

    async def say(self, count: int = 1) -> None:
        """Say that many things at once, until all are acknowledged."""
        before = self._ledger.said[self._name]
        sayings = [Saying(f"{self._name} says {len(before) + n}") for n in range(count)]
        before += sayings
        await self._send(sayings)
        if self._chance.random() < REPEATED_SHARE:
            await self._send(sayings)

    async def _send(self, sayings: Sequence[Saying]) -> None:
        raise NotImplementedError

    async def _post(self, path: str, body: Any, headers: dict[str, str]) -> Any:
        """The answer, asked for until there is one; another server is asked after each failure."""
        while True:
            server = self._fleet.servers[self._at % len(self._fleet.servers)]
            try:
                answer = await self._client.post(server.url + path, json=body, headers=headers)
            except httpx.TransportError:
                self._ledger.counts["requests cut off"] += 1
            else:
                if answer.is_success:
                    return answer.json()
                self._refused(answer)
            self._at += 1
            await asyncio.sleep(self._chance.uniform(*AGAIN_S))

    def _refused(self, answer: httpx.Response) -> None:
        clean = answer.headers.get("content-type") == PROBLEM
        if answer.status_code in REFUSED_FOR_NOW and clean:
            self._ledger.counts["requests refused for now"] += 1
        else:
            path = answer.request.url.path
            self._ledger.wrong.append(f"{path} answered {answer.status_code}: {answer.text[:200]}")


class BotsCustomer(Customer):
    """A bot with an API key posts what they say."""

    def __init__(self, token: str, *given: Any) -> None:
        super().__init__(*given)
        self._headers = {"Authorization": f"Bearer {token}"}

    async def _send(self, sayings: Sequence[Saying]) -> None:
        items = [
            {
                "type": "message",
                "key": saying.text,
                "from": {"scheme": "phone", "value": self._name},
                "text": saying.text,
            }
            for saying in sayings
        ]
        body = items[0] if len(items) == 1 else {"items": items}
        unanswered = True
        while unanswered:
            answer = await self._post("/v1/interactions", body, self._headers)
            results = answer.get("results", [answer])
            for saying, result in zip(sayings, results, strict=True):
                if "interaction" in result:
                    self._ledger.acknowledge(saying, result)
                elif result["status"] not in REFUSED_FOR_NOW:
                    self._ledger.wrong.append(f"{saying.text!r} was answered {result}")
            unanswered = any("interaction" not in result for result in results)


class Visitor(Customer):
    """In an app of ours; with a session of their own."""

    _headers: dict[str, str] | None = None

    def __init__(self, connection: str, *given: Any) -> None:
        super().__init__(*given)
        self._connection = connection

    async def _send(self, sayings: Sequence[Saying]) -> None:
        if self._headers is None:
            begin = {"connection": self._connection}
            session = await self._post("/v1/visitor/sessions", begin, {})
            self._headers = {"Authorization": f"Bearer {session['token']}"}
        for saying in sayings:
            body = {"client_msg_id": saying.text.replace(" ", "-"), "text": saying.text}
            taken = await self._post("/v1/visitor/messages", body, self._headers)
            self._ledger.acknowledge(saying, taken)
