"""Sign in and out, sessions, and one's own password: over real HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contactcenter.actions.passwords import make_link
from contactcenter.actions.people import NewPerson, PersonChange, change_person, create_person
from contactcenter.api.auth import SIGN_IN
from contactcenter.model import credential, password
from contactcenter.model.caller import SYSTEM
from contactcenter.model.person import WRONG_MAX
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import Desk, Running, running

PASSWORD = "correct horse battery"
KEPT = password.hashed(PASSWORD)

pytestmark = pytest.mark.usefixtures("ayu")


@pytest.fixture
async def ayu(desk: Desk) -> int:
    """Ayu, an agent with a password."""
    new = NewPerson(login="ayu", name="Ayu", role="agent")
    now = datetime.now(UTC)
    person = await desk.database.run(
        lambda tx: create_person(tx, new, SYSTEM, now, password_hash=KEPT)
    )
    return person.id


def browser(house: Running) -> httpx.AsyncClient:
    """A browser on a page of ours: it keeps cookies, and says where a request comes from."""
    return httpx.AsyncClient(base_url=house.url, headers={"Origin": house.url})


async def sign_in(
    client: httpx.AsyncClient, login: str = "ayu", given: Any = PASSWORD
) -> httpx.Response:
    return await client.post("/v1/sign-in", json={"login": login, "password": given})


async def test_the_right_password_begins_a_session(house: Running, ayu: int) -> None:
    async with browser(house) as client:
        await sign_in(client)
        me = (await client.get("/v1/me")).json()
    assert (me["id"], me["login"], me["role"]) == (ayu, "ayu", "agent")


async def test_how_long_a_reply_can_be_taken_back_follows_the_person(house: Running) -> None:
    async with browser(house) as client, browser(house) as other:
        assert (await sign_in(client)).json()["undo_s"] == 5
        changed = await client.patch("/v1/me", json={"undo_s": 20})
        assert (changed.status_code, changed.json()["undo_s"]) == (200, 20)
        assert (await sign_in(other)).json()["undo_s"] == 20
        assert (await other.get("/v1/me")).json()["undo_s"] == 20
        assert (await client.patch("/v1/me", json={"undo_s": 61})).status_code == 422


async def test_a_login_is_known_in_any_case(house: Running, ayu: int) -> None:
    async with browser(house) as client:
        assert (await sign_in(client, " Ayu ")).json()["id"] == ayu


async def test_the_cookie_is_for_browsers_only_and_for_this_site(house: Running) -> None:
    cookie = (await sign_in(house.client)).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} < set(cookie.split("; "))
    assert "Secure" not in cookie


async def test_the_cookie_is_secure_where_the_site_is(
    database_url: str, redis_url: str, book: Published
) -> None:
    public = "https://care.example"
    async with running(database_url, redis_url, book, public_url=public) as house:
        answer = await sign_in(house.client)
    assert "Secure" in answer.headers["set-cookie"].split("; ")


async def test_a_session_ends_after_the_set_hours(
    database_url: str, redis_url: str, book: Published
) -> None:
    async with (
        running(database_url, redis_url, book, sign_in_hours=0) as house,
        browser(house) as client,
    ):
        token = (await sign_in(client)).headers["set-cookie"].partition("=")[2].split(";")[0]
        answer = await client.get("/v1/me", headers={"Cookie": f"contactcenter_session={token}"})
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (401, "expired")


async def refusal(client: httpx.AsyncClient, login: str, given: Any) -> tuple[int, Any]:
    answer = await sign_in(client, login, given)
    assert "set-cookie" not in answer.headers
    return answer.status_code, answer.json()


async def test_what_is_wrong_is_not_said(house: Running, desk: Desk) -> None:
    await desk.person()
    wrong = await refusal(house.client, "ayu", "not the password")
    assert wrong[0] == 401
    assert await refusal(house.client, "nobody-here", "not the password") == wrong
    assert await refusal(house.client, "p1", "without one") == wrong


async def test_a_disabled_person_is_told_no_more_than_a_stranger(
    house: Running, desk: Desk, ayu: int
) -> None:
    wrong = await refusal(house.client, "nobody-here", PASSWORD)
    now = datetime.now(UTC)
    await desk.database.run(
        lambda tx: change_person(tx, ayu, PersonChange(disabled=True), SYSTEM, now)
    )
    assert await refusal(house.client, "ayu", PASSWORD) == wrong


async def test_an_unknown_login_costs_the_same_work(
    house: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def matches(kept: str | None, _given: str) -> bool:
        compared.append(kept is not None)
        return False

    monkeypatch.setattr(password, "matches", matches)
    await sign_in(house.client, "ayu", "not the password")
    await sign_in(house.client, "nobody-here", "not the password")
    assert compared == [True, False]


async def test_after_some_wrong_passwords_the_right_one_is_refused_for_a_while(
    house: Running, desk: Desk
) -> None:
    for _ in range(WRONG_MAX):
        wrong = await refusal(house.client, "ayu", "not the password")
    assert await refusal(house.client, "ayu", PASSWORD) == wrong
    await desk.value("UPDATE person SET locked_until = now() - interval '1 second' RETURNING id")
    assert (await sign_in(house.client)).status_code == 200


async def test_the_right_password_forgives_the_wrong_ones_before(house: Running) -> None:
    for _ in range(WRONG_MAX - 1):
        await sign_in(house.client, "ayu", "not the password")
    await sign_in(house.client)
    await sign_in(house.client, "ayu", "not the password")
    assert (await sign_in(house.client)).status_code == 200


async def test_guesses_at_the_same_moment_are_counted_one_by_one(
    house: Running, desk: Desk, ayu: int
) -> None:
    guesses = [sign_in(house.client, "ayu", "not the password") for _ in range(WRONG_MAX + 3)]
    await asyncio.gather(*guesses)
    assert await desk.value("SELECT failures FROM person WHERE id = $1", ayu) == WRONG_MAX


async def test_a_foreign_page_signs_nobody_in(house: Running) -> None:
    answer = await house.client.post(
        "/v1/sign-in",
        json={"login": "ayu", "password": PASSWORD},
        headers={"Origin": "https://evil.example"},
    )
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (403, "cross-site")


async def test_a_stale_cookie_keeps_nobody_from_signing_in(house: Running) -> None:
    stale = {"Cookie": f"contactcenter_session={credential.issue('ccs_')}"}
    answer = await house.client.post(
        "/v1/sign-in", json={"login": "ayu", "password": PASSWORD}, headers=stale
    )
    assert answer.status_code == 200


async def test_signing_out_ends_the_session_and_clears_the_cookie(
    house: Running, desk: Desk, ayu: int
) -> None:
    async with browser(house) as client:
        token = (await sign_in(client)).headers["set-cookie"].partition("=")[2].split(";")[0]
        answer = await client.post("/v1/sign-out")
        assert (answer.status_code, dict(client.cookies)) == (204, {})
        kept = {"Cookie": f"contactcenter_session={token}"}
        assert (await client.get("/v1/me", headers=kept)).status_code == 401
    [fact] = await desk.facts("SessionRevoked")
    assert (fact["session"], fact["person"]) == (1, ayu)


async def test_signing_out_everywhere_ends_the_others_too(house: Running) -> None:
    async with browser(house) as here, browser(house) as there:
        await sign_in(here)
        await sign_in(there)
        await here.post("/v1/sign-out-everywhere")
        assert (await there.get("/v1/me")).status_code == 401


async def test_sessions_are_listed_newest_first_a_page_at_a_time(house: Running) -> None:
    async with browser(house) as client:
        for _ in range(3):
            await sign_in(client)
        first = (await client.get("/v1/sessions", params={"limit": 2})).json()
        rest = (await client.get("/v1/sessions", params={"after": first["next"]})).json()
    assert [(s["id"], s["current"]) for s in first["items"]] == [(3, True), (2, False)]
    assert [s["id"] for s in rest["items"]] == [1]
    assert rest["next"] is None
    assert first["items"][0]["address"] == "127.0.0.1"
    assert first["items"][0]["browser"].startswith("python-httpx")


async def test_one_of_my_sessions_can_be_ended(house: Running) -> None:
    async with browser(house) as lost, browser(house) as client:
        session = (await sign_in(lost)).json()["session"]
        await sign_in(client)
        assert (await client.delete(f"/v1/sessions/{session}")).status_code == 204
        assert (await lost.get("/v1/me")).status_code == 401
        assert (await client.delete(f"/v1/sessions/{session}")).status_code == 404


async def test_nobody_ends_the_session_of_another(house: Running, desk: Desk) -> None:
    async with browser(house) as client:
        session = (await sign_in(client)).json()["session"]
        other = await desk.cookie(await desk.person())
        answer = await house.client.delete(f"/v1/sessions/{session}", headers=other)
        assert answer.status_code == 404
        assert (await client.get("/v1/me")).status_code == 200


async def change(client: httpx.AsyncClient, former: str, new: str) -> int:
    answer = await client.post("/v1/password", json={"former": former, "password": new})
    return answer.status_code


async def test_changing_my_password_ends_my_other_sessions(house: Running) -> None:
    async with browser(house) as here, browser(house) as there:
        await sign_in(here)
        await sign_in(there)
        assert await change(here, PASSWORD, "another long one") == 204
        assert (await here.get("/v1/me")).status_code == 200
        assert (await there.get("/v1/me")).status_code == 401
        assert (await sign_in(there)).status_code == 401
        assert (await sign_in(there, given="another long one")).status_code == 200


async def test_the_former_password_is_needed_and_guessing_it_locks(house: Running) -> None:
    async with browser(house) as client:
        await sign_in(client)
        for _ in range(WRONG_MAX):
            assert await change(client, "not the password", "another long one") == 403
        assert await change(client, PASSWORD, "another long one") == 403


async def test_a_short_password_is_refused(house: Running) -> None:
    async with browser(house) as client:
        await sign_in(client)
        answer = await client.post(
            "/v1/password", json={"former": PASSWORD, "password": "x" * (password.LENGTH_MIN - 1)}
        )
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/password")


async def link(desk: Desk, person: int, age: timedelta = timedelta()) -> str:
    token = credential.issue("ccr_")
    at = datetime.now(UTC) - age
    await desk.database.run(lambda tx: make_link(tx, person, credential.digest(token), SYSTEM, at))
    return token


async def by_link(house: Running, token: str, given: Any = "a password by link") -> int:
    answer = await house.client.post(
        "/v1/password-by-link", json={"token": token, "password": given}
    )
    return answer.status_code


async def test_a_link_sets_a_password_once_and_ends_sessions_and_the_lock(
    house: Running, desk: Desk, ayu: int
) -> None:
    async with browser(house) as client:
        await sign_in(client)
        for _ in range(WRONG_MAX):
            await sign_in(house.client, "ayu", "not the password")
        token = await link(desk, ayu)
        assert await by_link(house, token) == 204
        assert await by_link(house, token, "used a second time") == 409
        assert (await client.get("/v1/me")).status_code == 401
        assert (await sign_in(client, given="a password by link")).status_code == 200


async def test_a_link_lasts_a_day(house: Running, desk: Desk, ayu: int) -> None:
    assert await by_link(house, await link(desk, ayu, timedelta(hours=24))) == 409
    assert await by_link(house, await link(desk, ayu, timedelta(hours=23, minutes=59))) == 204


async def test_a_new_link_replaces_the_one_before(house: Running, desk: Desk, ayu: int) -> None:
    former = await link(desk, ayu)
    await link(desk, ayu)
    assert await by_link(house, former) == 409


async def test_a_link_of_a_disabled_person_does_not_work(
    house: Running, desk: Desk, ayu: int
) -> None:
    token = await link(desk, ayu)
    await desk.value("UPDATE person SET disabled_at = now() RETURNING id")
    assert await by_link(house, token) == 409
    assert await desk.value("SELECT used_at FROM one_time_link") is None


async def test_two_who_use_a_link_at_once_set_one_password(
    house: Running, desk: Desk, ayu: int
) -> None:
    token = await link(desk, ayu)
    codes = await asyncio.gather(*(by_link(house, token, f"password number {i}") for i in (1, 2)))
    assert sorted(codes) == [204, 409]


async def test_too_many_sign_ins_from_one_address_have_to_wait(house: Running) -> None:
    answers = await asyncio.gather(*(sign_in(house.client, f"login-{i}", "x") for i in range(30)))
    assert {a.status_code for a in answers} == {401, 429}
    assert [a.status_code for a in answers].count(401) >= SIGN_IN.burst
    waits = {a.headers["Retry-After"] for a in answers if a.status_code == 429}
    assert waits <= {"1", "2"}


async def test_a_forwarded_address_is_not_believed_from_a_stranger(house: Running) -> None:
    async def forwarded(number: int) -> httpx.Response:
        return await house.client.post(
            "/v1/sign-in",
            json={"login": "x", "password": "x"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )

    answers = await asyncio.gather(*map(forwarded, range(30)))
    assert 429 in {a.status_code for a in answers}


async def test_behind_a_trusted_proxy_each_client_is_counted_by_itself(
    database_url: str, redis_url: str, book: Published
) -> None:
    async def forwarded(number: int) -> httpx.Response:
        return await house.client.post(
            "/v1/sign-in",
            json={"login": "x", "password": "x"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )

    async with running(database_url, redis_url, book, trusted_proxies=("127.0.0.1",)) as house:
        answers = await asyncio.gather(*map(forwarded, range(30)))
    assert {a.status_code for a in answers} == {401}
