"""What differs between two rulebooks, in words, by path."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from contactcenter.model.rulebook import Rulebook
from contactcenter.model.toml.places import Path, spelt
from contactcenter.model.toml.render import is_table, is_tables, value


class RuleChange(msgspec.Struct, frozen=True):
    """What is another at this path; `before` is null where it is new, `after` where it has gone."""

    path: str
    before: Any
    after: Any
    words: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[RuleChange]:
    """All that differs between two rulebooks as JSON has them, defaults included."""
    return list(_table(_whole(before), _whole(after), ()))


def _whole(rules: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the defaults of today, so far as the rules of that day are still rules."""
    try:
        return msgspec.to_builtins(msgspec.convert(rules, Rulebook))
    except msgspec.ValidationError:
        return rules


def _differences(before: Any, after: Any, path: Path) -> Iterator[RuleChange]:
    if before == after:
        return
    if is_table(before) and is_table(after):
        yield from _table(before, after, path)
    elif is_tables(before) and is_tables(after):
        for place in range(max(len(before), len(after))):
            yield from _differences(_nth(before, place), _nth(after, place), (*path, place))
    else:
        yield RuleChange(spelt(path), before, after, _words(before, after))


def _table(before: Mapping[str, Any], after: Mapping[str, Any], path: Path) -> Iterator[RuleChange]:
    for name in dict.fromkeys((*before, *after)):
        yield from _differences(before.get(name), after.get(name), (*path, name))


def _nth(items: list[Any], place: int) -> Any:
    return items[place] if place < len(items) else None


def _words(before: Any, after: Any) -> str:
    if before is None:
        return f"new: {value(after)}"
    if after is None:
        return f"gone; it was {value(before)}"
    return f"now {value(after)}; it was {value(before)}"
