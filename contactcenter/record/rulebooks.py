"""The rulebook's versions: who published which rules when, and what must not be forgotten."""

from datetime import datetime
from typing import Any

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound
from contactcenter.model.rulebook import Rulebook
from contactcenter.model.soundness import Found
from contactcenter.model.toml.render import render


class RulebookVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A rulebook that was put in force. `restores`: the older version that it is once more."""

    version: int
    author: str
    published_at: datetime
    note: str
    restores: int | None


class KeptRulebook(RulebookVersion, frozen=True, kw_only=True):
    """A version with its rules, and with its text as it was written, with comments."""

    rules: dict[str, Any]
    toml: str


class _Row(RulebookVersion, frozen=True, kw_only=True):
    document: dict[str, Any]
    toml: str | None


async def read_version(tx: Tx, version: int | None = None) -> KeptRulebook:
    """One version; without a number the newest. Raises `NotFound`."""
    row = await tx.maybe(_Row, "rulebooks.kept", version)
    if row is None:
        raise NotFound(f"There is no version {version} of the rulebook.", code="no-rulebook")
    known = {name: getattr(row, name) for name in RulebookVersion.__struct_fields__}
    toml = render(row.document) if row.toml is None else row.toml
    return KeptRulebook(**known, rules=row.document, toml=toml)


async def in_use(tx: Tx, rules: Rulebook) -> list[Found]:
    """The faults of rules that forget a queue or channel in which work waits or is done."""
    used = await tx.one(_Used, "rulebooks.used")
    return [
        ((section, name), "This is in use, and missing here.")
        for section, names, known in (
            ("queues", used.queues, rules.queues.keys()),
            ("channels", used.channels, rules.channels.keys()),
        )
        for name in sorted(set(names) - known)
    ]


class _Used(msgspec.Struct, frozen=True):
    queues: list[str]
    channels: list[str]
