from datetime import datetime, timedelta

import pytest

from contactcenter.db.database import Database
from contactcenter.model.person import LOCK_FIRST, WRONG_MAX
from contactcenter.record.prove import Candidate, prove
from tests.contactcenter.conftest import NOW, Desk


@pytest.fixture
async def candidate(desk: Desk) -> Candidate:
    person = await desk.person()
    await desk.value("UPDATE person SET password_hash = 'kept' WHERE id = $1 RETURNING id", person)
    return Candidate(person, "kept")


async def tried(
    database: Database, candidate: Candidate, now: datetime = NOW, *, correct: bool
) -> int | None:
    person = await database.run(lambda tx: prove(tx, candidate, now, correct=correct))
    return person and person.id


async def failures(desk: Desk) -> tuple[object, ...]:
    [row] = await desk.rows("SELECT failures, locked_until FROM person")
    return tuple(row.values())


async def test_the_right_password_proves_it(database: Database, candidate: Candidate) -> None:
    assert await tried(database, candidate, correct=True) == candidate.id


async def test_wrong_passwords_are_counted_and_the_fifth_locks(
    database: Database, desk: Desk, candidate: Candidate
) -> None:
    for number in range(1, WRONG_MAX):
        assert await tried(database, candidate, correct=False) is None
        assert await failures(desk) == (number, None)
    await tried(database, candidate, correct=False)
    assert await failures(desk) == (WRONG_MAX, NOW + LOCK_FIRST)


async def test_whoever_is_locked_out_stays_so_but_not_for_longer(
    database: Database, desk: Desk, candidate: Candidate
) -> None:
    for _ in range(WRONG_MAX):
        await tried(database, candidate, correct=False)
    assert await tried(database, candidate, correct=True) is None
    assert await tried(database, candidate, correct=False) is None
    assert await failures(desk) == (WRONG_MAX, NOW + LOCK_FIRST)


async def test_after_the_lock_one_more_wrong_one_locks_for_twice_as_long(
    database: Database, desk: Desk, candidate: Candidate
) -> None:
    for _ in range(WRONG_MAX):
        await tried(database, candidate, correct=False)
    later = NOW + LOCK_FIRST
    await tried(database, candidate, later, correct=False)
    assert await failures(desk) == (WRONG_MAX + 1, later + 2 * LOCK_FIRST)


async def test_the_right_password_after_the_lock_begins_the_count_again(
    database: Database, desk: Desk, candidate: Candidate
) -> None:
    for _ in range(WRONG_MAX):
        await tried(database, candidate, correct=False)
    assert await tried(database, candidate, NOW + LOCK_FIRST, correct=True) == candidate.id
    assert await failures(desk) == (0, None)


async def test_a_password_that_was_changed_meanwhile_proves_nothing(
    database: Database, desk: Desk, candidate: Candidate
) -> None:
    await desk.value("UPDATE person SET password_hash = 'other' RETURNING id")
    assert await tried(database, candidate, correct=True) is None


async def test_a_disabled_person_proves_nothing(
    database: Database, desk: Desk, candidate: Candidate
) -> None:
    await desk.value("UPDATE person SET disabled_at = $1 RETURNING id", NOW - timedelta(days=1))
    assert await tried(database, candidate, correct=True) is None
