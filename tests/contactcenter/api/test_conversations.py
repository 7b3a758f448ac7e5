from typing import Any

import pytest


@pytest.fixture
async def agent(desk: Any) -> Any:
    return await desk.cookie(await desk.person("agent"))


async def note(desk: Any, conversation: Any, number: Any) -> Any:
    """As a note for colleagues leaves the rows."""
    await desk.rows(
        "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
        " author_kind, text, occurred_at, received_at)"
        " VALUES (nextval('interaction_id'), $1, $2, 'note', 'internal', 'desktop', 'agent',"
        " 'beware', now(), now())",
        conversation,
        number,
    )
    await desk.rows("UPDATE conversation SET last_number = $2 WHERE id = $1", conversation, number)


async def test_a_conversation_is_shown_with_its_work(house: Any, desk: Any, agent: Any) -> None:
    said = await desk.say("+621")

    seen = (await house.client.get(f"/v1/conversations/{said.conversation}", headers=agent)).json()

    assert seen["conversation"]["id"] == said.conversation
    assert (seen["conversation"]["state"], seen["item"]["state"]) == ("open", "queued")


async def test_what_was_said_is_paged_by_number_without_a_gap(
    house: Any, desk: Any, agent: Any
) -> None:
    for place in range(7):
        said = await desk.say("+621", f"{place}")
    path = f"/v1/conversations/{said.conversation}/interactions?limit=3"

    items, after = [], 0
    while after is not None:
        page = (await house.client.get(f"{path}&after={after}", headers=agent)).json()
        items += page["items"]
        after = page["next"]

    assert [(i["number"], i["text"]) for i in items] == [(n + 1, str(n)) for n in range(7)]


async def test_a_bot_reads_the_conversations_in_which_it_takes_part_without_notes(
    house: Any, desk: Any
) -> None:
    said = await desk.say("+621", "hello")
    await note(desk, said.conversation, 2)
    await desk.say("+621", "still there?")
    key, bot = await desk.key("conversations:read")
    await desk.rows("UPDATE conversation SET bot_id = $1", key)
    path = f"/v1/conversations/{said.conversation}"

    seen = await house.client.get(path, headers=bot)
    page = (await house.client.get(f"{path}/interactions", headers=bot)).json()

    assert seen.status_code == 200
    assert [(i["number"], i["text"]) for i in page["items"]] == [(1, "hello"), (3, "still there?")]


async def test_a_bot_is_not_told_who_has_the_work(house: Any, desk: Any) -> None:
    said = await desk.say("+621")
    key, bot = await desk.key("conversations:read")
    await desk.rows("UPDATE conversation SET bot_id = $1", key)
    await desk.rows("UPDATE work_item SET state = 'active', agent_id = $1", await desk.person())

    seen = (await house.client.get(f"/v1/conversations/{said.conversation}", headers=bot)).json()

    assert (seen["item"]["state"], seen["item"]["owner"], seen["item"]["owner_name"]) == (
        "active",
        None,
        None,
    )


async def test_other_bots_conversations_do_not_exist_for_a_bot(house: Any, desk: Any) -> None:
    said = await desk.say("+621")
    other, _ = await desk.key("conversations:read")
    await desk.rows("UPDATE conversation SET bot_id = $1", other)
    _, bot = await desk.key("conversations:read")

    for path in ("", "/interactions"):
        there = await house.client.get(f"/v1/conversations/{said.conversation}{path}", headers=bot)
        nowhere = await house.client.get(f"/v1/conversations/4711{path}", headers=bot)
        assert (there.status_code, nowhere.status_code) == (404, 404)


async def test_a_bot_without_the_scope_reads_no_conversation(house: Any, desk: Any) -> None:
    said = await desk.say("+621")
    key, bot = await desk.key("interactions:write", "customers:read")
    await desk.rows("UPDATE conversation SET bot_id = $1", key)

    for path in ("", "/interactions"):
        answer = await house.client.get(f"/v1/conversations/{said.conversation}{path}", headers=bot)
        assert answer.status_code == 403


async def test_a_conversation_is_tagged_and_untagged(house: Any, desk: Any, agent: Any) -> None:
    said = await desk.say("+621")
    path = f"/v1/conversations/{said.conversation}"

    await house.client.put(f"{path}/tags/outage", headers=agent)
    both = await house.client.put(f"{path}/tags/urgent", headers=agent)
    gone = await house.client.delete(f"{path}/tags/outage", headers=agent)
    seen = (await house.client.get(path, headers=agent)).json()

    assert both.json() == {"tags": ["outage", "urgent"]}
    assert (gone.status_code, seen["conversation"]["tags"]) == (204, ["urgent"])


async def test_a_bot_tags_nothing(house: Any, desk: Any) -> None:
    said = await desk.say("+621")
    _, bot = await desk.key("conversations:read")

    answer = await house.client.put(
        f"/v1/conversations/{said.conversation}/tags/outage", headers=bot
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "pointer"),
    [
        ("GET", "/v1/conversations/9223372036854775808", "/conversation"),
        ("GET", "/v1/conversations/1/interactions?after=2147483648", "/after"),
        ("GET", "/v1/conversations/1/interactions?limit=201", "/limit"),
        ("PUT", "/v1/conversations/1/tags/a%00b", "/tag"),
        ("PUT", f"/v1/conversations/1/tags/{'x' * 65}", "/tag"),
    ],
)
async def test_a_parameter_out_of_range_is_refused_with_its_name(
    house: Any, agent: Any, method: str, path: str, pointer: str
) -> None:
    answer = await house.client.request(method, path, headers=agent)

    assert (answer.status_code, answer.json().get("pointer")) == (422, pointer)
    assert answer.headers["content-type"] == "application/problem+json"
