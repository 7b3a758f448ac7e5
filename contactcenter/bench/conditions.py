"""Conditions of rules: what it takes to ask five hundred of them about one interaction."""

import time
from collections.abc import AsyncIterator
from statistics import median

from contactcenter.bench.report import Line, line
from contactcenter.clock import clock
from contactcenter.model.condition import Condition, Conditions, Facts, compile_condition

RULES = 500
ROUNDS = 400
MICROSECONDS = 1e6


async def conditions() -> AsyncIterator[Line]:
    """Facts are put together anew each time, as for each interaction that comes in."""
    begun = time.perf_counter()
    compiled = {f"rule {n}": _compiled(n) for n in range(RULES)}
    yield line("conditions.compile", (time.perf_counter() - begun) * MICROSECONDS / RULES, "us")
    together = Conditions(compiled)
    together.holding(_facts(0))  # what is done at its first evaluation is done once
    all_of_them = median(_seconds(together, n) for n in range(ROUNDS))
    yield line("conditions.500_together", all_of_them * MICROSECONDS, "us", at_most=1_000)
    facts, one = _facts(1), compiled["rule 1"]
    begun = time.perf_counter()
    for _ in range(ROUNDS):
        one.holds(facts)
    yield line("conditions.one", (time.perf_counter() - begun) * MICROSECONDS / ROUNDS, "us")


def _compiled(number: int) -> Condition:
    source = (
        f'customer.tier == "gold" && customer.value > {number % 100}'
        f' && interaction.channel == "web" || "offer {number}" in customer.tags'
        f' || interaction.text.contains("refund {number}")'
    )
    return compile_condition(source, ("customer", "interaction"))


def _facts(number: int) -> Facts:
    return Facts(
        {
            "now": clock(),
            "customer.tier": "gold",
            "customer.value": number % 100,
            "customer.tags": ["new", f"offer {number}"],
            "customer.language": "id",
            "interaction.channel": "web",
            "interaction.text": "My line has been down since this morning, please help me. " * 4,
        }
    )


def _seconds(together: Conditions, number: int) -> float:
    begun = time.perf_counter()
    together.holding(_facts(number))
    return time.perf_counter() - begun
