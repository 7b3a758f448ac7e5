import asyncio
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from channels.adapters.web import Claims
from contactcenter.actions.merge import merge
from contactcenter.actions.receive import Inbound, Received, receive
from contactcenter.actions.visit import Opened, Opening, begin, keep_context, sign_in, sign_out
from contactcenter.db.tx import Tx
from contactcenter.errors import NotSignedIn
from contactcenter.model.caller import SYSTEM
from contactcenter.model.customer import Identity
from tests.contactcenter.conftest import NOW, Desk

LATER = NOW + timedelta(minutes=5)
numbers = count(1)


class Shop:
    """A website's visitors, without the website."""

    def __init__(self, desk: Desk, connection: int) -> None:
        self.desk = desk
        self.connection = connection

    def opening(self, token: str) -> Opening:
        return Opening(
            connection_id=self.connection,
            token_hash=token.encode(),
            expires_at=NOW + timedelta(days=30),
        )

    async def come(self, name: str) -> Opened:
        return await self.desk.database.run(
            lambda tx: begin(tx, self.opening(name), "shop", name, NOW)
        )

    async def sign_in(
        self, token: str, account: str, earlier: str | None = None, **claims: Any
    ) -> Opened:
        known = Claims(external_user_id=account, exp=0, **claims)
        hashed = earlier.encode() if earlier else None
        return await self.desk.database.run(
            lambda tx: sign_in(tx, self.opening(token), known, hashed, self.desk.book, LATER)
        )

    async def say(self, scheme: str, value: str) -> Received:
        inbound = Inbound(
            connection_id=self.connection,
            connection="shop",
            channel="web",
            key=f"v{next(numbers)}",
            digest=b"",
            identity=Identity(
                scheme=scheme, scope="shop" if scheme == "visitor" else "", value=value
            ),
            text="hello",
            occurred_at=NOW,
        )
        [received] = await self.desk.database.run(
            lambda tx: receive(tx, [inbound], self.desk.book, NOW)
        )
        assert isinstance(received, Received)
        return received

    async def customer(self, scheme: str, value: str) -> int:
        return await self.desk.value(
            "SELECT customer_root(customer_id) FROM identity WHERE scheme = $1 AND value = $2",
            scheme,
            value,
        )

    async def session(self, opened: Opened) -> dict[str, Any]:
        [row] = await self.desk.rows(
            "SELECT scheme, scope, value, verified, joined::text, ended_at"
            " FROM visitor_session WHERE id = $1",
            opened.session,
        )
        return row


@pytest.fixture
async def shop(desk: Desk) -> Shop:
    return Shop(desk, await desk.channel("shop", "web"))


async def test_anonymous_visitor_is_a_customer_of_their_own(shop: Shop) -> None:
    first, second = await shop.come("v1"), await shop.come("v2")
    assert await shop.session(first) == {
        "scheme": "visitor",
        "scope": "shop",
        "value": "v1",
        "verified": False,
        "joined": "[]",
        "ended_at": None,
    }
    assert first.session != second.session
    assert await shop.customer("visitor", "v1") != await shop.customer("visitor", "v2")


async def test_stranger_is_called_as_they_say(shop: Shop) -> None:
    opening, run = shop.opening("t"), shop.desk.database.run
    await run(lambda tx: begin(tx, opening, "shop", "v", NOW, name="Siti"))
    assert await shop.desk.rows("SELECT name FROM customer") == [{"name": "Siti"}]
    [told] = await shop.desk.facts("CustomerChanged")
    assert told["changed"] == ["name"]


async def test_signed_in_visitor_is_the_account_on_every_connection(shop: Shop) -> None:
    other = Shop(shop.desk, await shop.desk.channel("app", "mobile"))
    web, app = await shop.sign_in("t1", "rina"), await other.sign_in("t2", "rina")
    sessions = [await shop.session(s) for s in (web, app)]
    assert [(s["scheme"], s["scope"], s["value"], s["verified"]) for s in sessions] == [
        ("account", "", "rina", True)
    ] * 2
    assert await shop.desk.value("SELECT count(*) FROM customer") == 1


async def test_signed_profile_becomes_the_customers(shop: Shop) -> None:
    await shop.sign_in(
        "t1",
        "rina",
        name="Rina",
        value=80,
        tier="gold",
        propensity_to_leave=0.5,
        language="id",
        territory="Bandung",
        email="Rina@Example.com",
        phone="+6281200000001",
        attributes={"plan": "fiber"},
    )
    await shop.sign_in("t2", "rina", tier="silver", attributes={"lines": 2})
    [customer] = await shop.desk.rows(
        "SELECT name, value, tier, propensity_to_leave, language, territory,"
        " attributes->>'plan' AS plan, (attributes->>'lines')::int AS lines FROM customer"
    )
    assert tuple(customer.values()) == ("Rina", 80, "silver", 0.5, "id", "Bandung", "fiber", 2)
    identities = await shop.desk.rows(
        "SELECT scheme, value, verified FROM identity ORDER BY scheme"
    )
    assert [tuple(i.values()) for i in identities] == [
        ("account", "rina", True),
        ("email", "rina@example.com", True),
        ("phone", "+6281200000001", True),
    ]
    first, second = await shop.desk.facts("CustomerChanged")
    assert first["changed"] == [
        *("name", "value", "tier", "propensity_to_leave", "language", "territory", "attributes"),
        *("email", "phone"),
    ]
    assert second["changed"] == ["tier", "attributes"]


async def test_same_profile_again_changes_nothing(shop: Shop) -> None:
    for token in ("t1", "t2"):
        await shop.sign_in(token, "rina", tier="gold", email="rina@example.com")
    assert len(await shop.desk.facts("CustomerChanged")) == 1


async def test_address_that_is_anothers_stays_theirs(shop: Shop) -> None:
    await shop.sign_in("t1", "rina", email="home@example.com")
    await shop.sign_in("t2", "budi", email="home@example.com")
    assert await shop.customer("email", "home@example.com") == await shop.customer(
        "account", "rina"
    )


async def test_sign_in_takes_the_browsers_history_along(shop: Shop) -> None:
    anonymous = await shop.come("v1")
    before = await shop.say("visitor", "v1")
    signed_in = await shop.sign_in("t1", "rina", "v1")
    assert signed_in.joined == "history"
    session = await shop.session(signed_in)
    assert '"v1"' in session["joined"]
    assert (await shop.session(anonymous))["ended_at"] == LATER
    assert await shop.customer("visitor", "v1") == await shop.customer("account", "rina")
    after = await shop.say("account", "rina")
    assert (after.conversation, after.number) == (before.conversation, before.number + 1)
    [ended] = await shop.desk.facts("VisitorSessionEnded")
    assert ended["session"] == anonymous.session


async def test_history_of_another_account_is_never_taken(shop: Shop) -> None:
    """By staff's finding the browser is Budi's; then Rina signs in with its session."""
    await shop.come("v1")
    await shop.say("visitor", "v1")
    await shop.sign_in("t1", "budi")
    budi = await shop.customer("account", "budi")
    visitor = await shop.customer("visitor", "v1")
    await shop.desk.database.run(lambda tx: merge(tx, visitor, budi, SYSTEM, shop.desk.book, LATER))
    signed_in = await shop.sign_in("t2", "rina", "v1")
    assert signed_in.joined == "other_account"
    assert (await shop.session(signed_in))["joined"] == "[]"
    assert await shop.customer("visitor", "v1") == budi
    assert await shop.customer("account", "rina") != budi


async def test_session_of_one_account_gives_another_nothing(shop: Shop) -> None:
    await shop.come("v1")
    budi = await shop.sign_in("t1", "budi", "v1")
    rina = await shop.sign_in("t2", "rina", "t1")
    assert rina.joined == "other_account"
    assert (await shop.session(rina))["joined"] == "[]"
    assert (await shop.session(budi))["ended_at"] == LATER
    assert await shop.customer("account", "rina") != await shop.customer("account", "budi")


async def test_same_account_again_keeps_what_was_joined(shop: Shop) -> None:
    await shop.come("v1")
    await shop.sign_in("t1", "rina", "v1")
    again = await shop.sign_in("t2", "rina", "t1")
    assert again.joined == "history"
    assert '"v1"' in (await shop.session(again))["joined"]


async def test_session_that_staff_had_merged_is_joined_without_another_merge(shop: Shop) -> None:
    await shop.come("v1")
    await shop.sign_in("t1", "rina")
    visitor = await shop.customer("visitor", "v1")
    rina = await shop.customer("account", "rina")
    await shop.desk.database.run(lambda tx: merge(tx, visitor, rina, SYSTEM, shop.desk.book, LATER))
    assert (await shop.sign_in("t2", "rina", "v1")).joined == "history"
    assert len(await shop.desk.facts("CustomersMerged")) == 1


@pytest.mark.parametrize("spoilt", ["ended_at = now()", "expires_at = $1"])
async def test_session_that_is_over_gives_nothing(shop: Shop, spoilt: str) -> None:
    await shop.come("v1")
    args = [NOW] if "$1" in spoilt else []
    await shop.desk.rows(f"UPDATE visitor_session SET {spoilt}", *args)  # noqa: S608
    assert (await shop.sign_in("t1", "rina", "v1")).joined == "nothing"


async def test_session_of_another_connection_gives_nothing(shop: Shop) -> None:
    await shop.come("v1")
    app = Shop(shop.desk, await shop.desk.channel("app", "mobile"))
    assert (await app.sign_in("t1", "rina", "v1")).joined == "nothing"


async def test_two_tabs_that_sign_in_at_once_join_once(shop: Shop) -> None:
    await shop.come("v1")
    await shop.say("visitor", "v1")
    both = await asyncio.gather(*(shop.sign_in(f"t{n}", "rina", "v1") for n in range(2)))
    assert sorted(one.joined for one in both) == ["history", "nothing"]
    assert len(await shop.desk.facts("CustomersMerged")) == 1


async def test_sign_out_begins_anew_with_nothing(shop: Shop) -> None:
    signed_in = await shop.sign_in("t1", "rina")
    anew = await shop.desk.database.run(
        lambda tx: sign_out(tx, signed_in.session, shop.opening("t2"), "shop", "v9", LATER)
    )
    session = await shop.session(anew)
    assert (session["scheme"], session["joined"]) == ("visitor", "[]")
    assert await shop.customer("visitor", "v9") != await shop.customer("account", "rina")
    assert (await shop.session(signed_in))["ended_at"] == LATER
    with pytest.raises(NotSignedIn):
        await shop.desk.database.run(
            lambda tx: sign_out(tx, signed_in.session, shop.opening("t3"), "shop", "v10", LATER)
        )
    assert await shop.desk.value("SELECT count(*) FROM visitor_session") == 2


async def test_context_is_kept_while_the_session_lasts(shop: Shop) -> None:
    session = (await shop.come("v1")).session
    await shop.desk.database.run(lambda tx: keep_context(tx, session, {"screen": "bill"}))
    assert await shop.desk.value("SELECT context->>'screen' FROM visitor_session") == "bill"


LOCK_ORDER = {
    "customers.lock": "customer",
    "visitors.add_identity": "identity",
    "visitors.end": "session",
    "visitors.begin": "session",
    "merges.lock_conversations": "conversation",
    "cases.lock_of_party": "case",
    "leads.lock_of_party": "lead",
    "items.lock_of_subjects": "item",
}
"""What the queries of these actions lock or write."""


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has been locked or written, in its order."""
    found: list[str] = []

    def heard(name: str) -> None:
        asked = getattr(Tx, name)

        async def ask(tx: Tx, *args: Any) -> Any:
            found.extend(LOCK_ORDER[a] for a in args[:2] if isinstance(a, str) and a in LOCK_ORDER)
            return await asked(tx, *args)

        monkeypatch.setattr(Tx, name, ask)

    for name in ("one", "maybe", "many", "do"):
        heard(name)
    return found


async def test_sign_in_locks_and_writes_in_the_lock_order(shop: Shop, locked: list[str]) -> None:
    await shop.come("v1")
    await shop.say("visitor", "v1")
    locked.clear()
    await shop.sign_in("t1", "rina", "v1", email="rina@example.com")
    assert locked == [
        "customer",
        "identity",
        "session",
        "session",
        "conversation",
        "case",
        "lead",
        "item",
    ]


async def test_sign_out_locks_and_writes_in_the_lock_order(shop: Shop, locked: list[str]) -> None:
    earlier = (await shop.sign_in("t1", "rina")).session
    locked.clear()
    await shop.desk.database.run(
        lambda tx: sign_out(tx, earlier, shop.opening("t2"), "shop", "v9", LATER)
    )
    assert locked == ["customer", "session", "session"]
