"""The demo's lines: when, who, what, in one grid; the same in a terminal and in a file."""

from collections.abc import Sequence
from datetime import datetime
from shutil import get_terminal_size
from textwrap import wrap

from contactcenter.clock import clock

WHO_WIDTH = 14
LINE_WIDTH = max(80, get_terminal_size((112, 24)).columns)


def title(text: str) -> None:
    """Begin."""
    _print(text)
    _print("═" * len(text))


def act(number: int, text: str) -> None:
    """Begin a part of the journey."""
    _print(f"\n{number}  {text}")


def happened(who: str, what: str) -> None:
    """Say what somebody did just now."""
    line(_time(clock()), who, what)


def line(when: str, who: str, what: str) -> None:
    """Write a line of the grid; a long one goes on under itself."""
    first, *more = wrap(what, LINE_WIDTH - WHO_WIDTH - 17) or [""]
    _print(f"  {when:<12}  {who:<{WHO_WIDTH}} {first}")
    for rest in more:
        _print(f"  {'':<12}  {'':<{WHO_WIDTH}} {rest}")


def table(rows: Sequence[Sequence[str]]) -> None:
    """Write rows in columns as wide as they need."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        _print("  " + "  ".join(cells).rstrip())


def whole(text: str) -> None:
    """Write what is copied: it is not wrapped."""
    _print(f"  {text}")


def at(moment: str) -> str:
    """A moment of the API (RFC 3339) as the grid shows it."""
    return _time(datetime.fromisoformat(moment))


def _time(moment: datetime) -> str:
    return moment.astimezone().strftime("%H:%M:%S.%f")[:-3]


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 -- the terminal is what this is for
