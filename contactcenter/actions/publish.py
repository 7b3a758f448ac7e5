"""Put a rulebook in force."""

import hashlib
from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.model.caller import SYSTEM, Actor
from contactcenter.model.rulebook import Rulebook
from contactcenter.model.rulebook_text import refusal
from contactcenter.model.toml.render import render
from contactcenter.record.audit import audit
from contactcenter.record.rulebooks import in_use


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """How the rules were written: their text with its comments, a note for those who read it later.

    `based_on`: the version that the author had before them. `restores`: the older version that is
    published once more.
    """

    toml: str | None = None
    note: str = ""
    based_on: int | None = None
    restores: int | None = None


_AS_RULES = Written()


class _Newest(msgspec.Struct, frozen=True):
    version: int
    digest: bytes
    toml: str | None
    author: str


async def publish(
    tx: Tx,
    rules: Rulebook,
    author: str,
    now: datetime,
    written: Written = _AS_RULES,
    by: Actor = SYSTEM,
) -> int:
    """Store the next version and return its number; the same again stays the same version.

    Raises `BadInput` (`bad-rulebook`) for rules that forget a queue or channel in which work waits
    or is done: nobody could go on with that work. Raises `Conflict` (`rulebook-changed`) where
    another version than the one it is based on is in force.
    """
    encoded = msgspec.json.encode(rules, order="deterministic")
    digest = hashlib.sha256(encoded).digest()
    await tx.do("rulebooks.lock")
    newest = await tx.maybe(_Newest, "rulebooks.newest_digest")
    if newest and newest.digest == digest and written.toml in (None, newest.toml):
        return newest.version
    if newest and written.based_on not in (None, newest.version):
        raise _changed(newest)
    if forgotten := await in_use(tx, rules):
        raise refusal(forgotten, written.toml or render(msgspec.to_builtins(rules)))
    version = newest.version + 1 if newest else 1
    args = written.toml, written.note, written.restores
    await tx.do("rulebooks.insert", version, encoded, digest, author, now, *args)
    await tx.do("clocks.look_again")
    before = {"version": newest.version} if newest else None
    after = {"version": version, "note": written.note}
    await audit(tx, by, "rulebook.publish", "rulebook", version, now, before=before, after=after)
    tx.emit(facts.RulebookPublished(at=now, version=version, author=author))
    return version


def _changed(newest: _Newest) -> Conflict:
    detail = f"{newest.author} has published version {newest.version} meanwhile; compare with it."
    return Conflict(detail, code="rulebook-changed", version=newest.version, author=newest.author)
