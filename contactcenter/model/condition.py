"""Conditions of rules, in CEL (https://cel.dev), over variables that are declared with their types.

    condition = compile_condition('customer.tier == "gold" && customer.value > 80', ("customer",))
    condition.holds(Facts({"customer.tier": "gold", "customer.value": 90, "now": now}))

An unknown name, a wrong type, or another result than true and false is refused when a condition is
compiled. What it costs is bounded: by its length, its depth, and the library's budget of
iterations, beyond which it fails. Compiled conditions are values; any thread may evaluate them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import msgspec
from cel_expr_python import cel  # pyright: ignore[reportMissingTypeStubs] -- they are there

CHARACTERS_MAX = 2_000
_TOGETHER = 40


class Variable(msgspec.Struct, frozen=True):
    """What a condition may ask. `type`: CEL's name for it; `words`: what it is."""

    type: str
    words: str


VARIABLES: Mapping[str, Variable] = MappingProxyType(
    {
        "now": Variable("timestamp", "the time of this moment"),
        "customer.name": Variable("string", "what they are called"),
        "customer.value": Variable("int", "0 to 100"),
        "customer.tier": Variable("string", "one of the rulebook's tiers"),
        "customer.propensity_to_leave": Variable("double", "0 to 1"),
        "customer.language": Variable("string", "BCP 47, as in `id`"),
        "customer.territory": Variable("string", "where they belong"),
        "customer.tags": Variable("list(string)", "what staff marked them with"),
        "customer.attributes": Variable("map(string, dyn)", "what staff and hosts noted of them"),
        "customer.since": Variable("timestamp", "when we first met them"),
        "customer.verified": Variable("bool", "whether it is proven who they are"),
        "conversation.opened": Variable("timestamp", "when it began"),
        "conversation.tags": Variable("list(string)", "what staff marked it with"),
        "interaction.channel": Variable("string", "one of the rulebook's channels"),
        "interaction.connection": Variable("string", "the name of the connection it came by"),
        "interaction.kind": Variable("string", "`message`, `note`, ..."),
        "interaction.direction": Variable("string", "`inbound`, `outbound` or `internal`"),
        "interaction.author": Variable("string", "`customer`, `bot`, `agent` or `system`"),
        "interaction.text": Variable("string", "what was said"),
        "interaction.automatic": Variable("bool", "whether a machine answered by itself"),
        "case.category": Variable("string", "what it is about"),
        "case.severity": Variable("string", "how bad it is, as in `critical`"),
        "case.state": Variable("string", "as in `open` or `resolved`"),
        "case.opened": Variable("timestamp", "when it was opened"),
        "case.queue": Variable("string", "where it waits"),
        "lead.product": Variable("string", "what they may buy"),
        "lead.region": Variable("string", "where"),
        "lead.source": Variable("string", "where we know it from, as in `website`"),
        "lead.value": Variable("int", "what it may be worth, in minor units of its currency"),
        "lead.queue": Variable("string", "where it waits"),
        "order.total": Variable("int", "what its lines cost, in minor units of the currency"),
        "order.currency": Variable("string", "ISO 4217, as in `IDR`"),
        "queue.name": Variable("string", "as in the rulebook"),
        "queue.waiting": Variable("int", "how many wait in it"),
        "queue.open": Variable("bool", "whether its calendar says that it is open"),
        "agent.name": Variable("string", "what they are called"),
        "agent.skills": Variable("map(string, int)", "their skills with their levels"),
        "agent.queues": Variable("list(string)", "the queues that they work in"),
        "answers": Variable("map(string, dyn)", "what was answered in a script, by its nodes"),
    }
)

_STRING, _INT = cel.Type.STRING, cel.Type.INT
_TYPES: dict[str, tuple[cel.Type, object]] = {
    "string": (_STRING, ""),
    "int": (_INT, 0),
    "double": (cel.Type.DOUBLE, 0.0),
    "bool": (cel.Type.BOOL, False),
    "timestamp": (cel.Type.TIMESTAMP, datetime.fromtimestamp(0, UTC)),
    "list(string)": (cel.Type.List(_STRING), []),
    "map(string, int)": (cel.Type.Map(_STRING, _INT), {}),
    "map(string, dyn)": (cel.Type.Map(_STRING, cel.Type.DYN), {}),
}
"""How the library knows a type, and what stands for what is not known."""

_UNKNOWN = {name: _TYPES[variable.type][1] for name, variable in VARIABLES.items()}


class ConditionFault(msgspec.Struct, frozen=True):
    """What is wrong with a condition, and where, both counted from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        place = (
            f"line {self.line}, column {self.column}" if self.line > 1 else f"column {self.column}"
        )
        return f"At {place}: {self.message}"


class BadCondition(ValueError):  # noqa: N818 -- what it is
    """It does not compile; `faults` has all that is wrong with it."""

    def __init__(self, faults: Sequence[ConditionFault]) -> None:
        super().__init__(" ".join(map(str, faults)))
        self.faults = list(faults)


class ConditionFailed(Exception):  # noqa: N818 -- what has happened
    """It could not be evaluated with these facts; the message says why: it divides by zero."""


class Facts:
    """What is known at one moment, by the names of `VARIABLES`.

    What is None or left out is unknown: an empty text, 0, false, an empty list, the year 1970.
    """

    def __init__(self, known: Mapping[str, object]) -> None:
        if strange := known.keys() - VARIABLES.keys():
            message = f"There are no variables {', '.join(sorted(strange))}"
            raise LookupError(message)
        self.values = _UNKNOWN | {name: v for name, v in known.items() if v is not None}
        self.activation = _environment(tuple(VARIABLES)).Activation(self.values)


class Condition(msgspec.Struct, frozen=True):
    """A condition that has been checked. Make one with `compile_condition`."""

    source: str
    expression: Any

    def holds(self, facts: Facts) -> bool:
        """Whether it is true of the facts. Raises `ConditionFailed`."""
        return bool(_evaluate(self.expression, facts))


class Conditions:
    """Many conditions by their names, evaluated together: a call for each would be most of it."""

    def __init__(self, conditions: Mapping[str, Condition]) -> None:
        items = list(conditions.items())
        self._parts = [
            _Part(dict(items[at : at + _TOGETHER])) for at in range(0, len(items), _TOGETHER)
        ]

    def holding(self, facts: Facts) -> "Holding":
        """Which of them are true of the facts, in their order, and which failed."""
        names: list[str] = []
        failed: dict[str, str] = {}
        for part in self._parts:
            part.ask(facts, names, failed)
        return Holding(names, failed)


class Holding(msgspec.Struct, frozen=True):
    """The names of the conditions that are true, and of those that failed, with why."""

    names: list[str]
    failed: dict[str, str]


class _Part:
    """Some conditions as one list, which is evaluated at once."""

    def __init__(self, conditions: dict[str, Condition]) -> None:
        self._conditions = conditions
        listed = ",".join(f"({c.source}\n)" for c in conditions.values())
        try:
            self._all = _environment(tuple(VARIABLES)).compile(f"[{listed}]")
        except RuntimeError:  # one of them is as deep as may be by itself
            self._all = None

    def ask(self, facts: Facts, names: list[str], failed: dict[str, str]) -> None:
        held = self._ask_all(facts)
        if held is None:
            self._ask_each(facts, names, failed)
        else:
            names += [name for name, holds in zip(self._conditions, held, strict=True) if holds]

    def _ask_all(self, facts: Facts) -> list[bool] | None:
        """None where one fails, which fails them all: by themselves, the others are sound."""
        with suppress(ConditionFailed):
            return None if self._all is None else _evaluate(self._all, facts)
        return None

    def _ask_each(self, facts: Facts, names: list[str], failed: dict[str, str]) -> None:
        for name, condition in self._conditions.items():
            try:
                if condition.holds(facts):
                    names.append(name)
            except ConditionFailed as error:
                failed[name] = str(error)


@lru_cache(4_096)
def compile_condition(source: str, subjects: tuple[str, ...]) -> Condition:
    """Check a condition; `subjects` are those it may ask about besides `now`, as in `customer`.

    Raises `BadCondition` with all its faults.
    """
    names = tuple(n for n in VARIABLES if n == "now" or n.partition(".")[0] in subjects)
    if len(source) > CHARACTERS_MAX:
        raise BadCondition([ConditionFault(1, 1, f"It has more than {CHARACTERS_MAX} characters.")])
    try:
        expression = _environment(names).compile(source)
    except (RuntimeError, TypeError, ValueError) as error:
        raise BadCondition(list(_faults(str(error), names))) from error
    if (kind := expression.return_type()) != cel.Type.BOOL:
        message = f"It must be true or false, and is of the type {kind.name().lower()}."
        raise BadCondition([ConditionFault(1, 1, message)])
    return Condition(source, expression)


@lru_cache(64)
def _environment(names: tuple[str, ...]) -> cel.Env:
    return cel.NewEnv(variables={name: _TYPES[VARIABLES[name].type][0] for name in names})


def _evaluate(expression: Any, facts: Facts) -> Any:
    try:
        value = expression.eval(facts.activation)
    except (RuntimeError, TypeError, ValueError) as error:
        raise ConditionFailed(_plain(str(error))) from error
    if value.type() == cel.Type.ERROR:
        raise ConditionFailed(_plain(str(value.value())))
    return value.plain_value()


_FAULT = re.compile(
    r"ERROR: <input>:(\d+):(\d+): (.*?)(?=\n |\nERROR: | \[[A-Z_]+\]$|\n?$)", re.DOTALL
)
_OVERLOAD = re.compile(r"found no matching overload for '_?(.*?)_?' applied to '\((.*)\)'")
_UNDECLARED = re.compile(r"undeclared reference to '(.*)' \(in container ''\)")
_STATUS = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$")


def _faults(told: str, names: Iterable[str]) -> Iterator[ConditionFault]:
    """The library's faults, in our words where they are the usual ones."""
    found = list(_FAULT.finditer(told))
    for fault in found:
        yield ConditionFault(int(fault[1]), int(fault[2]), _said(fault[3], names))
    if not found:
        what = _plain(told) if ": " in told and "incompatible" not in told else "it is no text"
        yield ConditionFault(1, 1, f"{what}.")


def _said(told: str, names: Iterable[str]) -> str:
    if match := _UNDECLARED.fullmatch(told):
        close = get_close_matches(match[1], names, 1)
        return f"there is no {match[1]} here{f'; is {close[0]} meant?' if close else '.'}"
    if match := _OVERLOAD.fullmatch(told):
        numbers = {"int", "double"} <= set(match[2].split(", "))
        more = "; write 1.0 where 1 is meant as a double" if numbers else ""
        return f"{match[1]} does not take {match[2].replace(', ', ' and ')}{more}."
    return f"{told.partition(' expecting {')[0]}."


def _plain(told: str) -> str:
    return _STATUS.sub("", told)
