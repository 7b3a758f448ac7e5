from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.actions.connections import ConnectionChange, change_connection
from contactcenter.api.cross_origin import CrossOrigin
from contactcenter.db.database import Database
from contactcenter.errors import Unavailable
from contactcenter.live.origins import Origins
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.browsers import SHOP, Browser
from tests.contactcenter.conftest import Desk, Running

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
Browse = Callable[..., Browser]


async def test_preflight_is_answered_for_listed_origins_only(
    house: Running, browse: Browse
) -> None:
    browse()
    asked = {"Access-Control-Request-Method": "POST"}
    allowed = await house.client.options("/v1/visitor/messages", headers=asked | {"Origin": SHOP})
    refused = await house.client.options(
        "/v1/visitor/messages", headers=asked | {"Origin": "https://evil.example"}
    )
    elsewhere = await house.client.options("/v1/customers", headers=asked | {"Origin": SHOP})
    assert allowed.headers["access-control-allow-origin"] == SHOP
    assert allowed.headers["access-control-allow-methods"] == "GET, POST, DELETE"
    assert "authorization" in allowed.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in allowed.headers
    for answer in (refused, elsewhere):
        assert [h for h in answer.headers if h.startswith("access-control")] == []
    assert (allowed.headers["vary"], refused.headers["vary"]) == ("Origin", "Origin")


async def test_page_can_read_answers_and_refusals(browse: Browse) -> None:
    browser = browse()
    refused = await browser.get("conversation")
    await browser.begin()
    answered = await browser.get("conversation")
    assert [a.status_code for a in (refused, answered)] == [401, 200]
    assert [a.headers["access-control-allow-origin"] for a in (refused, answered)] == [SHOP] * 2


async def test_origin_that_is_struck_off_is_refused_at_once(
    house: Running, browse: Browse, desk: Desk
) -> None:
    browser = browse()
    await browser.begin()
    connection = await desk.value("SELECT id FROM connection WHERE name = 'web'")
    change = ConnectionChange(origins=["https://new.example"])
    await house.database.run(lambda tx: change_connection(tx, connection, change, SYSTEM, NOW))
    answer = await browser.get("conversation")
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


async def test_without_the_database_no_page_is_let_in(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is told all the same; only a page of another origin cannot read it."""

    def away() -> None:
        raise Unavailable("The database is not available; try again.")

    monkeypatch.setattr(database, "snapshot", away)
    message: Any = {"type": "http.response.start", "status": 503, "headers": []}
    scope: Any = {
        "type": "http",
        "method": "GET",
        "path": "/v1/visitor/conversation",
        "headers": [(b"origin", SHOP.encode())],
    }
    await CrossOrigin(Origins(database)).tell(message, scope)
    assert message["headers"] == [(b"vary", b"Origin")]
