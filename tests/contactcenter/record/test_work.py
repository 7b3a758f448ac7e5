from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contactcenter.errors import Conflict
from contactcenter.model.customer import Place
from contactcenter.model.work import WorkItem
from contactcenter.record.held import hold_many
from contactcenter.record.work import Opening, open_items, save

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


async def items(desk: Any) -> list[WorkItem]:
    held = await desk.database.run(lambda tx: hold_many(tx, [1, 2]))
    return [held[i].item for i in sorted(held)]


async def test_what_is_opened_waits_from_now_on_with_all_it_asks(desk: Any) -> None:
    said = await desk.say("+621")
    await desk.rows("UPDATE work_item SET state = 'done'")
    agent = await desk.person()
    opening = Opening(
        conversation_id=said.conversation,
        customer_id=1,
        state="queued",
        queue="billing",
        channel="web",
        weight=2,
        place=Place(requirement={"a": 1}, head_start_us=7, head_start_words=[("w", 3), ("v", 4)]),
        sticky_agent_id=agent,
        sticky_until=LATER,
        bot_id=None,
    )

    [opened] = await desk.database.run(lambda tx: open_items(tx, [opening], 3, NOW))

    assert (opened.state, opened.queue, opened.channel, opened.epoch) == (
        "queued",
        "billing",
        "web",
        1,
    )
    assert (opened.weight, opened.full_weight, opened.requirement) == (2, 2, {"a": 1})
    assert (opened.head_start_us, opened.head_start_words) == (7, [("w", 3), ("v", 4)])
    assert (opened.sticky_agent_id, opened.sticky_until) == (agent, LATER)
    assert (opened.enqueued_at, opened.waiting_since, opened.waiting_for) == (NOW, NOW, "us")
    assert opened.rulebook_version == 3


async def test_transitions_are_saved_each_in_its_row(desk: Any) -> None:
    agent = await desk.person()
    for who in "ab":
        await desk.say(who)
    one, two = await items(desk)
    after = [
        one.owned(agent, LATER)
        .turn("customer", LATER)
        .replace(intent="billing", reminded_at=LATER),
        two.ended("abandoned", LATER, "no answer"),
    ]

    await desk.database.run(lambda tx: save(tx, [(one, after[0]), (two, after[1])], NOW))

    assert await items(desk) == after


async def test_saving_nothing_is_nothing(desk: Any) -> None:
    await desk.database.run(lambda tx: save(tx, [], NOW))
    assert await items(desk) == []


@pytest.mark.parametrize("meanwhile", ["state = 'offered'", "epoch = epoch + 1"])
async def test_where_one_has_changed_hands_none_is_overwritten(desk: Any, meanwhile: str) -> None:
    for who in "ab":
        await desk.say(who)
    one, two = await items(desk)
    await desk.rows(f"UPDATE work_item SET {meanwhile} WHERE id = 2")  # noqa: S608 -- ours
    before = await items(desk)

    with pytest.raises(Conflict) as refused:
        await desk.database.run(
            lambda tx: save(tx, [(i, i.ended("done", NOW)) for i in (one, two)], NOW)
        )

    assert refused.value.code == "item-changed"
    assert await items(desk) == before
