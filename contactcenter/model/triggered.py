"""Which automations a fact sets off, by all that is known of its subjects."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import msgspec

from contactcenter import facts
from contactcenter.facts import Fact
from contactcenter.model.automation import SUBJECTS, Automation
from contactcenter.model.case import Case
from contactcenter.model.condition import Condition, Conditions, Facts, compile_condition
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer
from contactcenter.model.rulebook import Rulebook
from contactcenter.model.segment import customer_facts, segments
from contactcenter.words import Trigger

KINDS: Mapping[str, Trigger] = {
    "InteractionAppended": "message_received",
    "ConversationOpened": "conversation_opened",
    "CaseOpened": "case_opened",
    "CaseChanged": "case_changed",
    "LeadArrived": "lead_arrived",
    "OrderConfirmed": "order_confirmed",
}
"""The facts that set automations off, by their names in the log."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A fact with what it is about, as that is now. `verified`: it is proven who they are.

    `connection`: the name of the one by which it was said.
    """

    fact: Fact
    customer: Customer
    verified: bool
    conversation: Conversation | None = None
    case: Case | None = None
    connection: str | None = None

    @property
    def trigger(self) -> Trigger:
        """What has happened."""
        return KINDS[type(self.fact).__name__]

    @property
    def automatic(self) -> bool:
        """Whether a machine said it."""
        return isinstance(self.fact, facts.InteractionAppended) and self.fact.said.automatic


class SetOff(msgspec.Struct, frozen=True):
    """Automations in the rulebook's order, and those whose condition failed, with why."""

    automations: list[Automation]
    failed: dict[str, str]
    known: dict[str, object]


def set_off(moment: Moment, rules: Rulebook, now: datetime) -> SetOff:
    """What a fact sets off. Nothing answers what a machine said, or whoever is spam."""
    asked = [
        a
        for a in rules.automations
        if a.enabled and a.on == moment.trigger and not (a.speaks and moment.automatic)
    ]
    if not asked or moment.customer.spam_at:
        return SetOff([], {}, {})
    known = known_of(moment, now)
    within = _within(moment, asked, rules, now)
    held = _conditions(moment.trigger, tuple((a.name, a.when) for a in asked)).holding(Facts(known))
    names = set(held.names)
    fitting = {a.name: a for a in asked if not a.segments or within.intersection(a.segments)}
    return SetOff(
        [a for name, a in fitting.items() if name in names],
        {name: why for name, why in held.failed.items() if name in fitting},
        known,
    )


def known_of(moment: Moment, now: datetime) -> dict[str, object]:
    """What conditions and texts may ask of it, by the names of `VARIABLES`."""
    known: dict[str, object] = {
        "now": now,
        **customer_facts(moment.customer, verified=moment.verified),
    }
    if moment.conversation:
        known["conversation.opened"] = moment.conversation.opened_at
        known["conversation.tags"] = moment.conversation.tags
    if moment.case:
        known |= _of_case(moment.case)
    match moment.fact:
        case facts.InteractionAppended(said=said):
            return known | _of_said(said, moment.connection)
        case facts.LeadArrived() as lead:
            return known | _of_lead(lead)
        case facts.OrderConfirmed() as order:
            return known | {"order.total": order.total, "order.currency": order.currency}
        case _:
            return known


def _of_case(case: Case) -> dict[str, object]:
    return {
        "case.category": case.category,
        "case.severity": case.severity,
        "case.state": case.state,
        "case.opened": case.opened_at,
        "case.queue": case.queue,
    }


def _of_said(said: facts.Said, connection: str | None) -> dict[str, object]:
    return {
        "interaction.channel": said.channel,
        "interaction.connection": connection,
        "interaction.kind": said.kind,
        "interaction.direction": said.direction,
        "interaction.author": said.author_kind,
        "interaction.text": said.text,
        "interaction.automatic": said.automatic,
    }


def _of_lead(lead: facts.LeadArrived) -> dict[str, object]:
    return {
        "lead.product": lead.product,
        "lead.region": lead.region,
        "lead.source": lead.source,
        "lead.value": lead.value,
        "lead.queue": lead.queue,
    }


def _within(moment: Moment, asked: list[Automation], rules: Rulebook, now: datetime) -> set[str]:
    """The customer's segments, where any rule asks for them."""
    if not any(a.segments for a in asked):
        return set()
    return set(segments(moment.customer, rules, now, verified=moment.verified))


@lru_cache(32)
def _conditions(on: Trigger, named: tuple[tuple[str, str], ...]) -> Conditions:
    compiled: dict[str, Condition] = {
        name: compile_condition(when, SUBJECTS[on]) for name, when in named
    }
    return Conditions(compiled)
