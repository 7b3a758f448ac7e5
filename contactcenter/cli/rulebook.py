"""`contactcenter rulebook`: check the rules, put them in force, show those in force."""

from pathlib import Path

import msgspec

from contactcenter import foundation
from contactcenter.actions.publish import publish as put_in_force
from contactcenter.cli.tell import note, result
from contactcenter.cli.toml import render
from contactcenter.clock import clock
from contactcenter.errors import BadInput, CommandFailed
from contactcenter.model.rulebook import Rulebook
from contactcenter.settings import Settings


async def check(_settings: Settings, *, file: Path | None) -> None:
    """Say that a rulebook is without fault, or raise `CommandFailed`, with a line for each."""
    rules = _read(file)
    result(
        f"{file or foundation.RULEBOOK}: without fault"
        f" ({len(rules.queues)} queues, {len(rules.channels)} channels)"
    )


async def publish(settings: Settings, *, file: Path | None) -> None:
    """Check a rulebook and put it in force; every server has it at once."""
    rules = _read(file)
    async with foundation.reach(settings, note) as database:
        version = await database.run(lambda tx: put_in_force(tx, rules, foundation.AUTHOR, clock()))
    result(f"version {version} is in force")


async def show(settings: Settings, *, file: Path | None) -> None:
    """Write the rulebook in force as TOML, to `file` or to stdout; it can be published again."""
    async with foundation.reach(settings, note) as database:
        book = await foundation.in_force(database)
    toml = render(msgspec.to_builtins(book.rules))
    if file is None:
        note(f"# version {book.version}")
        result(toml.rstrip())
    else:
        file.write_text(toml, encoding="utf-8")  # noqa: ASYNC240 -- nobody else waits
        note(f"version {book.version} is in {file}")


def _read(file: Path | None) -> Rulebook:
    path = file or foundation.RULEBOOK
    try:
        return foundation.read_rulebook(path)
    except BadInput as error:
        faults = error.context.get("faults", [error.detail])
        raise CommandFailed("\n".join([f"{path} is not in order", *faults])) from error
