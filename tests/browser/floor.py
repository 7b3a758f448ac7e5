"""A floor with something on it, for pages that show it: agents at work, customers who wait."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from tests.contactcenter.clients import Desktop
from tests.contactcenter.team import Bot, Member, Team


@dataclass
class Floor:
    """`agent` has the first customer's work and is away; the others wait."""

    name: str
    agent: Member
    desktop: Desktop
    bot: Bot
    conversation: int
    item: int
    waiting: list[dict[str, Any]]


async def at_work(team: Team, stack: AsyncExitStack, name: str = "front") -> Floor:
    """One agent, three customers: the one who waits longest is answered; the others wait."""
    bot = await team.bot(name)
    agent = await team.hire()
    desktop = await stack.enter_async_context(agent.desktop())
    await desktop.done("presence", state="available")
    await bot.hears(f"+62811000{name}", "My line is dead since this morning")
    offer = await desktop.event("OfferMade")
    await desktop.done("accept", offer=offer["offer"])
    await desktop.done("reply", item=offer["item"], text="I am looking at it", seen=9)
    await desktop.done("presence", state="away", reason="lunch")
    waiting = [await bot.hears(f"+62812000{name}{n}", f"Hello number {n}?") for n in (1, 2)]
    return Floor(name, agent, desktop, bot, offer["conversation"], offer["item"], waiting)
