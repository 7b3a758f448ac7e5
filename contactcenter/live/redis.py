"""How this process connects to Redis, which holds only what may be lost."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff


def connect(url: str) -> Redis:
    """No retries and a short timeout: a Redis that is gone is noticed at once, and left alone."""
    return Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        url,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=0.5,
        # With one, each write goes through Python 3.11's `wait_for`, which can lose a cancellation:
        # the task then never ends. Whoever sends sets a limit of their own.
        socket_timeout=None,
        protocol=2,
    )
