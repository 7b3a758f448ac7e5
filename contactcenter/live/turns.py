"""Small steps for thousands, such as a frame for each, without holding the loop meanwhile."""

import asyncio
from collections import deque
from collections.abc import Iterator
from itertools import islice

CHUNK = 500
"""So many steps, then others have their turn on the loop: some 8 ms of sending."""


class Turns:
    """Goes through what is added, in the order of adding, and at once where nothing waits."""

    def __init__(self) -> None:
        self._waiting: deque[Iterator[object]] = deque()

    def add(self, steps: Iterator[object]) -> None:
        """Each `next` is a step, which must not block and should not raise."""
        self._waiting.append(steps)
        if len(self._waiting) == 1:
            self._round()

    def _round(self) -> None:
        left = CHUNK
        try:
            while self._waiting and left:
                left -= sum(1 for _ in islice(self._waiting[0], left))
                if left:
                    self._waiting.popleft()
        finally:
            if self._waiting:
                asyncio.get_running_loop().call_soon(self._round)
