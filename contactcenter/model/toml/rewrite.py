"""Edit a TOML text so that it says something else, and leave alone what need not change.

Comments, order and spelling stay. What is new comes behind what it belongs to.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from contactcenter.errors import BadInput
from contactcenter.model.toml.places import Header, Pair, Path, Places
from contactcenter.model.toml.render import is_plain, is_table, is_tables, key, render, value

_NOTHING = object()


class _Section(msgspec.Struct, frozen=True):
    """A header with what stands directly under it; the first of a text has none."""

    header: Header | None
    pairs: list[Pair]

    @property
    def end(self) -> int:
        """Where its last statement ends."""
        return self.pairs[-1].end if self.pairs else self.header.end if self.header else 0


class _Edit(msgspec.Struct, frozen=True, order=True):
    """`text[start:end]` becomes `new`."""

    start: int
    end: int
    new: str


def rewrite(text: str, wanted: Mapping[str, Any]) -> str:
    """The text with as little as possible changed so that `tomllib` reads `wanted` in it.

    Raises `tomllib.TOMLDecodeError` for what is no TOML, and `BadInput` (`edit-the-text`) where a
    change cannot be made without writing more of the text anew, as with tables that are spread.
    """
    if not text.endswith("\n"):
        text += "\n"
    present = tomllib.loads(text)
    sections = _sections(Places(text).statements)
    edits = [
        *_changed(text, sections, present, wanted),
        *_added(text, sections, present, wanted),
    ]
    edited = _apply(text, edits)
    try:
        if tomllib.loads(edited) == wanted:
            return edited
    except tomllib.TOMLDecodeError:
        pass
    detail = "This change cannot be fitted into the text as it is written; edit the text itself."
    raise BadInput(detail, code="edit-the-text")


def put(document: Any, path: Sequence[str | int], new: Any) -> Any:
    """The document with `new` at the path, or with nothing there where it is None.

    A list takes one more at its end. Raises `BadInput` (`no-such-place`).
    """
    if not path:
        return new
    step, *rest = path
    if isinstance(step, str) and isinstance(document, dict):
        table = dict(cast("dict[str, Any]", document))
        if (inner := put(table.get(step, {}), rest, new)) is not None:
            return table | {step: inner}
        table.pop(step, None)
        return table
    if isinstance(step, int) and isinstance(document, list):
        items = cast("list[Any]", document)
        if 0 <= step <= len(items):
            inner = put(items[step] if step < len(items) else {}, rest, new)
            return [*items[:step], *([] if inner is None else [inner]), *items[step + 1 :]]
    raise BadInput(f"The rulebook has no place for {step!r} there.", code="no-such-place")


def _sections(statements: list[Header | Pair]) -> list[_Section]:
    sections = [_Section(None, [])]
    for statement in statements:
        if isinstance(statement, Header):
            sections.append(_Section(statement, []))
        else:
            sections[-1].pairs.append(statement)
    return sections


def _changed(
    text: str, sections: list[_Section], present: Mapping[str, Any], wanted: Mapping[str, Any]
) -> Iterator[_Edit]:
    """What stands there, and is to say something else or to go."""
    for section in sections:
        if section.header and not is_table(_at(wanted, section.header.path)):
            yield _Edit(_line_start(text, section.header.start), _line_end(text, section.end), "")
            continue
        for pair in section.pairs:
            to = _at(wanted, pair.path)
            if to is _NOTHING:
                yield _Edit(_line_start(text, pair.start), _line_end(text, pair.end), "")
            elif to != _at(present, pair.path):
                yield _Edit(pair.value, pair.end, value(to))


def _added(
    text: str, sections: list[_Section], present: Mapping[str, Any], wanted: Mapping[str, Any]
) -> Iterator[_Edit]:
    """What is to stand there and does not yet, but for what is within the value of a pair."""
    own = {s.header.path if s.header else (): s for s in sections}
    for path, new in _missing(present, wanted, {s.path for x in sections for s in x.pairs}, own):
        *table, last = path
        section = own.get(tuple(table))
        if section and isinstance(last, str) and not _has_header(new):
            at = _line_end(text, section.end)
            yield _Edit(at, at, f"{key(last)} = {value(new)}\n")
        else:
            at = _line_end(text, _end_of(sections, path))
            yield _Edit(at, at, _block(path, new))


def _missing(
    present: Any, wanted: Any, pairs: set[Path], own: Mapping[Path, _Section], path: Path = ()
) -> Iterator[tuple[Path, Any]]:
    """Each path with what is new there, the outermost only."""
    if path in pairs:
        return
    if path and (_kind(present) != _kind(wanted) or (not wanted and path not in own)):
        yield path, wanted
    elif is_table(wanted):
        for name, to in wanted.items():
            inner = cast("dict[str, Any]", present).get(name, _NOTHING)
            yield from _missing(inner, to, pairs, own, (*path, name))
    else:  # values are in pairs: these are tables
        for place, to in enumerate(cast("list[Any]", wanted)):
            inner = present[place] if place < len(present) else _NOTHING
            yield from _missing(inner, to, pairs, own, (*path, place))


def _kind(of: Any) -> str:
    if of is _NOTHING:
        return "nothing"
    return "table" if is_table(of) else "tables" if is_tables(of) else "value"


def _has_header(new: Any) -> bool:
    """A table of plain values only stands on one line, where its table has a header."""
    return is_tables(new) or (is_table(new) and not is_plain(new))


def _block(path: Path, new: Any) -> str:
    """A section of its own; of the places in lists the last is meant, which is how TOML reads."""
    names = [step for step in path if isinstance(step, str)]
    if isinstance(path[-1], int):
        return "\n" + render({names[-1]: [new]}, tuple(names[:-1]))
    if not is_table(new) and not is_tables(new):  # in a table that has no header yet
        *names, last = names
        return f"\n[{'.'.join(map(key, names))}]\n{key(last)} = {value(new)}\n"
    return "\n" + render({names[-1]: new}, tuple(names[:-1]))


def _end_of(sections: list[_Section], path: Path) -> int:
    """Where the last ends of what is nearest to the path."""
    for length in range(len(path) - 1, 0, -1):
        ends = [s.end for s in sections if s.header and s.header.path[:length] == path[:length]]
        if ends:
            return ends[-1]
    return sections[-1].end


def _at(document: Any, path: Path) -> Any:
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return _NOTHING
    return document


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    return text.index("\n", at) + 1 if at else 0


def _apply(text: str, edits: list[_Edit]) -> str:
    done: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        done += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*done, text[at:]])
