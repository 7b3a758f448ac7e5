from tests.faults.conftest import Ground, until

LEASE_S = 6
ROUND_S = 1.5
GRACE_S = 3
SLACK_S = 5


async def test_when_the_process_of_an_agent_dies_their_work_goes_to_somebody_else(
    ground: Ground,
) -> None:
    dying, living = ground.servers
    gone, takes_over = (person for person, _ in ground.people)
    desk = await ground.desktop(dying, 0).open()
    await desk.done("presence", state="available")
    assert (await ground.post(living, "1", "hello")).status_code == 200
    offer = await desk.event("OfferMade")
    item = (await desk.done("accept", offer=offer["offer"]))["item"]
    await ground.fleet.kill(dying)
    await desk.close()

    async with ground.desktop(living, 1) as other:
        await other.done("presence", state="available")

        async def reaped() -> bool:
            return await ground.value("SELECT gone_since FROM agent WHERE id = $1", gone)

        await until(reaped, LEASE_S + ROUND_S + SLACK_S)
        assert await ground.rows("SELECT agent_id FROM socket") == [(takes_over,)]
        owner = "SELECT agent_id FROM work_item WHERE id = $1"
        assert await ground.value(owner, item) == gone  # for the grace time

        # After grace it waits for them first, and after that patience for anybody.
        again = await other.event("OfferMade", item=item)
        await other.done("accept", offer=again["offer"])
        assert await ground.value(owner, item) == takes_over


async def test_agent_who_connects_elsewhere_at_once_keeps_their_work(ground: Ground) -> None:
    dying, living = ground.servers
    agent, _ = ground.people[0]
    desk = await ground.desktop(dying).open()
    await desk.done("presence", state="available")
    assert (await ground.post(living, "1", "hello")).status_code == 200
    offer = await desk.event("OfferMade")
    await desk.done("accept", offer=offer["offer"])
    await ground.fleet.kill(dying)
    seen = desk.seq
    await desk.close()

    async with ground.desktop(living) as again:
        assert [i["id"] for i in again.welcome["snapshot"]["items"]] == [offer["item"]]
        assert again.seq >= seen

        async def reaped() -> bool:
            return await ground.value("SELECT count(*) FROM socket") == 1

        await until(reaped, LEASE_S + ROUND_S + SLACK_S)
        assert await ground.value("SELECT gone_since FROM agent WHERE id = $1", agent) is None
        assert await ground.value("SELECT agent_id FROM work_item") == agent
