"""The clocks of targets: they follow the facts of each transaction, in that same transaction.

So no action can forget them; and where the rulebook has no target for what has happened, nothing is
asked of the database.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.business_time import BusinessTime, business_time
from contactcenter.model.condition import ConditionFailed, Facts, compile_condition
from contactcenter.model.customer import Customer
from contactcenter.model.escalation import METRICS, SUBJECTS, Step, Target
from contactcenter.model.happening import Happening, happenings
from contactcenter.model.rulebook import Published, Rulebook
from contactcenter.model.segment import customer_facts
from contactcenter.model.target import TABLE, Clock, Interval, due
from contactcenter.words import CaseState, ClockEvent, ClockState, ItemKind, Metric, Severity

TIMER = "escalation"
_STARTS = ("start", "begin")

Key = tuple[ItemKind, int, Metric]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `clock`; without an `id` it is to be made. `step`: so many are behind it."""

    id: int | None = None
    kind: ItemKind
    subject: int
    metric: Metric
    state: ClockState = "idle"
    since: datetime | None = None
    ran: tuple[Interval, ...] = ()
    target_s: int
    calendar: str | None
    ladder: str | None
    rulebook_version: int
    step: int = 0

    @property
    def key(self) -> Key:
        """What it is unique by."""
        return self.kind, self.subject, self.metric

    @property
    def clock(self) -> Clock:
        """The value that the rules of clocks are about."""
        return Clock(
            metric=self.metric,
            target_s=self.target_s,
            calendar=self.calendar,
            rulebook_version=self.rulebook_version,
            state=self.state,
            since=self.since,
            ran=self.ran,
        )

    def showing(self, clock: Clock) -> "Kept":
        """With that clock; a count from zero has its whole ladder before it."""
        anew = clock.ran[:1] == () or [i.start for i in clock.ran[:1]] != [
            i.start for i in self.ran[:1]
        ]
        return msgspec.structs.replace(
            self,
            state=clock.state,
            since=clock.since,
            ran=clock.ran,
            step=0 if anew else self.step,
        )

    def under(self, target: Target, version: int) -> "Kept":
        """Under that target, as the rulebook of that version has it."""
        same = self.ladder == target.ladder
        return msgspec.structs.replace(
            self,
            target_s=target.target_s,
            calendar=target.calendar,
            ladder=target.ladder,
            rulebook_version=version,
            step=self.step if same else 0,
        )


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation, case or lead as targets see it. `item`: the work that has not ended."""

    kind: ItemKind
    subject: int
    customer: Customer
    queue: str | None
    channel: str | None
    item: int | None
    conversation_opened: datetime | None
    conversation_tags: list[str] | None
    category: str | None
    severity: Severity | None
    case_state: CaseState | None
    case_opened: datetime | None
    case_subject: str | None

    def holds(self, when: str | None, now: datetime) -> bool:
        """Whether a condition is true of it; one that fails is not."""
        if when is None:
            return True
        known = {
            "now": now,
            **customer_facts(self.customer, verified=False),
            "conversation.opened": self.conversation_opened,
            "conversation.tags": self.conversation_tags,
            "case.category": self.category,
            "case.severity": self.severity,
            "case.state": self.case_state,
            "case.opened": self.case_opened,
            "case.queue": self.queue if self.kind == "case" else None,
            "queue.name": self.queue,
        }
        try:
            return compile_condition(when, SUBJECTS).holds(Facts(known))
        except ConditionFailed:
            return False


async def follow(tx: Tx, book: Published) -> None:
    """Let the clocks hear what the transaction's facts say."""
    if not book.rules.targets:
        return
    heard: set[tuple[ItemKind, ClockEvent]] = {
        (target.of, event) for target in book.rules.targets for event in TABLE[target.metric]
    }
    every = [h for fact in tx.facts for h in happenings(fact)]
    happened = [h for h in every if (h.kind, h.event) in heard]
    happened += await _linked(tx, every, heard)
    if happened:
        await _hear(tx, happened, book)
    if any(target.of == "case" for target in book.rules.targets):
        await _reclass(tx, book)


async def save(tx: Tx, rows: Sequence[Kept], book: Published) -> None:
    """Write clocks, and set the timer of each one's next step."""
    if not rows:
        return
    saved = await tx.many(
        _Saved,
        "clocks.save",
        [r.kind for r in rows],
        [r.subject for r in rows],
        [r.metric for r in rows],
        [r.state for r in rows],
        [r.since for r in rows],
        [msgspec.json.encode(r.ran) for r in rows],
        [r.target_s for r in rows],
        [r.calendar for r in rows],
        [r.ladder for r in rows],
        [r.rulebook_version for r in rows],
        [r.step for r in rows],
        [due(r.clock, calendar(r, book.rules)) for r in rows],
    )
    ids = {(s.kind, s.subject, s.metric): s.id for s in saved}
    for row in rows:
        ahead = next_step(row, book.rules)
        if ahead:
            tx.schedule(TIMER, ids[row.key], ahead[0])
        elif row.ladder or row.rulebook_version != book.version:
            tx.clear(TIMER, ids[row.key])


def next_step(row: Kept, rules: Rulebook) -> tuple[datetime, Step] | None:
    """The step that is next on its ladder, and when, as things are."""
    ladder = rules.ladders.get(row.ladder or "")
    if ladder is None or row.state != "running":
        return None
    ahead = ladder.climb(row.target_s)[row.step :]
    if not ahead:
        return None
    reached_s, step = ahead[0]
    clock = msgspec.structs.replace(row.clock, target_s=reached_s)
    at = due(clock, calendar(row, rules))
    return (at, step) if at else None


def fitting(matter: Matter, metric: Metric, rules: Rulebook, now: datetime) -> Target | None:
    """The first target that fits."""
    return next(
        (
            t
            for t in rules.targets
            if (t.of, t.metric) == (matter.kind, metric)
            and t.queue in (None, matter.queue)
            and t.tier in (None, matter.customer.tier)
            and t.channel in (None, matter.channel)
            and t.severity in (None, matter.severity)
            and matter.holds(t.when, now)
        ),
        None,
    )


def rematched(row: Kept, matter: Matter, book: Published, now: datetime) -> Kept:
    """A clock that is under way, by the target that fits now; without any it is cancelled."""
    target = fitting(matter, row.metric, book.rules, now)
    if target is None:
        return row.showing(row.clock.after("cancelled", now))
    return row.under(target, book.version)


def calendar(row: Kept, rules: Rulebook) -> BusinessTime | None:
    """What its calendar's name stands for; a calendar that is no more counts every hour."""
    named = rules.calendars.get(row.calendar or "")
    return business_time(named) if named else None


async def matters(
    tx: Tx, keys: Iterable[tuple[ItemKind, int]]
) -> dict[tuple[ItemKind, int], Matter]:
    """All that targets may ask about these."""
    wanted = sorted(set(keys))
    rows = await tx.many(Matter, "clocks.matters", [k for k, _ in wanted], [s for _, s in wanted])
    return {(m.kind, m.subject): m for m in rows}


class _Saved(msgspec.Struct, frozen=True):
    id: int
    kind: ItemKind
    subject: int
    metric: Metric


async def _linked(
    tx: Tx, every: Sequence[Happening], heard: set[tuple[ItemKind, ClockEvent]]
) -> list[Happening]:
    """What happened in conversations is told to the cases that they are about."""
    told = [h for h in every if h.linked and ("case", h.event) in heard]
    if not told:
        return []
    cases = await tx.many(int, "clocks.cases_of", sorted({h.subject for h in told}))
    last = told[-1]
    return [Happening("case", case, last.event, last.at) for case in sorted(cases)]


async def _reclass(tx: Tx, book: Published) -> None:
    """Another severity, category or queue of a case may mean another target."""
    changed = {
        fact.case: fact.at
        for fact in tx.facts
        if isinstance(fact, facts.CaseChanged)
        and fact.changes.keys() & {"severity", "category", "queue"}
    }
    if not changed:
        return
    ids = sorted(changed)
    rows = await tx.many(Kept, "clocks.lock", ["case"] * len(ids), ids)
    under_way = [row for row in rows if row.state in ("running", "paused")]
    if not under_way:
        return
    about = await matters(tx, [("case", case) for case in ids])
    after = [rematched(r, about["case", r.subject], book, changed[r.subject]) for r in under_way]
    await save(tx, [a for a, b in zip(after, under_way, strict=True) if a != b], book)


async def _hear(tx: Tx, happened: Sequence[Happening], book: Published) -> None:
    keys = sorted({(h.kind, h.subject) for h in happened})
    kept = await tx.many(Kept, "clocks.lock", [k for k, _ in keys], [s for _, s in keys])
    before = {row.key: row for row in kept}
    starting: set[tuple[ItemKind, int]] = {(h.kind, h.subject) for h in happened if _may_start(h)}
    about = await matters(tx, starting) if starting else {}
    after = dict(before)
    for happening in happened:
        for metric in METRICS[happening.kind]:
            if happening.concerns(metric):
                _turn(after, happening, metric, about, book)
    await save(tx, [row for key, row in after.items() if row != before.get(key)], book)


def _may_start(happening: Happening) -> bool:
    return any(
        TABLE[metric].get(happening.event) in _STARTS
        for metric in METRICS[happening.kind]
        if happening.concerns(metric)
    )


def _turn(
    rows: dict[Key, Kept],
    happening: Happening,
    metric: Metric,
    about: dict[tuple[ItemKind, int], Matter],
    book: Published,
) -> None:
    key = happening.kind, happening.subject, metric
    row = rows.get(key)
    effect = TABLE[metric].get(happening.event)
    matter = about.get((happening.kind, happening.subject))
    if effect in _STARTS and matter and (effect == "begin" or row is None or _is_over(row)):
        target = fitting(matter, metric, book.rules, happening.at)
        if target is None:
            if row:
                rows[key] = row.showing(row.clock.after("cancelled", happening.at))
            return
        row = (row or _new(key, target, book.version)).under(target, book.version)
    if row:
        rows[key] = row.showing(row.clock.after(happening.event, happening.at))


def _is_over(row: Kept) -> bool:
    return row.state in ("idle", "stopped", "cancelled")


def _new(key: Key, target: Target, version: int) -> Kept:
    kind, subject, metric = key
    return Kept(
        kind=kind,
        subject=subject,
        metric=metric,
        target_s=target.target_s,
        calendar=target.calendar,
        ladder=target.ladder,
        rulebook_version=version,
    )
