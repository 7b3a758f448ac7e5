import asyncio
from typing import Any

import pytest

from contactcenter.actions.leads import Made, end_lead, make_lead
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.caller import Actor
from contactcenter.record.leads import NewLead
from tests.contactcenter.case_scenes import a_lead
from tests.contactcenter.floor import NOW, Floor, accept
from tests.contactcenter.scene import Scene

BOT = Actor("bot", 1)


async def makes(floor: Floor, customer: int, **given: Any) -> Made:
    new = NewLead(**{"product": "fiber", "source": "website", **given})
    return await floor.run(make_lead, customer, new, BOT, floor.book, NOW)


async def test_one_key_makes_one_lead_also_at_once(floor: Floor) -> None:
    customer = await floor.desk.customer_of((await floor.desk.say("1")).conversation)
    made = await asyncio.gather(*(makes(floor, customer, key="k") for _ in range(5)))
    assert {m.id for m in made} == {1} | {made[0].id}
    assert sorted(m.duplicate for m in made) == [False, True, True, True, True]
    with pytest.raises(BadInput) as refused:
        await makes(floor, customer, key="k", product="mobile")
    assert refused.value.code == "key-reused"
    with pytest.raises(BadInput) as refused:
        await makes(floor, customer, queue="none")
    assert refused.value.code == "unknown-queue"


async def test_a_lead_is_offered_taken_and_won_once(floor: Floor) -> None:
    stage = Scene(floor)
    await stage.set()
    work = await a_lead(stage)
    offer = await floor.offer(work, stage.other)
    taken = await floor.run(accept, stage.other, offer, floor.book, NOW)
    assert (taken.kind, taken.lead, taken.conversation) == ("lead", 1, None)
    with pytest.raises(Conflict) as refused:
        await floor.run(end_lead, 1, "won", Actor("person", stage.agent), NOW, others_work=False)
    assert refused.value.code == "not-yours"
    by = Actor("person", stage.other)
    lead = await floor.run(end_lead, 1, "won", by, NOW, others_work=False)
    assert (lead.state, lead.agent_id) == ("won", stage.other)
    assert await floor.state(work) == "done"
    with pytest.raises(Conflict) as refused:
        await floor.run(end_lead, 1, "lost", by, NOW, others_work=False)
    assert refused.value.code == "lead-ended"
