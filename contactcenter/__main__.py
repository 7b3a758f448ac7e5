"""The command line: it reads the arguments, and runs the command in `contactcenter.cli`."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, TypeAlias, get_args

import msgspec
import uvloop

from contactcenter import __version__
from contactcenter.cli.checked import fault
from contactcenter.db.daemon import EmbeddedError, full_disk
from contactcenter.errors import CommandFailed, Refusal
from contactcenter.settings import Settings
from contactcenter.words import Role, Scope

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] -- argparse gives it no public name

FAILED = 1
MISUSED = 2
PORT_MAX = 65_535
INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code. Why it failed is said on stderr."""
    _open_streams()
    given = vars(parser().parse_args(argv))
    run, command = given.pop("run"), f"{given.pop('command')} {given.pop('verb', '')}".strip()
    try:
        settings = Settings.from_environment()
    except msgspec.ValidationError as error:
        field, what = fault(error, Settings)
        return _fail(command, f"CONTACTCENTER_{field.upper()}: {what}" if field else what, MISUSED)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_told(resolve_name(run)(settings, **given)))
    except (asyncio.CancelledError, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:
        full, why = _full_disk(settings), _why(error)
        if full:
            return _fail(command, why if " is full, " in why else f"{full}; {why}")
        if isinstance(error, (EmbeddedError, Refusal, CommandFailed, OSError)):
            return _fail(command, why)
        raise
    return 0


async def _until_told(command: Coroutine[Any, Any, None]) -> None:
    """SIGTERM ends a command as Ctrl-C does: it ends what it has started."""
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await command


def _open_streams() -> None:
    """Whatever is opened first would take the place of a standard stream that is closed."""
    while (free := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004 -- stderr
        pass
    os.close(free)


def _full_disk(settings: Settings) -> str | None:
    """A full disk shows itself in many ways: it is looked for whatever the error."""
    with suppress(OSError):
        return full_disk(settings.folder.absolute().parent)
    return None


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")
    return str(error)


def _fail(command: str, why: str, code: int = FAILED) -> int:
    print(f"contactcenter {command}: {why}", file=sys.stderr)  # noqa: T201 -- the terminal is its reader
    return code


def parser() -> argparse.ArgumentParser:
    """Every command with its arguments; `run` names its function, imported only when it is run."""
    top = argparse.ArgumentParser(
        prog="contactcenter",
        description="An omnichannel contact center.",
        epilog="What is no argument is set by the environment: CONTACTCENTER_DATABASE_URL,"
        " _REDIS_URL, _FOLDER, _HOST, _PORT, _PUBLIC_URL, ... Without a database's URL it runs"
        " a PostgreSQL and a Redis of its own, in the folder .contactcenter.",
    )
    top.add_argument("--version", action="version", version=f"contactcenter {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = _command(commands, "demo", "demo:demo", "show the whole of it with sample people")
    demo.add_argument("--once", action="store_true", help="one pass, then stop; for CI")
    serve = _command(commands, "serve", "serve:serve", "run until Ctrl-C or SIGTERM")
    serve.add_argument("--host", help="the address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=_port, help="the port to listen on (8147; 0: any)")
    _loadtest(commands)
    _command(commands, "migrate", "migrate:migrate", "bring the database to this version's schema")
    bench = _command(commands, "bench", "bench:bench", "measure, against references of the run")
    bench.add_argument("--only", metavar="NAME", help="one measurement: ingest, log, offer, ...")
    _rulebook(commands)
    _person(commands)
    _key(commands)
    _connection(commands)
    return top


def _loadtest(commands: _Commands) -> None:
    loadtest = _command(
        commands, "loadtest", "loadtest:loadtest", "break servers under load, check every promise"
    )
    loadtest.description = (
        "Runs servers of its own in a temporary folder, lets customers and agents work, breaks"
        " something again and again, and checks that nothing was lost. Your system is not touched."
    )
    loadtest.add_argument("--seconds", type=float, default=20, help="of traffic (20)")
    loadtest.add_argument(
        "--rate", type=int, default=100, help="customers' messages a second (100)"
    )
    loadtest.add_argument("--agents", type=int, default=10, help="at their desktops (10)")
    loadtest.add_argument(
        "--kill-every", type=float, default=4, metavar="SECONDS", help="from fault to fault (4)"
    )
    loadtest.add_argument(
        "--fault",
        choices=("kill", "freeze", "postgres", "redis", "none"),
        default="kill",
        help="what breaks (kill)",
    )
    loadtest.add_argument("--seed", type=int, help="of the customers' and agents' chances (any)")


def _rulebook(commands: _Commands) -> None:
    verbs = _verbs(commands, "rulebook", "the business rules, as data")
    check = _command(verbs, "check", "rulebook:check", "find the faults in a rulebook")
    check.add_argument("file", nargs="?", type=Path, help="TOML (the one that is shipped)")
    diff = _command(verbs, "diff", "rulebook:diff", "compare two rulebooks")
    diff.add_argument("before", nargs="?", help="a version, or TOML (what is in force)")
    diff.add_argument("after", nargs="?", help="a version, or TOML (the one that is shipped)")
    publish = _command(verbs, "publish", "rulebook:publish", "put a rulebook in force")
    publish.add_argument("file", nargs="?", type=Path, help="TOML (the one that is shipped)")
    publish.add_argument("--note", default="", help="why, for those who read the history")
    publish.add_argument(
        "--based-on", type=int, metavar="VERSION", help="refuse where another is in force"
    )
    history = _command(verbs, "history", "rulebook:history", "list the versions, newest first")
    history.add_argument("--limit", type=int, default=20, help="how many (20)")
    rollback = _command(verbs, "rollback", "rulebook:rollback", "put an older version in force")
    rollback.add_argument("version", type=int, help="which one; it becomes a new version")
    rollback.add_argument("--note", default="", help="why, for those who read the history")
    show = _command(verbs, "show", "rulebook:show", "write a rulebook as TOML")
    show.add_argument("file", nargs="?", type=Path, help="where to (stdout)")
    show.add_argument("--version", type=int, help="which one (the one in force)")


def _person(commands: _Commands) -> None:
    verbs = _verbs(commands, "person", "who works here")
    create = _command(verbs, "create", "person:create", "add a person; writes a link for them")
    create.add_argument("login", help="what they sign in with, as in sari or sari@desk.example")
    create.add_argument("--name", required=True, help="as colleagues and customers see it")
    create.add_argument("--role", required=True, choices=get_args(Role), help="what they may do")
    create.add_argument(
        "--skill",
        dest="skills",
        action="append",
        type=_skill,
        default=[],
        metavar="NAME=LEVEL",
        help="what an agent can do, 1 to 10, as in product:fiber=4 or language:id=5",
    )
    create.add_argument(
        "--queue",
        dest="queues",
        action="append",
        default=[],
        metavar="NAME",
        help="a queue that an agent works in; again for each further one (all)",
    )
    create.add_argument("--capacity", type=int, help="how much an agent takes at once (3)")
    create.add_argument(
        "--password-stdin", action="store_true", help="read the password instead of writing a link"
    )


def _key(commands: _Commands) -> None:
    verbs = _verbs(commands, "key", "what programs call the API with")
    create = _command(verbs, "create", "key:create", "make a key; writes its secret")
    create.add_argument("name", help="the rulebook knows a bot by it")
    create.add_argument(
        "--scope",
        dest="scopes",
        action="append",
        required=True,
        choices=get_args(Scope),
        help="what it may do; again for each further one",
    )
    create.add_argument(
        "--connection", metavar="CHANNEL", help="with a connection of its own, of that channel"
    )


def _connection(commands: _Commands) -> None:
    verbs = _verbs(commands, "connection", "the accounts by which customers reach us")
    create = _command(verbs, "create", "connection:create", "make a connection")
    create.add_argument("name", help="the rulebook's entries know it by this")
    create.add_argument("--channel", required=True, help="one of the rulebook's: web, mobile, ...")
    create.add_argument(
        "--origin",
        dest="origins",
        action="append",
        default=[],
        metavar="URL",
        help="a page that may hold its widget, as in https://shop.example",
    )
    create.add_argument(
        "--with-secret", action="store_true", help="make a secret by which its host signs its users"
    )


def _verbs(commands: _Commands, name: str, purpose: str) -> _Commands:
    return commands.add_parser(name, help=purpose, description=purpose).add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )


def _command(commands: _Commands, name: str, run: str, purpose: str) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=purpose, description=purpose)
    made.set_defaults(run=f"contactcenter.cli.{run}")
    return made


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > PORT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {PORT_MAX}")
    return int(text)


def _skill(text: str) -> tuple[str, int]:
    name, _, level = text.rpartition("=")
    if not name or not level.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=LEVEL, as in product:fiber=4")
    return name, int(level)


if __name__ == "__main__":
    sys.exit(main())
