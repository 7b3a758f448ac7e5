import asyncio
from datetime import timedelta
from typing import Any

import pytest

from contactcenter.actions.extend import extend
from contactcenter.actions.presence import connect, disconnect, grace_ended, reap, set_presence
from contactcenter.actions.transfer import assign
from contactcenter.errors import BadInput, NotFound
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, proposal, resolve

LATER = NOW + timedelta(minutes=1)
GRACE = timedelta(seconds=30)


class Sockets:
    """Processes and the sockets that agents have in them."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    async def open(self, agent: int, process: str = "here") -> int:
        await self.floor.run(lambda tx: tx.do("processes.renew", process, 60.0))
        await self.floor.desk.cookie(agent)
        session = await self.floor.desk.value("SELECT max(id) FROM staff_session")
        return await self.floor.run(connect, agent, process, session, NOW)

    async def close(self, socket: int) -> None:
        await self.floor.run(disconnect, socket, self.floor.book, LATER)

    async def kill(self, process: str) -> None:
        await self.floor.desk.rows(
            "UPDATE process SET expires_at = now() - interval '1 second' WHERE id = $1", process
        )

    async def reap(self) -> int:
        return await self.floor.run(reap, self.floor.book, LATER)


@pytest.fixture
def sockets(floor: Floor) -> Sockets:
    return Sockets(floor)


async def seen_as(floor: Floor) -> list[object]:
    return [f["presence"] for f in await floor.desk.facts("PresenceChanged")]


async def test_agent_is_here_from_their_first_socket_to_their_last(
    floor: Floor, sockets: Sockets
) -> None:
    agent = await floor.desk.person()
    await floor.desk.rows("UPDATE agent SET gone_since = $1", NOW)
    first, second = await sockets.open(agent), await sockets.open(agent)
    assert await seen_as(floor) == ["available"]
    await sockets.close(first)
    assert (await floor.agent(agent))["gone_since"] is None
    await sockets.close(second)
    assert (await floor.agent(agent))["gone_since"] == LATER
    assert await seen_as(floor) == ["available", "offline"]
    assert await floor.timers() == [("agent_grace", agent, LATER + GRACE)]
    await sockets.close(second)
    assert await seen_as(floor) == ["available", "offline"]


async def test_last_two_sockets_that_close_at_once_say_once_that_the_agent_is_gone(
    floor: Floor, sockets: Sockets
) -> None:
    agent = await floor.desk.person()
    both = [await sockets.open(agent), await sockets.open(agent)]
    await asyncio.gather(*map(sockets.close, both))
    assert await seen_as(floor) == ["offline"]


async def test_who_takes_no_work_has_no_desktop(floor: Floor, sockets: Sockets) -> None:
    supervisor = await floor.desk.person("supervisor", capacity=None)
    with pytest.raises(NotFound) as refused:
        await sockets.open(supervisor)
    assert refused.value.code == "no-agent"


async def test_offers_to_one_who_vanishes_count_against_nobody(
    floor: Floor, sockets: Sockets
) -> None:
    agent = await floor.desk.person()
    socket = await sockets.open(agent)
    item = await floor.waiting()
    await floor.offer(item, agent)
    await sockets.close(socket)
    assert await floor.offers() == [(item, agent, "rescinded", "agent_gone")]
    assert await floor.state(item) == "queued"
    assert (await floor.agent(agent))["misses"] == 0


async def test_who_comes_back_within_grace_keeps_their_work(floor: Floor, sockets: Sockets) -> None:
    agent = await floor.desk.person()
    socket = await sockets.open(agent)
    item = await floor.active(agent)
    await sockets.close(socket)
    [[_, _, due]] = await floor.timers()
    assert due == LATER + GRACE
    await sockets.open(agent)
    assert await floor.timers() == []
    assert await floor.state(item) == "active"


async def test_after_grace_the_work_waits_again(floor: Floor, sockets: Sockets) -> None:
    agent = await floor.desk.person()
    socket = await sockets.open(agent)
    active, finished = await floor.active(agent, "1"), await floor.active(agent, "2")
    await floor.run(resolve, agent, finished, "solved", floor.book, NOW)
    await sockets.close(socket)
    await floor.ring(grace_ended, "agent_grace", LATER)
    row = await floor.item(active)
    assert (row["state"], row["agent_id"], row["waiting_for"]) == ("queued", None, "us")
    assert await floor.state(finished) == "done"
    [arrived, _, queued] = await floor.desk.facts("ItemQueued")
    assert (arrived["because"], queued["because"], queued["agent"]) == (
        "arrived",
        "agent_gone",
        agent,
    )
    assert (await floor.agent(agent))["presence"] == "offline"


async def test_grace_of_one_who_is_back_ends_nothing(floor: Floor, sockets: Sockets) -> None:
    agent = await floor.desk.person()
    item = await floor.active(agent)
    await sockets.close(await sockets.open(agent))
    [timer] = await floor.desk.rows("SELECT generation FROM timer")
    await sockets.open(agent)
    await floor.run(grace_ended, {agent: timer["generation"]}, floor.book, LATER)
    assert await floor.state(item) == "active"


async def test_item_that_comes_while_grace_ends_is_looked_at_again(
    floor: Floor, sockets: Sockets
) -> None:
    """The effect reads what the agent has before it locks them; a supervisor adds to it."""
    agent = await floor.desk.person()
    item = await floor.waiting()
    given, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: Any) -> None:
        await assign(tx, 1, item, agent, floor.book, NOW)
        given.set()
        await go_on.wait()

    assigning = asyncio.create_task(floor.run(slow))
    await given.wait()
    await floor.desk.rows(
        "INSERT INTO timer (kind, subject, due_at) VALUES ('agent_grace', $1, now())", agent
    )
    ending = asyncio.create_task(floor.ring(grace_ended, "agent_grace", LATER))
    await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.gather(assigning, ending)
    assert await floor.state(item) == "active"  # the agent is here
    await sockets.close(await sockets.open(agent))
    await floor.ring(grace_ended, "agent_grace", LATER)
    assert await floor.state(item) == "queued"


async def test_signing_out_keeps_the_work_for_the_grace_time_and_no_reload_saves_it(
    floor: Floor, sockets: Sockets
) -> None:
    agent = await floor.desk.person()
    socket = await sockets.open(agent)
    item = await floor.active(agent)
    await floor.run(set_presence, agent, "offline", None, floor.book, NOW)
    assert await floor.timers() == [("agent_grace", agent, NOW + GRACE)]
    await sockets.close(socket)
    await sockets.open(agent)
    assert [t[:2] for t in await floor.timers()] == [("agent_grace", agent)]
    await floor.ring(grace_ended, "agent_grace", LATER)
    assert await floor.state(item) == "queued"


@pytest.mark.parametrize(("presence", "reason"), [("away", "lunch"), ("offline", None)])
async def test_who_is_not_available_has_no_pending_offer(
    floor: Floor, presence: str, reason: str | None
) -> None:
    agent, other = await floor.desk.person(), await floor.desk.person()
    mine, theirs = await floor.waiting("1"), await floor.waiting("2")
    await floor.offer(mine, agent)
    await floor.offer(theirs, other)
    await floor.run(set_presence, agent, presence, reason, floor.book, NOW)
    assert await floor.offers() == [
        (mine, agent, "rescinded", "agent_away"),
        (theirs, other, "pending", None),
    ]
    [changed] = await floor.desk.facts("PresenceChanged")
    assert (changed["presence"], changed.get("reason")) == (presence, reason)


async def test_who_comes_back_to_available_starts_with_a_clean_slate(floor: Floor) -> None:
    agent = await floor.desk.person()
    await floor.run(set_presence, agent, "offline", None, floor.book, NOW)
    await floor.desk.rows("UPDATE agent SET misses = 3, cooldown_until = $1", LATER)
    await floor.run(set_presence, agent, "available", None, floor.book, LATER)
    seated = await floor.agent(agent)
    assert (seated["misses"], seated["cooldown_until"], seated["idle_since"]) == (0, None, LATER)
    assert await floor.timers() == []


@pytest.mark.parametrize("reason", [None, "a whim"])
async def test_away_takes_a_reason_of_the_rulebook(floor: Floor, reason: str | None) -> None:
    agent = await floor.desk.person()
    with pytest.raises(BadInput, match="break, lunch, training") as refused:
        await floor.run(set_presence, agent, "away", reason, floor.book, NOW)
    assert refused.value.pointer == "/reason"


async def test_offer_made_between_reading_and_locking_is_withdrawn_too(floor: Floor) -> None:
    """The extension holds the agent's lock; signing out waits for it, and finds a new offer."""
    await floor.lead()
    agent = await floor.desk.person()
    item = await floor.waiting()
    locked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: object) -> None:
        await extend(tx, [proposal(item, agent)], floor.epoch, floor.book, NOW)
        locked.set()
        await go_on.wait()

    extending = asyncio.create_task(floor.run(slow))
    await locked.wait()
    leaving = asyncio.create_task(floor.run(set_presence, agent, "away", "lunch", floor.book, NOW))
    await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.gather(extending, leaving)
    assert await floor.offers() == [(item, agent, "rescinded", "agent_away")]


async def test_sockets_of_a_dead_process_are_closed_for_it(floor: Floor, sockets: Sockets) -> None:
    lost, kept = await floor.desk.person(), await floor.desk.person()
    await sockets.open(lost, "dead")
    for process in ("dead", "alive"):
        await sockets.open(kept, process)
    item = await floor.waiting()
    await floor.offer(item, lost)
    assert await sockets.reap() == 0
    await sockets.kill("dead")
    assert await sockets.reap() == 2
    assert (await floor.agent(lost))["gone_since"] == LATER
    assert (await floor.agent(kept))["gone_since"] is None
    assert await floor.state(item) == "queued"
    assert await floor.desk.value("SELECT count(*) FROM socket") == 1
    assert await sockets.reap() == 0


async def test_process_that_is_long_dead_is_forgotten(floor: Floor, sockets: Sockets) -> None:
    await sockets.open(await floor.desk.person(), "dead")
    await floor.desk.rows("UPDATE process SET expires_at = now() - interval '2 minutes'")
    await sockets.reap()
    assert await floor.desk.value("SELECT count(*) FROM process") == 0
