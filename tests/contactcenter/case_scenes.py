"""Everything that can happen to cases and leads, as `scenarios` has it of other work."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from contactcenter.actions.case_words import close_due, customers_spoke
from contactcenter.actions.change_case import (
    CaseEdit,
    CaseMove,
    Resolution,
    Worker,
    edit_case,
    link_case,
    move_case,
    note_on_case,
    resolve_case,
)
from contactcenter.actions.escalate import escalate_due
from contactcenter.actions.leads import end_lead, make_lead
from contactcenter.actions.merge import unmerge
from contactcenter.actions.miss import decline
from contactcenter.actions.open_case import open_for
from contactcenter.actions.presence import grace_ended
from contactcenter.actions.transfer import assign, requeue, transfer
from contactcenter.model.caller import SYSTEM, Actor
from contactcenter.model.escalation import AlertStep, CaseStep, Ladder, Step, Target
from contactcenter.model.rulebook import Published
from contactcenter.record.cases import NewCase
from contactcenter.record.leads import NewLead
from tests.contactcenter.floor import accept
from tests.contactcenter.scene import Scene


async def case_of(s: Scene, item: int, seconds: float = 2, **fields: Any) -> int:
    """A case that came up in an item's conversation; the id of its own item."""
    new = NewCase(category="fault", subject="No internet", **fields)
    conversation = await s.conversation(item)
    by, book = Actor("person", s.agent), s.floor.book
    opened = await s.floor.run(open_for, None, conversation, new, by, book, s.at(seconds))
    return await s.floor.desk.value(
        "SELECT max(id) FROM work_item WHERE case_id = $1", opened.case.id
    )


async def taken_case(s: Scene, item: int) -> int:
    """A case that the agent `other` has; its id."""
    work = await case_of(s, item)
    await s.floor.run(
        accept, s.other, await s.floor.offer(work, s.other, s.at(3)), s.floor.book, s.at(4)
    )
    return (await s.floor.item(work))["case_id"]


async def moved_case(s: Scene, case: int, state: str, seconds: float) -> None:
    by = Worker(Actor("person", s.other), others_work=False)
    move = CaseMove(state=state)
    await s.floor.run(move_case, case, move, by, s.floor.book, s.at(seconds))


async def resolved_case(s: Scene, case: int, seconds: float = 6) -> None:
    by = Worker(Actor("person", s.other), others_work=True)
    how = Resolution(code="solved", text="It works.")
    await s.floor.run(resolve_case, case, how, by, s.floor.book, s.at(seconds))


async def edited_case(s: Scene, case: int, **fields: Any) -> None:
    by = Worker(Actor("person", s.agent), others_work=True)
    await s.floor.run(edit_case, case, CaseEdit(**fields), by, s.floor.book, s.at(7))


async def heard(s: Scene, seconds: float) -> None:
    while await s.floor.run(customers_spoke, 1000, s.floor.book, s.at(seconds)):
        pass


async def escalated(s: Scene, *steps: Step) -> None:
    """What waits in a queue for ten minutes is done about what these say."""
    rules = s.floor.book.rules
    target = Target(metric="time_in_queue", target_s=600, ladder="it")
    ladders = {"it": Ladder(steps=list(steps))}
    with_it = msgspec.structs.replace(rules, targets=[target], ladders=ladders)
    s.floor.book = Published(s.floor.book.version, with_it)
    await s.floor.waiting(s.who("late"), at=s.at(3))
    await s.floor.ring(escalate_due, "escalation", s.at(603))
    s.floor.book = Published(s.floor.book.version, rules)


async def escalate__to_another_queue_and_band(s: Scene) -> None:
    await escalated(s, Step(at="0", priority=2, queue="billing", alert=AlertStep()))


async def escalate__with_words_and_a_case(s: Scene) -> None:
    case = CaseStep(category="complaint", subject="It waits")
    await escalated(s, Step(at="0", message="In a moment.", case=case))


async def open_case__from_a_conversation(s: Scene) -> None:
    await case_of(s, s.mine)


async def open_case__that_is_offered_and_taken(s: Scene) -> None:
    await taken_case(s, s.mine)


async def open_case__whose_customer_is_merged_and_parted(s: Scene) -> None:
    loser = await s.customer(s.waiting)
    await taken_case(s, s.waiting)
    await case_of(s, s.waiting, severity="critical")
    await s.merge(s.waiting, s.mine)
    await case_of(s, s.mine, 10)
    await s.floor.run(unmerge, loser, SYSTEM, s.at(11))


async def change_case__that_waits_for_others(s: Scene) -> None:
    await moved_case(s, await taken_case(s, s.mine), "pending_third_party", 5)


async def change_case__back_to_its_owner(s: Scene) -> None:
    case = await taken_case(s, s.mine)
    await moved_case(s, case, "pending_third_party", 5)
    await moved_case(s, case, "open", 6)


async def change_case__resolved_and_reopened(s: Scene) -> None:
    case = await taken_case(s, s.mine)
    await resolved_case(s, case)
    await moved_case(s, case, "open", 7)


async def change_case__resolved_while_offered(s: Scene) -> None:
    work = await case_of(s, s.mine)
    await s.floor.offer(work, s.other, s.at(3))
    await resolved_case(s, (await s.floor.item(work))["case_id"])


async def change_case__more_severe_while_offered(s: Scene) -> None:
    work = await case_of(s, s.mine)
    await s.floor.offer(work, s.other, s.at(3))
    await edited_case(s, (await s.floor.item(work))["case_id"], severity="critical")


async def change_case__to_another_queue(s: Scene) -> None:
    await edited_case(s, await taken_case(s, s.mine), queue="billing", subject="The bill")


async def change_case__noted_and_linked(s: Scene) -> None:
    case, by = await taken_case(s, s.mine), Actor("person", s.agent)
    await s.floor.run(note_on_case, case, "Hm.", by, s.at(5))
    conversation = await s.conversation(s.mine)
    for linked in (False, True):
        await s.floor.run(link_case, case, conversation, by, s.at(6), linked=linked)


async def change_case__transferred(s: Scene) -> None:
    case = await taken_case(s, s.mine)
    s.mine = await s.floor.desk.value("SELECT id FROM work_item WHERE case_id = $1", case)
    s.agent, s.other = s.other, s.agent
    to = {"queue": "care", "to_agent": None, "note": "Please."}
    await s.floor.run(transfer, s.agent, s.mine, **to, book=s.floor.book, now=s.at(6))


async def change_case__taken_over(s: Scene) -> None:
    await s.floor.run(assign, 7, await case_of(s, s.mine), s.other, s.floor.book, s.at(4))


async def change_case__declined(s: Scene) -> None:
    offer = await s.floor.offer(await case_of(s, s.mine), s.other, s.at(3))
    await s.floor.run(decline, s.other, offer, s.floor.book, s.at(4))


async def change_case__whose_owner_is_gone(s: Scene) -> None:
    await taken_case(s, s.mine)
    await s.vanish(s.other)
    await s.floor.ring(grace_ended, "agent_grace", s.at(60))


async def case_words__of_the_customer_we_waited_for(s: Scene) -> None:
    await moved_case(s, await taken_case(s, s.mine), "pending_customer", 5)
    await s.floor.desk.say(s.who("mine"), "Here it is.", at=s.at(6))
    await heard(s, 7)


async def case_words__after_it_was_resolved(s: Scene) -> None:
    await resolved_case(s, await taken_case(s, s.mine))
    await s.floor.desk.say(s.who("mine"), "Broken again.", at=s.at(7))
    await heard(s, 8)


async def case_words__none_and_it_closes(s: Scene) -> None:
    await resolved_case(s, await taken_case(s, s.mine))
    await s.floor.ring(close_due, "case_close", s.at(604_806))


async def a_lead(s: Scene) -> int:
    """Its item, offered to and taken by the agent `other`."""
    new = NewLead(product="fiber", source="website", region="bandung", value=5, currency="IDR")
    by, customer = Actor("bot", 1), await s.customer(s.mine)
    made = await s.floor.run(make_lead, customer, new, by, s.floor.book, s.at(2))
    return await s.floor.desk.value("SELECT id FROM work_item WHERE lead_id = $1", made.id)


async def leads__taken_and_won(s: Scene) -> None:
    work = await a_lead(s)
    offer = await s.floor.offer(work, s.other, s.at(3))
    await s.floor.run(accept, s.other, offer, s.floor.book, s.at(4))
    lead, by = (await s.floor.item(work))["lead_id"], Actor("person", s.other)
    await s.floor.run(end_lead, lead, "won", by, s.at(5), others_work=False)


async def leads__transferred_by_order(s: Scene) -> None:
    await s.floor.run(requeue, await a_lead(s), "fiber", SYSTEM, s.floor.book, s.at(4))


CASE_SCENES: dict[str, Callable[[Scene], Awaitable[None]]] = {
    name: scene
    for name, scene in list(globals().items())
    if "__" in name.strip("_") and not name.startswith("_")
}
