import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
import pytest

from contactcenter.actions.tag import tag_conversation, tag_customer
from contactcenter.errors import NotFound
from contactcenter.model.caller import Actor
from contactcenter.record.tags import with_tag, without_tag

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
BY = Actor("person", 7)


def put(tag: str) -> Any:
    return partial(with_tag, tag=tag)


def take(tag: str) -> Any:
    return partial(without_tag, tag=tag)


async def test_a_customers_tag_is_told_and_audited(desk: Any) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)

    await desk.database.run(lambda tx: tag_customer(tx, customer, put("vip"), BY, NOW))

    [fact] = await desk.facts("CustomerChanged")
    [audit] = await desk.rows("SELECT action, subject_kind, subject_id, detail FROM audit")
    assert (fact["customer"], fact["changed"]) == (customer, ["tags"])
    assert (audit["action"], audit["subject_kind"], audit["subject_id"]) == (
        "customer.tag",
        "customer",
        customer,
    )
    assert msgspec.json.decode(audit["detail"]) == {"before": [], "after": ["vip"]}


async def test_a_conversations_tags_are_told_to_the_agent_who_has_the_work(desk: Any) -> None:
    said = await desk.say("+621")
    owner = await desk.person()
    await desk.rows("UPDATE work_item SET state = 'active', agent_id = $1", owner)

    await desk.database.run(
        lambda tx: tag_conversation(tx, said.conversation, put("outage"), BY, NOW)
    )

    [fact] = await desk.facts("ConversationTagged")
    assert (fact["tags"], fact["agents"]) == (["outage"], [owner])
    assert await desk.value("SELECT action FROM audit") == "conversation.tag"


async def test_the_same_tag_again_leaves_no_trace(desk: Any) -> None:
    said = await desk.say("+621")
    for _ in range(2):
        await desk.database.run(
            lambda tx: tag_conversation(tx, said.conversation, put("outage"), BY, NOW)
        )
    await desk.database.run(
        lambda tx: tag_conversation(tx, said.conversation, take("other"), BY, NOW)
    )

    assert len(await desk.facts("ConversationTagged")) == 1
    assert await desk.value("SELECT count(*) FROM audit") == 1


async def test_tags_put_at_once_are_all_there(desk: Any) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    names = {f"t{n}" for n in range(8)}

    await asyncio.gather(
        *(
            desk.database.run(lambda tx, n=name: tag_customer(tx, customer, put(n), BY, NOW))
            for name in names
        )
    )

    assert set(await desk.value("SELECT tags FROM customer")) == names


async def test_what_does_not_exist_cannot_be_tagged(desk: Any) -> None:
    for action in (tag_customer, tag_conversation):
        with pytest.raises(NotFound):
            await desk.database.run(lambda tx, a=action: a(tx, 4711, put("vip"), BY, NOW))
