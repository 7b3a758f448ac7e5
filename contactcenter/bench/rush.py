"""A busy hour in a process of its own: customers write, and simulated agents work.

    python -m contactcenter.bench.rush PORT TOKEN,... SECONDS OPENING_PER_S

The agents' tokens come on standard input, those of the bots as an argument; the bots write in turn.

Each new customer writes five times, a fifth of a second apart. The agent who is offered the
conversation accepts, answers, and resolves it after the last message. Prints one JSON line: from
the customer's post to the offer's frame, in milliseconds.
"""

import asyncio
import sys
from itertools import count

import msgspec
import uvloop

from contactcenter.bench.load import content_length, request
from contactcenter.bench.sockets import Peer, desk, now

MESSAGES = 5
GAP_S = 0.2
POSTERS = 32
SETTLE_S = 2.0
CONNECTING_AT_ONCE = 20


class Rushed(msgspec.Struct, frozen=True):
    """Latencies in milliseconds; `unanswered`: conversations that nobody was offered."""

    offers: int
    unanswered: int
    refused: int
    p50_ms: float
    p99_ms: float


async def rush(
    port: int, bots: list[str], agents: list[str], seconds: float, opening_per_s: float
) -> Rushed:
    """Run it; `bots` and `agents` are tokens."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "contactcenter.bench.rush",
        str(port),
        ",".join(bots),
        str(seconds),
        str(opening_per_s),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(" ".join(agents).encode())
    return msgspec.json.decode(out, type=Rushed)


class Rush:
    """What is posted, when it was, and what the desktops hear."""

    def __init__(self) -> None:
        self.posted: dict[int, float] = {}
        self.latencies: list[float] = []
        self.refused = 0
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._ids = count()

    def heard(self, agent: Peer, frame: bytes) -> None:
        """One frame of one desktop."""
        if b'"OfferMade"' in frame:
            at = now()
            fact = msgspec.json.decode(frame)["fact"]
            number = int(fact["excerpt"].split()[1])
            self.latencies.append((at - self.posted[number]) * 1000)
            agent.say({"type": "accept", "id": self._id(), "offer": fact["offer"]})
        elif b'"ItemAssigned"' in frame:
            fact = msgspec.json.decode(frame)["fact"]
            reply = {"type": "reply", "id": self._id(), "item": fact["item"], "seen": 1}
            agent.say({**reply, "text": "We are on it."})
        elif b'"InteractionAppended"' in frame and b"last of rush" in frame:
            fact = msgspec.json.decode(frame)["fact"]
            resolve = {"type": "resolve", "id": self._id(), "item": fact["item"]}
            agent.say({**resolve, "disposition": "solved"})
        elif b'"ok":false' in frame:
            self.refused += 1

    def _id(self) -> str:
        return f"rush-{next(self._ids)}"


async def customer(day: Rush, numbers: "count[int]", bots: list[str]) -> None:
    """One conversation: five messages, and what an agent makes of them."""
    number = next(numbers)
    token = bots[number % len(bots)]
    for said in range(MESSAGES):
        last = " last of rush" if said == MESSAGES - 1 else ""
        body = {
            "type": "message",
            "key": f"rush-{number}-{said}",
            "from": {"scheme": "phone", "value": f"rush-{number}"},
            "text": f"rush {number} {said}{last}",
        }
        if said == 0:
            day.posted[number] = now()
        day.queue.put_nowait(request("/v1/interactions", token, msgspec.json.encode(body)))
        await asyncio.sleep(GAP_S)


async def post(port: int, day: Rush) -> None:
    """One keep-alive connection that posts what the queue gives."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        writer.write(await day.queue.get())
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(content_length(head))
        day.refused += head[9:11] != b"20"


async def _main(port: int, bots: list[str], seconds: float, opening_per_s: float) -> None:
    day, numbers = Rush(), count()
    tokens = sys.stdin.read().split()
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def join(session: str) -> Peer:
        async with gate:
            agent = await desk(port, session, day.heard)
            agent.say({"type": "presence", "id": f"here-{session}"[:64], "state": "available"})
            return agent

    agents = await asyncio.gather(*(join(t) for t in tokens))
    await asyncio.sleep(SETTLE_S)
    posting = [asyncio.create_task(post(port, day)) for _ in range(POSTERS)]
    customers: list[asyncio.Task[None]] = []
    began = now()
    while (elapsed := now() - began) < seconds:
        while len(customers) < elapsed * opening_per_s:
            customers.append(asyncio.create_task(customer(day, numbers, bots)))
        await asyncio.sleep(0.005)
    await asyncio.gather(*customers)
    await asyncio.sleep(SETTLE_S)
    for task in posting:
        task.cancel()
    for agent in agents:
        agent.close()
    ordered = sorted(day.latencies) or [float("inf")]
    measured = Rushed(
        offers=len(day.latencies),
        unanswered=len(day.posted) - len(day.latencies),
        refused=day.refused,
        p50_ms=ordered[len(ordered) // 2],
        p99_ms=ordered[len(ordered) * 99 // 100],
    )
    print(msgspec.json.encode(measured).decode())  # noqa: T201 -- to the parent


if __name__ == "__main__":
    port, bots, seconds, opening_per_s = sys.argv[1:]
    uvloop.run(_main(int(port), bots.split(","), float(seconds), float(opening_per_s)))
