"""A load generator for HTTP: a closed loop over keep-alive connections, in a process of its own.

    python -m contactcenter.bench.load PORT CONNECTIONS SECONDS KIND TOKEN RUN

Requests go to 127.0.0.1 only. Prints one JSON line: answers, errors, seconds, latencies.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from typing import cast

import msgspec
import uvloop

WARM_UP_S = 1.0
TEXT = "My line has been dead since last night, and the modem shows a red light. " * 6


class Measured(msgspec.Struct, frozen=True):
    """`latencies_ms`: percentiles by name. `answers` counts items, not requests."""

    answers: int
    errors: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Items answered in a second."""
        return self.answers / self.seconds


class Connection(asyncio.Protocol):
    """Sends the next request as soon as an answer is complete."""

    def __init__(self, requests: Iterator[bytes], count: "Count") -> None:
        self._requests = requests
        self._count = count
        self._answer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with the first request."""
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Count a complete answer, and go on."""
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found or len(body) < content_length(head):
            return
        self._answer = b""
        self._count.answered(time.perf_counter() - self._sent_at, ok=head[9:11] == b"20")
        if self._count.running:
            self._send()
        else:
            self._transport.close()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._requests))


class Count:
    """What was answered after the warm-up, and how long each took."""

    def __init__(self) -> None:
        self.running = True
        self.counting = False
        self.latencies: list[float] = []
        self.errors = 0

    def answered(self, seconds: float, *, ok: bool) -> None:
        """One answer; what comes before the warm-up is over does not count."""
        if not self.counting:
            return
        self.latencies.append(seconds)
        self.errors += not ok


def content_length(head: bytes) -> int:
    """The length that a head names."""
    at = head.lower().index(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0])


def request(path: str, token: str, body: bytes) -> bytes:
    """A POST as it goes over the wire."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def message(run: str, connection: int, number: int) -> dict[str, object]:
    """A customer's message, about 700 bytes; every fifth is the first of a new customer."""
    known = f"{run}-{connection}-{number % 50 if number % 5 else f'new-{number}'}"
    return {
        "type": "message",
        "key": f"{run}-{connection}-{number}",
        "from": {"scheme": "phone", "value": known},
        "text": TEXT,
    }


def singles(run: str, connection: int, token: str) -> Iterator[bytes]:
    """Requests with one message each."""
    for number in itertools.count():
        body = msgspec.json.encode(message(run, connection, number))
        yield request("/v1/interactions", token, body)


def hundreds(run: str, connection: int, token: str) -> Iterator[bytes]:
    """Requests with a hundred messages each."""
    for number in itertools.count(0, 100):
        items = [message(run, connection, n) for n in range(number, number + 100)]
        yield request("/v1/interactions", token, msgspec.json.encode({"items": items}))


KINDS: dict[str, tuple[Callable[[str, int, str], Iterator[bytes]], int]] = {
    "singles": (singles, 1),
    "hundreds": (hundreds, 100),
}


async def _run(
    port: int, connections: int, seconds: float, kind: str, token: str, run: str
) -> Measured:
    loop = asyncio.get_running_loop()
    count = Count()
    requests, items = KINDS[kind]
    for number in range(connections):
        source = requests(run, number, token)
        await loop.create_connection(lambda s=source: Connection(s, count), "127.0.0.1", port)
    await asyncio.sleep(WARM_UP_S)
    count.counting = True
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    count.counting = count.running = False
    took = time.perf_counter() - began
    ordered = sorted(count.latencies)
    return Measured(
        answers=len(ordered) * items,
        errors=count.errors,
        seconds=took,
        p50_ms=ordered[len(ordered) // 2] * 1000,
        p99_ms=ordered[len(ordered) * 99 // 100] * 1000,
    )


if __name__ == "__main__":
    port, connections, seconds, kind, token, run = sys.argv[1:]
    measured = uvloop.run(_run(int(port), int(connections), float(seconds), kind, token, run))
    sys.stdout.write(msgspec.json.encode(measured).decode() + "\n")
