import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from contactcenter.actions.publish import publish
from contactcenter.errors import BadInput
from contactcenter.model.rulebook import Rulebook

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def put(desk: Any, rules: Rulebook, author: str = "ann") -> Any:
    return desk.database.run(lambda tx: publish(tx, rules, author, NOW))


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
    assert refused.value.context["faults"] == [
        f"{section}.{name}: this is in use, and missing here"
    ]
    assert await desk.value("SELECT count(*) FROM rulebook") == 0


async def test_what_only_ended_work_needed_may_go(desk: Any) -> None:
    await desk.say("+621")
    await desk.rows("UPDATE work_item SET state = 'done'")
    assert await put(desk, without(desk.book.rules, "queues", "care")) == 1


async def test_the_channel_of_a_connection_may_not_be_forgotten(desk: Any) -> None:
    await desk.channel("website", "web")
    with pytest.raises(BadInput, match=r"channels\.web"):
        await put(desk, without(desk.book.rules, "channels", "web"))
