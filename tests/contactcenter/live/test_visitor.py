import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter.errors import Conflict
from contactcenter.live.visitor import (
    BEHIND,
    EXCESS_MAX,
    FRAMES_BURST,
    FRAMES_PER_S,
    HELLO_S_MAX,
    NO_HELLO,
    OUTGOING_MAX,
    PING_AFTER_S,
    SIGNED_OUT,
    SILENCE_S_MAX,
    SILENT,
    TOO_FAST,
    TYPING_EVERY_S,
    Past,
    Visitor,
)
from contactcenter.live.visitor_frames import (
    FRAME_CHARACTERS_MAX,
    TEXT_CHARACTERS_MAX,
    AppContext,
    Context,
    Current,
    Delivered,
    Hello,
    Leave,
    Message,
    Read,
    Send,
    Sent,
    SomebodyTypes,
    Typing,
    decode,
    encode,
    reference,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = 1000.0
HELLO = {"type": "hello", "version": 1, "token": "ccv_x", "after": None}


def said(position: int) -> Message:
    return Message(
        position=position,
        id=position,
        conversation=1,
        number=position,
        author="agent",
        text=f"word {position}",
        at=AT,
    )


def past(messages: Sequence[Message] = (), **others: Any) -> Past:
    usual = {
        "messages": messages,
        "complete": True,
        "earlier": False,
        "latest": messages[-1].position if messages else 0,
        "signed_in": False,
        "conversation": None,
    }
    return Past(**(usual | others))


def sees(visitor: Visitor) -> list[dict[str, Any]]:
    """What the peer gets, and will not get again."""
    frames = [json.loads(frame) for frame in visitor.outgoing]
    visitor.outgoing.clear()
    return frames


def problem(visitor: Visitor) -> dict[str, Any]:
    [frame] = sees(visitor)
    assert frame["type"] == "problem"
    return frame


@pytest.fixture
def woken() -> list[None]:
    return []


@pytest.fixture
def new(woken: list[None]) -> Visitor:
    return Visitor(START, lambda: woken.append(None))


@pytest.fixture
def visitor(new: Visitor) -> Visitor:
    """One who has been greeted and has seen everything there is."""
    new.received(json.dumps(HELLO), START)
    new.replay(past())
    sees(new)
    return new


def test_hello_is_answered_by_the_past(new: Visitor, woken: list[None]) -> None:
    assert new.received(json.dumps(HELLO), START) == Hello(version=1, token="ccv_x", after=None)
    current = Current(id=7, open=True, delivered=3, read=2, agent="Budi")
    new.replay(past([said(4), said(9)], earlier=True, signed_in=True, conversation=current))
    [welcome] = sees(new)
    positions = [m["position"] for m in welcome.pop("messages")]
    assert positions == [4, 9]
    assert welcome == {
        "type": "welcome",
        "version": 1,
        "signed_in": True,
        "conversation": {"id": 7, "open": True, "delivered": 3, "read": 2, "agent": "Budi"},
        "earlier": True,
        "position": 9,
        "more": False,
    }
    assert (new.state, len(woken)) == ("open", 1)


@pytest.mark.parametrize(
    ("frame", "command"),
    [
        (
            {"type": "send", "client_msg_id": "a1", "text": "hi", "context": {"screen": "bill"}},
            Send(client_msg_id="a1", text="hi", context=AppContext(screen="bill")),
        ),
        ({"type": "typing"}, Typing()),
        ({"type": "read", "conversation": 7, "number": 3}, Read(conversation=7, number=3)),
        (
            {"type": "delivered", "conversation": 7, "number": 3},
            Delivered(conversation=7, number=3),
        ),
        (
            {"type": "context", "context": {"account": "12"}},
            Context(context=AppContext(account="12")),
        ),
        ({"type": "leave"}, Leave()),
    ],
)
def test_frame_becomes_what_is_to_be_done(
    visitor: Visitor, frame: dict[str, Any], command: object
) -> None:
    assert visitor.received(json.dumps(frame), START) == command
    assert sees(visitor) == []


def test_ping_is_answered_and_pong_is_not(visitor: Visitor) -> None:
    assert visitor.received('{"type":"ping"}', START) is None
    assert visitor.received('{"type":"pong"}', START) is None
    assert sees(visitor) == [{"type": "pong"}]


def test_typing_is_passed_on_once_a_second(visitor: Visitor) -> None:
    typing = '{"type":"typing"}'
    at = (START, START + 0.5 * TYPING_EVERY_S, START + TYPING_EVERY_S)
    assert [visitor.received(typing, t) for t in at] == [Typing(), None, Typing()]
    assert sees(visitor) == []


def test_answers_are_sent(visitor: Visitor) -> None:
    visitor.sent(Sent(client_msg_id="a", interaction=5, conversation=7, number=2, duplicate=True))
    visitor.refuse(Conflict("Too late.", code="late").problem(), "b")
    taken, refused = sees(visitor)
    assert taken == {
        "type": "sent",
        "client_msg_id": "a",
        "interaction": 5,
        "conversation": 7,
        "number": 2,
        "duplicate": True,
    }
    assert (refused["problem"]["detail"], refused["client_msg_id"]) == ("Too late.", "b")


# Wrong frames


@pytest.mark.parametrize(
    ("frame", "pointer", "rule"),
    [
        ({"type": "shout"}, "/type", "Invalid value"),
        ({}, None, "`type`"),
        ({"type": "typing", "where": 1}, None, "unknown field `where`"),
        ({"type": "send", "client_msg_id": "a", "files": [1] * 11}, "/files", "length <= 10"),
        (
            {"type": "send", "client_msg_id": "a", "text": "x" * (TEXT_CHARACTERS_MAX + 1)},
            "/text",
            f"length <= {TEXT_CHARACTERS_MAX}",
        ),
        ({"type": "send", "client_msg_id": "a", "text": "a\0"}, "/text", "matching regex"),
        ({"type": "send", "client_msg_id": "", "text": "a"}, "/client_msg_id", "length >= 1"),
        ({"type": "send", "text": "a"}, None, "`client_msg_id`"),
        ({"type": "read", "conversation": 0, "number": 1}, "/conversation", ">= 1"),
        ({"type": "read", "conversation": 2**63, "number": 1}, "/conversation", "<= "),
        ({"type": "read", "conversation": 1, "number": "1"}, "/number", "Expected `int`"),
        ({"type": "context", "context": {"screen": "x" * 201}}, "/context/screen", "<= 200"),
        ({"type": "context", "context": {"url": "x"}}, "/context", "unknown field `url`"),
    ],
)
def test_wrong_frame_is_refused_by_field_and_rule(
    visitor: Visitor, frame: dict[str, Any], pointer: str | None, rule: str
) -> None:
    assert visitor.received(json.dumps(frame), START) is None
    told = problem(visitor)["problem"]
    assert (told.get("pointer"), told["status"]) == (pointer, 422)
    assert rule in told["detail"]
    assert visitor.state == "open"


@pytest.mark.parametrize("raw", ["", "{", "[]", "null", '{"type":', "\ud800"])
def test_what_is_no_frame_is_refused(visitor: Visitor, raw: str) -> None:
    assert visitor.received(raw, START) is None
    assert problem(visitor)["problem"]["status"] == 422
    assert visitor.state == "open"


def test_bytes_are_refused(visitor: Visitor) -> None:
    visitor.received(b'{"type":"ping"}', START)
    assert problem(visitor)["problem"]["detail"] == "Frames are JSON text, not bytes."


def test_frame_beyond_the_limit_is_refused_unread(visitor: Visitor) -> None:
    visitor.received("x" * (FRAME_CHARACTERS_MAX + 1), START)
    told = problem(visitor)["problem"]
    assert (told["status"], visitor.state) == (413, "open")


def test_refused_message_is_named(visitor: Visitor) -> None:
    visitor.received('{"type":"send","client_msg_id":"a1","text":5}', START)
    assert problem(visitor)["client_msg_id"] == "a1"


def test_second_hello_is_refused_and_the_socket_kept(visitor: Visitor) -> None:
    assert visitor.received(json.dumps(HELLO), START) is None
    told = problem(visitor)["problem"]
    assert (told["type"], visitor.state) == ("urn:contactcenter:problem:wrong-state", "open")


@pytest.mark.parametrize(
    "raw",
    [
        '{"type":"ping"}',
        '{"type":"send","client_msg_id":"a","text":"hi"}',
        "not json",
        json.dumps(HELLO | {"version": 2}),
        json.dumps(HELLO | {"after": -1}),
        json.dumps({"type": "hello", "version": 1, "token": "x"}),
    ],
)
def test_without_a_hello_first_the_socket_is_closed(new: Visitor, raw: str) -> None:
    assert new.received(raw, START) is None
    problem(new)
    assert (new.state, new.closing) == ("closed", NO_HELLO)


def test_closed_visitor_is_neither_heard_nor_told(visitor: Visitor) -> None:
    visitor.end(SIGNED_OUT)
    visitor.end(BEHIND)
    assert visitor.received('{"type":"ping"}', START) is None
    visitor.message(9, encode(said(9)))
    visitor.replay(past([said(9)]))
    assert (sees(visitor), visitor.closing) == ([], SIGNED_OUT)


# Rates and time


def test_frames_beyond_the_rate_are_refused_until_there_is_room(visitor: Visitor) -> None:
    ping = '{"type":"ping"}'
    for _ in range(FRAMES_BURST):  # one is spent on the hello
        visitor.received(ping, START)
    kinds = [frame["type"] for frame in sees(visitor)]
    assert kinds == ["pong"] * (FRAMES_BURST - 1) + ["problem"]
    visitor.received(ping, START + 1 / FRAMES_PER_S)
    assert sees(visitor) == [{"type": "pong"}]


def test_who_goes_on_beyond_the_rate_is_closed(visitor: Visitor) -> None:
    for _ in range(FRAMES_BURST - 1 + EXCESS_MAX):
        assert visitor.state == "open"
        visitor.received('{"type":"pong"}', START)
    assert visitor.closing == TOO_FAST


def test_refused_for_the_rate_says_when_to_come_again(visitor: Visitor) -> None:
    for _ in range(FRAMES_BURST):
        visitor.received('{"type":"pong"}', START)
    assert problem(visitor)["problem"]["retry_after_s"] == 1


def test_hello_must_come_in_time(new: Visitor) -> None:
    new.tick(START + HELLO_S_MAX - 0.1)
    assert new.state == "hello"
    new.tick(START + HELLO_S_MAX)
    assert new.closing == NO_HELLO


def test_silence_is_asked_about_once_and_then_ended(visitor: Visitor) -> None:
    visitor.tick(START + PING_AFTER_S - 0.1)
    assert sees(visitor) == []
    visitor.tick(START + PING_AFTER_S)
    visitor.tick(START + PING_AFTER_S + 1)
    assert sees(visitor) == [{"type": "ping"}]
    visitor.tick(START + SILENCE_S_MAX)
    assert visitor.closing == SILENT


def test_any_frame_is_a_sign_of_life(visitor: Visitor) -> None:
    visitor.tick(START + PING_AFTER_S)
    visitor.received('{"type":"pong"}', START + 50)
    visitor.tick(START + SILENCE_S_MAX)
    assert visitor.state == "open"
    sees(visitor)
    visitor.tick(START + 50 + PING_AFTER_S)
    assert sees(visitor) == [{"type": "ping"}]


def test_who_does_not_take_what_we_send_is_closed_to_resume(visitor: Visitor) -> None:
    for position in range(1, OUTGOING_MAX + 1):
        visitor.message(position, encode(said(position)))
    assert visitor.state == "open"
    visitor.message(OUTGOING_MAX + 1, encode(said(OUTGOING_MAX + 1)))
    assert (sees(visitor), visitor.closing) == ([], BEHIND)


# Resume


def test_live_message_that_the_past_had_is_skipped(new: Visitor) -> None:
    new.received(json.dumps(HELLO | {"after": 3}), START)
    new.message(4, encode(said(4)))
    new.message(5, encode(said(5)))
    new.replay(past([said(4)]))
    new.message(5, encode(said(5)))
    welcome, live = sees(new)
    assert [m["position"] for m in welcome["messages"]] == [4]
    assert live["position"] == 5


def test_what_else_happened_while_the_past_was_read_is_told_after_it(new: Visitor) -> None:
    new.received(json.dumps(HELLO), START)
    new.tell(encode(SomebodyTypes(conversation=7, name="Budi")))
    new.replay(past())
    assert [frame["type"] for frame in sees(new)] == ["welcome", "typing"]


def test_long_past_comes_in_pages(new: Visitor) -> None:
    new.received(json.dumps(HELLO | {"after": 0}), START)
    new.message(5, encode(said(5)))
    new.replay(past([said(1), said(2)], complete=False, latest=4))
    assert (new.state, new.position) == ("opening", 2)
    new.replay(past([said(3), said(4)]))
    assert new.state == "open"
    welcome, more, live = sees(new)
    assert [m["position"] for m in (*welcome["messages"], *more["messages"], live)] == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert (welcome["more"], more["more"], more["position"]) == (True, False, 4)


def test_too_much_while_the_past_is_read_closes_to_resume(new: Visitor) -> None:
    new.received(json.dumps(HELLO), START)
    for position in range(1, OUTGOING_MAX + 2):
        new.message(position, encode(said(position)))
    assert new.closing == BEHIND


def test_who_claims_to_have_seen_the_future_misses_nothing_of_it(new: Visitor) -> None:
    new.received(json.dumps(HELLO | {"after": 10**15}), START)
    new.replay(past(latest=4))
    new.message(5, encode(said(5)))
    welcome, live = sees(new)
    assert (welcome["position"], live["position"]) == (4, 5)


@given(
    st.integers(0, 30),
    st.lists(st.sampled_from(["write", "tail", "page", "cut"]), max_size=60),
    st.integers(1, 4),
)
def test_every_message_is_seen_once_and_in_order(
    before: int, steps: list[str], page_size: int
) -> None:
    """Writes, their facts, pages of the past and cut connections in any order."""
    record = [said(p) for p in range(1, before + 1)]
    told = before  # how many facts the tail has handed on
    seen: list[int] = []
    visitor = connected(seen)
    for step in [*steps, "tail", *["page"] * (len(record) + len(steps) + 1)]:
        match step:
            case "write":
                record.append(said(len(record) + 1))
            case "tail":
                for message in record[told:]:
                    visitor.message(message.position, encode(message))
                told = len(record)
            case "page":
                # What the tail has handed on is committed, and so in every later page.
                after = [m for m in record if m.position > visitor.position]
                page = after[:page_size]
                visitor.replay(past(page, complete=len(after) <= page_size, latest=len(record)))
            case _:
                take(visitor, seen)
                visitor = connected(seen)
        take(visitor, seen)
    assert seen == [m.position for m in record]


def connected(seen: list[int]) -> Visitor:
    visitor = Visitor(START, lambda: None)
    visitor.received(json.dumps(HELLO | {"after": seen[-1] if seen else 0}), START)
    return visitor


def take(visitor: Visitor, seen: list[int]) -> None:
    for frame in sees(visitor):
        messages = frame.get("messages", [frame] if frame["type"] == "message" else [])
        seen += [m["position"] for m in messages]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
kinds = ["hello", "send", "typing", "delivered", "read", "context", "leave", "ping", "pong", "no"]
fields = ["version", "token", "after", "client_msg_id", "text", "context", "conversation", "number"]
raw_frames = (
    st.text(max_size=30)
    | st.binary(max_size=30)
    | json_values.map(json.dumps)
    | st.builds(
        lambda kind, others: json.dumps({"type": kind} | others),
        st.sampled_from(kinds),
        st.dictionaries(st.sampled_from(fields), json_values),
    )
)


@given(raws=st.lists(raw_frames, max_size=30), greeted=st.booleans())
def test_no_frame_of_a_peer_breaks_the_session(*, raws: list[str | bytes], greeted: bool) -> None:
    """Each is followed, answered, or refused with a reason; all that goes out is a known frame."""
    visitor = Visitor(START, lambda: None)
    if greeted:
        visitor.received(json.dumps(HELLO), START)
        visitor.replay(past())
    for place, raw in enumerate(raws):
        visitor.received(raw, START + place)
        for frame in sees(visitor):
            assert frame["type"] in {"welcome", "problem", "pong"}
            assert frame["type"] != "problem" or frame["problem"]["detail"]
    assert visitor.closing in (None, NO_HELLO)


@given(st.text(min_size=1, max_size=50).filter(lambda t: "\0" not in t))
def test_any_text_is_carried_unchanged(text: str) -> None:
    sent = decode(json.dumps({"type": "send", "client_msg_id": "a", "text": text}))
    assert msgspec.structs.asdict(sent)["text"] == text


@pytest.mark.parametrize("raw", [b"{}", "x" * (FRAME_CHARACTERS_MAX + 1), "[", "\ud800", "[]"])
def test_what_names_no_message_refers_to_none(raw: str | bytes) -> None:
    assert reference(raw) is None
