"""Between a process and PostgreSQL: cuts a connection at a moment of the test's choice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit


class Proxy:
    """One connection is cut, once: its request reaches PostgreSQL, the answer reaches nobody."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._mark = self._words = b""
        self.cuts = 0

    def cut(self, mark: str, words: str = "") -> None:
        """On the connection that says `mark` next, after the next request with `words`."""
        self._mark, self._words = mark.encode(), words.encode()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_unix_connection(self._socket)
        cut = asyncio.Event()
        answering = asyncio.create_task(self._answer(back, writer, cut))
        marked = False
        while data := await _read(reader):
            marked = marked or bool(self._mark and self._mark in data)
            if marked and self._words in data and not self.cuts:
                self.cuts += 1
                cut.set()
            forth.write(data)
        forth.close()
        await answering

    async def _answer(
        self, back: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event
    ) -> None:
        while data := await _read(back):
            if cut.is_set():
                break  # PostgreSQL has answered: what it was asked for is done
            writer.write(data)
        writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65_536)
    except ConnectionError:
        return b""


@asynccontextmanager
async def proxied(database_url: str) -> AsyncIterator[tuple[str, Proxy]]:
    """The database's URL by way of a proxy, and the proxy."""
    parts = urlsplit(database_url)
    folder = parse_qs(parts.query)["host"][0]
    proxy = Proxy(f"{folder}/.s.PGSQL.5432")
    server = await asyncio.start_server(proxy.carry, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield f"postgresql://{parts.netloc}127.0.0.1:{port}{parts.path}?sslmode=disable", proxy
    server.close()
