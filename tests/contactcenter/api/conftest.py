from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.types import ControllerRouterHandler

from contactcenter.actions.connections import NewConnection, add_secret, create_connection
from contactcenter.api import inputs, problems
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.browsers import SECRET, SHOP, Browser
from tests.contactcenter.conftest import Running

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@asynccontextmanager
async def serving(
    *routes: ControllerRouterHandler, **given: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Routes of a test's own, read and refused as the application does it."""
    app = Litestar(
        route_handlers=routes,
        request_class=inputs.Strict,
        before_request=inputs.check,
        exception_handlers=problems.HANDLERS,
        openapi_config=None,
        logging_config=None,
        **given,
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


def told(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and pointer of what must be a problem."""
    assert answer.headers.get("content-type") == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    code = problem["type"].removeprefix("urn:contactcenter:problem:")
    return answer.status_code, code, problem.get("pointer")


@pytest.fixture
async def described(house: Running) -> dict[str, Any]:
    """The API's description, as it is served."""
    answer = await house.client.get("/v1/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.json()


@pytest.fixture
async def browse(house: Running) -> AsyncIterator[Callable[..., Browser]]:
    """Browsers of the shop's website, and its app; all are cut off in the end."""
    made: list[Browser] = []
    rules = house.parts.rulebook.current.rules
    for name, channel, origins in (("web", "web", [SHOP]), ("app", "mobile", [])):
        new = NewConnection(name=name, channel=channel, origins=origins)
        connection = await house.database.run(
            lambda tx, new=new: create_connection(tx, new, rules, SYSTEM, NOW)
        )
        await house.database.run(
            lambda tx, made=connection.id: add_secret(tx, made, SECRET, SYSTEM, NOW)
        )

    def browse(connection: str = "web", origin: str | None = SHOP) -> Browser:
        page = origin if connection == "web" else None
        made.append(Browser(house.client, house.socket_url, connection, page))
        return made[-1]

    yield browse
    for browser in made:
        await browser.cut()
