"""What ingest is measured against: the bare limit of the same parts, and the usual design.

    python -m contactcenter.bench.references bare|usual PORT DATABASE_URL

`bare` checks an HMAC and writes the row through a micro-batch under the same log lock: no customer,
no conversation, no rule. `usual` runs one transaction of three statements for each message.
"""

import asyncio
import hmac
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import uvloop
from litestar import Litestar, asgi, post
from litestar.params import JSONBody
from litestar.types import Receive, Scope, Send

from contactcenter.bench.serving import serve
from contactcenter.clock import clock
from contactcenter.db.batch import Batch
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.facts import KeyRevoked
from contactcenter.workers.keep import keep

SECRET = b"a benchmark's own secret"
SIGNATURE_BYTES = 32
ANSWER = b'{"taken":true}'
POOL = 20


class Sender(msgspec.Struct, frozen=True):
    """Who wrote."""

    scheme: str
    value: str


class Message(msgspec.Struct, frozen=True):
    """A message as the load generator posts it."""

    key: str
    text: str
    sender: Sender = msgspec.field(name="from")


class Taken(msgspec.Struct, frozen=True):
    """The answer."""

    taken: bool


_decoder = msgspec.json.Decoder(Message)


def bare(database: Database) -> Litestar:
    """An ASGI route, an HMAC, a micro-batch."""
    writing: Batch[Message, None] = Batch("bare", database, _write)

    @asgi("/v1/interactions")
    async def take(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 -- ASGI's
        body, more = b"", True
        while more:
            part: Any = await receive()
            body += part["body"]
            more = part["more_body"]
        if len(hmac.digest(SECRET, body, "sha256")) != SIGNATURE_BYTES:
            return
        await writing.submit(_decoder.decode(body))
        headers = [(b"content-length", str(len(ANSWER)).encode())]
        start: Any = {"type": "http.response.start", "status": 200, "headers": headers}
        await send(start)
        end: Any = {"type": "http.response.body", "body": ANSWER, "more_body": False}
        await send(end)

    return Litestar(
        [take], lifespan=[_beside(lambda: keep("bare", writing.run))], openapi_config=None
    )


def usual(database: Database) -> Litestar:
    """A typed handler and a transaction for each message."""

    @post("/v1/interactions", status_code=200)
    async def take(data: JSONBody[Message]) -> Taken:
        now = clock()

        async def write(tx: Tx) -> None:
            await tx.do("bench.insert_one", *_row(data), now)
            await tx.one(int, "bench.upsert_customer", data.sender.value)
            tx.emit(KeyRevoked(at=now, key=0))

        await database.run(write)
        return Taken(taken=True)

    return Litestar([take], openapi_config=None)


async def _write(tx: Tx, batch: Sequence[Message]) -> list[Exception | None]:
    now = clock()
    keys, schemes, values, texts = map(list, zip(*map(_row, batch), strict=True))
    await tx.do("bench.insert_many", keys, schemes, values, texts, [now] * len(batch))
    tx.emit(KeyRevoked(at=now, key=0))
    return [None] * len(batch)


def _row(message: Message) -> tuple[str, str, str, str]:
    return message.key, message.sender.scheme, message.sender.value, message.text


def _beside(run: Callable[[], Coroutine[Any, Any, None]]) -> Any:
    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncGenerator[None]:
        task = asyncio.create_task(run())
        yield
        task.cancel()

    return lifespan


async def _main(kind: str, port: int, url: str) -> None:
    database = await Database.open(url, size=POOL)
    await serve({"bare": bare, "usual": usual}[kind](database), port)


if __name__ == "__main__":
    uvloop.run(_main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
