"""The board in the browser is folded as on the server: after everything that can happen to work."""

from itertools import count
from typing import Any

import asyncpg
import msgspec
from playwright.async_api import Page

from contactcenter.db import embedded
from contactcenter.db.database import Database
from contactcenter.live.board import Board, read
from contactcenter.model.rulebook import Published
from tests.browser.conftest import OpenPage
from tests.conftest import empty_database
from tests.contactcenter.conftest import Desk
from tests.contactcenter.floor import Floor
from tests.contactcenter.scenarios import SCENARIOS
from tests.contactcenter.scene import Scene

ZONE = "Asia/Jakarta"
FOLD = """
async ([snapshot, events]) => {
  const {fold, toSnapshot} = await import("/web/dashboard/state.js");
  let board = fold(null, {type: "welcome", snapshot});
  for (const [seq, fact] of events) board = fold(board, {type: "event", seq, fact});
  return JSON.stringify(toSnapshot(board));
}
"""


async def board_of(database: Database) -> Board:
    async with database.snapshot() as tx:
        return await read(tx, ZONE)


async def folded(page: Page, desk: Desk, before: Board) -> Board:
    rows = await desk.rows(
        "SELECT seq, fact::text AS fact FROM log WHERE seq > $1 ORDER BY seq", before.seq
    )
    events: list[Any] = [(r["seq"], msgspec.json.decode(str(r["fact"]))) for r in rows]
    told = msgspec.json.decode(msgspec.json.encode(before))
    shown: str = await page.evaluate(FOLD, [told, events])
    return msgspec.convert(msgspec.json.decode(shown), Board, strict=False)


async def test_browser_folds_to_the_board_that_the_record_has(
    servers: embedded.Servers, migrated: str, book: Published, open_page: OpenPage
) -> None:
    page = await open_page("/sign-in")
    async with empty_database(servers, migrated) as url:
        database = await Database.open(url, size=8)
        connection = await asyncpg.connect(url)
        desk = Desk(database, book, connection, count(1))
        floor = Floor(desk, book)
        begin = await board_of(database)
        for number, (name, scenario) in enumerate(SCENARIOS.items()):
            scene = Scene(floor, number)
            await scene.set()
            before = await board_of(database)
            await scenario(scene)
            after = await board_of(database)
            assert await folded(page, desk, before) == after, name
        assert await folded(page, desk, begin) == after
        assert after.seq > 100
        await connection.close()
        await database.close()
