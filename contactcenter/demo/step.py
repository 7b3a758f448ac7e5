"""A step of the demo: it happens in time, or the demo fails with the step's name."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
from websockets.exceptions import WebSocketException

from contactcenter.errors import CommandFailed, Refusal

SECONDS_MAX = 20.0


class Refused(Exception):  # noqa: N818 -- what has happened
    """The API has refused something; the message is its own."""


@asynccontextmanager
async def step(name: str) -> AsyncGenerator[None]:
    """Raise `CommandFailed` with the name where it is refused, breaks off, or takes too long."""
    try:
        async with asyncio.timeout(SECONDS_MAX):
            yield
    except TimeoutError as error:
        raise CommandFailed(f"{name}: did not happen within {SECONDS_MAX:.0f} s") from error
    except (Refused, Refusal, httpx.HTTPError, WebSocketException) as error:
        raise CommandFailed(f"{name}: {error or type(error).__name__}") from error
