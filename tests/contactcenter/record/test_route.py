from typing import Any

import pytest

from contactcenter.errors import Conflict
from contactcenter.model.conversation import Conversation
from contactcenter.record.route import Way, destination


async def way(desk: Any, connection: int | None = None) -> Way:
    async def action(tx: Any) -> Way:
        [conversation] = await tx.many(Conversation, "conversations.lock", [1])
        return await destination(tx, conversation, connection)

    return await desk.database.run(action)


@pytest.fixture(autouse=True)
async def connections(desk: Any) -> list[int]:
    """The same customer has written by the web first, and then by the phone."""
    await desk.say("+621", by="web", channel="web")
    await desk.say("+621", by="front")
    await desk.rows("UPDATE conversation SET state = 'closed' WHERE id = 2")
    await desk.rows("UPDATE interaction SET conversation_id = 1, number = 2 WHERE id = 2")
    await desk.rows("UPDATE customer SET merged_into = 1 WHERE id = 2")
    return [await desk.channel("web", "web"), await desk.channel("front")]


async def test_an_answer_goes_where_the_last_words_came_from(
    desk: Any, connections: list[int]
) -> None:
    found = await way(desk)
    assert (found.connection_id, found.identity_id, found.channel) == (connections[1], 2, "mobile")


async def test_it_may_go_where_earlier_words_came_from(desk: Any, connections: list[int]) -> None:
    found = await way(desk, connections[0])
    assert (found.connection_id, found.identity_id, found.channel) == (connections[0], 1, "web")


async def test_it_goes_nowhere_where_no_words_came_from(desk: Any) -> None:
    with pytest.raises(Conflict) as refused:
        await way(desk, await desk.channel("other", "web"))
    assert refused.value.code == "unreachable"


async def test_it_does_not_go_where_the_connection_is_disabled(
    desk: Any, connections: list[int]
) -> None:
    await desk.rows("UPDATE connection SET disabled_at = now() WHERE id = $1", connections[1])
    assert (await way(desk)).connection_id == connections[0]


async def test_a_note_is_no_way_back(desk: Any, connections: list[int]) -> None:
    await desk.rows("UPDATE interaction SET direction = 'internal' WHERE number = 2")
    assert (await way(desk)).connection_id == connections[0]


async def test_where_only_we_have_written_it_goes_where_we_wrote(
    desk: Any, connections: list[int]
) -> None:
    await desk.rows("UPDATE interaction SET direction = 'outbound'")
    assert (await way(desk)).connection_id == connections[1]


async def test_what_leaves_by_webhook_is_queued_and_other_things_are_there(desk: Any) -> None:
    assert (await way(desk)).delivery == "sent"
    await desk.key("interactions:write")
    await desk.rows("UPDATE connection SET api_key_id = 1 WHERE name = 'front'")
    assert (await way(desk)).delivery == "queued"
