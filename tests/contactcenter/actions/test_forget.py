from datetime import timedelta

from contactcenter.actions.forget import ANSWERS_KEPT, SESSIONS_KEPT, forget
from contactcenter.db.database import Database
from tests.contactcenter.conftest import NOW, Desk

KEPT = timedelta(days=14)


async def test_answers_are_kept_for_a_day(database: Database, desk: Desk) -> None:
    person = await desk.person()
    for id_, at in (("old", NOW - ANSWERS_KEPT - timedelta(seconds=1)), ("new", NOW)):
        await desk.value(
            "INSERT INTO command (person_id, id, at, digest) VALUES ($1, $2, $3, '') RETURNING id",
            person,
            id_,
            at,
        )
    await database.run(lambda tx: forget(tx, KEPT, NOW))
    assert await desk.rows("SELECT id FROM command") == [{"id": "new"}]


async def test_the_log_is_kept_for_its_days_and_for_readers_that_are_behind(
    database: Database, desk: Desk
) -> None:
    await desk.say("1")
    last = await desk.value("SELECT max(seq) FROM log")
    await desk.value("UPDATE log SET at = $1 RETURNING 1", NOW - KEPT - timedelta(seconds=1))
    await desk.value("UPDATE log_cursor SET seq = $1 RETURNING 1", 1)
    await database.run(lambda tx: forget(tx, KEPT, NOW))
    assert await desk.value("SELECT min(seq) FROM log") == 2
    await desk.value("UPDATE log_cursor SET seq = $1 RETURNING 1", last)
    await database.run(lambda tx: forget(tx, KEPT, NOW))
    assert await desk.value("SELECT count(*) FROM log") == 0


async def test_a_sign_in_that_is_over_is_forgotten_once_no_socket_names_it(
    database: Database, desk: Desk
) -> None:
    person = await desk.person()
    await desk.cookie(person)
    late = NOW + SESSIONS_KEPT + timedelta(days=366)
    await desk.value("INSERT INTO process VALUES ('p', $1, $1) RETURNING id", NOW)
    await desk.value(
        "INSERT INTO socket (process_id, agent_id, session_id, opened_at)"
        " SELECT 'p', $1, id, $2 FROM staff_session RETURNING id",
        person,
        NOW,
    )
    await database.run(lambda tx: forget(tx, KEPT, late))
    assert await desk.value("SELECT count(*) FROM staff_session") == 1
    await desk.value("DELETE FROM socket RETURNING id")
    await database.run(lambda tx: forget(tx, KEPT, late))
    assert await desk.value("SELECT count(*) FROM staff_session") == 0
