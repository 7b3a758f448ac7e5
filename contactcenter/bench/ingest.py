"""Durable ingest over HTTP, against the bare limit and the usual design."""

import asyncio
import sys
from collections.abc import AsyncIterator

import msgspec

from contactcenter.bench.load import Measured
from contactcenter.bench.place import Place, place, shipped_rules
from contactcenter.bench.report import Line, line
from contactcenter.bench.serving import product, server

CONNECTIONS = 64
SECONDS = 8.0
TO_BARE_MIN = 0.45
TO_USUAL_MIN = 2.0
BATCHED_MIN = 8_000


async def ingest() -> AsyncIterator[Line]:
    """Single posts by a bot's key, one in five from a new customer; then batches of 100."""
    async with place(shipped_rules()) as here:
        bare = await _reference(here, "bare")
        yield line("ingest.bare", bare.per_second, "/s")
        usual = await _reference(here, "usual")
        yield line("ingest.usual", usual.per_second, "/s")
        async with product(here.environment) as one:
            ours = await _load(here, one.port, CONNECTIONS, "singles")
            yield line(
                "ingest.single",
                ours.per_second,
                "/s",
                reference="bare limit",
                reference_value=bare.per_second,
                at_least=TO_BARE_MIN,
            )
            yield line(
                "ingest.single_to_usual",
                ours.per_second,
                "/s",
                reference="usual design",
                reference_value=usual.per_second,
                at_least=TO_USUAL_MIN,
            )
            yield line("ingest.single_p50", ours.p50_ms, "ms")
            yield line(
                "ingest.single_p99",
                ours.p99_ms,
                "ms",
                reference="bare limit",
                reference_value=bare.p99_ms,
            )
            batched = await _load(here, one.port, 8, "hundreds")
            yield line("ingest.batches_of_100", batched.per_second, "/s", at_least=BATCHED_MIN)
            yield line("ingest.errors", ours.errors + batched.errors, "answers", at_most=0)


async def _reference(here: Place, kind: str) -> Measured:
    module = "contactcenter.bench.references"
    async with server(module, kind, "PORT", here.url, env=here.environment) as one:
        return await _load(here, one.port, CONNECTIONS, "singles", run=kind)


async def _load(here: Place, port: int, connections: int, kind: str, run: str = "") -> Measured:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "contactcenter.bench.load",
        str(port),
        str(connections),
        str(SECONDS),
        kind,
        here.token,
        run or kind,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return msgspec.json.decode(out, type=Measured)
