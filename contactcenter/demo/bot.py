"""The demo's bot: a web server that is told by signed webhooks, and answers through the API.

It asks one question, and gives the matter to people with the answer. It is what the smallest bot
of a customer would be: it knows nothing of this program but its documented interfaces.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
from litestar import Litestar, Request, Response, post

from channels.signing import BadSignature, verify
from contactcenter import server
from contactcenter.clock import clock
from contactcenter.demo import cast, tell
from contactcenter.demo.clients import Http
from contactcenter.demo.step import Refused

HOST = "127.0.0.1"


class Bot:
    """`secret` verifies what it is told; `api` is how it answers. Both are given to it later."""

    def __init__(self, port: int) -> None:
        self.url = f"http://{HOST}:{port}/webhook"
        self.secret = ""
        self.api: Http
        self._asked: set[int] = set()
        self._handed_over: set[int] = set()
        self._taken: set[str] = set()
        self._events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def hear(self, request: Request[Any, Any, Any]) -> Response[None]:
        """A webhook: taken at once, done afterwards; the same may come again."""
        body = await request.body()
        headers = dict(request.headers.items())
        try:
            verify([self.secret], headers, body, clock())
        except BadSignature:
            return Response(None, status_code=401)
        if headers["webhook-id"] not in self._taken:
            self._taken.add(headers["webhook-id"])
            self._events.put_nowait((headers["webhook-id"], msgspec.json.decode(body)))
        return Response(None, status_code=204)

    async def work(self) -> None:
        """Do what the events ask for, one after another, for ever."""
        while True:
            key, event = await self._events.get()
            try:
                await self._act(key, event)
            except (Refused, httpx.HTTPError) as error:
                tell.happened(cast.BOT, f"could not answer: {error}")

    async def _act(self, key: str, event: dict[str, Any]) -> None:
        conversation, data = event["conversation"], event["data"]
        said = event["type"] == "interaction.appended" and data["author_kind"] == "customer"
        if not said or conversation in self._handed_over:
            return
        tell.happened(
            cast.BOT, f'is told by signed webhook ({event["type"]}, {key}): "{data["text"]}"'
        )
        mine = {"key": key, "item": data["item"], "epoch": data["epoch"]}
        if conversation not in self._asked:
            self._asked.add(conversation)
            reply = {"type": "reply", "seen": data["number"], "text": cast.BOT_ASKS}
            await self.api.call("POST", "/v1/interactions", mine | reply)
            tell.happened(cast.BOT, f'answers: "{cast.BOT_ASKS}"')
            return
        self._handed_over.add(conversation)
        over = {"type": "hand_over", "summary": cast.SUMMARY, "intent": cast.INTENT}
        await self.api.call("POST", "/v1/interactions", mine | over)
        tell.happened(cast.BOT, f'hands over, intent {cast.INTENT}: "{cast.SUMMARY}"')


@asynccontextmanager
async def listening() -> AsyncGenerator[Bot]:
    """Run the bot's web server on a port of its own, while the context is open."""
    listener = server.listen(HOST, 0)
    with listener:
        bot = Bot(listener.getsockname()[1])
        application = Litestar(
            [post("/webhook")(bot.hear)], openapi_config=None, logging_config=None
        )
        working = asyncio.create_task(bot.work())
        async with server.serving(application, listener):
            try:
                yield bot
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
