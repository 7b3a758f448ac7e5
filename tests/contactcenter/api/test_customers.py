import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.actions.merge import merge
from contactcenter.model.caller import Actor

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
async def agent(desk: Any) -> Any:
    return await desk.cookie(await desk.person("agent"))


@pytest.fixture
async def supervisor(desk: Any) -> Any:
    return await desk.cookie(await desk.person("supervisor", capacity=None))


async def join(desk: Any, customer: int, into: int) -> None:
    by = Actor("person", 7)
    await desk.database.run(lambda tx: merge(tx, customer, into, by, desk.book, NOW))


async def test_one_call_shows_everything_about_a_customer(
    house: Any, desk: Any, agent: Any
) -> None:
    said = await desk.say("+621", "my line is dead")
    customer = await desk.customer_of(said.conversation)
    await desk.rows("UPDATE customer SET name = 'Ani', tier = 'gold', value = 80")

    seen = (await house.client.get(f"/v1/customers/{customer}", headers=agent)).json()

    assert (seen["profile"]["name"], seen["profile"]["value"]) == ("Ani", 80)
    assert [i["value"] for i in seen["identities"]] == ["+621"]
    assert seen["open"]["conversation"]["id"] == said.conversation
    assert seen["open"]["item"]["state"] == "queued"
    assert seen["open"]["item"]["waiting_for"] == "us"
    assert [c["id"] for c in seen["conversations"]["items"]] == [said.conversation]
    assert seen["counts"] == {"conversations": 1, "open": 1, "interactions": 1}


async def test_the_owner_of_open_work_is_named(house: Any, desk: Any, agent: Any) -> None:
    said = await desk.say("+621")
    customer = await desk.customer_of(said.conversation)
    owner = await desk.person("agent")
    await desk.rows("UPDATE work_item SET state = 'active', agent_id = $1", owner)

    seen = (await house.client.get(f"/v1/customers/{customer}", headers=agent)).json()

    name = await desk.value("SELECT name FROM person WHERE id = $1", owner)
    assert (seen["open"]["item"]["owner"], seen["open"]["item"]["owner_name"]) == (owner, name)


async def test_a_merged_customers_id_answers_with_the_one_they_are_known_as(
    house: Any, desk: Any, agent: Any
) -> None:
    first = await desk.customer_of((await desk.say("+621")).conversation)
    second = await desk.customer_of((await desk.say("+622")).conversation)
    third = await desk.customer_of((await desk.say("+623")).conversation)
    await join(desk, third, second)
    await join(desk, second, first)

    seen = (await house.client.get(f"/v1/customers/{third}", headers=agent)).json()

    assert (seen["id"], seen["merged_from"]) == (first, third)
    assert [(m["id"], m["merged_into"]) for m in seen["merged"]] == [
        (second, first),
        (third, second),
    ]
    assert {i["value"]: i["customer_id"] for i in seen["identities"]} == {
        "+621": first,
        "+622": second,
        "+623": third,
    }
    assert seen["counts"]["conversations"] == 3


async def test_the_timeline_of_merged_customers_is_in_the_order_of_what_happened(
    house: Any, desk: Any, agent: Any
) -> None:
    first = await desk.customer_of((await desk.say("+621", "a1")).conversation)
    second = await desk.customer_of((await desk.say("+622", "b1")).conversation)
    await desk.say("+621", "a2")
    await desk.say("+622", "b2")
    await desk.say("+621", "a3")
    await join(desk, second, first)

    seen = (await house.client.get(f"/v1/customers/{first}/timeline", headers=agent)).json()

    assert [i["text"] for i in seen["items"]] == ["a3", "b2", "a2", "b1", "a1"]
    for conversation in {i["conversation"] for i in seen["items"]}:
        own = [i for i in seen["items"] if i["conversation"] == conversation]
        numbers = [i["number"] for i in own]
        assert numbers == sorted(numbers, reverse=True)


async def test_two_hundred_interactions_are_paged_without_gap_or_double(
    house: Any, desk: Any, agent: Any
) -> None:
    for who in ("+621", "+622"):
        for place in range(100):
            await desk.say(who, f"{who} {place}")
    first, second = [r["id"] for r in await desk.rows("SELECT id FROM customer ORDER BY id")]
    await join(desk, second, first)

    pages, before = [], ""
    while before is not None:
        url = f"/v1/customers/{first}/timeline?limit=33{before and f'&before={before}'}"
        page = (await house.client.get(url, headers=agent)).json()
        pages += page["items"]
        before = page["next"]

    assert len(pages) == 200
    assert len({i["id"] for i in pages}) == 200
    positions = [i["position"] for i in pages]
    assert positions == sorted(positions, reverse=True)


async def test_an_interaction_shows_who_spoke_by_which_channel(
    house: Any, desk: Any, agent: Any
) -> None:
    said = await desk.say("+621", "hello", channel="mobile")
    customer = await desk.customer_of(said.conversation)
    await desk.rows("UPDATE customer SET name = 'Ani'")

    page = (await house.client.get(f"/v1/customers/{customer}/timeline", headers=agent)).json()

    [shown] = page["items"]
    assert (shown["author_kind"], shown["author_name"], shown["channel"], shown["text"]) == (
        "customer",
        "Ani",
        "mobile",
        "hello",
    )


async def test_conversations_are_paged_newest_first(house: Any, desk: Any, agent: Any) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    for _ in range(4):
        await desk.rows("UPDATE conversation SET state = 'closed', closed_at = '2020-01-01'")
        await desk.rows("UPDATE work_item SET state = 'done'")
        await desk.say("+621")

    url = f"/v1/customers/{customer}/conversations?limit=3"
    one = (await house.client.get(url, headers=agent)).json()
    two = (await house.client.get(f"{url}&before={one['next']}", headers=agent)).json()

    ids = [r["id"] for r in await desk.rows("SELECT id FROM conversation ORDER BY id DESC")]
    assert [c["id"] for c in one["items"] + two["items"]] == ids
    assert two["next"] is None


async def test_customers_are_found_by_identity_whatever_they_were_merged_into(
    house: Any, desk: Any, agent: Any
) -> None:
    first = await desk.customer_of((await desk.say("+621")).conversation)
    second = await desk.customer_of((await desk.say("a:b")).conversation)
    await join(desk, second, first)

    found = await house.client.get("/v1/customers", params={"identity": "phone:a:b"}, headers=agent)

    assert [c["id"] for c in found.json()["items"]] == [first]


async def test_customers_are_found_by_the_beginning_of_a_name_page_by_page(
    house: Any, desk: Any, agent: Any
) -> None:
    for number in range(5):
        await desk.rows(
            "INSERT INTO customer (name, created_at) VALUES ($1, now())", f"Budi {number}"
        )
    await desk.rows(
        "INSERT INTO customer (name, created_at) VALUES ('Budi%', now()), ('Ani', now())"
    )

    one = await house.client.get("/v1/customers?q=bUd&limit=4", headers=agent)
    after = one.json()["next"]
    two = await house.client.get(f"/v1/customers?q=bUd&limit=4&after={after}", headers=agent)
    names = [c["name"] for c in one.json()["items"] + two.json()["items"]]

    assert names == ["Budi 0", "Budi 1", "Budi 2", "Budi 3", "Budi 4", "Budi%"]
    literal = await house.client.get("/v1/customers", params={"q": "budi%"}, headers=agent)
    assert [c["name"] for c in literal.json()["items"]] == ["Budi%"]


async def test_a_search_without_a_question_is_refused(house: Any, agent: Any) -> None:
    answer = await house.client.get("/v1/customers", headers=agent)

    assert (answer.status_code, answer.json()["pointer"]) == (422, "/q")


async def test_an_edit_changes_only_what_is_given(house: Any, desk: Any, supervisor: Any) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    await desk.rows("UPDATE customer SET name = 'Ani', language = 'id', attributes = '{\"a\": 1}'")

    answer = await house.client.patch(
        f"/v1/customers/{customer}",
        json={"value": 90, "language": None, "attributes": {"b": "x"}},
        headers=supervisor,
    )

    profile = answer.json()["profile"]
    assert (profile["name"], profile["value"], profile["language"]) == ("Ani", 90, None)
    assert profile["attributes"] == {"a": 1, "b": "x"}


async def test_of_two_edits_at_once_that_expect_the_same_one_is_a_conflict(
    house: Any, desk: Any, agent: Any
) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)

    def edit(name: str) -> Any:
        return house.client.patch(
            f"/v1/customers/{customer}",
            json={"name": name, "expected": {"name": None}},
            headers=agent,
        )

    answers = await asyncio.gather(edit("Ani"), edit("Budi"))

    [won] = [a.json() for a in answers if a.status_code == 200]
    [lost] = [a.json() for a in answers if a.status_code == 409]
    assert lost["type"] == "urn:contactcenter:problem:edited-meanwhile"
    assert lost["context"] == {"holds": {"name": won["profile"]["name"]}}


@pytest.mark.parametrize("field", ["value", "tier", "territory"])
async def test_an_agent_may_not_change_what_buys_a_place(
    house: Any, desk: Any, agent: Any, field: str
) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)

    answer = await house.client.patch(
        f"/v1/customers/{customer}", json={field: None}, headers=agent
    )

    assert (answer.status_code, answer.json()["pointer"]) == (403, f"/{field}")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"value": 101}', "/value"),
        (b'{"value": -1}', "/value"),
        (b'{"propensity_to_leave": 1.01}', "/propensity_to_leave"),
        (b'{"language": "Bahasa Indonesia"}', "/language"),
        (b'{"language": "id\\n"}', "/language"),
        (b'{"name": "a\\u0000b"}', "/name"),
        (b'{"name": ""}', "/name"),
        (b'{"tags": ["ok", "not/ok"]}', "/tags/1"),
        (b'{"attributes": {"n": 9223372036854775808}}', "/attributes"),
        (b'{"tier": "platinum"}', "/tier"),
        (b'{"expected": {"value": 101}}', "/expected/value"),
    ],
)
async def test_a_value_out_of_range_is_refused_with_its_place(
    house: Any, desk: Any, supervisor: Any, body: bytes, pointer: str
) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)

    answer = await house.client.patch(
        f"/v1/customers/{customer}",
        content=body,
        headers={**supervisor, "Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json().get("pointer")) == (422, pointer)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await desk.facts("CustomerChanged") == []


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/v1/customers/9223372036854775808", "/customer"),
        ("/v1/customers/0", "/customer"),
        ("/v1/customers/1/timeline?limit=201", "/limit"),
        ("/v1/customers/1/timeline?limit=0", "/limit"),
        ("/v1/customers/1/timeline?before=9223372036854775808", "/before"),
        ("/v1/customers/1/conversations?before=x", "/before"),
        ("/v1/customers?q=a%00b", "/q"),
        ("/v1/customers?q=a", "/q"),
        ("/v1/customers?identity=none", "/identity"),
        ("/v1/customers?q=ab&after=-1", "/after"),
    ],
)
async def test_a_parameter_out_of_range_is_refused_with_its_name(
    house: Any, agent: Any, path: str, pointer: str
) -> None:
    answer = await house.client.get(path, headers=agent)

    assert (answer.status_code, answer.json().get("pointer")) == (422, pointer)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nobody_is_found_under_an_unknown_id(house: Any, agent: Any) -> None:
    for path in ("", "/timeline", "/conversations"):
        answer = await house.client.get(f"/v1/customers/4711{path}", headers=agent)
        assert (path, answer.status_code) == (path, 404)


async def test_a_bot_with_the_scope_reads_the_profile_without_what_we_think_of_them(
    house: Any, desk: Any
) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    _, bot = await desk.key("customers:read")

    seen = (await house.client.get(f"/v1/customers/{customer}", headers=bot)).json()

    assert seen.keys() == {"id", "merged_from", "profile"}
    assert not seen["profile"].keys() & {"value", "tier", "propensity_to_leave"}


@pytest.mark.parametrize("path", ["", "?q=an", "/1/timeline", "/1/conversations"])
async def test_a_bot_reads_no_more_than_that(house: Any, desk: Any, path: str) -> None:
    _, bot = await desk.key("conversations:read")

    answer = await house.client.get(f"/v1/customers{path}", headers=bot)

    assert answer.status_code == 403


async def test_a_bot_without_the_scope_reads_no_customer(house: Any, desk: Any) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    _, bot = await desk.key("conversations:read")

    answer = await house.client.get(f"/v1/customers/{customer}", headers=bot)

    assert answer.status_code == 403


async def test_a_customer_is_tagged_and_untagged(house: Any, desk: Any, agent: Any) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    path = f"/v1/customers/{customer}/tags"

    await house.client.put(f"{path}/vip", headers=agent)
    both = await house.client.put(f"{path}/late%20payer", headers=agent)
    gone = await house.client.delete(f"{path}/vip", headers=agent)
    seen = await house.client.get(f"/v1/customers/{customer}", headers=agent)

    assert both.json() == {"tags": ["vip", "late payer"]}
    assert gone.status_code == 204
    assert seen.json()["profile"]["tags"] == ["late payer"]


async def test_a_customer_is_marked_as_spam_and_unmarked(house: Any, desk: Any, agent: Any) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)

    marked = await house.client.put(f"/v1/customers/{customer}/spam", headers=agent)
    seen = (await house.client.get(f"/v1/customers/{customer}", headers=agent)).json()
    unmarked = await house.client.delete(f"/v1/customers/{customer}/spam", headers=agent)
    later = (await house.client.get(f"/v1/customers/{customer}", headers=agent)).json()

    assert (marked.status_code, unmarked.status_code) == (200, 204)
    assert seen["profile"]["spam_at"] == marked.json()["spam_at"]
    assert (seen["open"], later["profile"]["spam_at"]) == (None, None)


async def test_another_agents_work_is_ended_as_spam_by_a_supervisor_only(
    house: Any, desk: Any, agent: Any, supervisor: Any
) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    owner = await desk.person("agent")
    await desk.rows("UPDATE work_item SET state = 'active', agent_id = $1", owner)

    by_agent = await house.client.put(f"/v1/customers/{customer}/spam", headers=agent)
    by_supervisor = await house.client.put(f"/v1/customers/{customer}/spam", headers=supervisor)

    assert (by_agent.status_code, by_supervisor.status_code) == (409, 200)


async def test_a_blocked_identity_is_shown_as_such(house: Any, desk: Any, agent: Any) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    identity = await desk.value("SELECT id FROM identity")
    path = f"/v1/customers/{customer}/identities/{identity}/block"

    blocked = await house.client.put(path, headers=agent)
    seen = (await house.client.get(f"/v1/customers/{customer}", headers=agent)).json()
    unblocked = await house.client.delete(path, headers=agent)

    assert [i["blocked_at"] for i in seen["identities"]] == [blocked.json()["blocked_at"]]
    assert unblocked.status_code == 204


async def test_an_agent_writes_first_and_the_work_is_theirs(house: Any, desk: Any) -> None:
    person = await desk.person("agent")
    agent = await desk.cookie(person)
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    await desk.rows("UPDATE conversation SET state = 'closed', closed_at = now()")
    await desk.rows("UPDATE work_item SET state = 'done'")

    answer = await house.client.post(
        f"/v1/customers/{customer}/conversations", json={"text": "good news"}, headers=agent
    )
    seen = (await house.client.get(f"/v1/customers/{customer}", headers=agent)).json()

    assert answer.status_code == 201
    assert seen["open"]["conversation"]["id"] == answer.json()["conversation"]
    assert seen["open"]["item"]["owner"] == person
    assert seen["open"]["item"]["waiting_for"] == "customer"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"text": ""}', "/text"),
        (b'{"text": "a\\u0000"}', "/text"),
        (b'{"text": "a", "identity": 9223372036854775808}', "/identity"),
        (b'{"text": "a", "queue": "nowhere"}', "/queue"),
    ],
)
async def test_a_conversation_cannot_be_started_so(
    house: Any, desk: Any, agent: Any, body: bytes, pointer: str
) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)

    answer = await house.client.post(
        f"/v1/customers/{customer}/conversations",
        content=body,
        headers={**agent, "Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json().get("pointer")) == (422, pointer)


async def test_only_staff_change_a_customer(house: Any, desk: Any) -> None:
    customer = await desk.customer_of((await desk.say("+621")).conversation)
    _, bot = await desk.key("customers:read", "conversations:read", "interactions:write")
    path = f"/v1/customers/{customer}"

    for method, url in (
        ("PATCH", path),
        ("PUT", f"{path}/tags/vip"),
        ("DELETE", f"{path}/tags/vip"),
        ("PUT", f"{path}/spam"),
        ("DELETE", f"{path}/spam"),
        ("PUT", f"{path}/identities/1/block"),
        ("DELETE", f"{path}/identities/1/block"),
        ("POST", f"{path}/conversations"),
    ):
        by_bot = await house.client.request(method, url, headers=bot)
        by_nobody = await house.client.request(method, url)
        assert (method, url, by_bot.status_code, by_nobody.status_code) == (method, url, 403, 401)
