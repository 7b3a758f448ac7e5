"""The reference for broadcasts: the `websockets` library with nothing behind it.

    python -m contactcenter.bench.bare_sockets PORT

A GET of /broadcast sends 300 bytes to everybody who has said hello.
"""

import asyncio
import sys
from http import HTTPStatus

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.http11 import Request, Response

MESSAGE = '{"type":"event","broadcast":"%s"}' % ("x" * 265)


async def _main(port: int) -> None:
    greeted: set[ServerConnection] = set()

    async def talk(peer: ServerConnection) -> None:
        await peer.recv()
        await peer.send('{"type":"welcome"}')
        greeted.add(peer)
        await peer.wait_closed()
        greeted.discard(peer)

    def other(peer: ServerConnection, request: Request) -> Response | None:
        if request.path == "/broadcast":
            broadcast(greeted, MESSAGE)
        if request.path in ("/broadcast", "/health/live"):
            return peer.respond(HTTPStatus.OK, "")
        return None

    async with serve(talk, "127.0.0.1", port, process_request=other, compression=None):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(_main(int(sys.argv[1])))
