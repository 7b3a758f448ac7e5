from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from contactcenter.actions.connections import NewConnection, add_secret, create_connection
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.browsers import SECRET, SHOP, Browser
from tests.contactcenter.conftest import Running

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
async def browse(house: Running) -> AsyncIterator[Callable[..., Browser]]:
    """Browsers of the shop's website, and its app; all are cut off in the end."""
    made: list[Browser] = []
    rules = house.parts.rulebook.current.rules
    for name, channel, origins in (("web", "web", [SHOP]), ("app", "mobile", [])):
        new = NewConnection(name=name, channel=channel, origins=origins)
        connection = await house.database.run(
            lambda tx, new=new: create_connection(tx, new, rules, SYSTEM, NOW)
        )
        await house.database.run(
            lambda tx, made=connection.id: add_secret(tx, made, SECRET, SYSTEM, NOW)
        )

    def browse(connection: str = "web", origin: str | None = SHOP) -> Browser:
        page = origin if connection == "web" else None
        made.append(Browser(house.client, house.socket_url, connection, page))
        return made[-1]

    yield browse
    for browser in made:
        await browser.cut()
