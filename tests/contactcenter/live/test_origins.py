from contactcenter import facts
from contactcenter.db.database import Database
from contactcenter.live.origins import Origins
from tests.contactcenter.conftest import NOW, Desk

SHOP = "https://shop.example"


async def test_what_some_connection_lists_is_allowed_until_it_changes(
    database: Database, desk: Desk
) -> None:
    await desk.channel("web", "web")
    origins = Origins(database)
    assert await origins.allowed(SHOP) is False
    await desk.rows("UPDATE connection SET origins = $1", [SHOP])
    assert await origins.allowed(SHOP) is True
    await desk.rows("UPDATE connection SET origins = '{}'")
    assert await origins.allowed(SHOP) is True  # nobody has told of it yet
    origins.read(1, facts.VisitorSessionEnded(at=NOW, session=1))
    assert await origins.allowed(SHOP) is True
    origins.read(2, facts.ConnectionChanged(at=NOW, connection=1))
    assert await origins.allowed(SHOP) is False


async def test_what_a_disabled_connection_or_a_bots_lists_is_not_allowed(
    database: Database, desk: Desk
) -> None:
    await desk.channel("web", "web")
    await desk.channel("front", "bot")
    await desk.rows("UPDATE connection SET origins = $1", [SHOP])
    await desk.rows("UPDATE connection SET disabled_at = now() WHERE name = 'web'")
    assert await Origins(database).allowed(SHOP) is False


async def test_origin_is_compared_exactly(database: Database, desk: Desk) -> None:
    await desk.channel("web", "web")
    await desk.rows("UPDATE connection SET origins = $1", [SHOP])
    others = ("HTTPS://shop.example", f"{SHOP}/", f"{SHOP}:443", "http://shop.example", "%", "")
    origins = Origins(database)
    assert [o for o in others if await origins.allowed(o)] == []
