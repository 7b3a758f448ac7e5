"""What channel bots post: one or several, each once, in order, and each answered by itself."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from contactcenter.actions.keys import revoke_key
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.conftest import Desk, Running
from tests.contactcenter.team import Bot, Team

PATH = "/v1/interactions"

Json = dict[str, Any]
keys = count(1)


@pytest.fixture
async def bot(team: Team) -> Bot:
    """It has the work on what comes by its connection first."""
    return await team.bot("assistant")


@pytest.fixture
async def front(team: Team) -> Bot:
    """What comes by its connection goes to people."""
    return await team.bot("front")


def message(who: str = "1", text: str = "hello", **more: Any) -> Json:
    sender = {"scheme": "phone", "value": who}
    return {"type": "message", "key": f"m{next(keys)}", "from": sender, "text": text, **more}


async def post(bot: Bot, body: Any) -> httpx.Response:
    return await bot.client.post(PATH, json=body, headers=bot.headers)


async def taken(bot: Bot, body: Any) -> Json:
    answer = await post(bot, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(bot: Bot, body: Any) -> tuple[int, str, str | None]:
    return problem((await post(bot, body)).json())


def problem(told: Json) -> tuple[int, str, str | None]:
    return told["status"], told["type"].rpartition(":")[2], told.get("pointer")


async def batch(bot: Bot, *items: Json) -> list[Json]:
    results = (await taken(bot, {"items": list(items)}))["results"]
    assert len(results) == len(items)
    return results


async def said(desk: Desk) -> list[object]:
    rows = await desk.rows("SELECT text FROM interaction ORDER BY conversation_id, number")
    return [row["text"] for row in rows]


async def bots_item(desk: Desk, bot: Bot) -> Json:
    """An item that the bot has: `web` is entered by the assistant in the rulebook."""
    received = await desk.say("7", "help", by="web", channel="web")
    row = await desk.rows("SELECT id, epoch, bot_id, state FROM work_item")
    assert [(r["bot_id"], r["state"]) for r in row] == [(bot.id, "bot")]
    return {"item": row[0]["id"], "epoch": row[0]["epoch"], "seen": received.number}


async def test_a_message_is_answered_with_its_place(front: Bot, desk: Desk) -> None:
    first = await taken(front, message(text="one"))
    second = await taken(front, message(text="two"))
    assert (first["number"], first["duplicate"]) == (1, False)
    assert (second["conversation"], second["number"]) == (first["conversation"], 2)
    assert await said(desk) == ["one", "two"]


async def test_a_batch_is_answered_in_its_order(front: Bot) -> None:
    results = await batch(front, message("1"), message("2"), message("1"), message("2"))
    assert [r["number"] for r in results] == [1, 1, 2, 2]
    assert results[0]["conversation"] == results[2]["conversation"] != results[1]["conversation"]


async def test_500_at_once_are_taken_and_501_are_not(front: Bot, desk: Desk) -> None:
    items = [message(str(n % 50), f"text {n}") for n in range(501)]
    assert await refused(front, {"items": items}) == (422, "bad-input", "/items")
    assert await said(desk) == []
    results = await batch(front, *items[:500])
    assert {r["duplicate"] for r in results} == {False}
    for place, result in enumerate(results):
        assert result["number"] == place // 50 + 1


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"items": []}, (422, "bad-input", "/items")),
        ({"items": {}}, (422, "bad-input", "/items")),
        ({"items": None}, (422, "bad-input", "/items")),
        ({"items": [message()], "more": 1}, (422, "bad-input", "/more")),
        ([message()], (422, "bad-input", None)),
        ({}, (422, "bad-input", "/type")),
        ({"type": "shout"}, (422, "bad-input", "/type")),
        ({"type": "items", "items": []}, (422, "bad-input", "/type")),
        (message(text=""), (422, "bad-input", "/text")),
        (message(text="x" * 16_385), (422, "bad-input", "/text")),
        (message(text="a\0b"), (422, "bad-input", "/text")),
        (message(who=""), (422, "bad-input", "/from/value")),
        (message(sender="me"), (422, "bad-input", "/sender")),
        (
            message(**{"from": {"scheme": "Phone", "value": "1"}}),
            (422, "bad-input", "/from/scheme"),
        ),
        (message(**{"from": {"scheme": "phone", "valu": "1"}}), (422, "bad-input", "/from/valu")),
        (message(key=5), (422, "bad-input", "/key")),
        (message(key=""), (422, "bad-input", "/key")),
        (message(key="k" * 201), (422, "bad-input", "/key")),
        (message(occurred_at="yesterday"), (422, "bad-input", "/occurred_at")),
        (message(occurred_at="2026-11-21T10:00:00"), (422, "bad-input", "/occurred_at")),
        (message(occurred_at=1_795_000_000), (422, "bad-input", "/occurred_at")),
        (message(occurred_at="1969-12-31T23:59:59Z"), (422, "wrong-time", "/occurred_at")),
        (message(occurred_at="0001-01-01T00:00:00+23:59"), (422, "wrong-time", "/occurred_at")),
        (message(occurred_at="9999-12-31T23:59:59Z"), (422, "wrong-time", "/occurred_at")),
    ],
)
async def test_one_that_is_wrong_is_refused_with_its_place(
    front: Bot, desk: Desk, body: Any, refusal: tuple[int, str, str | None]
) -> None:
    assert await refused(front, body) == refusal
    assert await said(desk) == []
    if isinstance(body, dict) and "from" in body:
        [result] = await batch(front, body)
        assert problem(result) == (refusal[0], refusal[1], f"/items/0{refusal[2]}")


async def test_a_time_may_be_a_day_ahead_and_not_more(front: Bot, desk: Desk) -> None:
    now = datetime.now(UTC)
    late = now + timedelta(days=1, minutes=5)
    assert (await refused(front, message(occurred_at=late.isoformat())))[1] == "wrong-time"
    early = now + timedelta(days=1, minutes=-5)
    await taken(front, message(occurred_at=early.isoformat()))
    assert await desk.value("SELECT occurred_at FROM interaction") == early


async def test_a_time_is_kept_as_the_moment_that_it_is(front: Bot, desk: Desk) -> None:
    await taken(front, message(occurred_at="2026-01-02T03:04:05.678+07:00"))
    kept = await desk.value("SELECT occurred_at FROM interaction")
    assert kept == datetime(2026, 1, 1, 20, 4, 5, 678_000, UTC)


async def test_without_a_time_it_happened_now(front: Bot, desk: Desk) -> None:
    before = datetime.now(UTC)
    await taken(front, message(occurred_at=None))
    kept = await desk.value("SELECT occurred_at FROM interaction")
    assert before <= kept <= datetime.now(UTC)  # type: ignore[operator]


async def test_the_longest_text_is_taken_as_it_is(front: Bot, desk: Desk) -> None:
    text = "\U0001f9e1" * 16_384
    await taken(front, message(text=text))
    assert await said(desk) == [text]


@pytest.mark.parametrize("field", ["key", "text"])
async def test_a_word_is_no_batch_because_it_says_items(front: Bot, field: str) -> None:
    assert (await taken(front, message(**{field: "items"})))["number"] == 1


async def test_a_batch_may_begin_with_much_white_space(front: Bot) -> None:
    content = b" " * 200 + json.dumps({"items": [message()]}).encode()
    headers = {**front.headers, "Content-Type": "application/json"}
    answer = await front.client.post(PATH, content=content, headers=headers)
    assert len(answer.json()["results"]) == 1


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"items": [{"type": "message", "key": "a", "text": "\xff"}]}', "malformed-json"),
        (b'{"items": [{"type": "message", "key": "a", "text": "\\ud800"}]}', "malformed-json"),
        (b'{"items": ' + b"[" * 100_000, "malformed-json"),
        (b'{"type": "message", "key": "a", "text": "\\ud800"}', "malformed-json"),
        (b'{"type": "message", "text": "\xff"}', "malformed-json"),
        (b'{"type": "message", "key": "a"', "malformed-json"),
    ],
)
async def test_what_cannot_be_read_leaves_nothing(
    front: Bot, desk: Desk, raw: bytes, code: str
) -> None:
    headers = {**front.headers, "Content-Type": "application/json"}
    answer = await front.client.post(PATH, content=raw, headers=headers)
    told = answer.json()
    if "results" in told:
        [told] = told["results"]
    assert problem(told)[:2] == (422, code)
    assert await said(desk) == []


async def test_a_bad_item_fails_no_other_and_is_told_where_it_is(front: Bot, desk: Desk) -> None:
    results = await batch(
        front,
        message(text="one"),
        message(text=""),
        {**message(), "from": {"scheme": "phone"}},
        {"type": "reply", "key": "r1", "item": 999, "epoch": 1, "seen": 0, "text": "hi"},
        {"type": "reply", "key": "r2", "item": "999", "epoch": 1, "seen": 0, "text": "hi"},
        message(occurred_at="2999-01-01T00:00:00Z"),
        message(text="two"),
    )
    assert [problem(r) for r in results[1:-1]] == [
        (422, "bad-input", "/items/1/text"),
        (422, "bad-input", "/items/2/from/value"),
        (404, "not-found", "/items/3"),
        (422, "bad-input", "/items/4/item"),
        (422, "wrong-time", "/items/5/occurred_at"),
    ]
    assert (results[0]["number"], results[-1]["number"]) == (1, 2)
    assert await said(desk) == ["one", "two"]


async def test_an_item_on_which_the_writing_fails_fails_no_other(front: Bot, desk: Desk) -> None:
    """The text is one that the database itself refuses, by a check that only this test sets."""
    await desk.connection.execute(
        "ALTER TABLE interaction ADD CONSTRAINT poison CHECK (text <> 'poison')"
    )
    results = await batch(front, message("1", "one"), message("2", "poison"), message("1", "two"))
    assert problem(results[1]) == (500, "internal", "/items/1")
    assert (results[0]["number"], results[2]["number"]) == (1, 2)
    assert await said(desk) == ["one", "two"]


async def test_the_same_again_gives_the_same_answer_however_it_is_sent(
    front: Bot, desk: Desk
) -> None:
    item = message(occurred_at="2026-01-02T03:04:05Z")
    first = await taken(front, item)
    turned = dict(reversed(item.items()))
    spaced = json.dumps(turned, indent=3).encode()
    headers = {**front.headers, "Content-Type": "application/json"}
    answer = await front.client.post(PATH, content=spaced, headers=headers)
    again = {**first, "duplicate": True}
    assert answer.json() == again
    assert await batch(front, item, turned) == [again, again]
    assert await said(desk) == ["hello"]


async def test_the_same_key_twice_in_one_batch_is_one_item(front: Bot, desk: Desk) -> None:
    item = message()
    first, second = await batch(front, item, item)
    assert second == {**first, "duplicate": True}
    assert await said(desk) == ["hello"]


async def test_a_key_for_something_else_is_refused_in_either_form(front: Bot, desk: Desk) -> None:
    item = message()
    await taken(front, item)
    other = {**item, "text": "another"}
    assert await refused(front, other) == (422, "key-reused", "/key")
    [result] = await batch(front, other)
    assert problem(result) == (422, "key-reused", "/items/0/key")
    assert await said(desk) == ["hello"]


async def test_two_bots_may_use_the_same_key(front: Bot, bot: Bot) -> None:
    item = message()
    first, second = await taken(front, item), await taken(bot, item)
    assert first["conversation"] != second["conversation"]


async def test_many_at_once_of_the_same_key_are_one(front: Bot, desk: Desk) -> None:
    item = message()
    bodies = [item if n % 2 else {"items": [item]} for n in range(20)]
    answers = await asyncio.gather(*(taken(front, body) for body in bodies))
    places = [a["results"][0] if "results" in a else a for a in answers]
    assert {(p["interaction"], p["number"]) for p in places} == {(places[0]["interaction"], 1)}
    assert sorted(p["duplicate"] for p in places) == [False] + [True] * 19
    assert await said(desk) == ["hello"]


async def test_words_of_customer_and_bot_stand_in_the_order_of_the_batch(
    bot: Bot, desk: Desk
) -> None:
    held = await bots_item(desk, bot)
    item, epoch = held["item"], held["epoch"]
    about = {"item": item, "epoch": epoch}
    results = await batch(
        bot,
        {"type": "reply", "key": "r1", **about, "seen": 1, "text": "which line?"},
        {"type": "reply", "key": "r2", **about, "seen": 2, "text": "one moment"},
        {"type": "hand_over", "key": "h", **about, "summary": "down", "intent": "internet_down"},
        {"type": "reply", "key": "r3", **about, "seen": 3, "text": "too late"},
        {"type": "close", "key": "c", **about, "disposition": "solved", "note": "too late"},
        message("5"),
    )
    assert [r.get("number") for r in results] == [2, 3, 4, None, None, 1]
    assert [problem(r) for r in results[3:5]] == [
        (409, "fenced", "/items/3"),
        (409, "fenced", "/items/4"),
    ]
    assert (await said(desk))[:4] == ["help", "which line?", "one moment", "down"]
    assert await desk.value("SELECT queue FROM work_item WHERE id = $1", item) == "fiber"


async def test_what_the_customer_said_before_a_bots_word_stands_before_it(
    bot: Bot, desk: Desk
) -> None:
    """The assistant brings the words itself: its connection is the one that it is entered for."""
    await desk.value(
        "UPDATE connection SET name = 'web' WHERE id = $1 RETURNING id", bot.connection
    )
    await taken(bot, message(text="1"))
    [row] = await desk.rows("SELECT id AS item, epoch FROM work_item WHERE state = 'bot'")
    results = await batch(
        bot,
        message(text="2"),
        message(text="3"),
        {"type": "reply", "key": "r1", **row, "seen": 3, "text": "4"},
        message(text="5"),
        {"type": "reply", "key": "r2", **row, "seen": 5, "text": "6"},
        message(text="7"),
    )
    assert [r["number"] for r in results] == [2, 3, 4, 5, 6, 7]
    assert await said(desk) == ["1", "2", "3", "4", "5", "6", "7"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"type": "close", "disposition": "bored", "note": "n"}, "unknown-disposition"),
        ({"type": "hand_over", "summary": "s", "queue": "none"}, "unknown-queue"),
        ({"type": "reply", "seen": 0, "text": "t", "epoch": 99}, "fenced"),
    ],
)
async def test_a_bots_word_that_breaks_a_rule_leaves_nothing_not_even_its_key(
    bot: Bot, desk: Desk, change: Json, refusal: str
) -> None:
    held = await bots_item(desk, bot)
    word = {"key": "w", "item": held["item"], "epoch": held["epoch"], **change}
    assert (await refused(bot, word))[1] == refusal
    assert await said(desk) == ["help"]
    right = {"type": "reply", "key": "w", **held, "text": "right"}
    assert (await taken(bot, right))["duplicate"] is False


async def test_a_bots_word_again_is_the_same_word_in_either_form(bot: Bot, desk: Desk) -> None:
    reply = {"type": "reply", "key": "r", **await bots_item(desk, bot), "text": "hi"}
    first = await taken(bot, reply)
    assert await batch(bot, reply) == [{**first, "duplicate": True}]
    assert await said(desk) == ["help", "hi"]


async def test_a_key_without_a_connection_is_told_so(house: Running, desk: Desk) -> None:
    _, headers = await desk.key("interactions:write")
    for _ in range(2):  # not held in memory, and held
        answer = await house.client.post(PATH, json=message(), headers=headers)
        assert problem(answer.json()) == (409, "no-connection", None)
    answer = await house.client.post(PATH, json={"items": [message()]}, headers=headers)
    [result] = answer.json()["results"]
    assert problem(result) == (409, "no-connection", "/items/0")


async def test_a_revoked_key_is_refused_at_once(front: Bot, house: Running, desk: Desk) -> None:
    await taken(front, message())
    await taken(front, message())
    await house.database.run(lambda tx: revoke_key(tx, front.id, SYSTEM, datetime.now(UTC)))
    answer = await post(front, message(text="too late"))
    assert problem(answer.json()) == (401, "not-signed-in", None)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert await said(desk) == ["hello", "hello"]


async def test_what_a_blocked_identity_sends_is_refused_by_itself(front: Bot, desk: Desk) -> None:
    await taken(front, message("1"))
    await desk.value("UPDATE identity SET blocked_at = now() RETURNING id")
    results = await batch(front, message("1"), message("2"))
    assert problem(results[0]) == (403, "blocked", "/items/0")
    assert results[1]["number"] == 1


async def test_when_too_much_waits_whoever_posts_is_asked_to_come_again(
    front: Bot, house: Running, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await taken(front, message())
    monkeypatch.setattr(house.parts.receiving, "_waiting_max", 0)
    answer = await post(front, message(text="too much"))
    assert problem(answer.json()) == (429, "overloaded", None)
    assert answer.headers["retry-after"] == "1"
    assert await said(desk) == ["hello"]
