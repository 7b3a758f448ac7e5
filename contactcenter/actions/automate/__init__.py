"""Automations act on what happens: read from the log, each fact once.

The effect, the memory of it and the place in the log are one transaction; at most one fact acts in
each. A rule that fails raises `RuleFailed`, which takes all of that back: whoever runs this says
so at the next attempt (`failures`), where the rule is remembered as failed and the fact goes on.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from contactcenter.actions.automate.moments import Row, moments
from contactcenter.actions.automate.perform import Doing, perform
from contactcenter.db.database import PASSING
from contactcenter.db.tx import Tx
from contactcenter.errors import Unavailable
from contactcenter.model.automation import Automation
from contactcenter.model.rulebook import Published
from contactcenter.model.triggered import KINDS, Moment, SetOff, set_off
from contactcenter.record.alerts import Notice, raise_alert
from contactcenter.words import AlertKind, AutomationOutcome

FACTS_MAX = 1_000
"""So many facts are passed in one transaction, where none of them sets anything off."""
READ_MAX = 50
"""So many that may set something off are looked at in one transaction."""

Failures = Mapping[tuple[int, str], str]
"""Rules that failed on a fact (its number in the log, the rule's name), and why."""


class RuleFailed(Exception):  # noqa: N818 -- what has happened
    """The rule `name` failed on the fact `seq`; the message says why."""

    def __init__(self, seq: int, name: str, why: str) -> None:
        super().__init__(why)
        self.seq = seq
        self.name = name


class Progress(msgspec.Struct, frozen=True):
    """How far the log was passed, and what became of rules. `more`: it may go on there."""

    position: int
    outcomes: list[AutomationOutcome]
    more: bool


class _Page(msgspec.Struct, frozen=True):
    last: int
    facts: int


class _Lately(msgspec.Struct, frozen=True):
    of_customer: int
    of_rule: int


class _Ran(msgspec.Struct, frozen=True, kw_only=True):
    """A run to be remembered."""

    automation: str
    outcome: AutomationOutcome
    did: list[str] = []
    why: str = ""


async def automate(tx: Tx, book: Published, failures: Failures, now: datetime) -> Progress | None:
    """Pass the next facts, up to one that sets something off, with all that it sets off.

    None: another process is at it. Raises `RuleFailed`.
    """
    position = await tx.maybe(int, "automations.lock_cursor")
    if position is None:
        return None
    page = await tx.one(_Page, "automations.page_end", position, FACTS_MAX)
    if page.facts == 0:
        return Progress(position, [], more=False)
    last, outcomes = page.last, list[AutomationOutcome]()
    if book.rules.automations:
        kinds = list(KINDS)
        rows = await tx.many(Row, "automations.page", position, page.last, kinds, READ_MAX)
        last = rows[-1].seq if len(rows) == READ_MAX else page.last
        for row, moment in await moments(tx, rows):
            off = set_off(moment, book.rules, now)
            if off.automations or off.failed:
                last = row.seq
                outcomes = await _act(tx, row.seq, moment, off, book, failures, now)
                break
    await tx.do("automations.move_cursor", last)
    more = bool(outcomes) or last < page.last or page.facts == FACTS_MAX
    return Progress(last, outcomes, more)


async def _act(
    tx: Tx,
    seq: int,
    moment: Moment,
    off: SetOff,
    book: Published,
    failures: Failures,
    now: datetime,
) -> list[AutomationOutcome]:
    tx.depth = moment.fact.depth + 1
    ran = [_Ran(automation=name, outcome="failed", why=why) for name, why in off.failed.items()]
    for automation in off.automations:
        if (why := failures.get((seq, automation.name))) is not None:
            ran.append(_Ran(automation=automation.name, outcome="failed", why=why))
        elif not await _before(tx, automation, moment, book, now):
            ran.append(await _run(tx, seq, automation, moment, off.known, book, now))
    whens = {a.name: a for a in book.rules.automations}
    for run in ran:
        known = _asked(whens[run.automation].when, off.known)
        await _remember(tx, seq, run, moment, known, book, now)
    return [run.outcome for run in ran]


async def _run(
    tx: Tx,
    seq: int,
    automation: Automation,
    moment: Moment,
    known: dict[str, object],
    book: Published,
    now: datetime,
) -> _Ran:
    why = await _too_much(tx, automation, moment, book, now)
    if why:
        return _Ran(automation=automation.name, outcome="cut_off", why=why)
    try:
        did = await perform(tx, Doing(automation, moment, known, book, now))
    except (*PASSING, Unavailable):
        raise
    except Exception as error:
        why = str(error) or type(error).__name__
        raise RuleFailed(seq, automation.name, why) from error
    return _Ran(automation=automation.name, outcome="done", did=did)


async def _before(
    tx: Tx, automation: Automation, moment: Moment, book: Published, now: datetime
) -> bool:
    """Whether it has run as often as it may."""
    if automation.once_per is None:
        return False
    conversation = since = None
    if automation.once_per == "conversation" and moment.conversation:
        conversation = moment.conversation.id
    if automation.once_per == "day":
        there = now.astimezone(ZoneInfo(book.rules.organisation.timezone))
        since = there.replace(hour=0, minute=0, second=0, microsecond=0)
    args = automation.name, moment.customer.id, conversation, since
    return await tx.one(bool, "automations.ran", *args)


async def _too_much(
    tx: Tx, automation: Automation, moment: Moment, book: Published, now: datetime
) -> str | None:
    """Why this would be one too many, if so."""
    limits = book.rules.automation_limits
    if moment.fact.depth >= limits.depth:
        return f"{moment.fact.depth} automations led to it, one by the other."
    customer_max, rule_max = limits.per_customer_hour, limits.per_rule_minute
    lately = await tx.one(
        _Lately,
        "automations.lately",
        moment.customer.id,
        now - timedelta(hours=1),
        customer_max,
        automation.name,
        now - timedelta(minutes=1),
        rule_max,
    )
    if lately.of_customer >= customer_max:
        return f"Automations ran {customer_max} times within an hour for this customer."
    if lately.of_rule >= rule_max:
        return f"It ran {rule_max} times within a minute."
    return None


async def _remember(
    tx: Tx,
    seq: int,
    run: _Ran,
    moment: Moment,
    known: dict[str, object],
    book: Published,
    now: datetime,
) -> None:
    about = moment.conversation or _nothing
    number = await tx.one(
        int,
        "automations.insert_run",
        seq,
        run.automation,
        book.version,
        moment.trigger,
        moment.customer.id,
        about.id,
        getattr(moment.fact, "case", None),
        getattr(moment.fact, "lead", None),
        getattr(moment.fact, "order", None),
        moment.fact.depth,
        run.outcome,
        run.did,
        run.why,
        known,
        now,
    )
    match run.outcome:
        case "done":
            return
        case "failed":
            await _alert(tx, "rule_failed", run, number, book, now)
        case "cut_off":
            await _alert(tx, "automation_cut_off", run, number, book, now)


async def _alert(
    tx: Tx, kind: AlertKind, run: _Ran, number: int, book: Published, now: datetime
) -> None:
    """A supervisor sees it; what fails again and again is told once in an hour."""
    since = now - timedelta(hours=1)
    if await tx.one(bool, "automations.told", run.automation, run.outcome, since, number):
        return
    verb = "failed" if kind == "rule_failed" else "was cut off"
    notice = Notice(
        kind=kind,
        urgency="warning",
        subject_kind="automation_run",
        subject=number,
        title=f"The automation {run.automation!r} {verb}: {run.why}",
        values={"automation": run.automation, "why": run.why},
    )
    await raise_alert(tx, notice, book.rules.alerts, now)


def _asked(when: str, known: Mapping[str, object]) -> dict[str, Any]:
    """What the condition asked about, as JSON can hold it."""
    return {n: msgspec.to_builtins(v) for n, v in known.items() if n in when and n != "now"}


class _Nothing(msgspec.Struct, frozen=True):
    id: int | None = None


_nothing = _Nothing()
