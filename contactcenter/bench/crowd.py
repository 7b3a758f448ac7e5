"""Thousands of desktops in a process of their own, for the broadcast measurement.

    python -m contactcenter.bench.crowd PORT ours|bare      tokens on standard input, a line each

Prints `ready` when all are connected and greeted, then, for each line on standard input, the time
(monotonic clock) at which the last of them had the next broadcast.
"""

import asyncio
import sys

import uvloop

from contactcenter.bench.sockets import Peer, connect, desk, now

CONNECTING_AT_ONCE = 20
PATIENCE_S = 60


async def _main(port: int, kind: str) -> None:
    lines = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    tokens = (await lines.readline()).decode().split()
    crowd = Crowd(len(tokens))
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def join(token: str) -> Peer:
        async with gate:
            if kind == "ours":
                return await desk(port, token, crowd.heard)
            peer = await connect(port, "/", {}, crowd.heard)
            peer.say({"type": "hello"})
            return peer

    peers = await asyncio.gather(*(join(token) for token in tokens))
    await crowd.welcomed.wait()
    print("ready", flush=True)  # noqa: T201 -- to the parent
    while (await lines.readline()).strip():
        print(await crowd.broadcast(), flush=True)  # noqa: T201 -- to the parent
    for peer in peers:
        peer.close()


class Crowd:
    """Counts who has been welcomed, and who has had the broadcast."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._welcomes = self._broadcasts = 0
        self.welcomed = asyncio.Event()
        self._all = asyncio.Event()

    def heard(self, _peer: Peer, frame: bytes) -> None:
        """One frame that one of them got."""
        if b'"welcome"' in frame[:20]:
            self._welcomes += 1
            if self._welcomes == self._size:
                self.welcomed.set()
        elif b"broadcast" in frame:
            self._broadcasts += 1
            if self._broadcasts == self._size:
                self._all.set()

    async def broadcast(self) -> float:
        """When the last of them had the next broadcast.

        The crowd does not sleep meanwhile. It stands for machines elsewhere, and a sleeper on this
        machine would be woken at the cost of whoever sends: up to 20 us for a frame, measured.
        """
        self._broadcasts = 0
        self._all.clear()
        print("listening", flush=True)  # noqa: T201 -- to the parent
        async with asyncio.timeout(PATIENCE_S):
            while not self._all.is_set():  # noqa: ASYNC110 -- awake on purpose
                await asyncio.sleep(0)
        return now()


if __name__ == "__main__":
    uvloop.run(_main(int(sys.argv[1]), sys.argv[2]))
