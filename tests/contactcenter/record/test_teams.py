from datetime import UTC, datetime

import pytest

from contactcenter.db.database import Database
from contactcenter.model.caller import SYSTEM
from contactcenter.model.person import Person
from contactcenter.record.teams import Team, leads, save
from contactcenter.words import Role
from tests.contactcenter.conftest import Desk

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "disabled_at", "may"),
    [
        ("agent", None, False),
        ("supervisor", None, True),
        ("administrator", None, True),
        ("supervisor", NOW, False),
    ],
)
def test_supervisors_and_administrators_lead(
    role: Role, disabled_at: datetime | None, may: object
) -> None:
    person = Person(id=1, login="a", name="A", role=role, disabled_at=disabled_at, created_at=NOW)
    assert leads(person) == may


async def test_what_is_another_is_written_told_and_on_the_trail(
    database: Database, desk: Desk
) -> None:
    await desk.rows("INSERT INTO team (name, created_at) VALUES ('Day', $1)", NOW)
    before = Team(id=1, name="Day", lead=None, created_at=NOW, archived_at=None)
    after = Team(id=1, name="Night", lead=None, created_at=NOW, archived_at=None)
    await database.run(lambda tx: save(tx, before, after, SYSTEM, NOW))
    assert await desk.value("SELECT name FROM team") == "Night"
    assert [f["name"] for f in await desk.facts("TeamChanged")] == ["Night"]
    assert await desk.value("SELECT detail->'after'->>'name' FROM audit") == "Night"
