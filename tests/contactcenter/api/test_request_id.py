import re

import httpx
import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from contactcenter.api.request_id import LENGTH_MAX, request_id
from contactcenter.app import BODY_BYTES_MAX
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Team

OURS = re.compile("[0-9a-f]{32}")


def test_an_id_of_the_callers_is_kept_where_it_can_be_logged() -> None:
    assert request_id(b"r 1") == "r 1"
    assert request_id(b"x" * LENGTH_MAX) == "x" * LENGTH_MAX
    for given in (b"", b"x" * (LENGTH_MAX + 1), b"a\nb", "é".encode()):
        assert OURS.fullmatch(request_id(given))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("GET", "/metrics", 200),
        ("GET", "/v1/me", 401),
        ("GET", "/nowhere", 404),
        ("DELETE", "/v1/sign-in", 405),
        ("GET", "/v1/desktop", 426),
        ("OPTIONS", "/v1/customers/1", 204),
        ("OPTIONS", "/nowhere", 404),
    ],
)
async def test_every_answer_names_its_request(
    house: Running, method: str, path: str, status: int
) -> None:
    for given in ("r-1", None):
        answer = await house.client.request(
            method, path, headers={"X-Request-Id": given} if given else {}
        )
        assert answer.status_code == status
        [named] = answer.headers.get_list("x-request-id")
        assert named == given if given else OURS.fullmatch(named)


async def test_what_is_too_large_is_refused_with_the_id(house: Running, team: Team) -> None:
    bot = await team.bot()
    answer = await house.client.post(
        "/v1/interactions",
        content=b" " * (BODY_BYTES_MAX + 1),
        headers={**bot.headers, "Content-Type": "application/json", "X-Request-Id": "r-1"},
    )
    assert named(answer) == (413, "r-1")


async def test_a_failure_of_ours_is_logged_and_told_under_the_same_id(
    house: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(house.parts.health, "report", fail)
    with capture_logs(processors=[merge_contextvars]) as lines:
        answer = await house.client.get("/health/ready", headers={"X-Request-Id": "r-1"})
    assert named(answer) == (500, "r-1")
    assert [one["request_id"] for one in lines if one["event"] == "a request failed"] == ["r-1"]


def named(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers["x-request-id"]
