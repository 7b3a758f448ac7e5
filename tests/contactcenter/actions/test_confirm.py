from typing import Any

import pytest

from contactcenter.actions.confirm import Confirmation, confirm
from tests.contactcenter.conftest import NOW, Desk


class Chat:
    """A conversation in which three answers were sent to one identity, as numbers 2 to 4."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def begin(self) -> None:
        self.conversation = (await self.desk.say("+621")).conversation
        self.identity = await self.desk.value("SELECT id FROM identity")
        for number in (2, 3, 4):
            await self.answer(number, self.identity, "sent")

    async def answer(self, number: int, identity: int, delivery: str) -> None:
        await self.desk.rows(
            "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
            " identity_id, author_kind, text, delivery, occurred_at, received_at)"
            " VALUES (1000 + $2, $1, $2, 'message', 'outbound', 'mobile', $3, 'agent', 'x', $4,"
            " $5, $5)",
            self.conversation,
            number,
            identity,
            delivery,
            NOW,
        )

    async def confirm(self, *batch: Confirmation) -> list[bool]:
        return await self.desk.database.run(lambda tx: confirm(tx, batch, NOW))

    def upto(self, number: int, receipt: Any = "read") -> Confirmation:
        return Confirmation(self.conversation, (self.identity,), number, receipt)

    async def states(self) -> list[object]:
        rows = await self.desk.rows(
            "SELECT delivery FROM interaction WHERE direction = 'outbound' ORDER BY number"
        )
        return [row["delivery"] for row in rows]

    async def told(self) -> list[tuple[object, object]]:
        facts = await self.desk.facts("DeliveryChanged")
        return [(fact["up_to"], fact["delivery"]) for fact in facts]


@pytest.fixture
async def chat(desk: Desk) -> Chat:
    chat = Chat(desk)
    await chat.begin()
    return chat


async def test_all_up_to_the_number_is_raised_and_told_once(chat: Chat) -> None:
    assert await chat.confirm(chat.upto(3)) == [True]
    assert (await chat.states(), await chat.told()) == (["read", "read", "sent"], [(3, "read")])


async def test_same_again_changes_and_tells_nothing(chat: Chat) -> None:
    await chat.confirm(chat.upto(3))
    assert await chat.confirm(chat.upto(3), chat.upto(2, "delivered")) == [False, False]
    assert await chat.told() == [(3, "read")]


async def test_what_comes_late_lowers_nothing(chat: Chat) -> None:
    await chat.confirm(chat.upto(2))
    assert await chat.confirm(chat.upto(4, "delivered")) == [True]
    assert await chat.states() == ["read", "delivered", "delivered"]
    assert await chat.told() == [(2, "read"), (4, "delivered")]


async def test_two_devices_in_one_batch(chat: Chat) -> None:
    results = await chat.confirm(chat.upto(2), chat.upto(4, "delivered"), chat.upto(3))
    assert results == [True, True, True]
    assert await chat.states() == ["read", "read", "delivered"]
    assert sorted(await chat.told()) == [(3, "read"), (4, "delivered")]


async def test_number_beyond_the_last_tells_of_the_last(chat: Chat) -> None:
    await chat.confirm(chat.upto(10**6))
    assert await chat.told() == [(4, "read")]


@pytest.mark.parametrize("delivery", ["failed", "unknown"])
async def test_state_without_rank_is_left_alone(chat: Chat, delivery: str) -> None:
    await chat.answer(5, chat.identity, delivery)
    await chat.confirm(chat.upto(5))
    assert await chat.states() == ["read", "read", "read", delivery]


async def test_nobody_confirms_for_another(chat: Chat) -> None:
    """Neither with their own identity in a stranger's conversation, nor in one that is not."""
    other = (await chat.desk.say("+622")).conversation
    stranger = await chat.desk.value("SELECT max(id) FROM identity")
    assert (
        await chat.confirm(
            Confirmation(chat.conversation, (stranger,), 4, "read"),
            Confirmation(other, (chat.identity,), 4, "read"),
            Confirmation(999, (chat.identity,), 4, "read"),
            Confirmation(chat.conversation, (), 4, "read"),
        )
        == [False] * 4
    )
    assert (await chat.states(), await chat.told()) == (["sent"] * 3, [])


async def test_whoever_has_the_work_is_named(chat: Chat) -> None:
    agent = await chat.desk.person()
    bot, _ = await chat.desk.key()
    await chat.desk.rows("UPDATE work_item SET state = 'active', agent_id = $1", agent)
    await chat.desk.rows("UPDATE conversation SET bot_id = $1", bot)
    await chat.confirm(chat.upto(4))
    [fact] = await chat.desk.facts("DeliveryChanged")
    assert (fact["agents"], fact["bot"], fact["identity_id"]) == ([agent], bot, chat.identity)
