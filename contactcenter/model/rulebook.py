"""The rulebook: every business rule as data, checked whole before it is in force."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from contactcenter.model import automation, calendar
from contactcenter.model.condition import CHARACTERS_MAX
from contactcenter.model.escalation import Ladder, Target, ladder_faults, target_faults
from contactcenter.model.rulebook_text import read, refusal
from contactcenter.model.script import Navigation, Script, script_faults
from contactcenter.model.soundness import Found, Unsound, condition_faults, sound, type_faults
from contactcenter.model.toml.places import Path
from contactcenter.words import Severity

SEGMENT_SUBJECTS = ("customer",)
"""What the condition of a segment may ask about."""

Seconds = Annotated[int, msgspec.Meta(ge=0, le=366 * 86_400)]
PositiveSeconds = Annotated[int, msgspec.Meta(gt=0, le=366 * 86_400)]
Level = Annotated[int, msgspec.Meta(ge=0, le=10)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Units = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
When = Annotated[str, msgspec.Meta(min_length=1, max_length=CHARACTERS_MAX)]
"""A condition in CEL: see `contactcenter.model.condition`."""


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the rulebook: unknown names are faults, so that a misspelt rule is not ignored."""


class Organisation(Rules, frozen=True, kw_only=True):
    """Whose rules these are. `timezone`: IANA's name for it; days begin there at midnight."""

    name: Name
    timezone: Name


class Channel(Rules, frozen=True, kw_only=True):
    """`weight`: units of an agent's capacity. `exclusive`: an agent on it takes nothing else.

    Cases and leads have a channel each. `target_s`: within which its work is to be taken, where
    that is another time than its queue's. A changed weight holds for what is offered from then on;
    what an agent has keeps its own.
    """

    weight: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    offer_timeout_s: PositiveSeconds
    exclusive: bool = False
    target_s: PositiveSeconds | None = None


class HeadStart(Rules, frozen=True, kw_only=True):
    """Seconds of waiting that are granted on arrival."""

    head_start_s: Seconds


class LeaveRisk(Rules, frozen=True, kw_only=True):
    """Customers whose propensity to leave is `at_least` this get a head start."""

    at_least: Share
    head_start_s: Seconds


class Segment(Rules, frozen=True, kw_only=True):
    """Customers of whom a condition is true, as in `customer.tier == "gold"`."""

    label: Name
    when: When


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


class Alerts(Rules, frozen=True, kw_only=True):
    """After so many seconds without acknowledgement an alert is for the next in line.

    From an agent it goes to the supervisors, from them to the administrators.
    """

    climb_after_s: PositiveSeconds = 300


class Satisfaction(Rules, frozen=True, kw_only=True):
    """Whether customers are asked how content they are once an agent has resolved their matter.

    `bots`: also when a bot has settled it by itself. `after`: only after these dispositions; none
    means after all. `valid_s`: how long they may say.
    """

    ask: bool = False
    bots: bool = False
    after: list[Name] = []
    valid_s: PositiveSeconds = 86_400


class CaseCategory(Rules, frozen=True, kw_only=True):
    """What cases of one kind begin with. `requirement`: asked of the agent, in whatever queue."""

    label: Name
    queue: Name
    severity: Severity = "normal"
    requirement: dict[str, Level] = {}


class CaseRules(Rules, frozen=True, kw_only=True):
    """How cases are classed, ended and opened again.

    `head_start_s`: by severity. A resolved case is closed after `close_after_s`. With
    `reopen_on_words`, what the customer says in a conversation about it brings it back: while it
    waits for them, and within `reopen_window_s` after it was resolved.
    """

    categories: dict[Name, CaseCategory] = {}
    resolutions: Annotated[list[Name], msgspec.Meta(min_length=1)] = msgspec.field(
        default_factory=lambda: ["solved"]
    )
    head_start_s: dict[Severity, Seconds] = {}
    reopen_on_words: bool = True
    reopen_window_s: Seconds = 1_209_600
    close_after_s: PositiveSeconds = 604_800


class LeadRules(Rules, frozen=True, kw_only=True):
    """Where leads wait, and the least level of `product:x` and `territory:x` that they ask for.

    Without a queue they wait where everybody's work does. 0 asks nothing.
    """

    queue: Name | None = None
    product_level: Level = 1
    territory_level: Level = 0


OWN_CHANNELS = {"case": 120, "lead": 120}
"""What comes by no connection: the seconds that its offers stand, where a rulebook says nothing."""


class Rulebook(Rules, frozen=True, kw_only=True):
    """The whole document. Build one with `parse`, which checks what types alone cannot."""

    organisation: Organisation
    channels: dict[Name, Channel]
    tiers: dict[Name, HeadStart]
    segments: dict[Name, Segment] = {}
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
    alerts: Alerts = Alerts()
    cases: CaseRules = CaseRules()
    leads: LeadRules = LeadRules()
    targets: list[Target] = []
    ladders: dict[Name, Ladder] = {}
    scripts: dict[Name, Script] = {}
    navigation: list[Navigation] = []
    automations: list[automation.Automation] = []
    automation_limits: automation.AutomationLimits = automation.AutomationLimits()

    def __post_init__(self) -> None:
        """Older rulebooks do not have the channels of cases and leads."""
        for name, offer_timeout_s in OWN_CHANNELS.items():
            self.channels.setdefault(name, Channel(weight=1, offer_timeout_s=offer_timeout_s))

    def entry_for(self, connection: str) -> Entry:
        """The first entry that fits; `parse` made sure that one fits every connection."""
        return next(e for e in self.entry if e.connection in (connection, "*"))


class Published(msgspec.Struct, frozen=True):
    """A rulebook in force, and the version by which decisions remember it."""

    version: int
    rules: Rulebook


def parse(toml: str) -> Rulebook:
    """Read and check a rulebook.

    Raises `BadInput` (`bad-rulebook`) with all faults at once in `errors`, in the order of lines.
    """
    document = read(toml)
    found = list(type_faults(document, Rulebook))
    book = sound(document, Rulebook)
    for check in _CHECKS:
        with suppress(Unsound):
            found += check(book)
    if found:
        raise refusal(found, toml)
    return msgspec.convert(document, Rulebook)


def _organisation(book: Rulebook) -> Iterator[Found]:
    zone = book.organisation.timezone
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield ("organisation", "timezone"), f"There is no time zone {zone!r}."


def _segments(book: Rulebook) -> Iterator[Found]:
    for name, segment in book.segments.items():
        with suppress(Unsound):
            yield from condition_faults(segment.when, SEGMENT_SUBJECTS, ("segments", name, "when"))


def _calendars(book: Rulebook) -> Iterator[Found]:
    for name, each in book.calendars.items():
        with suppress(Unsound):
            for path, what in calendar.faults(each):
                steps = (int(s) if s.isdecimal() else s for s in re.findall(r"[^.\[\]]+", path))
                yield ("calendars", name, *steps), f"{what[0].upper()}{what[1:]}."


def _queues(book: Rulebook) -> Iterator[Found]:
    for name, queue in book.queues.items():
        with suppress(Unsound):
            if queue.calendar and queue.calendar not in book.calendars:
                yield ("queues", name, "calendar"), f"There is no calendar {queue.calendar!r}."


def _entry(book: Rulebook) -> Iterator[Found]:
    for place, entry in enumerate(book.entry):
        with suppress(Unsound):
            yield from _queue(book, ("entry", place, "queue"), entry.queue)
    if not any(e.connection == "*" for e in book.entry):
        yield ("entry",), 'No entry fits every connection; add one with connection = "*".'


def _intents(book: Rulebook) -> Iterator[Found]:
    for name, intent in book.intents.items():
        with suppress(Unsound):
            yield from _queue(book, ("intents", name, "queue"), intent.queue)


def _queue(book: Rulebook, path: Path, queue: str) -> Iterator[Found]:
    if queue not in book.queues:
        yield path, f"There is no queue {queue!r}."


def _dispositions(book: Rulebook) -> Iterator[Found]:
    if book.dispositions.automatic not in book.dispositions.codes:
        yield ("dispositions", "automatic"), "This must be one of dispositions.codes."


def _satisfaction(book: Rulebook) -> Iterator[Found]:
    for place, code in enumerate(book.satisfaction.after):
        if code not in book.dispositions.codes:
            yield ("satisfaction", "after", place), f"There is no disposition {code!r}."


def _record(book: Rulebook) -> Iterator[Found]:
    record = book.record
    if not record.dormant_after_s < record.remind_after_s < record.resolve_after_s:
        what = "dormant_after_s, remind_after_s, resolve_after_s must grow in this order."
        yield ("record",), what


def _work(book: Rulebook) -> Iterator[Found]:
    for name, category in book.cases.categories.items():
        yield from _queue(book, ("cases", "categories", name, "queue"), category.queue)
    if book.leads.queue is not None:
        yield from _queue(book, ("leads", "queue"), book.leads.queue)


_CHECKS: tuple[Callable[[Rulebook], Iterator[Found]], ...] = (
    _organisation,
    _segments,
    _calendars,
    _queues,
    _entry,
    _intents,
    _dispositions,
    _satisfaction,
    _record,
    _work,
    target_faults,
    ladder_faults,
    script_faults,
    automation.faults,
)
"""What types alone cannot say; each looks at what is sound."""
