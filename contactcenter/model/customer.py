"""A customer: who they are to us, and what place in a queue that buys."""

from datetime import datetime
from typing import Any

import msgspec

from contactcenter.model.rulebook import Rulebook
from contactcenter.words import Severity

MICROSECONDS = 1_000_000


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `customer`. `value` 0 to 100, `propensity_to_leave` 0 to 1, `language` BCP 47."""

    id: int
    name: str | None
    value: int
    tier: str | None
    propensity_to_leave: float
    language: str | None
    territory: str | None
    attributes: dict[str, Any]
    tags: list[str]
    spam_at: datetime | None
    merged_into: int | None
    created_at: datetime


class Identity(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """By what a customer is known: unique by (scheme, scope, value).

    `scope` is the connection within which the value has a meaning, or empty for one that has been
    proven to us (an account that a signed claim names).
    """

    scheme: str
    scope: str
    value: str
    verified: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is unique by."""
        return self.scheme, self.scope, self.value


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What an item asks of an agent, and its head start, with what it is granted for.

    `head_start_words`: "tier:gold", "queue:care", "propensity_to_leave", each with microseconds.
    """

    requirement: dict[str, int]
    head_start_us: int
    head_start_words: list[tuple[str, int]]


def place(
    customer: Customer,
    queue: str,
    rules: Rulebook,
    asked: dict[str, int] | None = None,
    severity: Severity | None = None,
) -> Place:
    """The customer's place in a queue; `asked` are requirements beyond the queue's own.

    `severity`: of the case that it is about.
    """
    own: dict[str, int] = {}
    if customer.language and rules.matching.language_level:
        own[f"language:{customer.language}"] = rules.matching.language_level
    if customer.territory and rules.matching.territory_level:
        own[f"territory:{customer.territory}"] = rules.matching.territory_level
    needs = dict(rules.queues[queue].requirement)
    for name, level in (*own.items(), *(asked or {}).items()):
        needs[name] = max(level, needs.get(name, 0))
    words: list[tuple[str, int]] = []
    tier = rules.tiers.get(customer.tier or "")
    if tier and tier.head_start_s:
        words.append((f"tier:{customer.tier}", tier.head_start_s * MICROSECONDS))
    risk = rules.propensity_to_leave
    if risk.head_start_s and customer.propensity_to_leave >= risk.at_least:
        words.append(("propensity_to_leave", risk.head_start_s * MICROSECONDS))
    if severity and (granted := rules.cases.head_start_s.get(severity)):
        words.append((f"severity:{severity}", granted * MICROSECONDS))
    if granted := rules.queues[queue].head_start_s:
        words.append((f"queue:{queue}", granted * MICROSECONDS))
    return Place(
        requirement=dict(sorted(needs.items())),
        head_start_us=sum(us for _, us in words),
        head_start_words=words,
    )
