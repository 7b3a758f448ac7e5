"""All that is wrong with a document's types at once, where msgspec tells the first thing only."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin

import msgspec

from contactcenter.model.condition import BadCondition, compile_condition
from contactcenter.model.toml.places import Path

T = TypeVar("T", bound=msgspec.Struct)

Found: TypeAlias = tuple[Path, str]
"""Where something is wrong, and what, in a sentence."""

_LISTS = (list, tuple)


class Unsound(Exception):  # noqa: N818 -- what it is
    """What was asked for of a document is not sound, so that nothing can be said about it."""


def type_faults(given: Any, kind: Any, path: Path = ()) -> Iterator[Found]:
    """Each place in which `given` is not what `kind`, a type for `msgspec.convert`, says."""
    inner = list(_inner(given, kind, path))
    yield from inner
    if inner:
        return
    try:
        msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        yield path, str(error).partition(" - at `")[0] + "."


def condition_faults(when: str, subjects: tuple[str, ...], path: Path) -> Iterator[Found]:
    """All that is wrong with the condition at that path."""
    try:
        compile_condition(when, subjects)
    except BadCondition as bad:
        yield from ((path, str(fault)) for fault in bad.faults)


def sound(document: Mapping[str, Any], kind: type[T]) -> T:
    """What is sound of a document, to look for faults of meaning in it in spite of others.

    Entries of a section keep their names. To read what is not sound raises `Unsound`.
    """
    parts: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in document:
            parts[field.name] = _sound(document[field.name], field.type)
        elif not field.required:
            made = field.default_factory is not msgspec.NODEFAULT
            parts[field.name] = field.default_factory() if made else field.default
    return cast("T", _Parts({n: p for n, p in parts.items() if not isinstance(p, _Parts)}))


class _Parts:
    def __init__(self, parts: Mapping[str, Any]) -> None:
        self.__dict__.update(parts)

    def __getattr__(self, name: str) -> Any:
        raise Unsound(name)


def _sound(given: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError:
        base = _choose(kind, given)
        if isinstance(given, dict) and get_origin(base) is dict:
            items = cast("dict[str, Any]", given).items()
            return {name: _sound(entry, get_args(base)[1]) for name, entry in items}
        if isinstance(given, list) and get_origin(base) in _LISTS:
            return [_sound(entry, get_args(base)[0]) for entry in cast("list[Any]", given)]
        return _Parts({})


def _inner(given: Any, kind: Any, path: Path) -> Iterator[Found]:
    """The faults of what `given` is made of."""
    base = _choose(kind, given)
    match given:
        case str() if "\0" in given:
            yield path, "The character NUL is no text."
        case dict() if _is_struct(base):
            yield from _of_struct(cast("dict[str, Any]", given), base, path)
        case dict() if get_origin(base) is dict:
            of_key, of_entry = get_args(base)
            for name, entry in cast("dict[str, Any]", given).items():
                yield from type_faults(name, of_key, (*path, name))
                yield from type_faults(entry, of_entry, (*path, name))
        case list() if get_origin(base) in _LISTS:
            for place, entry in enumerate(cast("list[Any]", given)):
                yield from type_faults(entry, get_args(base)[0], (*path, place))
        case _:
            pass


def _of_struct(given: Mapping[str, Any], kind: type[msgspec.Struct], path: Path) -> Iterator[Found]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in given:
        if name not in fields and name != kind.__struct_config__.tag_field:
            close = get_close_matches(name, fields, 1)
            more = f"; is {close[0]} meant?" if close else "."
            yield (*path, name), f"There is no such name here{more}"
    for name, field in fields.items():
        if name in given:
            yield from type_faults(given[name], field.type, (*path, name))
        elif field.required:
            yield (*path, name), "This is missing."


def _choose(kind: Any, given: Any) -> Any:
    """The type without its limits; of several that one which `given` is meant to be, if any."""
    if get_origin(kind) is Annotated:
        return _choose(get_args(kind)[0], given)
    if get_origin(kind) not in (Union, UnionType):
        return kind
    fitting = [c for k in get_args(kind) if _fits(c := _choose(k, given), given)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(choice: Any, given: Any) -> bool:
    match given:
        case dict() if _is_struct(choice):
            config = choice.__struct_config__
            tag = cast("dict[str, Any]", given).get(config.tag_field)
            return config.tag_field is None or tag == config.tag
        case dict():
            return get_origin(choice) is dict
        case list():
            return get_origin(choice) in _LISTS
        case _:
            return False


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
