"""`contactcenter rulebook`: check the rules, compare, put in force, look back, and go back."""

from pathlib import Path

import msgspec

from contactcenter import foundation
from contactcenter.actions.publish import Written
from contactcenter.actions.publish import publish as put_in_force
from contactcenter.cli.tell import note as tell
from contactcenter.cli.tell import result
from contactcenter.clock import clock
from contactcenter.db.database import Database
from contactcenter.errors import BadInput, CommandFailed
from contactcenter.model.changes import changes
from contactcenter.model.rulebook import Rulebook, parse
from contactcenter.record.rulebooks import KeptRulebook, RulebookVersion, read_version
from contactcenter.settings import Settings

_END = 2**31 - 1


async def check(_settings: Settings, *, file: Path | None) -> None:
    """Say that a rulebook is without fault, or raise `CommandFailed`, with a line for each."""
    rules, _ = _read(file)
    result(
        f"{file or foundation.RULEBOOK}: without fault"
        f" ({len(rules.queues)} queues, {len(rules.channels)} channels)"
    )


async def diff(settings: Settings, *, before: str | None, after: str | None) -> None:
    """Write what differs, a line each; of two versions, or of files."""
    async with foundation.reach(settings, tell) as database:
        await foundation.in_force(database)
        older = await _rules(database, before)
        newer = await _rules(database, after or str(foundation.RULEBOOK))
    for change in changes(older, newer):
        result(f"{change.path}: {change.words}")


async def publish(
    settings: Settings, *, file: Path | None, note: str, based_on: int | None
) -> None:
    """Check a rulebook and put it in force; every server has it at once."""
    rules, toml = _read(file)
    written = Written(toml=toml, note=note, based_on=based_on)
    await _put_in_force(settings, rules, written, file or foundation.RULEBOOK)


async def history(settings: Settings, *, limit: int) -> None:
    """Write the versions, newest first: number, time, author, note."""
    async with foundation.reach(settings, tell) as database:
        await foundation.in_force(database)
        async with database.snapshot() as tx:
            versions = await tx.many(RulebookVersion, "rulebooks.page", _END, limit)
    for version in versions:
        restores = f"version {version.restores} again" if version.restores else ""
        told = filter(None, (version.author, restores, version.note))
        result(f"{version.version:>4}  {version.published_at:%Y-%m-%d %H:%M}  {'; '.join(told)}")


async def rollback(settings: Settings, *, version: int, note: str) -> None:
    """Put an older version in force once more, as a new one, by the checks of today."""
    async with foundation.reach(settings, tell) as database:
        older = await _kept(database, version)
    rules = _parsed(older.toml, f"version {version}")
    written = Written(toml=older.toml, note=note, restores=version)
    await _put_in_force(settings, rules, written, f"version {version}")


async def show(settings: Settings, *, file: Path | None, version: int | None) -> None:
    """Write a rulebook as TOML, to `file` or to stdout; it can be published again."""
    async with foundation.reach(settings, tell) as database:
        await foundation.in_force(database)
        kept = await _kept(database, version)
    if file is None:
        tell(f"# version {kept.version}")
        result(kept.toml.rstrip())
    else:
        file.write_text(kept.toml, encoding="utf-8")  # noqa: ASYNC240 -- nobody else waits
        tell(f"version {kept.version} is in {file}")


async def _put_in_force(
    settings: Settings, rules: Rulebook, written: Written, source: Path | str
) -> None:
    async with foundation.reach(settings, tell) as database:
        try:
            version = await database.run(
                lambda tx: put_in_force(tx, rules, foundation.AUTHOR, clock(), written)
            )
        except BadInput as refused:
            raise _not_in_order(refused, source) from refused
    result(f"version {version} is in force")


async def _rules(database: Database, named: str | None) -> dict[str, object]:
    """The rules of a version, by its number, or of a file; of nothing those in force."""
    if named is not None and not named.isdecimal():
        return msgspec.to_builtins(_read(Path(named))[0])
    return (await _kept(database, None if named is None else int(named))).rules


async def _kept(database: Database, version: int | None) -> KeptRulebook:
    async with database.snapshot() as tx:
        return await read_version(tx, version)


def _read(file: Path | None) -> tuple[Rulebook, str]:
    path = file or foundation.RULEBOOK
    toml = foundation.read_toml(path)
    return _parsed(toml, path), toml


def _parsed(toml: str, source: Path | str) -> Rulebook:
    try:
        return parse(toml)
    except BadInput as refused:
        raise _not_in_order(refused, source) from refused


def _not_in_order(refused: BadInput, source: Path | str) -> CommandFailed:
    faults = [f"{source}:{fault.line} {fault}" for fault in refused.errors]
    return CommandFailed("\n".join([f"{source} is not in order", *faults]))
