"""A rulebook as it is written: read as TOML, and refused with the lines of its faults."""

import re
import tomllib
from collections.abc import Iterable
from typing import Any

from contactcenter.errors import BadInput, Fault
from contactcenter.model.soundness import Found
from contactcenter.model.toml.places import Places, spelt

TOML_CHARACTERS_MAX = 250_000


def refusal(found: Iterable[Found], toml: str) -> BadInput:
    """How faults of a rulebook are said, each with the line of that text in which it is."""
    places = Places(toml)
    return _refusal(Fault(spelt(path), places.line(path), what) for path, what in found)


def _refusal(faults: Iterable[Fault]) -> BadInput:
    first, *others = sorted(faults, key=lambda fault: fault.line)
    count = f"{len(others) + 1} faults; the first" if others else "a fault"
    detail = f"The rulebook has {count} in line {first.line}: {first}"
    return BadInput(detail, code="bad-rulebook", errors=[first, *others])


_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read(toml: str) -> dict[str, Any]:
    """The document. Raises `BadInput` (`bad-rulebook`) where it is no TOML."""
    if len(toml) > TOML_CHARACTERS_MAX:
        raise _refusal([Fault("", 1, f"It has more than {TOML_CHARACTERS_MAX} characters.")])
    try:
        return tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        what, *place = _TOML_PLACE.split(str(error))
        line, column, *_ = (*place, None, None)
        end = toml.count("\n") + 1
        at = f"column {column}" if column else "the end"
        fault = Fault("", int(line or end), f"This is not valid TOML, at {at}: {what}.")
        raise _refusal([fault]) from error
    except RecursionError as error:
        raise _refusal([Fault("", 1, "It is nested too deeply.")]) from error
