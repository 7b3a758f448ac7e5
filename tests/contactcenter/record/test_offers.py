from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.record.held import hold_many
from contactcenter.record.offers import end, pending_for_agents, pending_for_items, rescind

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
async def agent(desk: Any) -> int:
    """Somebody to whom the items 1 and 2 are offered; 3 was, once."""
    agent = await desk.person()
    for who in "abc":
        await desk.say(who)
    await desk.rows(
        "INSERT INTO offer (item_id, agent_id, state, made_at, expires_at, sentence, explanation,"
        " rulebook_version, queue)"
        " SELECT id, $1, CASE id WHEN 3 THEN 'declined' ELSE 'pending' END,"
        " now(), now(), '', '{}', 1, queue FROM work_item ORDER BY id",
        agent,
    )
    await desk.rows(
        "INSERT INTO timer (kind, subject, due_at) SELECT 'offer_lapse', id, now() FROM offer"
    )
    return agent


async def test_pending_offers_are_found_by_item_and_by_agent(desk: Any, agent: int) -> None:
    by_item = await desk.database.run(lambda tx: pending_for_items(tx, [3, 2]))
    by_agent = await desk.database.run(lambda tx: pending_for_agents(tx, [agent, 404]))
    assert ([o.item_id for o in by_item], [o.item_id for o in by_agent]) == ([2], [1, 2])


async def test_what_is_withdrawn_counts_against_nobody(desk: Any, agent: int) -> None:
    async def action(tx: Any) -> None:
        held = await hold_many(tx, [1])
        offers = await pending_for_items(tx, [1])
        items = {i: (h.item, 5) for i, h in held.items()}
        await rescind(tx, offers, items, "agent_gone", NOW)

    await desk.database.run(action)

    assert await desk.rows(
        "SELECT state, reason, ended_at, excluded_until FROM offer WHERE id = 1"
    ) == [{"state": "rescinded", "reason": "agent_gone", "ended_at": NOW, "excluded_until": None}]
    assert await desk.value("SELECT array_agg(subject ORDER BY subject) FROM timer") == [2, 3]
    [fact] = await desk.facts("OfferEnded")
    assert (fact["offer"], fact["agent"], fact["bot"], fact["state"], fact["reason"]) == (
        1,
        agent,
        5,
        "rescinded",
        "agent_gone",
    )


async def test_what_has_ended_stays_as_it_ended(desk: Any, agent: int) -> None:
    async def action(tx: Any) -> None:
        offers = await pending_for_agents(tx, [agent])
        await tx.do("offers.end", [1], "accepted", None, NOW, None)
        await end(tx, offers, "expired", NOW, excluded_until=NOW)

    await desk.database.run(action)
    states = await desk.value("SELECT array_agg(state ORDER BY id) FROM offer")
    assert states == ["accepted", "expired", "declined"]


async def test_of_no_offers_none_ends(desk: Any, agent: int) -> None:
    before = await desk.rows("SELECT * FROM offer WHERE agent_id = $1", agent)
    await desk.database.run(lambda tx: end(tx, [], "expired", NOW))
    assert await desk.rows("SELECT * FROM offer") == before
