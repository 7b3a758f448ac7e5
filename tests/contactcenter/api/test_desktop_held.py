"""A reply that waits to leave outlives the process that holds it, and its desktop."""

from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import running
from tests.contactcenter.team import Team


async def test_it_leaves_though_the_process_ended_before(
    database_url: str, redis_url: str, book: Published
) -> None:
    async with running(database_url, redis_url, book) as house:
        team = Team(house.database, book, house.client, house.socket_url)
        bot, agent = await team.bot(), await team.hire()
        async with agent.desktop() as desktop:
            await desktop.done("presence", state="available")
            said = await bot.hears("1", "Hello?")
            offer = await desktop.event("OfferMade")
            await desktop.done("accept", offer=offer["offer"])
            words = {"item": offer["item"], "text": "So?", "seen": 9, "undo_s": 1}
            await desktop.done("hold_reply", **words)
    async with running(database_url, redis_url, book) as house:
        team = Team(house.database, book, house.client, house.socket_url)
        agent = await team.sign_in(agent.id)
        async with agent.desktop() as desktop:
            if desktop.welcome["snapshot"]["held"]:
                assert (await desktop.event("HeldReplyEnded"))["outcome"] == "sent"
        shown = await house.client.get(
            f"/v1/conversations/{said['conversation']}/interactions", headers=agent.headers
        )
        assert [i["text"] for i in shown.json()["items"]] == ["Hello?", "So?"]
