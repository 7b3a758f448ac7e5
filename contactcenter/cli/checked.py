"""Arguments and settings become the values that the program takes."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from contactcenter.errors import BadInput

T = TypeVar("T")


def checked(given: Mapping[str, object], kind: type[T]) -> T:
    """Convert; `BadInput` names the argument that is not as it must be."""
    try:
        msgspec.json.encode(given)
        return msgspec.convert(given, kind)
    except UnicodeEncodeError as error:
        raise BadInput("An argument is not text in UTF-8.") from error
    except msgspec.ValidationError as error:
        field, what = fault(error, kind)
        raise BadInput(f"{field}: {what}" if field else what) from error


def fault(error: msgspec.ValidationError, kind: type) -> tuple[str, str]:
    """The field in which a fault is, and the fault: by the field's description, not its pattern."""
    what, _, where = str(error).partition(" - at `$.")
    field = where.rstrip("`")
    told = next(_described(get_type_hints(kind, include_extras=True).get(field)), None)
    if told and "matching regex" in what:
        what = f"Expected {told[0].lower()}{told[1:]}"
    return field, what


def _described(hint: Any) -> Iterator[str]:
    for each in (hint, *get_args(hint)):
        for meta in getattr(each, "__metadata__", ()):
            if meta.description:
                yield meta.description
