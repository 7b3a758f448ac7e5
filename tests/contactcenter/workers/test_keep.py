import asyncio

import pytest
from prometheus_client import REGISTRY

from contactcenter.workers import keep as module
from contactcenter.workers.keep import keep


def failures() -> float:
    labels = {"worker": "w"}
    return REGISTRY.get_sample_value("contactcenter_worker_failures_total", labels) or 0.0


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it waited each time, without waiting."""
    waited: list[float] = []
    sleep = asyncio.sleep

    async def soon(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    monkeypatch.setattr(module.asyncio, "sleep", soon)
    return waited


async def test_worker_that_fails_starts_again_ever_more_slowly(waits: list[float]) -> None:
    runs, before = 0, failures()

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs < 8:
            raise OSError("gone")

    await keep("w", run)
    assert runs == 8
    assert waits == [0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 2.0]
    assert failures() - before == 7


async def test_worker_that_lasted_has_recovered(
    waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LASTED_S", -1)
    left = iter(range(3))

    async def run() -> None:
        if next(left, None) is not None:
            raise OSError("gone")

    await keep("w", run)
    assert waits == [0.1, 0.1, 0.1]


async def test_only_a_cancellation_ends_it() -> None:
    started = asyncio.Event()

    async def run() -> None:
        started.set()
        await asyncio.Event().wait()

    keeping = asyncio.create_task(keep("w", run))
    await started.wait()
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
