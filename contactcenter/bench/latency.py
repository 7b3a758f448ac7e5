"""From the customer's post to the agent's offer frame, in a busy hour."""

from collections.abc import AsyncIterator

from contactcenter.bench.place import place, shipped_rules, without_wrap_up
from contactcenter.bench.report import Line, line
from contactcenter.bench.rush import rush
from contactcenter.bench.serving import product

AGENTS = 500
SECONDS = 15.0
OPENING_PER_S = 40
P50_MS_MAX = 6
P99_MS_MAX = 25


async def latency() -> AsyncIterator[Line]:
    """500 agents, 200 messages a second of which 40 open a conversation; agents do their work."""
    async with place(without_wrap_up(shipped_rules())) as here:
        tokens = await here.agents(AGENTS, capacity=3)
        async with product(here.environment) as one:
            rushed = await rush(one.port, [here.token], tokens, SECONDS, OPENING_PER_S)
    yield line("offer.p50", rushed.p50_ms, "ms", at_most=P50_MS_MAX)
    yield line("offer.p99", rushed.p99_ms, "ms", at_most=P99_MS_MAX)
    yield line("offer.offers", rushed.offers, "offers")
    yield line("offer.unanswered", rushed.unanswered, "conversations", at_most=0)
    yield line("offer.refused", rushed.refused, "commands", at_most=0)
