"""Keep a worker running: one that fails is logged, counted, and started again after a moment."""

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import Counter

from contactcenter.log import get

WAIT_S = (0.1, 0.2, 0.5, 1.0, 2.0)
"""How long to wait after the first, second, ... failure in a row; the last one repeats."""

LASTED_S = 10
"""A worker that ran this long has recovered: the next failure is a first one again."""

_FAILED = Counter("contactcenter_worker_failures_total", "Workers started again", ["worker"])
_log = get(part="keep")


async def keep(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run for ever; only a cancellation ends it."""
    failures = 0
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await run()
        except Exception as error:  # noqa: BLE001 -- a worker outlives whatever fails in it
            if asyncio.get_running_loop().time() - started > LASTED_S:
                failures = 0
            _FAILED.labels(name).inc()
            _log.warning("a worker failed and starts again", worker=name, exc_info=error)
            await asyncio.sleep(WAIT_S[min(failures, len(WAIT_S) - 1)])
            failures += 1
        else:
            return
