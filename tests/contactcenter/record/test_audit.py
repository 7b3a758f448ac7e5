from contactcenter.db.database import Database
from contactcenter.model.caller import Actor
from contactcenter.record.audit import audit
from tests.contactcenter.conftest import NOW, Desk


async def entry(desk: Desk) -> dict[str, object]:
    [row] = await desk.rows("SELECT * FROM audit")
    return row


async def test_an_entry_says_who_did_what_to_what_and_how_it_was_before(
    database: Database, desk: Desk
) -> None:
    by = Actor("bot", 7, "r1")
    await database.run(
        lambda tx: audit(tx, by, "person.change", "person", 3, NOW, before={"name": "A"}, after=[])
    )
    row = await entry(desk)
    assert row == {
        "id": 1,
        "at": NOW,
        "actor_kind": "bot",
        "actor_id": 7,
        "action": "person.change",
        "subject_kind": "person",
        "subject_id": 3,
        "detail": '{"after": [], "before": {"name": "A"}}',
        "request_id": "r1",
    }


async def test_an_entry_without_before_or_after_has_an_empty_detail(
    database: Database, desk: Desk
) -> None:
    by = Actor("system")
    await database.run(lambda tx: audit(tx, by, "key.revoke", "key", None, NOW))
    row = await entry(desk)
    assert (row["detail"], row["subject_id"], row["request_id"]) == ("{}", None, None)
