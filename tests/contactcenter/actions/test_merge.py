import asyncio
import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from contactcenter.actions.merge import merge, unmerge
from contactcenter.actions.receive import Inbound, receive
from contactcenter.errors import Conflict, NotFound, Unavailable
from contactcenter.model.caller import Actor
from contactcenter.model.conversation import Conversation
from contactcenter.record.route import destination
from tests.contactcenter.conftest import NOW, Desk

LATER = NOW + timedelta(minutes=5)
STAFF = Actor("person", 7, "request 1")


@pytest.fixture
def run(desk: Desk) -> Any:
    class Run:
        @staticmethod
        async def merge(loser: int, winner: int) -> Any:
            return await desk.database.run(
                lambda tx: merge(tx, loser, winner, STAFF, desk.book, LATER)
            )

        @staticmethod
        async def unmerge(customer: int) -> Any:
            return await desk.database.run(lambda tx: unmerge(tx, customer, STAFF, LATER))

    return Run


async def meet(desk: Desk, who: str) -> int:
    return await desk.customer_of((await desk.say(who)).conversation)


async def test_either_id_of_a_merged_customer_leads_to_one(desk: Desk, run: Any) -> None:
    a, b, c = [await meet(desk, who) for who in ("+621", "+622", "+623")]
    await run.merge(a, b)
    merged = await run.merge(a, c)  # a is known as b by now
    assert (merged.customer, merged.into) == (b, c)
    assert await desk.value("SELECT customer_root($1)", a) == c


async def test_merge_is_on_the_audit_trail(desk: Desk, run: Any) -> None:
    a, b = await meet(desk, "+621"), await meet(desk, "+622")
    await run.merge(a, b)
    await run.unmerge(a)
    rows = await desk.rows(
        "SELECT actor_id, action, subject_id, detail::text, request_id FROM audit ORDER BY id"
    )
    assert [tuple(row.values()) for row in rows] == [
        (7, "customer.merge", a, f'{{"after": {{"merged_into": {b}}}}}', "request 1"),
        (7, "customer.unmerge", a, f'{{"before": {{"merged_into": {b}}}}}', "request 1"),
    ]


async def test_one_customer_is_not_merged_twice(desk: Desk, run: Any) -> None:
    a, b = await meet(desk, "+621"), await meet(desk, "+622")
    await run.merge(a, b)
    for pair in ((a, b), (b, a), (a, a)):
        with pytest.raises(Conflict, match="are one already"):
            await run.merge(*pair)


async def test_unknown_customer_is_not_found(desk: Desk, run: Any) -> None:
    a = await meet(desk, "+621")
    for attempt in (run.merge(a, 99), run.merge(99, a), run.unmerge(99)):
        with pytest.raises(NotFound, match="no customer 99"):
            await attempt


async def test_unmerge_needs_a_merged_customer(desk: Desk, run: Any) -> None:
    with pytest.raises(Conflict, match="is not merged"):
        await run.unmerge(await meet(desk, "+621"))


async def test_unmerge_gives_back_what_began_with_them(desk: Desk, run: Any) -> None:
    a = await meet(desk, "+621")
    b = await meet(desk, "+622")
    await run.merge(a, b)
    parted = await run.unmerge(a)
    assert (parted.customer, parted.out_of) == (a, b)
    rows = await desk.rows("SELECT customer_id, party_id, state FROM conversation ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [(a, a, "open"), (b, b, "closed")]
    assert await desk.value("SELECT customer_id FROM work_item WHERE state = 'queued'") == a
    [fact] = await desk.facts("CustomersUnmerged")
    assert (fact["customer"], fact["out_of"]) == (a, b)


async def test_unmerge_loses_and_renumbers_nothing(desk: Desk, run: Any) -> None:
    a, b = await meet(desk, "+621"), await meet(desk, "+622")
    await run.merge(b, a)
    await desk.say("+622", "as one")
    everything = (
        "SELECT id, conversation_id, number, identity_id, text FROM interaction ORDER BY id"
    )
    before = await desk.rows(everything)
    await run.unmerge(b)
    assert await desk.rows(everything) == before
    alone = await desk.say("+622", "alone again")
    assert await desk.customer_of(alone.conversation) == b


async def way(desk: Desk, conversation: int, connection: int | None = None) -> tuple[int, int]:
    """By which connection and to which identity an answer in the conversation leaves."""

    async def action(tx: Any) -> tuple[int, int]:
        [found] = await tx.many(Conversation, "conversations.lock", [conversation])
        leads = await destination(tx, found, connection)
        return leads.connection_id, leads.identity_id

    return await desk.database.run(action)


async def test_answer_may_go_by_what_only_the_other_conversation_had_until_they_are_parted(
    desk: Desk, run: Any
) -> None:
    web, phone = await desk.channel("web", "web"), await desk.channel("front")
    elder = (await desk.say("a", by="web", channel="web")).conversation
    younger = (await desk.say("+622")).conversation
    a, b = await desk.customer_of(elder), await desk.customer_of(younger)
    with pytest.raises(Conflict):
        await way(desk, elder, phone)
    await run.merge(b, a)
    assert await way(desk, elder, phone) == (phone, 2)
    assert await way(desk, elder, web) == (web, 1)
    assert await way(desk, elder) == (phone, 2)  # where they wrote last
    await desk.say("+622", "as one")
    await run.unmerge(b)
    assert await way(desk, elder) == (web, 1)
    with pytest.raises(Conflict) as refused:
        await way(desk, elder, phone)
    assert refused.value.code == "unreachable"


async def test_unmerge_in_the_middle_takes_along_who_was_merged_before(
    desk: Desk, run: Any
) -> None:
    a, b, c = [await meet(desk, who) for who in ("+621", "+622", "+623")]
    await run.merge(a, b)
    await run.merge(b, c)
    await run.unmerge(b)
    roots = [await desk.value("SELECT customer_root($1)", i) for i in (a, b, c)]
    parties = await desk.rows("SELECT party_id FROM conversation ORDER BY id")
    assert (roots, [r["party_id"] for r in parties]) == ([b, b, c], [b, b, c])


async def test_session_that_speaks_for_both_ends_with_the_unmerge(desk: Desk, run: Any) -> None:
    a, b = await meet(desk, "+621"), await meet(desk, "+622")
    await meet(desk, "+623")
    sessions = [
        await desk.value(
            "INSERT INTO visitor_session (token_hash, connection_id, scheme, scope, value,"
            " verified, joined, created_at, expires_at)"
            " SELECT $1, id, 'phone', 'front', $2, true, $3, $4, $4 FROM connection RETURNING id",
            str(place).encode(),
            own,
            "[]" if later is None else f'[{{"scheme":"phone","scope":"front","value":"{later}"}}]',
            NOW,
        )
        for place, (own, later) in enumerate(
            (("+622", "+621"), ("+621", "+622"), ("+622", None), ("+622", "+623"))
        )
    ]
    await run.merge(a, b)
    await run.unmerge(a)
    ended = await desk.rows("SELECT id FROM visitor_session WHERE ended_at = $1 ORDER BY id", LATER)
    assert [row["id"] for row in ended] == sessions[:2]
    told = [fact["session"] for fact in await desk.facts("VisitorSessionEnded")]
    assert sorted(told) == sessions[:2]


async def test_merges_and_messages_at_once_leave_one_open_conversation_each(
    desk: Desk, run: Any
) -> None:
    """Whatever order they come in, nothing is lost, and nothing doubled."""
    chance = random.Random(7)  # noqa: S311
    customers = [await meet(desk, f"+62{n}") for n in range(6)]

    async def merging() -> None:
        for _ in range(10):
            pair = chance.sample(customers, 2)
            try:
                await run.merge(*pair)
            except Conflict:
                await unmerging(pair[0])
            except Unavailable:
                continue

    async def unmerging(customer: int) -> None:
        with suppress(Conflict, Unavailable):
            await run.unmerge(customer)

    async def talking(words: list[Inbound]) -> None:
        """Whoever finds us busy sends the same again, under its key."""
        while words:
            with suppress(Unavailable):
                await desk.database.run(lambda tx: receive(tx, [words[0]], desk.book, LATER))
                words.pop(0)

    words = [[await desk.inbound(f"+62{n}") for _ in range(10)] for n in range(6)]
    await asyncio.gather(merging(), merging(), *(talking(some) for some in words))
    assert await desk.value("SELECT count(*) FROM interaction") == 66
    assert (
        await desk.rows(
            "SELECT id FROM conversation c WHERE (SELECT count(*) FROM interaction i"
            " WHERE i.conversation_id = c.id) <> last_number"
        )
        == []
    )
    assert (
        await desk.rows("SELECT id FROM conversation WHERE party_id <> customer_root(customer_id)")
        == []
    )
    assert (
        await desk.rows(
            "SELECT w.id FROM work_item w JOIN conversation c ON c.id = w.conversation_id"
            " WHERE w.ended_at IS NULL AND (c.state <> 'open' OR w.customer_id <> c.party_id)"
        )
        == []
    )
