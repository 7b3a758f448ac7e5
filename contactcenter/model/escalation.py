"""Targets, and the ladders that are climbed when one is near or was missed, as the rulebook says.

    [[targets]]
    of = "case"
    metric = "resolution"
    target_s = 86400
    ladder = "unsolved"
    [[ladders.unsolved.steps]]
    after = "20h"
    when = 'case.severity == "critical" && customer.value >= 80'
    alert = { to = "supervisor", urgency = "critical" }

What a target's clock counts says `contactcenter.model.target`. A step's time is counted as the
clock counts: what was paused does not, and with a calendar only what is open.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from contactcenter.model.condition import CHARACTERS_MAX
from contactcenter.model.soundness import Found, condition_faults
from contactcenter.model.toml.places import Path
from contactcenter.words import ItemKind, Metric, Severity, Urgency

if TYPE_CHECKING:
    from contactcenter.model.rulebook import Rulebook

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
When = Annotated[str, msgspec.Meta(min_length=1, max_length=CHARACTERS_MAX)]
Span = Annotated[str, msgspec.Meta(pattern=r"^[+-]?(0|([0-9]{1,5}[dhms]){1,4})$")]
"""As in `-15m`, `0`, `+20h`, `1h30m`."""

SUBJECTS = ("customer", "conversation", "case", "queue")
"""What conditions of targets and steps may ask about; of a conversation, no case is known."""

METRICS: Mapping[ItemKind, tuple[Metric, ...]] = {
    "conversation": (
        "first_response",
        "next_response",
        "resolution",
        "time_in_queue",
        "time_to_answer",
    ),
    "case": ("resolution", "update", "time_in_queue", "time_to_answer"),
    "lead": ("time_in_queue", "time_to_answer"),
}
"""Which clocks run for what."""

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_REACH_S = 366 * 86_400


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Within what time something is to have happened; of several that fit, the first counts.

    `queue`, `tier`, `channel`, `severity` and `when` say for what; without any, for all. With a
    `calendar` only the time that is open counts.
    """

    metric: Metric
    of: ItemKind = "conversation"
    target_s: Annotated[int, msgspec.Meta(gt=0, le=_REACH_S)]
    queue: Name | None = None
    tier: Name | None = None
    channel: Name | None = None
    severity: Severity | None = None
    when: When | None = None
    calendar: Name | None = None
    ladder: Name | None = None


class AlertStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tell whoever has the work, the supervisors, or with `person` somebody by their login.

    Where nobody has it, or that person takes no work, the supervisors. `text`: instead of ours.
    """

    to: Literal["agent", "supervisor"] = "supervisor"
    person: Name | None = None
    urgency: Urgency = "warning"
    text: Words | None = None


class CaseStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Open a case of the customer about it."""

    category: Name
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    severity: Severity | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done `at` a time before or after the target, or `after` the clock has run so long.

    `priority` raises the work to that band, `queue` moves what waits there, `message` says so to
    the customer of a conversation. A step whose `when` does not hold is passed over.
    """

    at: Span | None = None
    after: Span | None = None
    when: When | None = None
    alert: AlertStep | None = None
    priority: Annotated[int, msgspec.Meta(ge=1, le=9)] | None = None
    queue: Name | None = None
    case: CaseStep | None = None
    message: Words | None = None

    @property
    def does_something(self) -> bool:
        """Whether it is more than a time."""
        doings = (self.alert, self.priority, self.queue, self.case, self.message)
        return any(doing is not None for doing in doings)

    def reached_s(self, target_s: int) -> int:
        """How long the clock has run when the step is due."""
        if self.after is not None:
            return seconds(self.after)
        return target_s + seconds(self.at or "0")


class Ladder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Steps, in whatever order: they are climbed in that of their times."""

    steps: Annotated[list[Step], msgspec.Meta(min_length=1, max_length=20)]

    def climb(self, target_s: int) -> list[tuple[int, Step]]:
        """The steps in the order of their times, each with how long the clock has run then."""
        timed = ((step.reached_s(target_s), step) for step in self.steps)
        return sorted(timed, key=lambda each: each[0])


def seconds(span: str) -> int:
    """What a `Span` means."""
    sum_s = sum(int(n) * _SECONDS[unit] for n, unit in re.findall(r"([0-9]+)([dhms])", span))
    return -sum_s if span.startswith("-") else sum_s


def target_faults(book: "Rulebook") -> Iterator[Found]:
    """What is wrong with the targets of a rulebook whose types are right."""
    for place, target in enumerate(book.targets):
        path = ("targets", place)
        if target.metric not in METRICS[target.of]:
            known = ", ".join(METRICS[target.of])
            yield (*path, "metric"), f"There is no such clock of a {target.of}; these are: {known}."
        if target.severity and target.of != "case":
            yield (*path, "severity"), "Only a case has a severity."
        for name, there in (
            ("queue", book.queues),
            ("tier", book.tiers),
            ("channel", book.channels),
            ("calendar", book.calendars),
            ("ladder", book.ladders),
        ):
            yield from _missing(there, getattr(target, name), (*path, name), name)
        yield from condition_faults(target.when or "true", SUBJECTS, (*path, "when"))
        ladder = book.ladders.get(target.ladder or "")
        if ladder:
            yield from _climbed(target, ladder, (*path, "ladder"))
    if loop := _loop(book.targets, book.ladders, list(book.queues)):
        what = "Work would go round without an end: each queue's time in it begins anew in the next"
        yield ("targets",), f"{what}: {', '.join(loop)}."


def ladder_faults(book: "Rulebook") -> Iterator[Found]:
    """What is wrong with the ladders of a rulebook whose types are right."""
    for name, ladder in book.ladders.items():
        for place, step in enumerate(ladder.steps):
            path = ("ladders", name, "steps", place)
            if (step.at is None) == (step.after is None):
                yield path, "Say either at, from the target, or after, from the clock's start."
            if step.after is not None and step.after.startswith("-"):
                yield (*path, "after"), "A clock runs forwards from its start."
            if abs(seconds(step.after or step.at or "0")) > _REACH_S:
                yield (*path, "at" if step.after is None else "after"), "This is beyond a year."
            if not step.does_something:
                yield path, "It does nothing: alert, priority, queue, case or message."
            yield from condition_faults(step.when or "true", SUBJECTS, (*path, "when"))
            yield from _missing(book.queues, step.queue, (*path, "queue"), "queue")
            if step.case:
                there = book.cases.categories
                at = (*path, "case", "category")
                yield from _missing(there, step.case.category, at, "category")


def _climbed(target: Target, ladder: Ladder, path: Path) -> Iterator[Found]:
    for place, step in enumerate(ladder.steps):
        if step.reached_s(target.target_s) < 0:
            yield path, f"Its step {place + 1} is due before the clock of this target begins."
        if step.case and target.of == "case":
            yield path, f"Its step {place + 1} opens a case, which for a case would have no end."
        if step.message and target.of != "conversation":
            yield path, f"Its step {place + 1} is a message, and a {target.of} has no conversation."


def _missing(
    there: Mapping[str, object], name: str | None, path: Path, what: str
) -> Iterator[Found]:
    if name is not None and name not in there:
        yield path, f"There is no {what} {name!r}."


def _loop(
    targets: Sequence[Target], ladders: Mapping[str, Ladder], queues: Sequence[str]
) -> list[str]:
    """Queues between which ladders would move work for ever, since the move starts the clock."""
    goes: dict[str, set[str]] = {name: set() for name in queues}
    for target in targets:
        ladder = ladders.get(target.ladder or "")
        if ladder and target.metric == "time_in_queue":
            into = {s.queue for s in ladder.steps if s.queue}
            for name in [target.queue] if target.queue in goes else queues:
                goes[name] |= into - {name}
    while ends := [name for name in goes if not goes[name] & goes.keys()]:
        goes = {name: into for name, into in goes.items() if name not in ends}
    return sorted(goes)
