"""Micro-batching: what arrives while a commit is running joins the next one, without lingering."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from prometheus_client import Histogram

from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import TooMany, Unavailable

I = TypeVar("I")  # noqa: E741 -- item
R = TypeVar("R")

_SIZE = Histogram(
    "contactcenter_batch_items",
    "Items in one transaction",
    ["batch"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)


FEW = 16
"""So few are written together, however many come."""


class Batch(Generic[I, R]):
    """One writer over a set-based action. `run()` works; `submit()` waits for one item's result.

    The action returns a result for each item, in order; a result that is an exception is raised
    to whoever submitted that item alone. If the action itself raises, nothing was written, and
    its items run singly, so that one poison item never fails its neighbours; if the database is
    away, all who wait are told so.
    """

    def __init__(
        self,
        name: str,
        database: Database,
        action: Callable[[Tx, Sequence[I]], Awaitable[Sequence[R | Exception]]],
        *,
        items_max: int = 500,
        waiting_max: int = 20_000,
    ) -> None:
        self._database = database
        self._action = action
        self._items_max = items_max
        self._waiting_max = waiting_max
        self._waiting: deque[tuple[I, asyncio.Future[R]]] = deque()
        self._writing: list[tuple[I, asyncio.Future[R]]] = []
        self._wake = asyncio.Event()
        self._size = _SIZE.labels(name)

    def submit(self, item: I) -> asyncio.Future[R]:
        """Queue an item. The future raises `TooMany` at once when too much is waiting."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= self._waiting_max:
            detail = "Too much is waiting to be written; come again in a moment."
            future.set_exception(TooMany(detail, code="overloaded", retry_after_s=1))
            return future
        self._waiting.append((item, future))
        self._wake.set()
        return future

    @property
    def idle(self) -> bool:
        """Whether all that was submitted has been written."""
        return not self._waiting and not self._writing

    async def run(self) -> None:
        """Write what waits, batch after batch, for ever. What its end finds is `Unavailable`."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    self._writing = [self._waiting.popleft() for _ in range(self._share())]
                    await self._write(self._writing)
                self._writing = []
        finally:
            self._give_back()

    def _share(self) -> int:
        """Half of all that is on its way, those included who were just answered and will be back.

        One half is written while the other is answered and asks again. Without it, who comes back
        first is written alone, and all the others wait for that.
        """
        around = len(self._waiting) + len(self._writing)
        return min(len(self._waiting), self._items_max, max(FEW, (around + 1) // 2))

    def _give_back(self) -> None:
        for _, future in (*self._writing, *self._waiting):
            if not future.done():
                detail = "This may or may not have been written: send it again under the same key."
                future.set_exception(Unavailable(detail, code="ending", retry_after_s=1))
        self._writing = []
        self._waiting.clear()

    async def _write(self, batch: list[tuple[I, asyncio.Future[R]]]) -> None:
        self._size.observe(len(batch))
        items = [item for item, _ in batch]
        try:
            results = await self._database.run(lambda tx: self._action(tx, items))
        except Unavailable as error:
            # Those who wait are told too: what one sender said later must not be written first.
            batch = [*batch, *self._waiting]
            self._waiting.clear()
            results = [error] * len(batch)
        except Exception as error:  # noqa: BLE001 -- goes to those who wait
            if len(batch) == 1:
                results = [error]
            else:
                for single in batch:
                    await self._write([single])
                return
        for (_, future), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
