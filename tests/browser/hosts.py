"""Pages of others, on an origin of their own, that hold the chat as their makers put it there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from contactcenter.actions.connections import NewConnection, add_secret, create_connection
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.browsers import SECRET
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import now

POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'unsafe-inline' {house};"
    " connect-src {house} {sockets}; img-src 'self' blob:"
)
"""Of a host that is careful: what docs/widget.md asks for, and no more."""


@dataclass
class Host:
    """A shop's web server. `page` puts the chat on a page and returns its address."""

    house: str
    origin: str
    pages: dict[str, str] = field(default_factory=dict[str, str])

    def page(self, more: str = "", style: str = "", **attributes: str) -> str:
        given = "".join(f' data-{name}="{value}"' for name, value in attributes.items())
        path = f"/{len(self.pages)}"
        self.pages[path] = (
            '<!doctype html><html lang="en"><head><title>Shop</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<link rel="icon" href="/icon.png">'
            f"<style>{style}</style>"
            f'<script type="module" src="{self.house}/web/widget/widget.js"'
            f' data-connection="web"{given} async></script></head>'
            f"<body><main><h1>Sandals</h1><div>goods</div>{more}</main></body></html>"
        )
        return self.origin + path

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode().partition("?")[0]
        body = self.pages.get(path, "").encode()
        policy = POLICY.format(house=self.house, sockets=self.house.replace("http", "ws"))
        writer.write(
            f"HTTP/1.1 {200 if body else 404} -\r\nContent-Type: text/html; charset=utf-8\r\n"
            f"Content-Security-Policy: {policy}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def hosting(house: str) -> AsyncIterator[Host]:
    """A host's web server; nothing is listed with the house yet."""
    host = Host(house, "")
    server = await asyncio.start_server(host.answer, "127.0.0.1", 0)
    host.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield host


async def list_origin(house: Running, *origins: str) -> None:
    """Let pages of these origins use the connection `web`, and sign who their customers are."""
    rules = house.parts.rulebook.current.rules
    new = NewConnection(name="web", channel="web", origins=list(origins))
    made = await house.database.run(lambda tx: create_connection(tx, new, rules, SYSTEM, now()))
    await house.database.run(lambda tx: add_secret(tx, made.id, SECRET, SYSTEM, now()))
