import asyncio
from typing import Any

import pytest

from contactcenter.errors import NotFound
from contactcenter.record.root import lock_root


async def test_merges_are_followed_to_their_end(desk: Any) -> None:
    first, second, third = [
        await desk.customer_of((await desk.say(who)).conversation) for who in ("1", "2", "3")
    ]
    await desk.rows("UPDATE customer SET merged_into = $2 WHERE id = $1", third, second)
    await desk.rows("UPDATE customer SET merged_into = $2 WHERE id = $1", second, first)

    root = await desk.database.run(lambda tx: lock_root(tx, third))

    assert root.id == first


async def test_an_id_that_leads_nowhere_is_not_found(desk: Any) -> None:
    with pytest.raises(NotFound):
        await desk.database.run(lambda tx: lock_root(tx, 4711))


async def test_a_customer_who_is_merged_meanwhile_is_looked_up_again(desk: Any) -> None:
    first, second = [
        await desk.customer_of((await desk.say(who)).conversation) for who in ("1", "2")
    ]
    looked: list[int] = []

    async def act(tx: Any) -> int:
        looked.append(await tx.one(int, "records.root", second))
        if len(looked) == 1:
            await desk.rows("UPDATE customer SET merged_into = $2 WHERE id = $1", second, first)
        return (await lock_root(tx, second)).id

    assert await desk.database.run(act) == first


async def test_a_customer_who_is_unmerged_meanwhile_is_looked_up_again(desk: Any) -> None:
    first, second = [
        await desk.customer_of((await desk.say(who)).conversation) for who in ("1", "2")
    ]
    await desk.rows("UPDATE customer SET merged_into = $2 WHERE id = $1", second, first)

    async with desk.connection.transaction():
        await desk.rows("SELECT FROM customer WHERE id = $1 FOR NO KEY UPDATE", first)
        waiting = asyncio.create_task(desk.database.run(lambda tx: lock_root(tx, second)))
        while not await desk.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await desk.rows("UPDATE customer SET merged_into = NULL WHERE id = $1", second)

    assert (await waiting).id == second
