"""Segments: customers by a condition of the rulebook, `[segments.<name>]`, under its name."""

from datetime import datetime
from functools import lru_cache

from contactcenter.model.condition import Conditions, Facts, compile_condition
from contactcenter.model.customer import Customer
from contactcenter.model.rulebook import SEGMENT_SUBJECTS, Rulebook


def customer_facts(customer: Customer, *, verified: bool) -> dict[str, object]:
    """What conditions may ask of a customer; `verified`: it is proven here who they are."""
    return {
        "customer.name": customer.name,
        "customer.value": customer.value,
        "customer.tier": customer.tier,
        "customer.propensity_to_leave": customer.propensity_to_leave,
        "customer.language": customer.language,
        "customer.territory": customer.territory,
        "customer.tags": customer.tags,
        "customer.attributes": customer.attributes,
        "customer.since": customer.created_at,
        "customer.verified": verified,
    }


def segments(customer: Customer, rules: Rulebook, now: datetime, *, verified: bool) -> list[str]:
    """The names of the segments that the customer is in.

    One whose condition fails on this customer, they are not in.
    """
    facts = Facts({"now": now, **customer_facts(customer, verified=verified)})
    return _conditions(tuple((n, s.when) for n, s in rules.segments.items())).holding(facts).names


@lru_cache(16)
def _conditions(segments: tuple[tuple[str, str], ...]) -> Conditions:
    compiled = {name: compile_condition(when, SEGMENT_SUBJECTS) for name, when in segments}
    return Conditions(compiled)
