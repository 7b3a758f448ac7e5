from datetime import timedelta
from typing import Any

import pytest

from contactcenter.db.database import Database
from contactcenter.record.sessions import revoke
from tests.contactcenter.conftest import NOW, Desk


@pytest.fixture
async def person(desk: Desk) -> int:
    """Somebody with sessions 1 to 3; 4 is somebody else's, 5 has expired, 6 has ended."""
    one, other = await desk.person(), await desk.person()
    hour = timedelta(hours=1)
    rows = [(one, hour, None)] * 3 + [(other, hour, None), (one, -hour, None), (one, hour, NOW)]
    for number, (whose, life, revoked_at) in enumerate(rows):
        await desk.value(
            "INSERT INTO staff_session (token_hash, person_id, created_at, expires_at, revoked_at)"
            " VALUES ($1, $2, $3, $4, $5) RETURNING id",
            bytes([number]),
            whose,
            NOW,
            NOW + life,
            revoked_at,
        )
    return one


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"only": 2}, [2]),
        ({"sparing": 2}, [1, 3]),
        ({"only": 4}, []),
        ({"only": 5}, []),
        ({"only": 6}, []),
    ],
)
async def test_it_ends_those_that_are_meant_and_says_so(
    database: Database, desk: Desk, person: int, which: dict[str, Any], expected: Any
) -> None:
    ended = await database.run(lambda tx: revoke(tx, person, NOW, **which))
    assert sorted(ended) == expected
    said = [(f["session"], f["person"]) for f in await desk.facts("SessionRevoked")]
    assert sorted(said) == [(session, person) for session in expected]
    rows = await desk.rows("SELECT id FROM staff_session WHERE revoked_at = $1 AND id < 6", NOW)
    assert sorted(r["id"] for r in rows) == expected
