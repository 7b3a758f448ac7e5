"""What the chat knows, frame by frame: a pure fold, so no page is opened for it."""

import json
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.conftest import OpenPage

WELCOME = {
    "type": "welcome",
    "signed_in": False,
    "conversation": None,
    "earlier": False,
    "messages": [],
    "position": 0,
    "more": False,
}


def outgoing(key: str, text: str = "hello") -> dict[str, Any]:
    one = {"key": key, "text": text, "files": [], "after": 0, "at": "", "status": "sending"}
    return {"type": "say", "outgoing": one}


def message(number: int, text: str = "hello", author: str = "customer", **more: Any) -> Any:
    told = {"position": number, "conversation": 1, "number": number, "author": author, "at": ""}
    return {"type": "message", "text": text, **told, **more}


def sent(key: str, number: int) -> dict[str, Any]:
    return {"type": "sent", "client_msg_id": key, "conversation": 1, "number": number}


def answer(number: int) -> dict[str, Any]:
    return message(number, "yes", "agent", name="Ayu", delivery="sent")


async def shown(page: Page, *frames: Any) -> dict[str, Any]:
    """What the lines and counts are after these frames."""
    return await page.evaluate(
        """async (frames) => {
            const {EMPTY, fold, lines, progress, unconfirmed, unread} =
                await import("/web/widget/state.js");
            const state = frames.reduce(fold, EMPTY);
            const lined = lines(state).map((line) => [line.key, line.text, progress(state, line)]);
            const delivered = unconfirmed(state, "delivered");
            return {lines: lined, unread: unread(state).length, delivered, state};
        }""",
        [WELCOME, *frames],
    )


@pytest.mark.parametrize(
    ("frames", "lines"),
    [
        ([outgoing("a")], [["a", "hello", "sending"]]),
        ([outgoing("a"), sent("a", 1)], [["a", "hello", "sent"]]),
        ([outgoing("a"), sent("a", 1), message(1)], [["a", "hello", "sent"]]),
        ([outgoing("a"), message(1)], [["a", "hello", "sent"]]),
        ([outgoing("a"), message(1), sent("a", 1)], [["a", "hello", "sent"]]),
        (
            [outgoing("a"), outgoing("b"), message(1), message(2), sent("a", 1), sent("b", 2)],
            [["a", "hello", "sent"], ["b", "hello", "sent"]],
        ),
        (
            # Another device of the same visitor says the same words first.
            [outgoing("a"), message(1), sent("a", 2), message(2)],
            [["m1", "hello", "sent"], ["a", "hello", "sent"]],
        ),
        (
            [
                outgoing("a"),
                message(1),
                {"type": "problem", "client_msg_id": "a", "problem": {"status": 503}},
            ],
            [["m1", "hello", "sent"], ["a", "hello", "failed"]],
        ),
        ([message(2, "b"), message(1, "a"), message(2, "b")], [["m1", "a"], ["m2", "b"]]),
        ([outgoing("a"), {"type": "drop", "key": "a"}], []),
        (
            [
                outgoing("a"),
                {"type": "problem", "client_msg_id": "a", "problem": {}},
                {"type": "retry", "key": "a"},
            ],
            [["a", "hello", "sending"]],
        ),
    ],
)
async def test_what_was_said_is_shown_once_in_its_place(
    open_page: OpenPage, frames: list[Any], lines: list[list[str]]
) -> None:
    page = await open_page("/demo-shop")
    found = (await shown(page, *frames))["lines"]
    assert [line[: len(lines[0])] for line in found] == lines


async def test_a_message_goes_from_sent_to_delivered_to_read(open_page: OpenPage) -> None:
    page = await open_page("/demo-shop")
    frames = [
        outgoing("a"),
        sent("a", 1),
        message(1),
        {"type": "agent_joined", "conversation": 1, "name": "Ayu"},
        {"type": "delivery", "conversation": 1, "of": "yours", "up_to": 1, "delivery": "delivered"},
        {"type": "delivery", "conversation": 1, "of": "yours", "up_to": 1, "delivery": "read"},
        {"type": "delivery", "conversation": 1, "of": "yours", "up_to": 1, "delivery": "delivered"},
    ]
    states = [(await shown(page, *frames[:end]))["lines"][0][2] for end in range(1, 8)]
    assert states == ["sending", "sent", "sent", "sent", "delivered", "read", "read"]


async def test_unread_is_what_no_device_has_read(open_page: OpenPage) -> None:
    page = await open_page("/demo-shop")
    tick = {"type": "delivery", "conversation": 1, "of": "ours", "up_to": 2, "delivery": "read"}
    before = await shown(page, message(1), answer(2), answer(3))
    after = await shown(page, message(1), answer(2), answer(3), tick)
    assert (before["unread"], after["unread"]) == (2, 1)
    assert before["delivered"] == [{"type": "delivered", "conversation": 1, "number": 3}]


async def test_what_is_closed_opens_and_a_wait_begins(open_page: OpenPage) -> None:
    page = await open_page("/demo-shop")
    opens = "2026-11-23T01:00:00Z"
    place = {"type": "queue", "conversation": 1, "position": 1, "expected_wait_s": None}
    closed = [{"type": "hours", "opens_at": opens}, place | {"opens_at": opens}]
    before = (await shown(page, *closed))["state"]
    assert (before["opens"], before["queue"]["opens"]) == (opens, opens)
    after = (await shown(page, *closed, {"type": "hours", "opens_at": None}, place))["state"]
    assert (after["opens"], after["queue"]["opens"]) == (None, None)


async def test_frames_of_a_later_version_are_passed_over(open_page: OpenPage) -> None:
    page = await open_page("/demo-shop")
    assert await shown(page, {"type": "weather"}) == await shown(page)


async def test_both_languages_say_everything(open_page: OpenPage) -> None:
    page = await open_page("/demo-shop")
    told = await page.evaluate(
        """async () => {
            const {TEXTS} = await import("/web/demo-shop/texts.js");
            const en = (await import("/web/widget/texts/en.js")).default;
            const id = (await import("/web/widget/texts/id.js")).default;
            return JSON.stringify([[TEXTS.en, TEXTS.id], [en, id]]);
        }"""
    )
    for english, indonesian in json.loads(told):
        assert list(english) == list(indonesian)
        assert all(english.values())
        assert all(indonesian.values())
