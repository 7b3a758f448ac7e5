import signal
from asyncio import timeout

from contactcenter.loadtest.checks import RULES, history, standing
from contactcenter.loadtest.fleet import health, ready
from contactcenter.loadtest.ledger import Ledger
from tests.faults.conftest import Ground, until

TAKEN_OVER_S_MAX = 3


async def test_frozen_leader_is_replaced_and_offers_nothing_when_it_wakes(ground: Ground) -> None:
    async def led() -> bool:
        return await ground.fleet.leader() is not None

    await until(led)
    leader = await ground.fleet.leader()
    assert leader
    [other] = [s for s in ground.servers if s is not leader]
    async with ground.desktop(other) as desk:
        await desk.done("presence", state="available")
        leader.process.send_signal(signal.SIGSTOP)
        try:
            async with timeout(TAKEN_OVER_S_MAX):
                assert (await ground.post(other, "1", "meanwhile")).status_code == 200
                first = await desk.event("OfferMade")
        finally:
            leader.process.send_signal(signal.SIGCONT)
        await desk.done("accept", offer=first["offer"])

        await ready(leader)
        for number in range(2, 4):
            heard = len(desk.events)
            assert (await ground.post(leader, f"{number}", f"{number}")).status_code == 200
            offer = await desk.event("OfferMade", since=heard)
            await desk.done("accept", offer=offer["offer"])
        assert not (await health(leader))["leader"]

    offers = "SELECT item_id, count(*) FROM offer GROUP BY item_id ORDER BY item_id"
    assert [count for _, count in await ground.rows(offers)] == [1, 1, 1]
    assert await standing(ground.place.database) == {rule: [] for rule in RULES.values()}
    capacity = {person: 3 for person, _ in ground.people}
    told = await history(ground.place.database, Ledger(), capacity)
    assert told["no item has two offers, nobody is offered more than they can take"] == []
