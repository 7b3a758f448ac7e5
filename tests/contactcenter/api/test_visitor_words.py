"""What a visitor says is received as theirs, once, whichever way it comes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from contactcenter.api.visitor_words import NewMessage, changed_context, check_listed, inbound
from contactcenter.errors import Forbidden
from contactcenter.live.visitor_frames import TEXT_CHARACTERS_MAX, AppContext, Send
from contactcenter.model.caller import VisitorSession
from contactcenter.model.customer import Identity

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SHOP = "https://shop.example"
VISITOR = VisitorSession(
    id=7,
    connection_id=4,
    connection="shop",
    channel="web",
    origins=[SHOP],
    scheme="visitor",
    scope="shop",
    value="v1",
    verified=False,
    claims={},
    joined=[Identity(scheme="account", scope="shop", value="siti", verified=True)],
    context={},
    created_at=NOW,
    expires_at=NOW + timedelta(days=30),
    ended_at=None,
)


def test_a_message_is_of_the_session_its_connection_and_the_identity_it_began_with() -> None:
    said = inbound(VISITOR, NewMessage("m-1", "Hello?"), NOW, "request-9")
    assert (said.connection_id, said.connection, said.channel) == (4, "shop", "web")
    assert said.identity == Identity(scheme="visitor", scope="shop", value="v1")
    assert (said.key, said.text, said.parts) == ("7:m-1", "Hello?", [])
    assert (said.occurred_at, said.request_id) == (NOW, "request-9")


def test_the_same_words_by_request_and_by_socket_are_one_message() -> None:
    context = AppContext(screen="/invoices")
    posted = inbound(VISITOR, NewMessage("m-1", "Hello?", context), NOW, "request-9")
    again = Send(client_msg_id="m-1", text="Hello?", context=context)
    sent = inbound(VISITOR, again, NOW + timedelta(seconds=3), None)
    assert (posted.key, posted.digest) == (sent.key, sent.digest)


@pytest.mark.parametrize(
    "other",
    [
        NewMessage("m-1", "Hello!"),
        NewMessage("m-1", "Hello?", AppContext(screen="/invoices")),
        NewMessage("m-1", "Hello?", AppContext()),
    ],
)
def test_other_words_under_the_same_key_are_told_apart(other: NewMessage) -> None:
    first = inbound(VISITOR, NewMessage("m-1", "Hello?"), NOW, None)
    second = inbound(VISITOR, other, NOW, None)
    assert first.key == second.key
    assert first.digest != second.digest


def test_two_visitors_may_use_the_same_key() -> None:
    neighbour = msgspec.structs.replace(VISITOR, id=8)
    words = NewMessage("m-1", "Hello?")
    keys = {inbound(visitor, words, NOW, None).key for visitor in (VISITOR, neighbour)}
    assert keys == {"7:m-1", "8:m-1"}


def test_where_in_the_app_they_are_is_a_part_of_the_message() -> None:
    context = AppContext(screen="/invoices", version="4.2")
    said = inbound(VISITOR, NewMessage("m-1", "Hello?", context), NOW, None)
    assert said.parts == [{"kind": "context", "screen": "/invoices", "version": "4.2"}]


@pytest.mark.parametrize(
    ("known", "context", "kept"),
    [
        ({}, None, None),
        ({"screen": "/a"}, None, None),
        ({"screen": "/a"}, AppContext(screen="/a"), None),
        ({"screen": "/a"}, AppContext(screen="/b"), {"screen": "/b"}),
        ({"screen": "/a", "version": "4"}, AppContext(screen="/a"), {"screen": "/a"}),
        ({"screen": "/a"}, AppContext(), {}),
    ],
)
def test_a_context_is_kept_when_it_is_another(
    known: dict[str, Any], context: AppContext | None, kept: dict[str, str] | None
) -> None:
    assert changed_context(known, context) == kept


@pytest.mark.parametrize("origin", [SHOP, None])
def test_a_listed_page_and_what_is_no_page_may_use_the_connection(origin: str | None) -> None:
    check_listed(origin, [SHOP])


@pytest.mark.parametrize(
    "origin", ["https://evil.example", f"{SHOP}/", "http://shop.example", "null", ""]
)
def test_a_page_that_is_not_listed_is_refused_by_name(origin: str) -> None:
    with pytest.raises(Forbidden) as refused:
        check_listed(origin, [SHOP])
    assert (refused.value.code, refused.value.status) == ("origin", 403)
    assert str(refused.value) == f"Pages of {origin} may not use this connection."


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "a"},
        {"client_msg_id": "", "text": "a"},
        {"client_msg_id": "x" * 65, "text": "a"},
        {"client_msg_id": "a b", "text": "a"},
        {"client_msg_id": "a\n", "text": "a"},
        {"client_msg_id": "m-1", "text": "a", "files": [0]},
        {"client_msg_id": "m-1", "files": [1] * 11},
        {"client_msg_id": "m-1", "text": "a\0b"},
        {"client_msg_id": "m-1", "text": "x" * (TEXT_CHARACTERS_MAX + 1)},
        {"client_msg_id": "m-1", "text": "a", "context": {"screen": "x" * 201}},
        {"client_msg_id": "m-1", "text": "a", "context": {"scren": "/a"}},
        {"client_msg_id": "m-1", "text": "a", "session": 8},
    ],
)
def test_a_message_beyond_its_limits_is_none(fields: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields, NewMessage)
