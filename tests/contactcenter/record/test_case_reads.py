from typing import Any

import pytest

from contactcenter.errors import NotFound
from contactcenter.record.case_reads import CaseFilter, read_case, read_cases, read_events
from tests.contactcenter.case_scenes import resolved_case, taken_case
from tests.contactcenter.floor import Floor
from tests.contactcenter.record.test_cases import customer, opened
from tests.contactcenter.scene import Scene


async def found(floor: Floor, limit: int = 50, **wanted: Any) -> list[int]:
    page = await floor.run(read_cases, CaseFilter(**wanted), 2**63 - 1, limit)
    return [case.id for case in page.items]


async def test_a_case_is_shown_with_its_work_and_what_happened(floor: Floor) -> None:
    stage = Scene(floor)
    await stage.set()
    case = await taken_case(stage, stage.mine)
    whole = await floor.run(read_case, case)
    assert whole.work.agent == stage.other
    assert [c.id for c in whole.conversations] == [await stage.conversation(stage.mine)]
    assert [(e.kind, e.by, e.changes) for e in whole.events.items] == [
        ("changed", stage.other, {"state": ["new", "open"], "owner": [None, stage.other]}),
        ("opened", stage.agent, {}),
    ]
    assert [e.id for e in (await floor.run(read_events, case, 2**63 - 1, 1)).items] == [
        whole.events.items[0].id
    ]


async def test_cases_are_found_by_what_they_are(floor: Floor) -> None:
    stage = Scene(floor)
    await stage.set()
    mine = await taken_case(stage, stage.mine)
    other = await customer(floor, "else")
    low = (await opened(floor, other, severity="low", category="request")).id
    await resolved_case(stage, mine)
    assert await found(floor) == [low, mine]
    assert await found(floor, states=["resolved"]) == [mine]
    assert await found(floor, queue="care") == [low]
    assert await found(floor, severity="low", category="request") == [low]
    assert await found(floor, owner=stage.other) == [mine]
    assert await found(floor, customer=other) == [low]
    assert await found(floor, conversation=await stage.conversation(stage.mine)) == [mine]
    assert await found(floor, opened_by_key=1) == []
    assert await found(floor, limit=1) == [low]


async def test_a_key_sees_only_what_it_has_opened(floor: Floor) -> None:
    case = await opened(floor, await customer(floor))
    with pytest.raises(NotFound):
        await floor.run(read_case, case.id, 3)
