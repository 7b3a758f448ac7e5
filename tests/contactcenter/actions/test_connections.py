import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec import json

from contactcenter.actions.connections import (
    SECRETS_MAX,
    Connection,
    ConnectionChange,
    NewConnection,
    add_secret,
    change_connection,
    create_connection,
    fingerprint,
    remove_secret,
)
from contactcenter.db.database import Database
from contactcenter.errors import BadInput, Conflict, NotFound
from contactcenter.model.caller import SYSTEM
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import NOW, Desk

SECRET = "a host's secret, of thirty-two characters and more"


Make = Callable[..., Awaitable[Connection]]


@pytest.fixture
def make(database: Database, book: Published) -> Make:
    """Make a connection, of the channel web where nothing else is said."""

    async def make(name: str = "shop", **given: Any) -> Connection:
        new = NewConnection(name=name, channel=given.pop("channel", "web"), **given)
        return await database.run(lambda tx: create_connection(tx, new, book.rules, SYSTEM, NOW))

    return make


async def change(database: Database, connection: int, **what: Any) -> Connection:
    return await database.run(
        lambda tx: change_connection(tx, connection, ConnectionChange(**what), SYSTEM, NOW)
    )


async def test_a_connection_has_a_channel_of_the_rulebook(make: Make) -> None:
    with pytest.raises(BadInput) as refused:
        await make(channel="pigeon")
    assert (refused.value.code, refused.value.pointer) == ("unknown-channel", "/channel")


async def test_two_connections_have_two_names(make: Make) -> None:
    await make("shop")
    with pytest.raises(Conflict) as refused:
        await make("shop")
    assert refused.value.code == "connection-name-taken"


@pytest.mark.parametrize(
    "origin", ["https://shop.example", "http://localhost:3000", "http://[2001:db8::1]:8080"]
)
async def test_an_origin(make: Make, origin: str) -> None:
    assert (await make(origins=[origin])).origins == [origin]


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "shop.example",
        "https://",
        "https://shop.example/",
        "https://Shop.example",
        "https://shop.example:443",
        "http://shop.example:80",
        "https://shop.example:99999",
        "https://user@shop.example",
        "https://shop.example?x",
        "ftp://shop.example",
        "https://läden.example",
        "https://shop.example\n",
        "null",
    ],
)
async def test_no_origin_is_refused_with_its_place(make: Make, origin: str) -> None:
    with pytest.raises(BadInput) as refused:
        await make(origins=["https://shop.example", origin])
    assert refused.value.pointer == "/origins/1"


async def test_a_bot_has_one_connection(database: Database, desk: Desk, make: Make) -> None:
    key, _ = await desk.key()
    first = await make("first", api_key_id=key)
    with pytest.raises(Conflict) as refused:
        await make("second", api_key_id=key)
    assert refused.value.code == "key-has-connection"
    second = await make("second")
    await change(database, first.id, api_key_id=None)
    assert (await change(database, second.id, api_key_id=key)).api_key_id == key
    assert (await change(database, second.id, api_key_id=key)).api_key_id == key


async def test_two_who_take_one_key_at_once_give_it_to_one(desk: Desk, make: Make) -> None:
    key, _ = await desk.key()
    both = (make("first", api_key_id=key), make("second", api_key_id=key))
    results = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(isinstance(r, Conflict) for r in results) == [False, True]


async def test_a_revoked_key_is_not_given(desk: Desk, make: Make) -> None:
    key, _ = await desk.key()
    await desk.value("UPDATE api_key SET revoked_at = now() RETURNING id")
    for number in (key, 99):
        with pytest.raises(BadInput) as refused:
            await make(api_key_id=number)
        assert refused.value.pointer == "/api_key_id"


async def test_a_change_is_told_and_stands_on_the_trail(
    database: Database, desk: Desk, make: Make
) -> None:
    connection = await make(origins=["https://old.example"])
    await change(database, connection.id, origins=["https://new.example"], disabled=True)
    told = [f["connection"] for f in await desk.facts("ConnectionChanged")]
    assert told == [connection.id] * 2
    detail = await desk.value("SELECT detail FROM audit ORDER BY id DESC LIMIT 1")
    assert json.decode(detail) == {
        "before": {"origins": ["https://old.example"], "disabled_at": None},
        "after": {"origins": ["https://new.example"], "disabled_at": "2026-11-21T09:00:00Z"},
    }


async def test_a_change_to_the_same_is_none(database: Database, desk: Desk, make: Make) -> None:
    connection = await make(origins=["https://old.example"])
    await change(database, connection.id, origins=["https://old.example"], disabled=False)
    assert len(await desk.facts("ConnectionChanged")) == 1


async def test_a_disabled_connection_can_be_enabled_again(database: Database, make: Make) -> None:
    connection = await make()
    assert (await change(database, connection.id, disabled=True)).disabled_at == NOW
    assert (await change(database, connection.id, disabled=False)).disabled_at is None


async def test_what_is_not_there_cannot_be_changed(database: Database) -> None:
    for action in (
        lambda tx: change_connection(tx, 9, ConnectionChange(disabled=True), SYSTEM, NOW),
        lambda tx: add_secret(tx, 9, SECRET, SYSTEM, NOW),
        lambda tx: remove_secret(tx, 9, "00000000", SYSTEM, NOW),
    ):
        with pytest.raises(NotFound):
            await database.run(action)


async def test_a_secret_is_replaced_by_two_that_are_valid_for_a_time(
    database: Database, desk: Desk, make: Make
) -> None:
    connection = (await make()).id
    for secret in (SECRET, SECRET[::-1]):
        await database.run(lambda tx, s=secret: add_secret(tx, connection, s, SYSTEM, NOW))
    assert await desk.value("SELECT secrets FROM connection") == [SECRET, SECRET[::-1]]
    old = fingerprint(SECRET)
    await database.run(lambda tx: remove_secret(tx, connection, old, SYSTEM, NOW))
    assert await desk.value("SELECT secrets FROM connection") == [SECRET[::-1]]
    with pytest.raises(NotFound):
        await database.run(lambda tx: remove_secret(tx, connection, old, SYSTEM, NOW))


async def test_the_same_secret_again_changes_nothing(
    database: Database, desk: Desk, make: Make
) -> None:
    connection = (await make()).id
    for _ in range(2):
        await database.run(lambda tx: add_secret(tx, connection, SECRET, SYSTEM, NOW))
    assert await desk.value("SELECT secrets FROM connection") == [SECRET]


async def test_there_are_only_so_many_secrets(database: Database, make: Make) -> None:
    connection = (await make()).id
    for number in range(SECRETS_MAX):
        await database.run(
            lambda tx, n=number: add_secret(tx, connection, f"{SECRET}{n}", SYSTEM, NOW)
        )
    with pytest.raises(Conflict) as refused:
        await database.run(lambda tx: add_secret(tx, connection, SECRET, SYSTEM, NOW))
    assert refused.value.code == "too-many-secrets"


async def test_no_secret_stands_on_the_trail(database: Database, desk: Desk, make: Make) -> None:
    connection = (await make()).id
    await database.run(lambda tx: add_secret(tx, connection, SECRET, SYSTEM, NOW))
    await database.run(lambda tx: remove_secret(tx, connection, fingerprint(SECRET), SYSTEM, NOW))
    entries = str(await desk.rows("SELECT * FROM audit"))
    assert "connection.remove_secret" in entries
    assert SECRET not in entries
