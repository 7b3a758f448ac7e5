"""The connection to Redis."""

import asyncio

from contactcenter.live.redis import connect


async def test_a_task_that_is_cancelled_while_it_speaks_ends_so(redis_url: str) -> None:
    lost: list[int] = []
    for steps in range(12):
        async with connect(redis_url) as redis:
            await redis.ping()
            task = asyncio.create_task(redis.publish("x", "y"))
            for _ in range(steps):
                await asyncio.sleep(0)
            cancelled = task.cancel()
            await asyncio.wait([task])
            if cancelled and not task.cancelled():
                lost.append(steps)
    assert lost == []
