"""What the demo keeps from start to start: its passwords and secrets, for its owner only."""

import os
import secrets
from pathlib import Path
from typing import Self

import msgspec

NAME = "demo.json"


class Memory(msgspec.Struct):
    """`passwords` by login, `secrets` by connection. `key`: the bot's, with its `key_secret`."""

    passwords: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    secrets: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    key: int = 0
    key_secret: str = ""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What was kept; where it is missing or spoilt, nothing is known and all is made anew."""
        try:
            return msgspec.json.decode((folder / NAME).read_bytes(), type=cls)
        except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
            return cls()

    def keep(self, folder: Path) -> None:
        """Write it whole or not at all, readable by its owner only."""
        part = folder / f"{NAME}.part"
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(self), indent=2))
        part.replace(folder / NAME)

    def password(self, login: str) -> str:
        """The person's password: made once."""
        return self.passwords.setdefault(login, secrets.token_urlsafe(12))

    def secret(self, connection: str) -> str:
        """What the connection's host signs with: made once."""
        return self.secrets.setdefault(connection, secrets.token_urlsafe(32))
