import os
import signal

from contactcenter.loadtest.fleet import health
from tests.faults.conftest import Ground, until


async def test_without_redis_the_service_goes_on_says_so_and_recovers_by_itself(
    ground: Ground,
) -> None:
    here, there = ground.servers

    async def both_say(state: str) -> None:
        async def say() -> bool:
            return [(await health(s)).get("state") for s in ground.servers] == [state, state]

        await until(say)

    await both_say("ready")
    async with ground.desktop(there) as desk:
        await desk.done("presence", state="available")
        await ground.place.servers.stop_redis()
        await both_say("degraded")

        # What one process commits, the other hears nevertheless: of the log.
        assert (await ground.post(here, "1", "meanwhile")).status_code == 200
        offer = await desk.event("OfferMade")
        item = (await desk.done("accept", offer=offer["offer"]))["item"]
        await desk.done("reply", item=item, text="we are here", seen=1)
        heard = len(desk.events)
        assert (await ground.post(here, "1", "more")).status_code == 200
        await desk.event("InteractionAppended", since=heard)

        await ground.place.servers.start_redis()
        await both_say("ready")
        heard = len(desk.events)
        assert (await ground.post(here, "1", "afterwards")).status_code == 200
        await desk.event("InteractionAppended", since=heard)
    texts = "SELECT text FROM interaction ORDER BY number"
    assert [text for (text,) in await ground.rows(texts)] == [
        "1: meanwhile",
        "we are here",
        "1: more",
        "1: afterwards",
    ]


async def test_redis_that_hangs_is_noticed_when_it_is_needed_and_is_used_again_afterwards(
    ground: Ground,
) -> None:
    here, there = ground.servers
    pid = ground.place.servers.redis_pid
    assert pid
    async with ground.desktop(there) as desk:
        await desk.done("presence", state="available")
        os.kill(pid, signal.SIGSTOP)
        try:
            assert (await ground.post(here, "1", "meanwhile")).status_code == 200
            await desk.event("OfferMade")

            async def degraded() -> bool:
                return (await health(here)).get("state") == "degraded"

            await until(degraded)
        finally:
            os.kill(pid, signal.SIGCONT)

        async def recovered() -> bool:
            return [(await health(s)).get("state") for s in ground.servers] == ["ready", "ready"]

        await until(recovered)
