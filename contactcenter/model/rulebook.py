"""The rulebook: every business rule as data, checked whole before it is in force."""

import tomllib
from collections.abc import Iterator
from typing import Annotated, Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from contactcenter.errors import BadInput
from contactcenter.model import calendar

Seconds = Annotated[int, msgspec.Meta(ge=0, le=366 * 86_400)]
PositiveSeconds = Annotated[int, msgspec.Meta(gt=0, le=366 * 86_400)]
Level = Annotated[int, msgspec.Meta(ge=0, le=10)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Units = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the rulebook: unknown names are faults, so that a misspelt rule is not ignored."""


class Organisation(Rules, frozen=True, kw_only=True):
    """Whose rules these are. `timezone`: IANA's name for it; days begin there at midnight."""

    name: Name
    timezone: Name


class Channel(Rules, frozen=True, kw_only=True):
    """`weight`: units of an agent's capacity. `exclusive`: an agent on it takes nothing else.

    A changed weight holds for what is offered from then on; what an agent has keeps its own.
    """

    weight: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    offer_timeout_s: PositiveSeconds
    exclusive: bool = False


class HeadStart(Rules, frozen=True, kw_only=True):
    """Seconds of waiting that are granted on arrival."""

    head_start_s: Seconds


class LeaveRisk(Rules, frozen=True, kw_only=True):
    """Customers whose propensity to leave is `at_least` this get a head start."""

    at_least: Share
    head_start_s: Seconds


class Queue(Rules, frozen=True, kw_only=True):
    """`sticky_wait`: whether a returning customer waits for their agent when that one is busy.

    `calendar`: when it is open; none means always. What comes while it is closed is offered from
    the next opening on, and its wait counts from there. What came in time is served to the end.
    """

    label: Name
    target_s: PositiveSeconds
    service_level: Share
    wrap_up_s: Seconds = 0
    sticky_patience_s: Seconds = 0
    sticky_wait: bool = False
    head_start_s: Seconds = 0
    requirement: dict[str, Level] = {}
    calendar: Name | None = None


class Entry(Rules, frozen=True, kw_only=True):
    """Where a connection's work waits, and which bot has it first. `*` fits every connection."""

    connection: Name
    queue: Name
    bot: str | None = None


class Intent(Rules, frozen=True, kw_only=True):
    """What a bot's finding means for the work: where it waits, and what it asks of the agent."""

    queue: Name
    requirement: dict[str, Level] = {}


class Matching(Rules, frozen=True, kw_only=True):
    """The least level of `language:xx` and `territory:xx` asked of an agent; 0 asks nothing."""

    language_level: Level = 1
    territory_level: Level = 0


class Offers(Rules, frozen=True, kw_only=True):
    """After a miss the agent is left out for the item, and rests; after so many they are away."""

    exclusion_s: Seconds
    cooldown_s: Seconds
    misses_until_away: Annotated[int, msgspec.Meta(ge=1, le=100)]


class PresenceRules(Rules, frozen=True, kw_only=True):
    """`grace_s`: how long a vanished agent keeps their work.

    `away_patience_s`: how long an agent may be away before a customer's words queue the work again.
    """

    reasons: list[Name]
    grace_s: Seconds
    away_patience_s: Seconds


class RecordRules(Rules, frozen=True, kw_only=True):
    """What happens to an item that waits for the customer, counted from the agent's last word."""

    dormant_after_s: PositiveSeconds
    dormant_weight: Units
    remind_after_s: PositiveSeconds
    remind_text: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    resolve_after_s: PositiveSeconds
    reopen_window_s: Seconds


class Dispositions(Rules, frozen=True, kw_only=True):
    """How work may end. `automatic`: when it ends by itself, since nobody wrote any more."""

    codes: Annotated[list[Name], msgspec.Meta(min_length=1)]
    automatic: Name


class Satisfaction(Rules, frozen=True, kw_only=True):
    """Whether customers are asked how content they are once an agent has resolved their matter.

    `after`: only after these dispositions; none means after all. `valid_s`: how long they may say.
    """

    ask: bool = False
    after: list[Name] = []
    valid_s: PositiveSeconds = 86_400


class Rulebook(Rules, frozen=True, kw_only=True):
    """The whole document. Build one with `parse`, which checks what types alone cannot."""

    organisation: Organisation
    channels: dict[Name, Channel]
    tiers: dict[Name, HeadStart]
    calendars: dict[Name, calendar.Calendar] = {}
    propensity_to_leave: LeaveRisk
    queues: Annotated[dict[Name, Queue], msgspec.Meta(min_length=1)]
    entry: Annotated[list[Entry], msgspec.Meta(min_length=1)]
    intents: dict[Name, Intent] = {}
    matching: Matching = Matching()
    offers: Offers
    presence: PresenceRules
    record: RecordRules
    dispositions: Dispositions
    satisfaction: Satisfaction = Satisfaction()

    def entry_for(self, connection: str) -> Entry:
        """The first entry that fits; `parse` made sure that one fits every connection."""
        return next(e for e in self.entry if e.connection in (connection, "*"))


class Published(msgspec.Struct, frozen=True):
    """A rulebook in force, and the version by which decisions remember it."""

    version: int
    rules: Rulebook


def parse(toml: str) -> Rulebook:
    """Read and check a rulebook.

    Raises `BadInput`: all faults at once in `context["faults"]`, each with its path, as in
    `queues.billing.target_s`.
    """
    try:
        document = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"The rulebook is not valid TOML: {error}", code="bad-rulebook") from error
    faults = list(_type_faults(document))
    if not faults:
        book = msgspec.convert(document, Rulebook)
        faults = list(_reference_faults(book))
        if not faults:
            return book
    raise BadInput(
        f"The rulebook has {len(faults)} fault(s): " + "; ".join(faults),
        code="bad-rulebook",
        faults=faults,
    )


def _type_faults(document: dict[str, object]) -> Iterator[str]:
    """One fault a section or entry: each is converted by itself, so that one hides no other."""
    known = {f.name: f for f in msgspec.structs.fields(Rulebook)}
    for name in sorted(document.keys() - known.keys()):
        yield f"{name}: there is no such section"
    for name, field in known.items():
        if name not in document:
            if field.required:
                yield f"{name}: this section is missing"
            continue
        section = document[name]
        if name not in ("channels", "tiers", "calendars", "queues", "intents") or not isinstance(
            section, dict
        ):
            yield from _faults(document[name], field.type, name)
            continue
        for key, value in cast("dict[str, object]", section).items():
            yield from _faults({key: value}, field.type, name, key)


def _faults(value: object, kind: Any, section: str, key: str = "") -> Iterator[str]:
    """The fault of a section, or of its one entry `key`, which msgspec writes as `[...]`."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at ")
        inner = where.strip("`").removeprefix("$").replace("[...]", f".{key}", 1)
        yield f"{section}{inner}: {message}"


def _reference_faults(book: Rulebook) -> Iterator[str]:
    try:
        ZoneInfo(book.organisation.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f"organisation.timezone: there is no time zone {book.organisation.timezone!r}"
    yield from _calendar_faults(book)
    for place, entry in enumerate(book.entry):
        if entry.queue not in book.queues:
            yield f"entry[{place}].queue: there is no queue {entry.queue!r}"
    if not any(e.connection == "*" for e in book.entry):
        yield 'entry: no entry fits every connection; add one with connection = "*"'
    for name, intent in book.intents.items():
        if intent.queue not in book.queues:
            yield f"intents.{name}.queue: there is no queue {intent.queue!r}"
    if book.dispositions.automatic not in book.dispositions.codes:
        yield "dispositions.automatic: must be one of dispositions.codes"
    yield from (
        f"satisfaction.after[{place}]: there is no disposition {code!r}"
        for place, code in enumerate(book.satisfaction.after)
        if code not in book.dispositions.codes
    )
    record = book.record
    if not record.dormant_after_s < record.remind_after_s < record.resolve_after_s:
        yield "record: dormant_after_s, remind_after_s, resolve_after_s must grow in this order"


def _calendar_faults(book: Rulebook) -> Iterator[str]:
    for name, each in book.calendars.items():
        yield from (f"calendars.{name}.{path}: {said}" for path, said in calendar.faults(each))
    for name, queue in book.queues.items():
        if queue.calendar and queue.calendar not in book.calendars:
            yield f"queues.{name}.calendar: there is no calendar {queue.calendar!r}"
