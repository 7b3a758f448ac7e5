"""An agent who is asked for advice looks into a conversation that is another's."""

from tests.contactcenter.team import Team


async def test_a_colleague_who_is_asked_hears_what_is_said_until_they_leave(
    team: Team,
) -> None:
    bot = await team.bot()
    said = await bot.hears("1", "Hello")
    async with (await team.hire()).desktop() as colleague:
        await colleague.send({"type": "follow", "conversation": said["conversation"]})
        await colleague.complaint("{}")  # told in turn: the frame before it was taken
        await bot.hears("1", "Are you there?")
        heard = await colleague.event("InteractionAppended")
        assert heard["said"]["text"] == "Are you there?"
        await colleague.done("note", conversation=said["conversation"], text="It is the router.")
        note = await colleague.event("InteractionAppended", since=1)
        assert note["said"]["kind"] == "note"
        await colleague.send({"type": "follow", "conversation": None})
        await colleague.complaint("{}")
        await bot.hears("1", "Hello?")
        await colleague.done("presence", state="away", reason="lunch")
        await colleague.event("PresenceChanged", presence="away")
        facts = [event["fact"]["fact"] for event in colleague.events]
        assert facts.count("InteractionAppended") == 2
