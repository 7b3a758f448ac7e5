"""What an operator sets by environment variables; everything else is in the rulebook."""

import os
import socket
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import msgspec

DatabaseUrl = Annotated[
    str,
    msgspec.Meta(
        pattern="^postgres(ql)?://", description="A URL, as in postgresql://user@db.example/name"
    ),
]
RedisUrl = Annotated[
    str,
    msgspec.Meta(pattern="^(rediss?|unix)://", description="A URL, as in redis://cache.example"),
]
Origin = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^https?://[^\s/?#]+/?$",
        description="A URL without a path, as in https://desk.example",
    ),
]
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]
Mebibytes = Annotated[int, msgspec.Meta(ge=1, le=100)]
Days = Annotated[int, msgspec.Meta(ge=1, le=36_500)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is `CONTACTCENTER_<NAME>`; unset URLs mean the embedded servers under `folder`."""

    database_url: DatabaseUrl | None = None
    redis_url: RedisUrl | None = None
    folder: Path = Path(".contactcenter")
    host: str = "127.0.0.1"
    port: Port = 8147
    public_url: Origin | None = None
    log_json: bool = False
    log_level: Literal["debug", "info", "warning", "error", "critical"] = "info"
    webhook_allow: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()  # networks whose X-Forwarded-For is believed
    process: str = f"{socket.gethostname()}:{os.getpid()}"
    pool_size: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 10
    credentials_held_max: Count = 20_000
    sign_in_hours: Annotated[int, msgspec.Meta(ge=1, le=8760)] = 12
    visitor_days: Days = 30
    log_keep_days: Days = 14
    file_mib_max: Mebibytes = 20
    visitor_file_mib_max: Mebibytes = 10

    def __post_init__(self) -> None:
        """Find at the start what would else be found when it is used."""
        _check_ports("CONTACTCENTER_DATABASE_URL", self.database_url)
        _check_ports("CONTACTCENTER_REDIS_URL", self.redis_url)
        try:
            for proxy in self.trusted_proxies:
                ip_network(proxy)
        except ValueError as error:
            raise ValueError(f"CONTACTCENTER_TRUSTED_PROXIES: {error}") from error

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment; a value that cannot be raises `msgspec.ValidationError`.

        What is empty is not set.
        """
        given: dict[str, object] = {}
        for field in msgspec.structs.fields(cls):
            text = os.environ.get(f"CONTACTCENTER_{field.name.upper()}")
            if not text:
                continue
            several = isinstance(field.default, tuple)
            given[field.name] = [p.strip() for p in text.split(",")] if several else text
        if "folder" in given:
            given["folder"] = Path(str(given["folder"]))
        return msgspec.convert(given, cls, strict=False)

    @property
    def origin(self) -> str:
        """Where browsers find this system: scheme, host and port, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def _check_ports(name: str, url: str | None) -> None:
    """Of the URL nothing is repeated: what is no port may be a piece of a password."""
    hosts = urlsplit(url or "").netloc.rpartition("@")[2].split(",")
    try:
        _ = [urlsplit(f"//{host}").port for host in hosts]
    except ValueError:
        raise ValueError(f"{name}: A port is no number; in a password, / is %2F") from None
