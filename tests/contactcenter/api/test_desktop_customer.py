"""An agent has a customer on the screen whom somebody else changes."""

from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Team


async def test_an_edit_is_told_to_who_has_the_work_and_to_who_looks_on(
    house: Running, team: Team
) -> None:
    bot = await team.bot()
    editor = await team.hire()
    async with (await team.hire()).desktop() as owner, (await team.hire()).desktop() as other:
        await owner.done("presence", state="available")
        await bot.hears("1", "Hello")
        offer = await owner.event("OfferMade")
        await owner.done("accept", offer=offer["offer"])
        await other.send({"type": "follow_customer", "customer": offer["customer"]})
        await other.complaint("{}")  # told in turn: the frame before it was taken

        url = f"/v1/customers/{offer['customer']}"
        answer = await house.client.patch(url, json={"name": "Ani"}, headers=editor.headers)

        assert answer.status_code == 200
        for desktop in (owner, other):
            told = await desktop.event("CustomerChanged")
            assert (told["customer"], told["changed"]) == (offer["customer"], ["name"])
