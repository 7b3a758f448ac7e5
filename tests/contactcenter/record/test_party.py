from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.errors import Stale
from contactcenter.model.customer import Identity
from contactcenter.record import party as module
from contactcenter.record.party import find_or_make, lock

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def phone(value: str) -> Identity:
    return Identity(scheme="phone", scope="front", value=value)


def find(desk: Any, *identities: Identity) -> Any:
    return desk.database.run(lambda tx: find_or_make(tx, identities, NOW))


async def test_each_stranger_becomes_a_customer_of_their_own(desk: Any) -> None:
    found = await find(desk, phone("b"), phone("a"), phone("b"))

    assert sorted(found) == [phone("a").key, phone("b").key]
    assert await desk.rows(
        "SELECT i.value, i.verified, i.since, c.created_at FROM identity i"
        " JOIN customer c ON c.id = i.customer_id ORDER BY i.value"
    ) == [{"value": v, "verified": False, "since": NOW, "created_at": NOW} for v in ("a", "b")]
    for key, party in found.items():
        known = await desk.rows("SELECT id, customer_id FROM identity WHERE value = $1", key[2])
        assert known == [{"id": party.identity_id, "customer_id": party.customer.id}]


async def test_who_is_known_is_found(desk: Any) -> None:
    first = await find(desk, phone("a"))
    assert await find(desk, phone("a")) == first


async def test_the_same_value_in_another_scope_is_somebody_else(desk: Any) -> None:
    elsewhere = Identity(scheme="phone", scope="back", value="a")
    found = await find(desk, phone("a"), elsewhere)
    assert len({p.customer.id for p in found.values()}) == 2


async def test_a_proven_identity_is_kept_as_proven(desk: Any) -> None:
    await find(desk, Identity(scheme="account", scope="", value="a", verified=True))
    assert await desk.value("SELECT verified FROM identity") is True


async def test_a_merged_customer_is_found_as_who_they_are_known_as_now(desk: Any) -> None:
    await find(desk, phone("a"), phone("b"), phone("c"))
    for loser, winner in ((1, 2), (2, 3)):
        await desk.rows("UPDATE customer SET merged_into = $2 WHERE id = $1", loser, winner)
    found = await find(desk, phone("a"), phone("b"))
    assert {p.customer.id for p in found.values()} == {3}


async def test_a_blocked_identity_is_found_as_blocked(desk: Any) -> None:
    await find(desk, phone("a"))
    await desk.rows("UPDATE identity SET blocked_at = now()")
    assert (await find(desk, phone("a")))[phone("a").key].blocked


async def test_who_was_made_elsewhere_in_the_meantime_makes_it_stale(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await find(desk, phone("a"))

    async def nobody(*_: Any) -> dict[Any, Any]:
        return {}

    monkeypatch.setattr(module, "_known", nobody)

    async def action(tx: Any) -> None:
        with pytest.raises(Stale):
            await find_or_make(tx, [phone("a"), phone("b")], NOW)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await desk.database.run(action)
    assert await desk.value("SELECT count(*) FROM customer") == 1


async def test_who_was_merged_away_cannot_be_locked(desk: Any) -> None:
    await find(desk, phone("a"), phone("b"))
    await desk.rows("UPDATE customer SET merged_into = 2 WHERE id = 1")

    async def action(tx: Any) -> None:
        assert sorted(await lock(tx, [2, 2])) == [2]
        with pytest.raises(Stale):
            await lock(tx, [1, 2])

    await desk.database.run(action)
