from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.actions.block_identity import block_identity, unblock_identity
from contactcenter.errors import Forbidden, NotFound
from contactcenter.model.caller import Actor

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
BY = Actor("person", 7)


@pytest.fixture
async def known(desk: Any) -> Any:
    """A customer who has written, and their identity."""
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    return customer, await desk.value("SELECT id FROM identity WHERE value = '+621'")


async def test_what_a_blocked_identity_sends_is_refused(desk: Any, known: Any) -> None:
    await desk.database.run(lambda tx: block_identity(tx, *known, BY, NOW))

    with pytest.raises(Forbidden):
        await desk.say("+621", "again")

    assert await desk.value("SELECT count(*) FROM interaction") == 1


async def test_other_identities_of_the_customer_are_not_blocked(desk: Any, known: Any) -> None:
    customer, _ = known
    await desk.database.run(lambda tx: block_identity(tx, *known, BY, NOW))
    await desk.rows(
        "INSERT INTO identity (scheme, scope, value, customer_id, verified, since)"
        " VALUES ('phone', 'front', '+622', $1, false, now())",
        customer,
    )

    said = await desk.say("+622")

    assert await desk.customer_of(said.conversation) == customer


async def test_an_unblocked_identity_is_heard_again(desk: Any, known: Any) -> None:
    await desk.database.run(lambda tx: block_identity(tx, *known, BY, NOW))
    await desk.database.run(lambda tx: unblock_identity(tx, *known, BY, NOW))

    said = await desk.say("+621", "again")

    assert said.number == 2


async def test_blocking_is_told_and_audited_once(desk: Any, known: Any) -> None:
    customer, identity = known
    for _ in range(2):
        await desk.database.run(lambda tx: block_identity(tx, *known, BY, NOW))

    assert [f["changed"] for f in await desk.facts("CustomerChanged")] == [["identities"]]
    [audit] = await desk.rows("SELECT action, subject_kind, subject_id FROM audit")
    assert tuple(audit.values()) == ("identity.block", "identity", identity)
    assert [f["customer"] for f in await desk.facts("CustomerChanged")] == [customer]


async def test_an_identity_of_a_merged_customer_is_reached_by_who_they_are_known_as(
    desk: Any, known: Any
) -> None:
    merged, identity = known
    root = await desk.customer_of((await desk.say("+629")).conversation)
    await desk.rows("UPDATE customer SET merged_into = $2 WHERE id = $1", merged, root)

    since = await desk.database.run(lambda tx: block_identity(tx, root, identity, BY, NOW))

    assert since == NOW
    assert [f["customer"] for f in await desk.facts("CustomerChanged")] == [root]


async def test_somebody_elses_identity_is_not_found(desk: Any, known: Any) -> None:
    _, identity = known
    other = await desk.customer_of((await desk.say("+629")).conversation)

    with pytest.raises(NotFound):
        await desk.database.run(lambda tx: block_identity(tx, other, identity, BY, NOW))
