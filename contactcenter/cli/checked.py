"""Arguments become the values that actions take."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from contactcenter.errors import BadInput

T = TypeVar("T")


def checked(given: Mapping[str, object], kind: type[T]) -> T:
    """Convert; `BadInput` names the argument that is not as it must be."""
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        raise BadInput(f"{where.rstrip('`')}: {what}" if where else what) from error
