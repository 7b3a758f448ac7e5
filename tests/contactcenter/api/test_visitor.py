from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.actions.connections import NewConnection, create_connection
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.browsers import SHOP, Browser, signed
from tests.contactcenter.conftest import Desk, Running

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
Browse = Callable[..., Browser]


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:contactcenter:problem:")


# Sessions


async def test_session_speaks_and_reads_back(browse: Browse) -> None:
    browser = browse()
    session = await browser.begin()
    assert (session["signed_in"], session["joined"]) == (False, "nothing")
    assert session["token"].startswith("ccv_")
    taken = await browser.message("hello", context={"screen": "bill"})
    assert (taken["number"], taken["duplicate"]) == (1, False)
    history = (await browser.get("conversation")).json()
    [item] = history["items"]
    assert (item["author"], item["text"]) == ("customer", "hello")
    assert item["parts"] == [{"kind": "context", "screen": "bill"}]
    assert history["conversation"] == {
        "id": taken["conversation"],
        "open": True,
        "delivered": 0,
        "read": 0,
        "agent": None,
    }


@pytest.mark.parametrize("origin", [None, "https://evil.example", f"{SHOP}.evil.example", "null"])
async def test_page_of_another_origin_gets_no_session(browse: Browse, origin: str | None) -> None:
    answer = await browse(origin=origin).post("sessions", {"connection": "web"})
    assert code(answer) == (403, "origin")


async def test_app_needs_no_origin_and_a_page_may_not_pass_for_it(browse: Browse) -> None:
    assert (await browse("app").begin())["signed_in"] is False
    page = browse()
    answer = await page.post("sessions", {"connection": "app"})
    assert code(answer) == (403, "origin")


async def test_session_is_of_no_use_to_pages_of_another_origin(browse: Browse) -> None:
    browser, evil = browse(), browse(origin="https://evil.example")
    await browser.begin()
    evil.token = browser.token
    refused = [
        await evil.get("conversation"),
        await evil.post("messages", {"client_msg_id": "1", "text": "x"}),
        await evil.post("leave"),
        await evil.delete("session"),
    ]
    assert [code(answer) for answer in refused] == [(403, "origin")] * 4


@pytest.mark.parametrize("connection", ["nobody", "front"])
async def test_connection_must_be_a_website_or_an_app(
    browse: Browse, house: Running, connection: str
) -> None:
    new = NewConnection(name="front", channel="bot")
    rules = house.parts.rulebook.current.rules
    await house.database.run(lambda tx: create_connection(tx, new, rules, SYSTEM, NOW))
    answer = await browse().post("sessions", {"connection": connection})
    assert code(answer) == (404, "no-connection")


async def test_bad_token_is_refused_with_its_reason(browse: Browse) -> None:
    body = {"connection": "web", "jwt": signed("rina", exp=1)}
    answer = await browse().post("sessions", body)
    assert code(answer) == (401, "bad-token")
    assert answer.json()["detail"] == "The token has expired (exp)."
    assert answer.json()["pointer"] == "/jwt"


async def test_web_and_app_of_one_account_are_one_conversation(browse: Browse) -> None:
    web, app = browse(), browse("app")
    await web.begin("rina")
    await app.begin("rina")
    first, second = await web.message("from the web"), await app.message("from the app")
    assert (second["conversation"], second["number"]) == (first["conversation"], 2)
    for device in (web, app):
        items = (await device.get("conversation")).json()["items"]
        assert [i["text"] for i in items] == ["from the web", "from the app"]


async def test_after_sign_in_both_histories_are_one_timeline(browse: Browse) -> None:
    web, app = browse(), browse("app")
    await app.begin("rina")
    await app.message("one, from the app")
    await web.begin()
    await web.message("two, anonymous")
    await app.message("three, from the app")
    joined = await web.begin("rina")
    await web.message("four, signed in")
    assert (joined["joined"], joined["signed_in"]) == ("history", True)
    items = (await web.get("conversation")).json()["items"]
    assert [i["text"].split(",")[0] for i in items] == ["one", "two", "three", "four"]
    # The app has not proven the browser's anonymous identity.
    items = (await app.get("conversation")).json()["items"]
    assert [i["text"].split(",")[0] for i in items] == ["one", "three", "four"]


async def test_another_accounts_session_is_never_joined(browse: Browse) -> None:
    browser = browse()
    await browser.begin()
    await browser.message("Budi's secret")
    await browser.begin("budi")
    joined = await browser.begin("rina")
    assert joined["joined"] == "other_account"
    assert (await browser.get("conversation")).json()["items"] == []


async def test_old_token_ends_with_the_sign_in(browse: Browse) -> None:
    browser, stale = browse(), browse()
    await browser.begin()
    stale.token = browser.token
    await browser.begin("rina")
    assert (await stale.get("conversation")).status_code == 401


async def test_sign_out_begins_anew_without_history(browse: Browse) -> None:
    browser, stale = browse(), browse()
    await browser.begin("rina")
    await browser.message("hello")
    stale.token = browser.token
    answer = await browser.delete("session")
    assert (answer.status_code, answer.json()["signed_in"]) == (200, False)
    assert (await stale.get("conversation")).status_code == 401
    browser.token = answer.json()["token"]
    assert (await browser.get("conversation")).json() == {
        "items": [],
        "next": None,
        "conversation": None,
    }


async def test_signed_profile_reaches_the_customer_and_visitors_never_see_it(
    browse: Browse, desk: Desk
) -> None:
    browser = browse()
    await browser.begin("rina", name="Rina", value=90, tier="gold")
    await browser.message("hello")
    assert await desk.rows("SELECT name, value, tier FROM customer") == [
        {"name": "Rina", "value": 90, "tier": "gold"}
    ]
    told = (await browser.get("conversation")).text
    assert [word for word in ("gold", "90", "tier", "value") if word in told] == []


async def test_expired_session_is_refused(browse: Browse, desk: Desk) -> None:
    browser = browse()
    await browser.begin()
    await desk.rows("UPDATE visitor_session SET expires_at = now()")
    assert (await browser.get("conversation")).status_code == 401


@pytest.mark.parametrize("path", ["messages", "leave"])
async def test_without_a_session_nothing_is_said(browse: Browse, path: str) -> None:
    answer = await browse().post(path, {"client_msg_id": "1", "text": "x"})
    assert answer.status_code == 401


async def test_token_in_a_url_or_cookie_is_no_token(house: Running, browse: Browse) -> None:
    browser = browse()
    await browser.begin()
    url = f"/v1/visitor/conversation?token={browser.token}"
    cookie = {"Cookie": f"contactcenter_session={browser.token}", "Origin": SHOP}
    answers = [
        await house.client.get(url, headers={"Origin": SHOP}),
        await house.client.get("/v1/visitor/conversation", headers=cookie),
    ]
    assert [answer.status_code for answer in answers] == [401, 401]


# Messages


async def test_same_message_again_is_the_same_message(browse: Browse) -> None:
    browser = browse()
    await browser.begin()
    first = await browser.message("hello", "m1")
    assert await browser.message("hello", "m1") == first | {"duplicate": True}
    answer = await browser.post("messages", {"client_msg_id": "m1", "text": "other"})
    assert code(answer) == (422, "key-reused")


async def test_key_of_one_session_is_not_anothers(browse: Browse) -> None:
    first, second = browse(), browse()
    await first.begin()
    await second.begin()
    assert [(await b.message("hello", "m1"))["duplicate"] for b in (first, second)] == [
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"client_msg_id": "1", "text": ""}, "text"),
        ({"client_msg_id": "1", "text": "x" * 16_385}, "text"),
        ({"client_msg_id": "1", "text": "a\0"}, "text"),
        ({"client_msg_id": "", "text": "a"}, "client_msg_id"),
        ({"client_msg_id": "1", "text": "a", "to": 3}, ""),
        ({"client_msg_id": "1", "text": "a", "context": {"screen": "x" * 201}}, "context"),
    ],
)
async def test_wrong_message_is_refused_and_leaves_nothing(
    browse: Browse, body: dict[str, Any], pointer: str
) -> None:
    browser = browse()
    await browser.begin()
    answer = await browser.post("messages", body)
    assert answer.status_code == 422, answer.text
    assert pointer in str(answer.json().get("pointer", ""))
    assert (await browser.get("conversation")).json()["items"] == []


async def test_history_comes_in_pages(browse: Browse) -> None:
    browser = browse()
    await browser.begin()
    for n in range(5):
        await browser.message(f"m{n}")
    seen, after = [], 0
    while after is not None:
        page = (await browser.get("conversation", after=after, limit=2)).json()
        seen.append([i["text"] for i in page["items"]])
        after = page["next"]
    assert seen == [["m0", "m1"], ["m2", "m3"], ["m4"]]


async def test_history_comes_in_pages_from_its_end(browse: Browse) -> None:
    browser = browse()
    await browser.begin()
    for n in range(5):
        await browser.message(f"m{n}")
    last = (await browser.get("conversation")).json()["items"][-1]["position"]
    seen, before = [], last
    while before is not None:
        page = (await browser.get("conversation", before=before, limit=2)).json()
        seen.append([i["text"] for i in page["items"]])
        before = page["next"]
    assert seen == [["m2", "m3"], ["m0", "m1"]]


async def test_visitor_sees_nothing_that_was_not_said_to_them(browse: Browse, desk: Desk) -> None:
    """Notes, summaries, and what was said to the same customer by another channel."""
    browser, other = browse(), browse()
    await browser.begin()
    taken = await browser.message("hello")
    await other.begin()
    await other.message("a stranger's")
    identity = await desk.value(
        "SELECT identity_id FROM interaction WHERE conversation_id = $1", taken["conversation"]
    )
    for number, (kind, direction, whose) in enumerate(
        (
            ("note", "internal", None),
            ("summary", "internal", identity),
            ("message", "outbound", 999),
            ("reminder", "outbound", identity),
            ("message", "outbound", identity),
        ),
        start=2,
    ):
        await desk.rows(
            "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
            " identity_id, author_kind, text, occurred_at, received_at)"
            " VALUES (1000 + $2, $1, $2, $3, $4, 'web', $5, 'system', $3, now(), now())",
            taken["conversation"],
            number,
            kind,
            direction,
            whose,
        )
    items = (await browser.get("conversation")).json()["items"]
    assert [(i["number"], i["text"]) for i in items] == [
        (1, "hello"),
        (5, "reminder"),
        (6, "message"),
    ]


async def test_context_is_kept_on_the_session(browse: Browse, desk: Desk) -> None:
    browser = browse()
    await browser.begin()
    await browser.message("a", context={"screen": "bill", "version": "3.1"})
    await browser.message("b")
    kept = (
        "SELECT context->>'screen' AS screen, context->>'version' AS version FROM visitor_session"
    )
    assert await desk.rows(kept) == [{"screen": "bill", "version": "3.1"}]


# Leaving


async def test_leaving_abandons_what_nobody_has(browse: Browse, desk: Desk) -> None:
    browser = browse()
    await browser.begin()
    assert (await browser.post("leave")).json() == {"left": "nothing"}
    await browser.message("hello")
    assert (await browser.post("leave")).json() == {"left": "abandoned"}
    assert await desk.value("SELECT state FROM work_item") == "abandoned"
    assert (await browser.post("leave")).json() == {"left": "nothing"}
