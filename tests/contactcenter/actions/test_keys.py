import pytest
from msgspec import json

from contactcenter.actions.keys import NewKey, create_key, revoke_key
from contactcenter.db.database import Database
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.conftest import NOW, Desk

ASSISTANT = NewKey(name="assistant", scopes=frozenset({"interactions:write"}))


async def test_a_key_is_kept_as_its_hash_and_stands_on_the_trail_without(
    database: Database, desk: Desk
) -> None:
    key = await database.run(lambda tx: create_key(tx, ASSISTANT, b"the hash", SYSTEM, NOW))
    [row] = await desk.rows("SELECT id, name, secret_hash, scopes, revoked_at FROM api_key")
    assert row == {
        "id": key.id,
        "name": "assistant",
        "secret_hash": b"the hash",
        "scopes": ["interactions:write"],
        "revoked_at": None,
    }
    [entry] = await desk.rows("SELECT action, subject_id, detail FROM audit")
    assert (entry["action"], entry["subject_id"]) == ("key.create", key.id)
    after = {"name": "assistant", "scopes": ["interactions:write"]}
    assert json.decode(entry["detail"]) == {"after": after}


async def test_two_living_keys_have_two_names(database: Database) -> None:
    await database.run(lambda tx: create_key(tx, ASSISTANT, b"1", SYSTEM, NOW))
    with pytest.raises(Conflict) as refused:
        await database.run(lambda tx: create_key(tx, ASSISTANT, b"2", SYSTEM, NOW))
    assert refused.value.code == "key-name-taken"


async def test_a_revoked_key_is_said_to_be_and_leaves_its_name(
    database: Database, desk: Desk
) -> None:
    key = await database.run(lambda tx: create_key(tx, ASSISTANT, b"1", SYSTEM, NOW))
    await database.run(lambda tx: revoke_key(tx, key.id, SYSTEM, NOW))
    assert [f["key"] for f in await desk.facts("KeyRevoked")] == [key.id]
    again = await database.run(lambda tx: create_key(tx, ASSISTANT, b"2", SYSTEM, NOW))
    assert again.id != key.id


async def test_a_key_is_revoked_once(database: Database, desk: Desk) -> None:
    key = await database.run(lambda tx: create_key(tx, ASSISTANT, b"1", SYSTEM, NOW))
    await database.run(lambda tx: revoke_key(tx, key.id, SYSTEM, NOW))
    for number in (key.id, 99):
        with pytest.raises(NotFound):
            await database.run(lambda tx, n=number: revoke_key(tx, n, SYSTEM, NOW))
    assert len(await desk.facts("KeyRevoked")) == 1
