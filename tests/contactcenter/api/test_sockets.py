"""The shell around the streams, as far as the desktop's and the board's own tests do not reach."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import msgspec
import pytest
import uvicorn
import websockets

from contactcenter.api import sockets
from contactcenter.errors import BadInput, Unavailable
from contactcenter.live.hub import CLOSE_RESTART, Client
from tests.contactcenter.clients import PATIENCE_S
from tests.contactcenter.team import Team


class Peer:
    """A socket's other end: what it sends, what it was sent, and whether it takes anything."""

    def __init__(self, *frames: dict[str, Any]) -> None:
        self.frames = list(frames)
        self.sent: list[str] = []
        self.closed: int | None = None
        self.broken = False
        self.takes = asyncio.Event()
        self.takes.set()
        self.scope = {"state": {"straight": self.send}}

    async def receive(self) -> dict[str, Any]:
        if self.frames:
            return self.frames.pop(0)
        return {"type": "websocket.disconnect"}

    async def send(self, event: dict[str, Any]) -> None:
        await self.takes.wait()
        if self.broken:
            raise BrokenPipeError
        if event["type"] == "websocket.close":
            self.closed = event["code"]
        else:
            self.sent.append(event["text"])


def peer(*frames: dict[str, Any]) -> Any:
    return Peer(*frames)


def text(frame: str) -> dict[str, Any]:
    return {"type": "websocket.receive", "text": frame, "bytes": None}


async def test_frames_are_taken_as_text_or_bytes() -> None:
    one = peer(text("{}"), {"type": "websocket.receive", "text": None, "bytes": b"[]"})
    assert [await sockets.take(one), await sockets.take(one)] == [b"{}", b"[]"]
    with pytest.raises(sockets.Gone):
        await sockets.take(one)


async def test_peer_that_breaks_off_while_it_is_told_is_gone() -> None:
    one = peer()
    one.broken = True
    with pytest.raises(sockets.Gone):
        await sockets.send(one.send, b"{}")


async def test_peer_that_breaks_off_before_hello_ends_quietly() -> None:
    assert await sockets.greeting(peer(), msgspec.json.decode, cast("Any", SimpleNamespace)) is None
    one = peer(text("{}"))
    one.broken = True
    assert await sockets.greeting(one, msgspec.json.decode, cast("Any", SimpleNamespace)) is None


async def test_wrong_frames_are_told_and_the_next_is_taken() -> None:
    one = peer(text("{"), text('"refuse"'), text('"take"'))
    client = Client(1, 1, lambda: None)
    client.stream.start(b"w", 0, [])
    taken: list[str] = []

    async def receive(data: bytes) -> None:
        word = msgspec.json.decode(data)
        if word == "refuse":
            raise BadInput("No.")
        taken.append(word)

    with pytest.raises(sockets.Gone):
        await sockets.read(one, client, receive)
    assert taken == ["take"]
    problems = [msgspec.json.decode(f)["problem"]["type"] for f in client.stream.take()[1:]]
    assert [p.rpartition(":")[2] for p in problems] == ["malformed-json", "bad-input"]


class Served:
    """A client and its writer, over a peer that may be slow."""

    def __init__(self) -> None:
        self.peer = peer()
        self.writer = sockets.Writer(self.peer, self.restart)
        self.client = Client(1, 1, self.writer.ring)
        self.restarts = 0
        self.restarter: asyncio.Task[Any] | None = None
        self.fails: Exception | None = None

    async def restart(self) -> None:
        self.restarts += 1
        self.restarter = asyncio.current_task()
        if self.fails:
            raise self.fails
        self.client.stream.restart()
        self.client.stream.start(b"anew", 0, [])

    def say(self, frame: bytes) -> None:
        self.client.stream.say(frame)
        self.client.ring()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


async def test_what_a_client_was_given_waits_until_it_is_served() -> None:
    one = Served()
    one.client.stream.start(b"w", 0, [])
    one.say(b"1")
    assert one.peer.sent == []
    one.writer.serve(one.client)
    one.say(b"2")
    one.say(b"3")
    assert one.peer.sent == ["w", "1", "2", "3"]


async def test_what_the_peer_takes_at_once_needs_no_task() -> None:
    one = Served()
    before = asyncio.all_tasks()
    one.client.stream.start(b"w", 0, [])
    one.writer.serve(one.client)
    assert (one.peer.sent, asyncio.all_tasks()) == (["w"], before)


async def test_slow_peer_gets_everything_once_in_order_and_delays_nobody() -> None:
    slow, other = Served(), Served()
    for one in (slow, other):
        one.client.stream.start(b"w", 0, [])
        one.writer.serve(one.client)
    slow.peer.takes.clear()
    slow.say(b"1")
    await slow.settle()
    slow.say(b"2")
    other.say(b"1")
    assert (slow.peer.sent, other.peer.sent) == (["w"], ["w", "1"])
    slow.peer.takes.set()
    await slow.settle()
    slow.say(b"3")
    assert slow.peer.sent == ["w", "1", "2", "3"]


async def test_writer_of_a_slow_peer_that_goes_sends_nothing_more() -> None:
    one = Served()
    one.peer.takes.clear()
    one.client.stream.start(b"w", 0, [])
    one.writer.serve(one.client)
    before = asyncio.all_tasks()
    one.writer.stop()
    one.peer.takes.set()
    await one.settle()
    assert one.peer.sent == []
    assert asyncio.all_tasks() < before


async def test_lost_stream_starts_anew() -> None:
    one = Served()
    one.client.stream.lost = True
    one.writer.serve(one.client)
    await one.settle()
    assert (one.restarts, one.peer.sent) == (1, ["anew"])


async def test_stream_starts_anew_within_a_task() -> None:
    """The database's time limits need one."""
    one = Served()
    one.client.stream.start(b"w", 0, [])
    one.writer.serve(one.client)
    one.client.stream.lost = True
    one.client.ring()
    await one.settle()
    assert one.restarts == 1
    assert one.restarter not in (None, asyncio.current_task())


async def test_stream_that_cannot_start_anew_asks_to_connect_again() -> None:
    one = Served()
    one.client.stream.lost = True
    one.fails = Unavailable("away")
    one.writer.serve(one.client)
    await one.settle()
    assert one.peer.closed == CLOSE_RESTART


async def test_client_that_is_to_be_closed_is_sent_nothing_more() -> None:
    one = Served()
    one.writer.serve(one.client)
    one.client.stream.say(b"1")
    one.client.close(CLOSE_RESTART)
    await one.settle()
    assert (one.peer.sent, one.peer.closed) == ([], CLOSE_RESTART)


async def test_writer_ends_with_its_peer() -> None:
    one = Served()
    one.peer.broken = True
    one.writer.serve(one.client)
    one.say(b"1")
    await one.settle()
    one.peer.broken = False
    one.writer.stop()
    one.say(b"2")
    await one.settle()
    assert one.peer.sent == []


async def test_what_comes_from_a_client_that_is_being_closed_is_not_done() -> None:
    client = Client(1, 1, lambda: None)
    client.close(CLOSE_RESTART)
    with pytest.raises(sockets.Gone):
        await sockets.read(peer(text("1")), client, cast("Any", None))


@pytest.fixture
def pings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that pings often."""
    config = uvicorn.Config.__init__

    def often(self: uvicorn.Config, *args: Any, **more: Any) -> None:
        config(self, *args, **{**more, "ws_ping_interval": 0.1, "ws_ping_timeout": 0.2})

    monkeypatch.setattr(uvicorn.Config, "__init__", often)


@pytest.mark.usefixtures("pings")
async def test_dead_peer_is_noticed_and_the_living_are_kept(team: Team, database_url: str) -> None:
    sql = await asyncpg.connect(database_url)
    living, dead = await team.hire(), await team.hire()
    async with living.desktop():
        origin = dead.socket_url.replace("ws", "http", 1)
        mute = await websockets.connect(
            f"{dead.socket_url}/v1/desktop", additional_headers=dead.headers, origin=origin
        )
        await mute.send('{"type":"hello","version":1}')
        await mute.recv()
        mute.transport.pause_reading()  # it answers no ping any more
        async with asyncio.timeout(PATIENCE_S):
            while await sql.fetchval("SELECT count(*) FROM socket") > 1:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        here = "SELECT id FROM agent WHERE gone_since IS NULL"
        assert [row["id"] for row in await sql.fetch(here)] == [living.id]
        mute.transport.abort()
    await sql.close()
