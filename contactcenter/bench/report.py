"""What was measured: a line on the terminal at once, and all of it as JSON at the end."""

from pathlib import Path

import msgspec


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One measurement. `ratio` is value to reference; `goal` bounds the ratio, or else the value.

    `at_most`: the goal is an upper bound.
    """

    name: str
    value: float
    unit: str
    reference: str | None = None
    reference_value: float | None = None
    ratio: float | None = None
    goal: float | None = None
    met: bool | None = None


def line(
    name: str,
    value: float,
    unit: str,
    *,
    reference: str | None = None,
    reference_value: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Line:
    """A line whose goal bounds the ratio to the reference, or the value where there is none."""
    ratio = value / reference_value if reference_value else None
    judged = value if ratio is None else ratio
    goal = at_least if at_least is not None else at_most
    met = None if goal is None else judged >= goal if at_least is not None else judged <= goal
    return Line(
        name,
        round(value, 3),
        unit,
        reference,
        None if reference_value is None else round(reference_value, 3),
        None if ratio is None else round(ratio, 3),
        goal,
        met,
    )


def show(measured: Line) -> str:
    """One row of the table."""
    beside = ""
    if measured.reference:
        beside = (
            f"{measured.reference} {_short(measured.reference_value)}, ratio {measured.ratio:.2f}"
        )
    verdict = {None: "", True: "met", False: "MISSED"}[measured.met]
    goal = "" if measured.goal is None else f"goal {measured.goal:g}"
    value = f"{_short(measured.value)} {measured.unit}"
    return f"{measured.name:<34} {value:>18}   {beside:<44} {goal:<12} {verdict}".rstrip()


def write(lines: list[Line], path: Path) -> None:
    """All lines as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(lines)) + b"\n")


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"  # noqa: PLR2004 -- digits
