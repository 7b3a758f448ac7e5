"""No secret is written down: not in the logs, not in a row that is not meant for it."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from contactcenter import log
from contactcenter.api import auth
from tests.contactcenter.conftest import Desk, Running

PASSWORD = "correct horse battery"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the application logs, at the most talkative level."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.NOTSET)
    log.configure(json=True, level="debug")
    logging.root.setLevel(logging.DEBUG)
    for client in ("httpcore", "httpx"):  # these log what the test itself sends
        monkeypatch.setattr(logging.getLogger(client), "level", logging.WARNING)
        logging.getLogger(client).manager._clear_cache()
    yield stream
    structlog.reset_defaults()


async def everything(desk: Desk) -> str:
    """Every row of every table but those that keep a secret on purpose, as text."""
    kept = {"connection"}
    tables = [
        str(row["relname"])
        for row in await desk.rows(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE relkind = 'r' AND nspname = 'public'"
        )
    ]
    assert {"audit", "log", "person", "api_key", "one_time_link", "staff_session"} < set(tables)
    rows = [
        str(await desk.rows(f'SELECT * FROM "{table}"'))  # noqa: S608 -- the catalog's own names
        for table in tables
        if table not in kept
    ]
    return "\n".join(rows)


async def test_neither_logs_nor_rows_tell_a_secret(
    house: Running, desk: Desk, said: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = await desk.cookie(await desk.person("administrator"))
    root = {**cookie, "Origin": house.url}
    person = (
        await house.client.post(
            "/v1/people", json={"login": "ayu", "name": "Ayu", "role": "agent"}, headers=root
        )
    ).json()["id"]
    link = (await house.client.post(f"/v1/people/{person}/password-link", headers=root)).json()
    given = {"token": link["token"], "password": PASSWORD}
    await house.client.post("/v1/password-by-link", json=given)
    wrong = {"login": "ayu", "password": PASSWORD + " not"}
    assert (await house.client.post("/v1/sign-in", json=wrong)).status_code == 401
    signed_in = await house.client.post("/v1/sign-in", json={"login": "ayu", "password": PASSWORD})
    token = signed_in.headers["set-cookie"].partition("=")[2].split(";")[0]
    house.client.cookies.clear()
    key = {"name": "assistant", "scopes": ["customers:read"]}
    secret = (await house.client.post("/v1/keys", json=key, headers=root)).json()["secret"]
    bot = {"Authorization": f"Bearer {secret}"}
    assert (await house.client.get("/v1/customers/1", headers=bot)).status_code == 404
    connection = await desk.channel()
    path = f"/v1/connections/{connection}/secrets"
    signing = (await house.client.post(path, json={}, headers=root)).json()["secret"]

    async def break_(*_: object) -> None:
        raise RuntimeError("a defect")

    # A defect while secrets are in hand: what is logged of it must not hold them.
    monkeypatch.setattr(auth, "_hashing", break_)
    broken = await house.client.post("/v1/sign-in", json={"login": "ayu", "password": PASSWORD})
    assert broken.status_code == 500

    logged, rows = said.getvalue(), await everything(desk)
    assert "RuntimeError: a defect" in logged
    assert "POST /v1/keys" in logged
    assert "person.set_password" in rows
    session = cookie["Cookie"].partition("=")[2]
    for hidden in (PASSWORD, link["token"], token, session, secret, signing):
        assert hidden not in logged
        assert hidden not in rows
