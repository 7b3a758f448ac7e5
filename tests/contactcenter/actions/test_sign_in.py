from datetime import timedelta

import pytest

from contactcenter.actions.sign_in import NewSession, end_session, end_sessions, sign_in
from contactcenter.db.database import Database
from contactcenter.errors import NotFound
from contactcenter.model.caller import SYSTEM
from contactcenter.record.prove import Candidate
from tests.contactcenter.conftest import NOW, Desk

SESSION = NewSession(
    token_hash=b"t", address="198.51.100.7", browser="b", expires_at=NOW + timedelta(hours=1)
)


async def trail(desk: Desk) -> list[tuple[object, ...]]:
    rows = await desk.rows(
        "SELECT action, actor_kind, actor_id, subject_kind, subject_id, request_id FROM audit"
        " ORDER BY id"
    )
    return [tuple(row.values()) for row in rows]


async def test_a_session_begins_and_stands_on_the_trail(database: Database, desk: Desk) -> None:
    person = await desk.person()
    signed_in = await database.run(
        lambda tx: sign_in(tx, Candidate(person, None), SESSION, NOW, correct=True, request_id="r")
    )
    assert (signed_in.session_id, signed_in.person.id) == (1, person)
    assert await trail(desk) == [("person.sign_in", "person", person, "session", 1, "r")]


async def test_a_refused_one_leaves_its_trail_known_or_not(database: Database, desk: Desk) -> None:
    person = await desk.person()
    for candidate in (Candidate(person, None), None):
        refused = await database.run(
            lambda tx, c=candidate: sign_in(tx, c, SESSION, NOW, correct=False)
        )
        assert refused is None
    assert await desk.value("SELECT count(*) FROM staff_session") == 0
    assert await trail(desk) == [
        ("person.sign_in_refused", "nobody", None, "person", person, None),
        ("person.sign_in_refused", "nobody", None, "person", None, None),
    ]


async def test_an_end_says_whose_and_by_whom(database: Database, desk: Desk) -> None:
    person = await desk.person()
    await desk.cookie(person)
    now = await desk.value("SELECT now()")
    await database.run(lambda tx: end_session(tx, person, 1, SYSTEM, now))
    assert await trail(desk) == [("session.end", "system", None, "session", 1, None)]
    with pytest.raises(NotFound):
        await database.run(lambda tx: end_session(tx, person, 1, SYSTEM, now))


async def test_all_of_a_person_end_and_nobody_elses(database: Database, desk: Desk) -> None:
    person, other = await desk.person(), await desk.person()
    for whose in (person, other, person):
        await desk.cookie(whose)
    now = await desk.value("SELECT now()")
    assert sorted(await database.run(lambda tx: end_sessions(tx, person, SYSTEM, now))) == [1, 3]


async def test_there_is_nobody_to_sign_out(database: Database) -> None:
    with pytest.raises(NotFound):
        await database.run(lambda tx: end_sessions(tx, 1, SYSTEM, NOW))
