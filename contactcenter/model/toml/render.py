"""Write a document as TOML 1.0, which the standard library reads but does not write."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any, TypeGuard, cast

_DEEP = 2
"""Within so many tables, a table of plain values stands on one line."""


def render(document: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """Tables of scalars, lists, tables and lists of tables, as they stand in the table `path`.

    What is None is left out.
    """
    return "\n".join(_table(document, path)).strip() + "\n"


def key(name: str) -> str:
    """A key as it is spelt."""
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _text(name)


def value(of: Any) -> str:
    """What stands behind `=`, on one line."""
    match of:
        case bool():
            return str(of).lower()
        case str():
            return _text(of)
        case list() | tuple():
            return f"[{', '.join(map(value, cast('list[Any]', of)))}]"
        case dict():
            items = cast("dict[str, Any]", of).items()
            pairs = [f"{key(k)} = {value(v)}" for k, v in items if v is not None]
            return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
        case date() | time():
            return of.isoformat()
        case _:
            return repr(of)


def is_table(given: Any) -> TypeGuard[dict[str, Any]]:
    """Whether it has a header of its own."""
    return isinstance(given, dict)


def is_tables(given: Any) -> TypeGuard[list[dict[str, Any]]]:
    """Whether it is a list of which each has a header of its own."""
    items = cast("list[Any]", given) if isinstance(given, list | tuple) else []
    return bool(items) and all(map(is_table, items))


def is_plain(table: dict[str, Any]) -> bool:
    """Whether there is no table in it, so that it can well stand on one line."""
    return not any(map(_is_compound, table.values()))


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """First what stands in the table itself, then those in it: TOML has no way back up."""
    inner: dict[str, Any] = {}
    for name, of in table.items():
        if is_tables(of) or (is_table(of) and (len(path) < _DEEP or not is_plain(of))):
            inner[name] = of
        elif of is not None:
            yield f"{key(name)} = {value(of)}"
    for name, of in inner.items():
        header = ".".join(map(key, (*path, name)))
        for each in of if is_tables(of) else ():
            yield f"\n[[{header}]]"
            yield from _table(each, (*path, name))
        if is_table(of):
            lines = list(_table(of, (*path, name)))
            if not lines or not lines[0].startswith("\n["):
                yield f"\n[{header}]"
            yield from lines


def _is_compound(of: Any) -> bool:
    return is_table(of) or is_tables(of)


def _text(text: str) -> str:
    """Write a string; JSON's escapes are TOML's, but for DEL, which TOML wants escaped."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
