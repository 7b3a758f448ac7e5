from typing import Any

import pytest

from contactcenter.actions.canned_replies import (
    CannedReply,
    NewReply,
    ReplyText,
    change_reply,
    create_reply,
    delete_reply,
)
from contactcenter.errors import BadInput, Conflict, Forbidden, NotFound
from contactcenter.model.caller import Actor
from tests.contactcenter.floor import NOW, Floor


async def create(
    floor: Floor, person: int, role: str = "agent", *, own: bool = True, **given: Any
) -> CannedReply:
    fields = {"shortcut": "hi", "text": "Hi {customer}.", **given}
    new = NewReply(own=own, **fields)
    by = Actor("person", person)
    return await floor.run(create_reply, new, role, by, floor.book.rules, NOW)


async def change(floor: Floor, reply: int, person: int, role: str = "agent") -> CannedReply:
    to = ReplyText(shortcut="bye", text="Bye.")
    by = Actor("person", person)
    return await floor.run(change_reply, reply, to, role, by, floor.book.rules, NOW)


async def test_a_shortcut_is_there_once_for_each_owner_and_language(floor: Floor) -> None:
    agent, other = await floor.desk.person(), await floor.desk.person()
    await create(floor, agent)
    await create(floor, other)
    await create(floor, agent, language="id")
    await create(floor, other, "supervisor", own=False)
    with pytest.raises(Conflict) as refused:
        await create(floor, agent)
    assert refused.value.code == "shortcut-taken"
    second = await create(floor, agent, shortcut="bye")
    third = await create(floor, agent, shortcut="so")
    assert (await change(floor, second.id, agent)).text == "Bye."
    with pytest.raises(Conflict):
        await change(floor, third.id, agent)


async def test_everybodys_are_looked_after_by_supervisors(floor: Floor) -> None:
    agent, boss = await floor.desk.person(), await floor.desk.person("supervisor")
    with pytest.raises(Forbidden):
        await create(floor, agent, own=False)
    shared = await create(floor, boss, "supervisor", own=False)
    with pytest.raises(Forbidden):
        await change(floor, shared.id, agent)
    with pytest.raises(Forbidden):
        await floor.run(delete_reply, shared.id, "agent", Actor("person", agent), NOW)
    assert (await change(floor, shared.id, boss, "administrator")).shortcut == "bye"


async def test_anothers_own_is_not_there_whoever_asks(floor: Floor) -> None:
    agent, boss = await floor.desk.person(), await floor.desk.person("supervisor")
    mine = await create(floor, agent)
    with pytest.raises(NotFound):
        await change(floor, mine.id, boss, "supervisor")
    with pytest.raises(NotFound):
        await floor.run(delete_reply, mine.id, "administrator", Actor("person", boss), NOW)
    await floor.run(delete_reply, mine.id, "agent", Actor("person", agent), NOW)
    assert await floor.desk.value("SELECT count(*) FROM canned_reply") == 0


async def test_a_queue_and_a_placeholder_are_known(floor: Floor) -> None:
    agent = await floor.desk.person()
    with pytest.raises(BadInput) as refused:
        await create(floor, agent, queues=["care", "none"])
    assert (refused.value.code, refused.value.pointer) == ("unknown-queue", "/queues/1")
    with pytest.raises(BadInput) as refused:
        await create(floor, agent, text="Dear {name},")
    assert (refused.value.code, refused.value.pointer) == ("unknown-placeholder", "/text")


async def test_the_audit_trail_keeps_what_it_said(floor: Floor) -> None:
    agent = await floor.desk.person()
    mine = await create(floor, agent)
    await change(floor, mine.id, agent)
    await floor.run(delete_reply, mine.id, "agent", Actor("person", agent), NOW)
    rows = await floor.desk.rows("SELECT action, detail::text FROM audit ORDER BY id")
    assert [row["action"] for row in rows] == [
        "canned_reply.create",
        "canned_reply.change",
        "canned_reply.delete",
    ]
    assert '"Hi {customer}."' in str(rows[1]["detail"])
