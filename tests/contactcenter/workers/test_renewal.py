import json
from collections.abc import AsyncIterator

import pytest

from contactcenter.db.database import Database
from contactcenter.db.tail import Tail
from contactcenter.live.board import Board, read
from contactcenter.live.hub import Client, Hub
from contactcenter.workers import renewal
from contactcenter.workers.renewal import Renewal
from tests.contactcenter.floor import Floor

LATER = '{"fact": "MoonRisen", "at": "2030-01-01T00:00:00Z"}'


class Process:
    """What folds here, beside a database that others change too."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tail = Tail(database)
        self.hub = Hub()
        self.renewal = Renewal(database, self.tail, self.hub)

    async def start(self) -> None:
        await self.tail.start()
        async with self.database.snapshot() as tx:
            await self.hub.load(tx, "UTC")
        self.tail.follow(self.hub.read)

    async def recorded(self) -> Board:
        async with self.database.snapshot() as tx:
            return await read(tx, "UTC")


@pytest.fixture
async def process(database_url: str) -> AsyncIterator[Process]:
    database = await Database.open(database_url, size=2)
    process = Process(database)
    await process.start()
    yield process
    await database.close()


async def pass_over(process: Process, floor: Floor) -> None:
    """A later version changes the record, and says so in words of its own."""
    await floor.desk.rows("UPDATE work_item SET queue = 'sales'")
    await floor.desk.value("SELECT first_seq FROM log_append(ARRAY[$1::json])", LATER)
    await process.tail.catch_up()


async def test_the_board_is_the_records_again_after_a_fact_that_nobody_here_could_fold(
    process: Process, floor: Floor
) -> None:
    item = await floor.waiting()
    await pass_over(process, floor)
    assert process.hub.board.waiting[item].queue != "sales"
    await process.renewal.look()
    assert process.hub.board == await process.recorded()
    assert process.hub.board.waiting[item].queue == "sales"


async def test_who_watches_is_shown_it(process: Process, floor: Floor) -> None:
    watcher = Client(0, 1, lambda: None)
    process.hub.watch(watcher)
    watcher.stream.take()
    await pass_over(process, floor)
    await process.renewal.look()
    [welcome] = [json.loads(frame) for frame in watcher.stream.take()]
    assert (welcome["type"], welcome["seq"]) == ("welcome", process.tail.position)


async def test_what_happens_while_it_is_read_is_not_lost(
    process: Process, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pass_over(process, floor)

    async def slowly(*args: object) -> Board:
        board = await read(*args)  # type: ignore[arg-type]
        await floor.waiting("somebody new")
        await process.tail.catch_up()
        return board

    monkeypatch.setattr(renewal, "read", slowly)
    await process.renewal.look()
    assert len(process.hub.board.waiting) == 1
    assert process.hub.board == await process.recorded()


async def test_without_such_a_fact_nothing_is_read(process: Process, floor: Floor) -> None:
    await floor.waiting()
    await process.tail.catch_up()
    before = process.hub.board
    await process.renewal.look()
    assert process.hub.board is before
