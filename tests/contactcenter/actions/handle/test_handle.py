import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from contactcenter.actions.handle import (
    Accept,
    Accepted,
    Command,
    Replied,
    Reply,
    Resolve,
    Resolved,
    Result,
    handle,
)
from contactcenter.actions.miss import lapse
from contactcenter.db.batch import Batch
from contactcenter.errors import Conflict, NotFound, Refusal
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, queue
from tests.contactcenter.invariants import broken

LATER = NOW + timedelta(seconds=30)
PATIENCE_S = 30


def says(agent: int, item: int, text: str = "Hi.", seen: int = 1) -> Reply:
    return Reply(agent=agent, item=item, text=text, seen=seen)


def codes(results: Sequence[object]) -> list[str]:
    """What each came to: the kind of its result, or the code of its refusal."""
    return [r.code if isinstance(r, Refusal) else type(r).__name__ for r in results]


async def holds(floor: Floor) -> None:
    assert await broken(floor.desk.database) == []


async def test_of_many_each_gets_its_own_result(floor: Floor) -> None:
    first, second = await floor.desk.person(), await floor.desk.person()
    answered, ended = await floor.active(first, "a"), await floor.active(second, "b")
    waiting = await floor.waiting("c")
    offer = await floor.offer(waiting, first)
    results = await floor.run(
        handle,
        [Resolve(second, ended, "solved"), Accept(first, offer), says(first, answered)],
        floor.book,
        NOW,
    )
    assert results == [
        Resolved(ended, LATER),
        Accepted(waiting, 3, 2),
        Replied(results[2].interaction, 1, 2),
    ]
    states = [await floor.state(i) for i in (answered, ended, waiting)]
    assert states == ["active", "wrapup", "active"]
    await holds(floor)


async def test_what_is_refused_among_others_leaves_nothing_behind(floor: Floor) -> None:
    agent, other = await floor.desk.person(), await floor.desk.person()
    item, theirs = await floor.active(agent, "a"), await floor.active(other, "b")
    offer = await floor.offer(await floor.waiting("c"), other)
    results = await floor.run(
        handle,
        [
            Accept(agent, offer),
            Accept(agent, 404),
            says(agent, theirs),
            says(agent, 404),
            Resolve(agent, theirs, "solved"),
            Resolve(agent, item, "magic"),
            says(agent, item),
        ],
        floor.book,
        NOW,
    )
    refused = ["not-found", "not-found", "not-yours", "not-found", "not-yours", "bad-input"]
    assert codes(results) == [*refused, "Replied"]
    assert (await floor.facts())[-2:] == ["InteractionAppended", "ItemWaiting"]
    assert [o[2] for o in await floor.offers()][-1] == "pending"
    await holds(floor)


async def test_who_takes_replies_and_resolves_in_one_batch_does_it_in_order(floor: Floor) -> None:
    floor.book = Published(2, queue(floor.book.rules, "care", wrap_up_s=0))
    agent = await floor.desk.person()
    item = await floor.waiting()
    offer = await floor.offer(item, agent)
    before = len(await floor.facts())
    results = await floor.run(
        handle,
        [
            Accept(agent, offer),
            says(agent, item),
            Accept(agent, offer),
            Resolve(agent, item, "solved"),
            says(agent, item),
        ],
        floor.book,
        NOW,
    )
    assert codes(results) == ["Accepted", "Replied", "offer-gone", "Resolved", "not-yours"]
    assert results[2].context == {"state": "accepted", "reason": None}
    assert results[4].context == {"state": "done", "agent": agent}
    assert (await floor.facts())[before:] == [
        "OfferEnded",
        "ItemAssigned",
        "InteractionAppended",
        "ItemWaiting",
        "ItemDone",
        "ConversationClosed",
    ]
    assert await floor.timers() == []
    await holds(floor)


async def test_in_one_batch_who_owns_the_work_answers_and_who_knows_of_the_others_answer(
    floor: Floor,
) -> None:
    agent, other = await floor.desk.person(), await floor.desk.person()
    item = await floor.active(agent)
    await floor.desk.rows(
        "UPDATE conversation SET answered_number = 1, answered_kind = 'agent', answered_id = $1",
        other,
    )
    results = await floor.run(
        handle,
        [says(agent, item, "One.", seen=0), says(agent, item, "Two."), says(other, item, "Three.")],
        floor.book,
        NOW,
    )
    assert codes(results) == ["answered-meanwhile", "Replied", "not-yours"]


async def test_own_answers_in_one_batch_follow_each_other(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.active(agent)
    await floor.desk.say("1", "Hello?")
    results = await floor.run(
        handle, [says(agent, item, text) for text in ("One.", "Two.")], floor.book, NOW
    )
    assert [(r.number, [s.text for s in r.unseen]) for r in results] == [
        (3, ["Hello?"]),
        (4, ["Hello?"]),
    ]
    assert len(await floor.desk.facts("ItemWaiting")) == 1
    await holds(floor)


async def test_each_hears_what_was_said_in_the_own_conversation(floor: Floor) -> None:
    agent = await floor.desk.person()
    items = [await floor.active(agent, who) for who in ("a", "b", "c")]
    await floor.desk.say("a", "A?")
    await floor.desk.say("c", "C?")
    results = await floor.run(handle, [says(agent, i) for i in items], floor.book, NOW)
    assert [[s.text for s in r.unseen] for r in results] == [["A?"], [], ["C?"]]


async def test_one_who_cannot_be_reached_harms_no_other(floor: Floor) -> None:
    agent = await floor.desk.person()
    lost, item = await floor.active(agent, "a"), await floor.active(agent, "b")
    unused = await floor.desk.channel("site", "web")
    elsewhere = Reply(agent=agent, item=lost, text="Hi.", seen=1, connection=unused)
    results = await floor.run(handle, [elsewhere, says(agent, item)], floor.book, NOW)
    assert codes(results) == ["unreachable", "Replied"]
    await holds(floor)


async def test_taking_and_lapsing_at_once_end_each_offer_once(floor: Floor) -> None:
    agents = [await floor.desk.person() for _ in range(4)]
    items = [await floor.waiting(f"c{n}") for n in range(len(agents))]
    offers = [await floor.offer(i, a) for i, a in zip(items, agents, strict=True)]
    taken, _ = await asyncio.gather(
        floor.run(
            handle, [Accept(a, o) for a, o in zip(agents, offers, strict=True)], floor.book, NOW
        ),
        floor.ring(lapse, "offer_lapse", LATER),
    )
    for result, item, (_, _, state, _) in zip(taken, items, await floor.offers(), strict=True):
        assert (type(result), state, await floor.state(item)) in {
            (Accepted, "accepted", "active"),
            (Conflict, "expired", "queued"),
        }
    await holds(floor)


@pytest.fixture
async def handling(floor: Floor) -> AsyncIterator[Batch[Command, Result]]:
    """The writer, as a process runs it."""
    batch: Batch[Command, Result] = Batch(
        "handle", floor.desk.database, lambda tx, items: handle(tx, items, floor.book, NOW)
    )
    running = asyncio.create_task(batch.run())
    yield batch
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def at_once(handling: Batch[Command, Result], commands: Sequence[Command]) -> list[object]:
    async with asyncio.timeout(PATIENCE_S):
        futures = [handling.submit(c) for c in commands]
        return list(await asyncio.gather(*futures, return_exceptions=True))


async def test_what_the_database_cannot_hold_fails_alone(
    floor: Floor, handling: Batch[Command, Result]
) -> None:
    agent = await floor.desk.person()
    items = [await floor.active(agent, who) for who in ("a", "b", "c")]
    good, poison, other = await at_once(
        handling, [says(agent, i, t) for i, t in zip(items, ("A.", "\x00", "C."), strict=True)]
    )
    assert (type(good), type(other)) == (Replied, Replied)
    assert isinstance(poison, Exception)
    assert await floor.desk.value("SELECT array_agg(text) FROM interaction WHERE number = 2") == [
        "A.",
        "C.",
    ]
    await holds(floor)


def deadlocks() -> float:
    name = "contactcenter_transaction_repeats_total"
    return REGISTRY.get_sample_value(name, {"reason": "DeadlockDetectedError"}) or 0


async def test_two_writers_at_the_same_work_meet_no_deadlock(floor: Floor) -> None:
    """Each takes, answers and resolves all that there is, in an order of its own."""
    agents = [await floor.desk.person() for _ in range(6)]
    for turn in range(5):
        work = [(a, await floor.waiting(f"{turn} {a} {n}")) for a in agents for n in range(2)]
        offers = [(a, await floor.offer(i, a)) for a, i in work]
        takes: list[Command] = [Accept(a, o) for a, o in offers]
        answers: list[Command] = [says(a, i) for a, i in work]
        ends: list[Command] = [Resolve(a, i, "solved") for a, i in work]
        before = deadlocks()
        floor.book = Published(2, queue(floor.book.rules, "care", wrap_up_s=0))
        results = await asyncio.gather(
            *(
                floor.run(handle, batch, floor.book, NOW)
                for batch in (
                    [*takes, *answers, *ends],
                    [*takes[::-1], *answers[::-1], *ends[::-1]],
                    [*answers[::-1], *takes],
                    [*takes[::2], *ends[1::2]],
                )
            )
        )
        assert deadlocks() == before
        done = [c for batch in results for c in codes(batch)]
        assert (done.count("Accepted"), done.count("Resolved")) == (12, 12)
    await holds(floor)


async def test_of_nobody_there_is_nothing_to_take(floor: Floor) -> None:
    [result] = await floor.run(handle, [Accept(404, 404)], floor.book, NOW)
    assert isinstance(result, NotFound)
