import msgspec
import pytest

from contactcenter.errors import Conflict, NotFound
from contactcenter.model.caller import SYSTEM
from contactcenter.record.leads import hold_lead, save_lead
from tests.contactcenter.case_scenes import a_lead
from tests.contactcenter.floor import NOW, Floor
from tests.contactcenter.scene import Scene


async def test_a_lead_asks_for_who_knows_its_product_and_region(floor: Floor) -> None:
    floor.rules(leads={"queue": "care", "product_level": 2, "territory_level": 1})
    stage = Scene(floor)
    await stage.set()
    item = await floor.item(await a_lead(stage))
    assert (item["kind"], item["queue"], item["channel"]) == ("lead", "care", "lead")
    assert msgspec.json.decode(item["requirement"]) == {
        "product:fiber": 2,
        "territory:bandung": 1,
    }


async def test_what_was_read_before_another_wrote_is_not_written(floor: Floor) -> None:
    stage = Scene(floor)
    await stage.set()
    await a_lead(stage)
    lead, _ = await floor.run(hold_lead, 1)
    await floor.run(save_lead, lead, lead.taken(stage.other), SYSTEM, NOW)
    with pytest.raises(Conflict) as refused:
        await floor.run(save_lead, lead, lead.ended("lost", NOW), SYSTEM, NOW)
    assert refused.value.code == "lead-changed"


async def test_a_lead_that_is_not_there_is_not_found(floor: Floor) -> None:
    with pytest.raises(NotFound):
        await floor.run(hold_lead, 9)
