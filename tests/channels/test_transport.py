import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from channels import transport as transport_module
from channels.address import AddressRefused
from channels.transport import (
    BODY_BYTES_MAX,
    Reply,
    TimedOut,
    Transport,
    Unreachable,
    resolve,
)

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[int]:
    """A server on 127.0.0.1 that talks to each connection as given; yields its port."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1")
    async with server:
        yield server.sockets[0].getsockname()[1]


def answering(answer: bytes, seen: list[bytes]) -> Talk:
    """Read requests without a body, one after the other, and give each the same answer."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            seen.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
            await writer.drain()

    return talk


def leading_to(*answers: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """A resolver that gives these answers in turn, and the last one from then on."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


async def test_the_answer_comes_back_and_the_name_is_kept_in_host() -> None:
    seen: list[bytes] = []
    answer = b"HTTP/1.1 201 Created\r\nX-Made: Yes\r\ncontent-length: 2\r\n\r\nok"
    async with (
        listening(answering(answer, seen)) as port,
        Transport([f"bot.test:{port}"], resolve=leading_to(["127.0.0.1"])) as transport,
    ):
        reply = await transport.request("GET", f"http://bot.test:{port}/a?b=c", headers={"x": "y"})
    assert reply == Reply(201, {"x-made": "Yes", "content-length": "2"}, b"ok")
    lines = seen[0].decode().split("\r\n")
    assert lines[0] == "GET /a?b=c HTTP/1.1"
    assert f"Host: bot.test:{port}" in lines


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    seen: list[bytes] = []
    answer = b"HTTP/1.1 307 See\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n"
    async with listening(answering(answer, seen)) as port, Transport(["127.0.0.1"]) as transport:
        reply = await transport.request("GET", f"http://127.0.0.1:{port}/", headers={})
    assert (reply.status, len(seen)) == (307, 1)


async def test_no_more_than_the_limit_is_read_of_an_answer_without_end() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    async with listening(talk) as port, Transport(["127.0.0.1"]) as transport:
        reply = await transport.request("GET", f"http://127.0.0.1:{port}/", headers={})
    assert reply.body == b"x" * BODY_BYTES_MAX


async def test_an_answer_that_drips_ends_with_the_time_for_the_whole() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with listening(talk) as port, Transport(["127.0.0.1"], total_s=0.2) as transport:
        with pytest.raises(TimedOut):
            await transport.request("GET", f"http://127.0.0.1:{port}/", headers={})


async def test_a_connection_that_breaks_is_told_without_the_url() -> None:
    async def talk(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async with listening(talk) as port, Transport(["127.0.0.1"]) as transport:
        with pytest.raises(Unreachable) as raised:
            await transport.request("GET", f"http://127.0.0.1:{port}/?token=word", headers={})
    assert "word" not in str(raised.value)


async def test_nobody_there_is_unreachable() -> None:
    async with listening(answering(b"", [])) as port:
        pass
    async with Transport(["127.0.0.1"]) as transport:
        with pytest.raises(Unreachable):
            await transport.request("GET", f"http://127.0.0.1:{port}/", headers={})


async def test_a_name_that_leads_nowhere_is_unreachable() -> None:
    async def nowhere(_host: str, _port: int) -> Sequence[str]:
        raise OSError

    async with Transport(resolve=nowhere) as transport:
        with pytest.raises(Unreachable, match="cannot be resolved"):
            await transport.check("https://bot.example/")


async def test_a_name_that_is_not_resolved_in_time_times_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def slow(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    monkeypatch.setattr(transport_module, "CONNECT_S", 0.01)
    async with Transport(resolve=slow) as transport:
        with pytest.raises(TimedOut, match="not resolved in time"):
            await transport.check("https://bot.example/")


async def test_the_next_address_is_tried_when_one_cannot_be_reached() -> None:
    seen: list[bytes] = []
    answer = b"HTTP/1.1 204 Done\r\n\r\n"
    # Nobody listens on the first: the server is bound to the second address alone.
    resolver = leading_to(["127.0.0.9", "127.0.0.1"])
    async with (
        listening(answering(answer, seen)) as port,
        Transport(["bot.test"], resolve=resolver) as transport,
    ):
        reply = await transport.request("GET", f"http://bot.test:{port}/", headers={})
    assert reply.status == 204


async def test_tls_asks_for_the_name_not_for_the_address() -> None:
    hellos: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        hellos.append(await reader.read(4096))

    async with (
        listening(talk) as port,
        Transport(["bot.test"], resolve=leading_to(["127.0.0.1"])) as transport,
    ):
        with pytest.raises(Unreachable):
            await transport.request("GET", f"https://bot.test:{port}/", headers={})
    # The server's name stands in the first message of TLS in plain text (RFC 6066).
    assert b"bot.test" in hellos[0]


async def test_a_name_that_comes_to_lead_inside_is_refused_when_it_is_called() -> None:
    seen: list[bytes] = []
    rebinding = leading_to(["93.184.216.34"], ["127.0.0.1"])
    async with (
        listening(answering(b"HTTP/1.1 200 OK\r\n\r\n", seen)) as port,
        Transport(resolve=rebinding) as transport,
    ):
        url = await transport.check(f"https://bot.example:{port}/")
        with pytest.raises(AddressRefused, match="not public"):
            await transport.request("POST", url, headers={}, body=b"{}")
    assert seen == []


async def test_each_connection_resolves_once_and_goes_to_what_was_checked() -> None:
    seen: list[bytes] = []
    # Asked twice for one connection, it would lead to an address where nobody listens.
    resolver = leading_to(["127.0.0.1"], ["127.0.0.9"])
    async with (
        listening(answering(b"HTTP/1.1 204 Done\r\n\r\n", seen)) as port,
        Transport(["bot.test"], resolve=resolver) as transport,
    ):
        for _ in range(2):
            await transport.request("GET", f"http://bot.test:{port}/", headers={})
    assert len(seen) == 2


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    proxied: list[bytes] = []
    answer = b"HTTP/1.1 204 Done\r\n\r\n"
    async with (
        listening(answering(answer, seen)) as port,
        listening(answering(answer, proxied)) as proxy,
    ):
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        async with Transport(["127.0.0.1"]) as transport:
            await transport.request("GET", f"http://127.0.0.1:{port}/", headers={})
    assert (len(seen), len(proxied)) == (1, 0)


@pytest.mark.parametrize("host", ["0x7f.1", "127.1", "017700000001", "localhost"])
async def test_whatever_the_system_takes_for_this_machine_is_refused(host: str) -> None:
    async with Transport() as transport:
        with pytest.raises(AddressRefused):
            await transport.addresses(host, 443)


async def test_the_system_resolves_names() -> None:
    assert "127.0.0.1" in await resolve("localhost", 443)
