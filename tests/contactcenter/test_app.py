import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter import app
from contactcenter.actions.publish import publish
from contactcenter.errors import Unavailable
from contactcenter.settings import Settings

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
async def house(database_url: str, redis_url: str, desk: Any) -> app.House:
    await desk.database.run(lambda tx: publish(tx, desk.book.rules, "test", NOW))
    return await app.open_house(Settings(database_url=database_url, redis_url=redis_url))


async def test_what_was_accepted_is_written_before_it_closes(
    house: app.House, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.receiving, "_items_max", 3)
    said = [await desk.inbound(f"+62{n}") for n in range(20)]
    accepted = [house.receiving.submit(s) for s in said]

    await house.close()

    assert [a.result().duplicate for a in accepted] == [False] * 20
    assert await desk.value("SELECT count(*) FROM interaction") == 20


async def test_it_closes_even_where_nothing_can_be_written(
    house: app.House, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "DRAIN_S_MAX", 0.1)

    async def stuck(*_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(house.receiving, "_action", stuck)
    accepted = house.receiving.submit(await desk.inbound("+621"))

    await house.close()

    assert type(accepted.exception()) is Unavailable
    assert house.receiving.idle
