"""Automations: what the rulebook has done by itself when something happens, `[[automations]]`."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias, assert_never

import msgspec

from contactcenter.model.condition import CHARACTERS_MAX, VARIABLES
from contactcenter.model.soundness import Found, Unsound, condition_faults
from contactcenter.model.toml.places import Path
from contactcenter.words import Severity, Trigger

SUBJECTS: Mapping[Trigger, tuple[str, ...]] = MappingProxyType(
    {
        "message_received": ("customer", "conversation", "interaction"),
        "conversation_opened": ("customer", "conversation"),
        "case_opened": ("customer", "case"),
        "case_changed": ("customer", "case"),
        "lead_arrived": ("customer", "lead"),
        "order_confirmed": ("customer", "order"),
    }
)
"""What happens, and what a condition and a text may ask about then."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000, pattern=r"^[^\x00]*$")]
Level = Annotated[int, msgspec.Meta(ge=0, le=10)]
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class _Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unknown names are faults."""


class _Act(_Rules, frozen=True, kw_only=True, tag_field="act"):
    """One thing to be done; `act` says which."""


class Answer(_Act, frozen=True, kw_only=True, tag="answer"):
    """Say something in the conversation. `{customer.name}` in it is filled in."""

    text: Text


class Identify(_Act, frozen=True, kw_only=True, tag="identify"):
    """Ask who they are, where it is not proven; meanwhile the work waits in `queue`."""

    text: Text
    queue: Name | None = None


class Route(_Act, frozen=True, kw_only=True, tag="route"):
    """Let the work wait in another queue, or ask more of the agent."""

    queue: Name | None = None
    requirement: dict[str, Level] = {}


class Assign(_Act, frozen=True, kw_only=True, tag="assign"):
    """Offer the work to that agent first, for the queue's sticky patience."""

    agent: Name


class Tag(_Act, frozen=True, kw_only=True, tag="tag"):
    """Put a word on the conversation, or on the customer."""

    tag: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^\w[\w .:-]*(?![\s\S])")]
    of: Literal["conversation", "customer"] = "conversation"


class OpenCase(_Act, frozen=True, kw_only=True, tag="open_case"):
    """Follow a matter from here on."""

    category: Name
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    severity: Severity | None = None


class HandOver(_Act, frozen=True, kw_only=True, tag="hand_over"):
    """Tell the program behind the key of that name, by its webhook."""

    key: Name


class Close(_Act, frozen=True, kw_only=True, tag="close"):
    """End the work and the conversation, where no agent is at it."""


Act: TypeAlias = Answer | Identify | Route | Assign | Tag | OpenCase | HandOver | Close


class Automation(_Rules, frozen=True, kw_only=True):
    """When `on` happens and `when` holds, for customers of one of the `segments`, `do` this.

    `once_per`: for one conversation, one customer, or one customer in a day, never again.
    """

    name: Name
    on: Trigger
    when: Annotated[str, msgspec.Meta(min_length=1, max_length=CHARACTERS_MAX)] = "true"
    segments: list[Name] = []
    do: Annotated[list[Act], msgspec.Meta(min_length=1, max_length=10)]
    once_per: Literal["conversation", "customer", "day"] | None = None
    enabled: bool = True

    @property
    def speaks(self) -> bool:
        """Whether the customer hears of it."""
        return any(isinstance(act, Answer | Identify) for act in self.do)


class AutomationLimits(_Rules, frozen=True, kw_only=True):
    """What is more than this is cut off, and a supervisor is told.

    `depth`: so many automations in a row, each by what the one before it did. `per_customer_hour`:
    so often in an hour for one customer. `per_rule_minute`: so often in a minute, whoever it is.
    """

    depth: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    per_customer_hour: Count = 20
    per_rule_minute: Count = 600


def filled(text: str, known: Mapping[str, object]) -> str:
    """The text with the values of what it names in braces; what is not known is empty."""

    def value(match: re.Match[str]) -> str:
        found = known.get(match[1])
        if isinstance(found, datetime):
            return found.isoformat(timespec="minutes")
        return "" if found is None else str(found)

    return _PLACE.sub(value, text)


def faults(book: Any) -> Iterator[Found]:
    """All that types alone do not say of a `Rulebook`'s, as far as it is sound."""
    known = _Known(
        queues=_names(lambda: book.queues),
        categories=_names(lambda: book.cases.categories),
        segments=_names(lambda: book.segments),
    )
    named: set[str] = set()
    for place, each in enumerate(book.automations):
        with suppress(Unsound):
            yield from _of_one(each, known, ("automations", place), named)


class _Known(msgspec.Struct, frozen=True):
    """The names that a rulebook has; None where that part of it is not sound."""

    queues: Collection[str] | None
    categories: Collection[str] | None
    segments: Collection[str] | None


def _names(read: Callable[[], Collection[str]]) -> Collection[str] | None:
    with suppress(Unsound):
        return read()
    return None


def _of_one(each: Automation, known: _Known, path: Path, named: set[str]) -> Iterator[Found]:
    if each.name in named:
        yield (*path, "name"), f"There is another automation {each.name!r}."
    named.add(each.name)
    yield from condition_faults(each.when, SUBJECTS[each.on], (*path, "when"))
    for number, segment in enumerate(each.segments):
        yield from _among(known.segments, segment, "segment", (*path, "segments", number))
    if each.once_per == "conversation" and not _spoken(each.on):
        yield (*path, "once_per"), f"With {each.on} there is no conversation."
    for number, act in enumerate(each.do):
        yield from _of_act(act, each.on, known, (*path, "do", number))


def _of_act(act: Act, on: Trigger, known: _Known, path: Path) -> Iterator[Found]:
    match act:
        case Answer(text=text):
            yield from _conversation(on, path)
            yield from _text(text, on, (*path, "text"))
        case Identify(text=text, queue=queue):
            yield from _conversation(on, path)
            yield from _text(text, on, (*path, "text"))
            yield from _among(known.queues, queue, "queue", (*path, "queue"))
        case Route(queue=queue, requirement=requirement):
            yield from _work(on, path)
            yield from _among(known.queues, queue, "queue", (*path, "queue"))
            if queue is None and not requirement:
                yield path, "Name a queue or a requirement."
        case Assign():
            yield from _work(on, path)
        case Tag(of="conversation") | Close():
            yield from _conversation(on, path)
        case OpenCase(category=category, subject=subject):
            yield from _among(known.categories, category, "category", (*path, "category"))
            yield from _text(subject, on, (*path, "subject"))
        case Tag() | HandOver():
            pass
        case _:
            assert_never(act)


_PLACE = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)?)\}")


def _text(text: str, on: Trigger, path: Path) -> Iterator[Found]:
    for name in _PLACE.findall(text):
        if name != "now" and (name not in VARIABLES or name.partition(".")[0] not in SUBJECTS[on]):
            yield path, f"There is no {{{name}}} to fill in with {on}."


def _among(
    names: Collection[str] | None, name: str | None, kind: str, path: Path
) -> Iterator[Found]:
    if name is not None and names is not None and name not in names:
        yield path, f"There is no {kind} {name!r}."


def _conversation(on: Trigger, path: Path) -> Iterator[Found]:
    if not _spoken(on):
        yield path, f"With {on} there is no conversation to do this in."


def _work(on: Trigger, path: Path) -> Iterator[Found]:
    if on == "order_confirmed":
        yield path, f"With {on} no work waits."


def _spoken(on: Trigger) -> bool:
    return "conversation" in SUBJECTS[on]
