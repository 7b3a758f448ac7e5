"""From the customer's post to the agent's offer frame, in a busy hour."""

import asyncio
import sys
from collections.abc import AsyncIterator

import msgspec

from contactcenter.bench.place import place, shipped_rules
from contactcenter.bench.report import Line, line
from contactcenter.bench.rush import Rushed
from contactcenter.bench.serving import product
from contactcenter.model.rulebook import Rulebook

AGENTS = 500
SECONDS = 15.0
P50_MS_MAX = 6
P99_MS_MAX = 25


async def latency() -> AsyncIterator[Line]:
    """500 agents, 200 messages a second of which 40 open a conversation; agents do their work."""
    async with place(_without_wrap_up(shipped_rules())) as here:
        tokens = await here.agents(AGENTS, capacity=3)
        async with product(here.environment) as one:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "contactcenter.bench.rush",
                str(one.port),
                here.token,
                str(SECONDS),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            out, _ = await process.communicate(" ".join(tokens).encode())
    rushed = msgspec.json.decode(out, type=Rushed)
    yield line("offer.p50", rushed.p50_ms, "ms", at_most=P50_MS_MAX)
    yield line("offer.p99", rushed.p99_ms, "ms", at_most=P99_MS_MAX)
    yield line("offer.offers", rushed.offers, "offers")
    yield line("offer.unanswered", rushed.unanswered, "conversations", at_most=0)
    yield line("offer.refused", rushed.refused, "commands", at_most=0)


def _without_wrap_up(rules: Rulebook) -> Rulebook:
    """So that an agent is free again as soon as a conversation is resolved."""
    queues = {n: msgspec.structs.replace(q, wrap_up_s=0) for n, q in rules.queues.items()}
    return msgspec.structs.replace(rules, queues=queues)
