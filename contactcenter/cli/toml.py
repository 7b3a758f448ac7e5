"""Write a document as TOML 1.0, which the standard library reads but does not write."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast


def render(document: Mapping[str, Any]) -> str:
    """Tables of scalars, lists, tables and lists of tables; what is None is left out."""
    return "\n".join(_table(document, ())).strip() + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """First what stands in the table itself, then those in it: TOML has no way back up."""
    inner: dict[str, Any] = {}
    for key, value in table.items():
        if _is_table(value) or _is_tables(value):
            inner[key] = value
        elif value is not None:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in inner.items():
        name = ".".join(map(_key, (*path, key)))
        for each in value if _is_tables(value) else ():
            yield f"\n[[{name}]]"
            yield from _table(each, (*path, key))
        if _is_table(value):
            yield f"\n[{name}]"
            yield from _table(value, (*path, key))


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and _is_table(next(iter(cast("list[Any]", value)), None))


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else _text(key)


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _text(value)
        case list() | tuple():
            return f"[{', '.join(map(_value, cast('list[Any]', value)))}]"
        case _:
            return repr(value)


def _text(text: str) -> str:
    """Write a basic string; JSON's escapes are TOML's, but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
