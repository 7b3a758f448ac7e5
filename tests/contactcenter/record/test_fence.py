from typing import Any

import pytest

from contactcenter.errors import Conflict
from contactcenter.model.conversation import Conversation
from contactcenter.record.fence import check_fence


async def check(desk: Any, seen: int, author: int) -> None:
    async def action(tx: Any) -> None:
        [conversation] = await tx.many(Conversation, "conversations.lock", [1])
        await check_fence(tx, conversation, seen, "agent", author)

    await desk.database.run(action)


@pytest.fixture(autouse=True)
async def answered(desk: Any) -> None:
    """Agent 7 has answered as number 2."""
    await desk.say("+621", "question")
    await desk.say("+621", "answer")
    await desk.rows(
        "UPDATE conversation SET answered_number = 2, answered_kind = 'agent', answered_id = 7"
    )


@pytest.mark.parametrize(("seen", "author"), [(2, 8), (3, 8), (0, 7)])
async def test_who_knows_of_the_answer_or_gave_it_may_speak(
    desk: Any, seen: int, author: int
) -> None:
    await check(desk, seen, author)


async def test_who_does_not_know_is_shown_it(desk: Any) -> None:
    with pytest.raises(Conflict) as refused:
        await check(desk, 1, 8)
    assert refused.value.code == "answered-meanwhile"
    answer = refused.value.context["answer"]
    assert (answer.number, answer.text) == (2, "answer")
