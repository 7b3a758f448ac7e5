import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from contactcenter.actions.publish import Written, publish
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.rulebook import Rulebook

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def put(desk: Any, rules: Rulebook, author: str = "ann", **written: Any) -> Any:
    how = Written(**written)
    return desk.database.run(lambda tx: publish(tx, rules, author, NOW, how))


def named(rules: Rulebook, name: str) -> Rulebook:
    organisation = msgspec.structs.replace(rules.organisation, name=name)
    return msgspec.structs.replace(rules, organisation=organisation)


def without(rules: Rulebook, section: str, name: str) -> Rulebook:
    left = {k: v for k, v in getattr(rules, section).items() if k != name}
    return msgspec.structs.replace(rules, **{section: left})


async def test_the_first_is_version_one_and_is_said(desk: Any) -> None:
    assert await put(desk, desk.book.rules) == 1

    assert await desk.rows("SELECT version, author, published_at FROM rulebook") == [
        {"version": 1, "author": "ann", "published_at": NOW}
    ]
    [fact] = await desk.facts("RulebookPublished")
    assert (fact["version"], fact["author"]) == (1, "ann")


async def test_other_rules_are_the_next_version(desk: Any) -> None:
    await put(desk, desk.book.rules)
    assert await put(desk, named(desk.book.rules, "Another")) == 2
    stored = await desk.value("SELECT document FROM rulebook WHERE version = 2")
    assert msgspec.json.decode(stored, type=Rulebook) == named(desk.book.rules, "Another")


async def test_the_same_again_stays_what_it_is(desk: Any) -> None:
    await put(desk, desk.book.rules)
    assert await put(desk, desk.book.rules, "bob") == 1
    assert len(await desk.facts("RulebookPublished")) == 1


async def test_what_was_in_force_before_is_a_version_of_its_own_again(desk: Any) -> None:
    await put(desk, desk.book.rules)
    await put(desk, named(desk.book.rules, "Another"))
    assert await put(desk, desk.book.rules) == 3


async def test_two_who_publish_at_once_get_two_versions(desk: Any) -> None:
    books = [named(desk.book.rules, f"Name {n}") for n in range(6)]
    assert sorted(await asyncio.gather(*(put(desk, b) for b in books))) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("section", "name"), [("queues", "care"), ("channels", "mobile")])
async def test_what_work_needs_may_not_be_forgotten(desk: Any, section: str, name: str) -> None:
    await desk.say("+621")

    with pytest.raises(BadInput) as refused:
        await put(desk, without(desk.book.rules, section, name))

    assert refused.value.code == "bad-rulebook"
    [fault] = refused.value.errors
    assert (fault.path, fault.message) == (
        f"{section}.{name}",
        "This is in use, and missing here.",
    )
    assert await desk.value("SELECT count(*) FROM rulebook") == 0


async def test_what_only_ended_work_needed_may_go(desk: Any) -> None:
    await desk.say("+621")
    await desk.rows("UPDATE work_item SET state = 'done'")
    assert await put(desk, without(desk.book.rules, "queues", "care")) == 1


async def test_the_channel_of_a_connection_may_not_be_forgotten(desk: Any) -> None:
    await desk.channel("website", "web")
    with pytest.raises(BadInput, match=r"channels\.web"):
        await put(desk, without(desk.book.rules, "channels", "web"))


async def test_the_text_is_kept_as_it_was_written_and_another_text_is_another_version(
    desk: Any,
) -> None:
    assert await put(desk, desk.book.rules, toml="# first\n", note="why") == 1
    assert await put(desk, desk.book.rules, toml="# first\n") == 1
    assert await put(desk, desk.book.rules, toml="# second\n", restores=1) == 2
    assert await desk.rows("SELECT toml, note, restores FROM rulebook ORDER BY version") == [
        {"toml": "# first\n", "note": "why", "restores": None},
        {"toml": "# second\n", "note": "", "restores": 1},
    ]


async def test_who_has_not_seen_the_newest_does_not_write_over_it(desk: Any) -> None:
    await put(desk, desk.book.rules)
    await put(desk, named(desk.book.rules, "Bob's"), "bob", based_on=1)
    with pytest.raises(Conflict, match="bob has published version 2") as refused:
        await put(desk, named(desk.book.rules, "Ann's"), based_on=1)
    assert (refused.value.code, refused.value.context["version"]) == ("rulebook-changed", 2)
    assert await desk.value("SELECT max(version) FROM rulebook") == 2


async def test_of_two_who_publish_over_the_same_version_at_once_one_is_refused(desk: Any) -> None:
    await put(desk, desk.book.rules)
    books = [named(desk.book.rules, name) for name in ("Ann's", "Bob's")]
    done = await asyncio.gather(*(put(desk, b, based_on=1) for b in books), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "int"]


async def test_what_was_published_may_be_sent_again_by_who_heard_no_answer(desk: Any) -> None:
    await put(desk, desk.book.rules)
    other = named(desk.book.rules, "Another")
    assert await put(desk, other, based_on=1) == 2
    assert await put(desk, other, based_on=1) == 2


async def test_it_is_in_the_audit_trail(desk: Any) -> None:
    await put(desk, desk.book.rules, note="why")
    assert await desk.rows("SELECT action, subject_kind, subject_id, detail::text FROM audit") == [
        {
            "action": "rulebook.publish",
            "subject_kind": "rulebook",
            "subject_id": 1,
            "detail": '{"after": {"note": "why", "version": 1}}',
        }
    ]
