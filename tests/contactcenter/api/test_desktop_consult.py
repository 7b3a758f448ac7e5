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


async def test_both_hear_of_a_consult_and_see_it_on_the_next_desktop(team: Team) -> None:
    bot, agent, asked = await team.bot(), await team.hire(), await team.hire()
    async with agent.desktop() as mine, asked.desktop() as theirs:
        await mine.done("presence", state="available")
        await bot.hears("1", "Hello")
        offer = await mine.event("OfferMade")
        await mine.done("accept", offer=offer["offer"])
        await theirs.done("presence", state="away", reason="lunch")
        done = await mine.done("consult", item=offer["item"], agent=asked.id, question="So?")
        for desktop in (mine, theirs):
            told = await desktop.event("ConsultAsked")
            assert (told["consult"], told["question"]) == (done["consult"], "So?")
        for member in (agent, asked):
            async with member.desktop() as next_one:
                [shown] = next_one.welcome["snapshot"]["consults"]
            assert (shown["id"], shown["state"]) == (done["consult"], "asked")
            assert (shown["by"], shown["agent"]) == (agent.id, asked.id)
            assert shown["conversation"] == offer["conversation"]
        await theirs.done("join_consult", consult=done["consult"])
        await mine.event("ConsultJoined")
        await theirs.done("take_over", consult=done["consult"])
        assert (await mine.event("ConsultEnded"))["outcome"] == "taken_over"
        assert (await theirs.event("ItemAssigned"))["agent"] == asked.id
    async with agent.desktop() as after:
        assert after.welcome["snapshot"]["consults"] == []
