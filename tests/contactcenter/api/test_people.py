"""What administrators do with people, over HTTP."""

from typing import Any

import httpx
import pytest

from tests.contactcenter.conftest import Desk, Running


@pytest.fixture
async def root(house: Running, desk: Desk) -> httpx.AsyncClient:
    """An administrator's browser."""
    house.client.headers.update(await desk.cookie(await desk.person("administrator")))
    return house.client


AYU = {"login": "ayu", "name": "Ayu", "role": "agent"}


async def create(root: httpx.AsyncClient, **given: Any) -> int:
    answer = await root.post("/v1/people", json=AYU | given)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_from_a_new_person_to_their_first_sign_in(
    house: Running, root: httpx.AsyncClient
) -> None:
    person = await create(root)
    link = (await root.post(f"/v1/people/{person}/password-link")).json()
    assert link["link"] == f"{house.url}/set-password#{link['token']}"
    given = {"token": link["token"], "password": "the first password"}
    assert (await house.client.post("/v1/password-by-link", json=given)).status_code == 204
    signed_in = await house.client.post(
        "/v1/sign-in", json={"login": "ayu", "password": "the first password"}
    )
    assert signed_in.json()["id"] == person


async def test_people_are_read_a_page_at_a_time_never_with_what_proves_them(
    root: httpx.AsyncClient,
) -> None:
    for number in range(3):
        await create(root, login=f"ayu{number}")
    first = (await root.get("/v1/people", params={"limit": 2})).json()
    rest = (await root.get("/v1/people", params={"after": first["next"]})).json()
    assert [p["id"] for p in first["items"] + rest["items"]] == [1, 2, 3, 4]
    assert rest["next"] is None
    assert set(first["items"][1]) == {
        *("id", "login", "name", "role", "disabled_at", "created_at", "abilities", "teams")
    }


async def test_an_agents_abilities_are_set_and_read(root: httpx.AsyncClient) -> None:
    person = await create(root)
    given = {
        "skills": {"language:id": 5},
        "queues": ["care"],
        "capacity": 4,
        "ceilings": {"web": 2},
    }
    answer = await root.put(f"/v1/people/{person}/abilities", json=given)
    assert (answer.status_code, answer.json()) == (200, given)
    assert (await root.get(f"/v1/people/{person}")).json()["abilities"] == given


async def test_a_queue_that_the_rulebook_does_not_have_is_refused_with_its_place(
    root: httpx.AsyncClient,
) -> None:
    person = await create(root)
    answer = await root.put(f"/v1/people/{person}/abilities", json={"queues": ["care", "cafe"]})
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/queues/1")


@pytest.mark.parametrize(
    "given",
    [
        {"login": "Ayu"},
        {"login": "a\x00"},
        {"login": ""},
        {"name": ""},
        {"name": "a\x00"},
        {"name": "x" * 101},
        {"role": "owner"},
        {"password": "is not given here"},
    ],
)
async def test_a_person_who_is_wrongly_described_is_refused(
    root: httpx.AsyncClient, given: Any
) -> None:
    answer = await root.post("/v1/people", json=AYU | given)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "given",
    [
        {"skills": {"language:id": 0}},
        {"skills": {"language:id": 11}},
        {"skills": {"": 1}},
        {"skills": {f"s{i}": 1 for i in range(201)}},
        {"capacity": -1},
        {"capacity": 1001},
        {"ceilings": {"web": -1}},
        {"queues": "care"},
        {"quues": []},
    ],
)
async def test_abilities_out_of_their_limits_are_refused(
    root: httpx.AsyncClient, given: Any
) -> None:
    person = await create(root)
    answer = await root.put(f"/v1/people/{person}/abilities", json=given)
    assert answer.status_code == 422


async def test_a_login_that_is_taken_is_said_to_be(root: httpx.AsyncClient) -> None:
    await create(root)
    answer = await root.post("/v1/people", json=AYU)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "login-taken")


async def test_a_disabled_person_is_signed_out_at_once(
    house: Running, desk: Desk, root: httpx.AsyncClient
) -> None:
    person = await create(root)
    theirs = await desk.cookie(person)
    assert (await house.client.get("/v1/me", headers=theirs)).status_code == 200
    answer = await root.patch(f"/v1/people/{person}", json={"disabled": True})
    assert answer.json()["disabled_at"] is not None
    assert (await house.client.get("/v1/me", headers=theirs)).status_code == 401


async def test_another_role_counts_from_the_next_sign_in_and_the_old_ends(
    house: Running, desk: Desk, root: httpx.AsyncClient
) -> None:
    person = await create(root, role="administrator")
    theirs = await desk.cookie(person)
    assert (await house.client.get("/v1/people", headers=theirs)).status_code == 200
    await root.patch(f"/v1/people/{person}", json={"role": "agent"})
    assert (await house.client.get("/v1/people", headers=theirs)).status_code == 401
    again = await desk.cookie(person)
    assert (await house.client.get("/v1/people", headers=again)).status_code == 403


async def test_a_persons_sessions_are_read_and_ended(
    house: Running, desk: Desk, root: httpx.AsyncClient
) -> None:
    person = await create(root)
    theirs = await desk.cookie(person)
    sessions = (await root.get(f"/v1/people/{person}/sessions")).json()["items"]
    assert [s["current"] for s in sessions] == [False]
    assert (await root.delete(f"/v1/people/{person}/sessions")).status_code == 204
    assert (await house.client.get("/v1/me", headers=theirs)).status_code == 401
    assert (await root.get(f"/v1/people/{person}/sessions")).json()["items"] == []


async def test_nobody_is_not_found(root: httpx.AsyncClient) -> None:
    for method, path in (("GET", ""), ("POST", "/password-link"), ("DELETE", "/sessions")):
        answer = await root.request(method, f"/v1/people/99{path}")
        assert answer.status_code == 404


async def test_colleagues_are_told_with_their_presence_and_found_by_a_part_of_the_name(
    house: Running, desk: Desk
) -> None:
    headers = await desk.cookie(await desk.person("agent"))
    away, gone, disabled = [await desk.person("agent") for _ in range(3)]
    await desk.person("supervisor", capacity=None)
    await desk.rows("UPDATE person SET name = 'Ayu ' || id")
    await desk.rows("UPDATE agent SET presence = 'away' WHERE id = $1", away)
    await desk.rows("UPDATE agent SET gone_since = now() WHERE id = $1", gone)
    await desk.rows("UPDATE person SET disabled_at = now() WHERE id = $1", disabled)

    everybody = await house.client.get("/v1/colleagues", headers=headers)
    found = await house.client.get("/v1/colleagues", params={"q": f"YU {gone}"}, headers=headers)
    named = await house.client.get("/v1/colleagues", params={"id": away}, headers=headers)

    assert [c["presence"] for c in everybody.json()["items"]] == ["available", "away", "offline"]
    assert [c["id"] for c in found.json()["items"]] == [gone]
    assert {"queues", "skills", "capacity"} < found.json()["items"][0].keys()
    assert found.json()["items"][0]["carries"] == 0
    assert [c["name"] for c in named.json()["items"]] == [f"Ayu {away}"]
