"""Looking credentials up: what is held, for how long, and when it is forgotten."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

import pytest

from contactcenter import facts
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import NotSignedIn
from contactcenter.live.credentials import AGE_MAX, Credentials
from contactcenter.model import credential
from contactcenter.model.customer import Identity
from contactcenter.settings import Settings
from tests.contactcenter.conftest import Desk

NOW = datetime.now(UTC)
SECOND = timedelta(seconds=1)


class Counting:
    """The database, and how often it was read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads = 0
        self.began = asyncio.Event()

    def snapshot(self) -> AbstractAsyncContextManager[Tx]:
        self.reads += 1
        self.began.set()
        return self._database.snapshot()


@pytest.fixture
def counting(database: Database) -> Counting:
    return Counting(database)


@pytest.fixture
def credentials(counting: Counting) -> Credentials:
    return Credentials(counting, Settings())


def token_of(headers: dict[str, str]) -> str:
    return (headers.get("Authorization") or headers["Cookie"]).replace("=", " ").rpartition(" ")[2]


async def visitor(desk: Desk, joined: str = "[]") -> tuple[int, str]:
    token = credential.issue("ccv_")
    session = await desk.value(
        "INSERT INTO visitor_session (token_hash, connection_id, scheme, scope, value, verified,"
        " joined, created_at, expires_at)"
        " VALUES ($1, $2, 'visitor', 'front', 'v1', false, $3, now(), now() + interval '1 hour')"
        " RETURNING id",
        credential.digest(token),
        await desk.channel(),
        joined,
    )
    return session, token


async def test_a_key_is_a_bot_with_its_scopes(credentials: Credentials, desk: Desk) -> None:
    key, headers = await desk.key("interactions:write")
    caller = await credentials.caller(token_of(headers), NOW)
    assert (caller.kind, caller.key_id, caller.scopes) == ("bot", key, ("interactions:write",))


async def test_a_session_is_a_person_in_their_role(credentials: Credentials, desk: Desk) -> None:
    person = await desk.person("supervisor")
    caller = await credentials.caller(token_of(await desk.cookie(person)), NOW)
    assert (caller.kind, caller.person_id) == ("supervisor", person)


async def test_a_visitor_is_a_customer_with_what_they_have_proven(
    credentials: Credentials, desk: Desk
) -> None:
    account = '[{"scheme": "account", "scope": "", "value": "a7", "verified": true}]'
    session, token = await visitor(desk, account)
    caller = await credentials.caller(token, NOW)
    assert (caller.kind, caller.visitor.id) == ("customer", session)
    assert caller.visitor.identities == [
        Identity(scheme="visitor", scope="front", value="v1"),
        Identity(scheme="account", scope="", value="a7", verified=True),
    ]


async def test_what_is_known_is_read_once(
    credentials: Credentials, counting: Counting, desk: Desk
) -> None:
    token = token_of((await desk.key())[1])
    for _ in range(3):
        await credentials.caller(token, NOW)
    assert counting.reads == 1


async def test_many_who_ask_at_once_read_once(
    credentials: Credentials, counting: Counting, desk: Desk
) -> None:
    token = token_of((await desk.key())[1])
    callers = await asyncio.gather(*(credentials.caller(token, NOW) for _ in range(20)))
    assert (len(set(map(id, callers))), counting.reads) == (1, 1)


async def test_what_was_read_some_time_ago_is_read_again(
    credentials: Credentials, counting: Counting, desk: Desk
) -> None:
    token = token_of((await desk.key())[1])
    await credentials.caller(token, NOW)
    await credentials.caller(token, NOW + AGE_MAX - SECOND)
    assert counting.reads == 1
    await credentials.caller(token, NOW + AGE_MAX)
    assert counting.reads == 2


async def test_a_revocation_whose_fact_is_lost_counts_when_the_age_is_reached(
    credentials: Credentials, desk: Desk
) -> None:
    key, headers = await desk.key()
    await credentials.caller(token_of(headers), NOW)
    await desk.value("UPDATE api_key SET revoked_at = now() WHERE id = $1 RETURNING id", key)
    with pytest.raises(NotSignedIn):
        await credentials.caller(token_of(headers), NOW + AGE_MAX)


async def test_expiry_is_checked_each_time(credentials: Credentials, desk: Desk) -> None:
    token = token_of(await desk.cookie(await desk.person()))
    caller = await credentials.caller(token, NOW)
    # Held, and not old: but out of date.
    credentials._held[credential.digest(token)] = type(credentials._held[credential.digest(token)])(
        caller, caller.expires_at, 0
    )
    assert await credentials.caller(token, caller.expires_at - SECOND) == caller
    with pytest.raises(NotSignedIn) as refused:
        await credentials.caller(token, caller.expires_at)
    assert refused.value.code == "expired"


@pytest.mark.parametrize(
    ("table", "column"),
    [("api_key", "revoked_at"), ("staff_session", "revoked_at"), ("visitor_session", "ended_at")],
)
async def test_a_fact_makes_it_forget(
    credentials: Credentials, desk: Desk, table: str, column: str
) -> None:
    match table:
        case "api_key":
            number, headers = await desk.key()
            token, fact = token_of(headers), facts.KeyRevoked(at=NOW, key=number)
        case "staff_session":
            token = token_of(await desk.cookie(await desk.person()))
            fact = facts.SessionRevoked(at=NOW, session=1, person=1)
        case _:
            number, token = await visitor(desk)
            fact = facts.VisitorSessionEnded(at=NOW, session=number)
    await credentials.caller(token, NOW)
    await desk.value(f"UPDATE {table} SET {column} = now() RETURNING id")  # noqa: S608 -- from above
    credentials.read(1, fact)
    with pytest.raises(NotSignedIn):
        await credentials.caller(token, NOW)


async def test_a_fact_about_another_leaves_it_held(
    credentials: Credentials, counting: Counting, desk: Desk
) -> None:
    key, headers = await desk.key()
    await credentials.caller(token_of(headers), NOW)
    credentials.read(1, facts.KeyRevoked(at=NOW, key=key + 1))
    credentials.read(2, facts.CustomersMerged(at=NOW, customer=1, into=2))
    await credentials.caller(token_of(headers), NOW)
    assert counting.reads == 1


async def test_what_a_visitor_is_after_a_merge_is_read_again(
    credentials: Credentials, counting: Counting, desk: Desk
) -> None:
    _, token = await visitor(desk)
    await credentials.caller(token, NOW)
    credentials.read(1, facts.CustomersMerged(at=NOW, customer=1, into=2))
    await credentials.caller(token, NOW)
    assert counting.reads == 2


async def test_a_changed_connection_counts_for_its_bot_at_once(
    credentials: Credentials, desk: Desk
) -> None:
    key, headers = await desk.key()
    assert (await credentials.caller(token_of(headers), NOW)).connection is None
    connection = await desk.channel()
    await desk.value("UPDATE connection SET api_key_id = $1 RETURNING id", key)
    credentials.read(1, facts.ConnectionChanged(at=NOW, connection=connection))
    assert (await credentials.caller(token_of(headers), NOW)).connection.id == connection


async def test_visitors_of_a_disabled_connection_are_refused(
    credentials: Credentials, desk: Desk
) -> None:
    _, token = await visitor(desk)
    await desk.value("UPDATE connection SET disabled_at = now() RETURNING id")
    with pytest.raises(NotSignedIn):
        await credentials.caller(token, NOW)


async def test_what_is_revoked_while_it_is_read_is_not_held(
    credentials: Credentials, counting: Counting, desk: Desk
) -> None:
    token = token_of((await desk.key())[1])
    reading = asyncio.create_task(credentials.caller(token, NOW))
    await counting.began.wait()
    credentials.read(1, facts.KeyRevoked(at=NOW, key=1))
    await reading
    await credentials.caller(token, NOW)
    assert counting.reads == 2


async def test_only_so_many_are_held_and_those_used_last(counting: Counting, desk: Desk) -> None:
    credentials = Credentials(counting, Settings(credentials_held_max=2))
    first, second, third = [token_of((await desk.key())[1]) for _ in range(3)]
    for token in (first, second, first, third):
        await credentials.caller(token, NOW)
    counting.reads = 0
    await credentials.caller(first, NOW)
    await credentials.caller(third, NOW)
    assert counting.reads == 0
    await credentials.caller(second, NOW)
    assert counting.reads == 1


async def test_what_cannot_be_a_credential_is_refused_without_reading(
    credentials: Credentials, counting: Counting
) -> None:
    for token in ("", "x", "cck_", credential.issue("cck_") + "x", "cck_" + "ä" * 43):
        with pytest.raises(NotSignedIn):
            await credentials.caller(token, NOW)
    assert counting.reads == 0


async def test_a_link_is_no_credential(credentials: Credentials) -> None:
    with pytest.raises(NotSignedIn):
        await credentials.caller(credential.issue("ccr_"), NOW)
