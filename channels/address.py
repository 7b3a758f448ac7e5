"""The guard for every URL that is given to us from outside: what we call, and what we never call.

A customer of ours writes the URL, and our machine makes the request: without a guard that is a way
into the network behind us. The rules:

- `https` only, without user, password or fragment, in printable ASCII (an international name in its
  `xn--` form), and an address written as four decimal numbers or as IPv6 in brackets.
- Every address that the name leads to must be public. An address that carries another inside it
  (IPv4-mapped, 6to4, Teredo) is refused; behind NAT64's well-known prefix the one inside counts.
- What an operator lists is exempt: `host` or `host:port` may be called by `http` and may lead
  anywhere; a network (`10.1.0.0/16`) may be led to by names, and its addresses called by `http`.

`read` and `check` are pure. Whoever connects resolves the name itself, and connects to one of the
addresses that `check` returns: to resolve again would let the answer change in between.

The networks are those of IANA's registries of special-purpose addresses (RFC 6890).
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Literal
from urllib.parse import SplitResult, urlsplit

import msgspec

URL_LENGTH_MAX = 2000

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_PRINTABLE = re.compile(r"[!-\[\]-~]+")  # no space, no control character, no backslash
_NAME = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

_NOT_PUBLIC_V4 = tuple(
    IPv4Network(n)
    for n in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(n) for n in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefused(Exception):  # noqa: N818 -- what has happened
    """A URL, or an address it leads to, that we do not call. The message says why, without it."""


class Target(msgspec.Struct, frozen=True):
    """A URL that may be called as far as its text says. `path` includes the query."""

    scheme: Literal["http", "https"]
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """In one spelling: lower case, no dot at the end of the name, no default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = {"http": 80, "https": 443}[self.scheme]
        port = "" if self.port == default else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


class Allowed(msgspec.Struct, frozen=True):
    """What an operator exempts: names with a port (None: every port), and networks."""

    hosts: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "Allowed":
        """From `host`, `host:port`, `[v6]:port` or a network; `ValueError` names a wrong entry."""
        hosts: set[tuple[str, int | None]] = set()
        networks: list[Network] = []
        for entry in entries:
            try:
                if "/" in entry:
                    networks.append(ip_network(entry))
                else:
                    hosts.add(_allowed_host(entry))
            except (ValueError, AddressRefused) as error:
                message = f"{entry!r} is no host, no host:port and no network: {error}"
                raise ValueError(message) from error
        return cls(frozenset(hosts), tuple(networks))

    def host(self, host: str, port: int) -> bool:
        """Whether this name, or literal address, is exempt from every rule."""
        return not self.hosts.isdisjoint({(host, None), (host, port)})

    def address(self, address: Address) -> bool:
        """Whether this address is exempt from being public."""
        return any(address in network for network in self.networks)


def read(url: str, allowed: Allowed) -> Target:
    """What the text of a URL asks for. Raises `AddressRefused`."""
    if len(url) > URL_LENGTH_MAX:
        raise AddressRefused(f"The URL is longer than {URL_LENGTH_MAX} characters.")
    if not _PRINTABLE.fullmatch(url):
        raise AddressRefused(
            "The URL holds a space, a backslash, or a character that is not printable ASCII; "
            "write international names in their xn-- form."
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("The URL cannot be read: its host or port is malformed.") from error
    scheme = _scheme(parts)
    host = _host(parts.hostname or "")
    port = {"http": 80, "https": 443}[scheme] if port is None else port
    if port == 0:
        raise AddressRefused("Port 0 cannot be called.")
    if scheme == "http" and not _http_allowed(host, port, allowed):
        raise AddressRefused("The URL must begin with https://.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme, host, port, path)


def check(host: str, port: int, addresses: Sequence[str], allowed: Allowed) -> list[Address]:
    """The addresses that the name leads to, if all may be called. Raises `AddressRefused`.

    One that may not refuses them all: a name that mixes them has no honest reason to.
    """
    found = [ip_address(a) for a in addresses]
    if not found:
        raise AddressRefused("The host's name leads to no address.")
    if not allowed.host(host, port):
        for address in found:
            if not allowed.address(address) and not is_public(address):
                raise AddressRefused("The host leads to an address that is not public.")
    return found


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could reach it, so that we add nothing by calling it."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


def _scheme(parts: SplitResult) -> Literal["http", "https"]:
    if "@" in parts.netloc:
        raise AddressRefused("The URL must not hold a user or a password.")
    if parts.fragment:
        raise AddressRefused("The URL must not hold a fragment.")
    match parts.scheme:
        case "http":
            return "http"
        case "https":
            return "https"
        case _:
            raise AddressRefused("The URL must begin with https://.")


def _host(written: str) -> str:
    """A host in one spelling: an address, or a name that no resolver takes for an address."""
    if ":" in written:
        try:
            address = IPv6Address(written)
        except AddressValueError as error:
            raise AddressRefused("The host is no valid IPv6 address.") from error
        if address.scope_id is not None:
            raise AddressRefused("The host's address is for one network interface only.")
        return address.compressed
    host = written.lower().removesuffix(".")
    if not _NAME.fullmatch(host):
        raise AddressRefused("The host is no valid name.")
    if not _NUMBER.fullmatch(host.rpartition(".")[2]):
        return host
    try:
        return str(IPv4Address(host))
    except AddressValueError as error:
        message = "Write an IPv4 address as four decimal numbers without leading zeros."
        raise AddressRefused(message) from error


def _http_allowed(host: str, port: int, allowed: Allowed) -> bool:
    if allowed.host(host, port):
        return True
    try:
        return allowed.address(ip_address(host))
    except ValueError:
        return False


def _allowed_host(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):
        host, _, port = entry[1:].partition("]:")
        return _host(host), int(port)
    if entry.count(":") == 1:
        host, _, port = entry.partition(":")
        return _host(host), int(port)
    return _host(entry), None
