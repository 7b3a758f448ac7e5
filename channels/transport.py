"""HTTP outwards: the only module that calls anybody, and only who the guard lets it call.

A request is one attempt: no redirects (a 3xx is an answer like any other), no proxies, bounded in
time and in what is read of the answer. The guard stands where connections are made: the name is
resolved here, all its addresses are checked, and the connection is made to one of them, while TLS
and the `Host` header keep the name. An open connection is used again for `KEEP_S` seconds at most.

    Unanswered          there is no answer
    ├── TimedOut
    └── Unreachable
    AddressRefused      the guard has refused it, and nothing was sent (see `channels.address`)
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from ssl import SSLContext
from typing import Self, cast

import httpcore
import msgspec

from channels.address import Allowed, check, read

CONNECT_S = 5.0
TOTAL_S = 15.0
KEEP_S = 30.0
BODY_BYTES_MAX = 65_536
CONNECTIONS_MAX = 100
ADDRESSES_TRIED_MAX = 3

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, as text. Raises `OSError` where there is none."""


class Unanswered(Exception):  # noqa: N818 -- what has happened
    """There is no answer. The message says why, without the URL: it may hold a secret."""


class TimedOut(Unanswered):
    """No whole answer within the time: what was sent may have arrived."""


class Unreachable(Unanswered):
    """No address, no connection, or one that broke."""


class Reply(msgspec.Struct, frozen=True):
    """What came back. `headers` by names in lower case; `body` as it came, but cut to our limit."""

    status: int
    headers: dict[str, str]
    body: bytes


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Transport:
    """`allow`: what the guard exempts (see `channels.address`). Close it at the end."""

    def __init__(
        self,
        allow: Iterable[str] = (),
        *,
        resolve: Resolve = resolve,
        tls: SSLContext | None = None,
        total_s: float = TOTAL_S,
    ) -> None:
        self._allowed = Allowed.parse(allow)
        self._resolve = resolve
        self._total_s = total_s
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=CONNECTIONS_MAX,
            max_keepalive_connections=CONNECTIONS_MAX,
            keepalive_expiry=KEEP_S,
            network_backend=_Guarded(self.addresses),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def check(self, url: str) -> str:
        """The URL in one spelling, if we would call it. Raises `AddressRefused`, `Unanswered`."""
        target = read(url, self._allowed)
        try:
            async with asyncio.timeout(CONNECT_S):
                await self.addresses(target.host, target.port)
        except TimeoutError as error:
            raise TimedOut("The host's name was not resolved in time.") from error
        return target.url

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be called. Raises `AddressRefused`, `Unreachable`."""
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise Unreachable("The host's name cannot be resolved.") from error
        return [str(a) for a in check(host, port, found, self._allowed)]

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply:
        """Send one request, and return the answer, whatever its status.

        Raises `AddressRefused` or `Unanswered`.
        """
        target = read(url, self._allowed)
        try:
            async with asyncio.timeout(self._total_s):
                return await self._send(method, target.url, headers, body)
        except (TimeoutError, httpcore.TimeoutException) as error:
            raise TimedOut("There was no answer in time.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            message = f"The connection failed: {_told(error)}."
            raise Unreachable(message) from error

    async def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        limits = {"connect": CONNECT_S, "pool": self._total_s}
        async with self._pool.stream(
            method,
            url,
            headers=list(headers.items()),
            content=body,
            extensions={"timeout": limits},
        ) as response:
            taken = bytearray()
            async for chunk in response.aiter_stream():
                taken += chunk
                if len(taken) >= BODY_BYTES_MAX:
                    break  # what remains is left unread, and the connection is closed
        fields = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        return Reply(response.status, fields, bytes(taken[:BODY_BYTES_MAX]))


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked, and to nothing else."""

    def __init__(self, addresses: Callable[[str, int], Awaitable[Sequence[str]]]) -> None:
        self._addresses = addresses
        self._network = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the interface's own
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        async with asyncio.timeout(timeout):
            addresses = (await self._addresses(host, port))[:ADDRESSES_TRIED_MAX]
            for address in addresses[:-1]:
                try:
                    return await self._network.connect_tcp(
                        address, port, CONNECT_S / 2, local_address, socket_options
                    )
                except (httpcore.ConnectError, httpcore.ConnectTimeout):
                    continue  # the next address may be reachable from here
            return await self._network.connect_tcp(
                addresses[-1], port, timeout, local_address, socket_options
            )


def _told(error: Exception) -> str:
    """The error in a line: OpenSSL and the sockets name no URL."""
    return (str(error) or type(error).__name__).splitlines()[0][:200].rstrip(".")
