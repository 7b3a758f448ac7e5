from datetime import timedelta

import pytest

from contactcenter.actions.passwords import LINK_LIFE, change_password, make_link, set_by_link
from contactcenter.db.database import Database
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.caller import SYSTEM, Actor
from contactcenter.record.prove import Candidate
from tests.contactcenter.conftest import NOW, Desk

A_MOMENT = timedelta(microseconds=1)


async def test_a_link_lasts_for_its_life(database: Database, desk: Desk) -> None:
    person = await desk.person()
    until = await database.run(lambda tx: make_link(tx, person, b"l", SYSTEM, NOW))
    assert until == NOW + LINK_LIFE
    with pytest.raises(Conflict):
        await database.run(lambda tx: set_by_link(tx, b"l", "kept", until))
    await database.run(lambda tx: set_by_link(tx, b"l", "kept", until - A_MOMENT))
    assert await desk.value("SELECT password_hash FROM person") == "kept"


async def test_no_link_for_nobody_nor_for_the_disabled(database: Database, desk: Desk) -> None:
    with pytest.raises(NotFound):
        await database.run(lambda tx: make_link(tx, 1, b"l", SYSTEM, NOW))
    person = await desk.person()
    await desk.value("UPDATE person SET disabled_at = $1 RETURNING id", NOW)
    with pytest.raises(Conflict) as refused:
        await database.run(lambda tx: make_link(tx, person, b"l", SYSTEM, NOW))
    assert refused.value.code == "person-disabled"


async def test_an_unknown_link_is_refused_like_a_used_one(database: Database, desk: Desk) -> None:
    person = await desk.person()
    await database.run(lambda tx: make_link(tx, person, b"l", SYSTEM, NOW))
    await database.run(lambda tx: set_by_link(tx, b"l", "kept", NOW))
    said = set()
    for link in (b"l", b"unknown"):
        with pytest.raises(Conflict) as refused:
            await database.run(lambda tx, li=link: set_by_link(tx, li, "other", NOW))
        said.add((refused.value.code, refused.value.detail))
    assert len(said) == 1
    assert await desk.value("SELECT password_hash FROM person") == "kept"


async def test_changing_it_oneself_ends_the_links_too(database: Database, desk: Desk) -> None:
    person = await desk.person()
    await database.run(lambda tx: make_link(tx, person, b"l", SYSTEM, NOW))
    by = Actor("person", person)
    changed = await database.run(
        lambda tx: change_password(tx, Candidate(person, None), 1, "new", by, NOW, correct=True)
    )
    assert changed
    with pytest.raises(Conflict):
        await database.run(lambda tx: set_by_link(tx, b"l", "other", NOW))
    assert await desk.value("SELECT password_hash FROM person") == "new"


async def test_with_a_wrong_one_nothing_changes(database: Database, desk: Desk) -> None:
    person = await desk.person()
    changed = await database.run(
        lambda tx: change_password(
            tx, Candidate(person, None), 1, "new", SYSTEM, NOW, correct=False
        )
    )
    assert not changed
    assert await desk.value("SELECT password_hash FROM person") is None
    assert await desk.value("SELECT failures FROM person") == 1


async def test_no_hash_stands_on_the_trail(database: Database, desk: Desk) -> None:
    person = await desk.person()
    await database.run(lambda tx: make_link(tx, person, b"linkhash", SYSTEM, NOW))
    await database.run(lambda tx: set_by_link(tx, b"linkhash", "kepthash", NOW))
    entries = str(await desk.rows("SELECT * FROM audit"))
    assert "person.set_password" in entries
    assert "hash" not in entries
