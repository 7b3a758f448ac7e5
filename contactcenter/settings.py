"""What an operator sets by environment variables; everything else is in the rulebook."""

import os
import socket
from pathlib import Path
from typing import Self

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is `CONTACTCENTER_<NAME>`; unset URLs mean the embedded servers under `folder`."""

    database_url: str | None = None
    redis_url: str | None = None
    folder: Path = Path(".contactcenter")
    host: str = "127.0.0.1"
    port: int = 8147
    public_url: str | None = None
    log_json: bool = False
    log_level: str = "info"
    webhook_allow: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()  # networks whose X-Forwarded-For is believed
    process: str = f"{socket.gethostname()}:{os.getpid()}"
    pool_size: int = 10
    credentials_held_max: int = 20_000
    sign_in_hours: int = 12
    visitor_days: int = 30
    log_keep_days: int = 14

    @classmethod
    def from_environment(cls) -> Self:
        """Read the environment; a value of the wrong type raises `msgspec.ValidationError`."""
        given: dict[str, object] = {}
        for field in msgspec.structs.fields(cls):
            text = os.environ.get(f"CONTACTCENTER_{field.name.upper()}")
            if text is None:
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
