"""Where things stand in a TOML text, which the standard library's reader does not tell.

The text must be one that `tomllib` reads; what is no TOML is its affair. By TOML 1.0
(https://toml.io/en/v1.0.0).
"""

import re
import tomllib
from bisect import bisect_right
from typing import Any, TypeAlias

import msgspec

from contactcenter.model.toml.render import key

Path: TypeAlias = tuple[str | int, ...]
"""Keys, and places in lists, from the whole document inwards."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_ONE_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEYS = re.compile(rf"{_ONE_KEY}(?:[ \t]*\.[ \t]*{_ONE_KEY})*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_SCALAR = re.compile(
    r'"""(?:\\[\s\S]|(?!""")[^\\])*"{3,5}'
    r"|'''(?:(?!''')[\s\S])*'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|[^,\]}#\r\n]*[^,\]}#\s]"
)


class Header(msgspec.Struct, frozen=True):
    """`[path]`, or one of `[[path]]`, which ends in its place among them; `text[start:end]`."""

    path: Path
    start: int
    end: int


class Pair(msgspec.Struct, frozen=True):
    """`key = value` on a line of its own: `text[start:end]`, the value from `value` on."""

    path: Path
    start: int
    value: int
    end: int


def spelt(path: Path) -> str:
    """As people read it: `queues.billing.steps[1].after`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{key(step)}" for step in path)
    return "".join(steps).removeprefix(".")


class Places:
    """The statements of a text in their order, and the line of each thing in it."""

    def __init__(self, text: str) -> None:
        self.statements: list[Header | Pair] = []
        self._text = text
        self._starts: dict[Path, int] = {}
        self._lengths: dict[Path, int] = {}
        self._lines = [m.end() for m in re.finditer("\n", text)]
        self._read()

    def line(self, path: Path) -> int:
        """Where this begins, counted from 1; of what is not there, where it would be: its table."""
        while path and path not in self._starts:
            path = path[:-1]
        return bisect_right(self._lines, self._starts.get(path, 0)) + 1

    def _read(self) -> None:
        table: Path = ()
        at = self._blank(0)
        while at < len(self._text):
            if self._text[at] == "[":
                table, end = self._header(at)
                self.statements.append(Header(table, at, end))
            else:
                path, value, end = self._pair(at, table)
                self.statements.append(Pair(path, at, value, end))
            at = self._blank(end)

    def _header(self, at: int) -> tuple[Path, int]:
        brackets = 2 if self._text.startswith("[[", at) else 1
        keys, end = self._keys(self._space(at + brackets))
        path = self._last_of(keys if brackets == 1 else keys[:-1])
        if brackets == 2:  # noqa: PLR2004 -- of a list
            listed = (*path, keys[-1])
            self._starts.setdefault(listed, at)
            path = (*listed, self._lengths.get(listed, 0))
            self._lengths[listed] = path[-1] + 1
        self._put(path, at)
        return path, self._space(end) + brackets

    def _last_of(self, keys: Path) -> Path:
        """Of a list of tables that is named on the way, its last is meant."""
        path: Path = ()
        for step in keys:
            path = (*path, step)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        return path

    def _pair(self, at: int, table: Path) -> tuple[Path, int, int]:
        keys, end = self._keys(at)
        path = (*table, *keys)
        self._put(path, at)
        value = self._past(_EQUALS, end)
        return path, value, self._value(value, path)

    def _value(self, at: int, path: Path) -> int:
        match self._text[at]:
            case "[":
                return self._list(at, path)
            case "{":
                return self._inline(at, path)
            case _:
                return self._past(_SCALAR, at)

    def _list(self, at: int, path: Path) -> int:
        place, at = 0, self._blank(at + 1)
        while self._text[at] != "]":
            self._put((*path, place), at)
            at = self._blank(self._value(at, (*path, place)))
            if self._text[at] == ",":
                place, at = place + 1, self._blank(at + 1)
        return at + 1

    def _inline(self, at: int, path: Path) -> int:
        at = self._space(at + 1)
        while self._text[at] != "}":
            at = self._space(self._pair(at, path)[2])
            if self._text[at] == ",":
                at = self._space(at + 1)
        return at + 1

    def _keys(self, at: int) -> tuple[Path, int]:
        end = self._past(_KEYS, at)
        raw = self._text[at:end]
        if raw.isidentifier():
            return (raw,), end
        keys: list[str] = []
        nested: Any = tomllib.loads(f"{raw} = 0")
        while nested:
            [(name, nested)] = nested.items()
            keys.append(name)
        return tuple(keys), end

    def _put(self, path: Path, at: int) -> None:
        """Note where a path begins; a table that is only named on the way begins there too."""
        for length in range(1, len(path)):
            self._starts.setdefault(path[:length], at)
        self._starts[path] = at

    def _blank(self, at: int) -> int:
        return self._past(_BLANK, at)

    def _space(self, at: int) -> int:
        while self._text[at] in " \t":
            at += 1
        return at

    def _past(self, pattern: re.Pattern[str], at: int) -> int:
        found = pattern.match(self._text, at)
        assert found, f"no TOML at {at}"
        return found.end()
