import pytest

from contactcenter.actions.note import note
from contactcenter.actions.upload import upload
from contactcenter.errors import BadInput
from contactcenter.record.files import check_says_something, file_parts
from tests.contactcenter.conftest import Desk
from tests.contactcenter.floor import NOW, Floor

PNG = b"\x89PNG\r\n\x1a\n"


async def test_a_part_tells_what_a_file_is(floor: Floor, desk: Desk) -> None:
    agent = await desk.person()
    file = await floor.run(upload, "a.png", PNG, NOW, person=agent)
    parts = await floor.run(file_parts, [file.id], NOW, person=agent)
    told = {"type": "file", "file": file.id, "name": "a.png", "media_type": "image/png", "size": 8}
    assert parts == [told]


async def test_what_is_somebody_elses_is_not_there(floor: Floor, desk: Desk) -> None:
    mine, other = await desk.person(), await desk.person()
    own = await floor.run(upload, "a.png", PNG, NOW, person=mine)
    theirs = await floor.run(upload, "a.png", PNG, NOW, person=other)
    visitors = await floor.run(upload, "a.png", PNG, NOW, session=mine)
    for file in (theirs.id, visitors.id, 99):
        with pytest.raises(BadInput) as refused:
            await floor.run(file_parts, [own.id, file], NOW, person=mine)
        assert (refused.value.code, refused.value.pointer) == ("no-file", "/files/1")
    assert len(await floor.run(file_parts, [visitors.id], NOW, session=mine)) == 1


async def test_what_was_said_holds_its_files(floor: Floor, desk: Desk) -> None:
    agent = await desk.person()
    item = await floor.active(agent)
    file = await floor.run(upload, "a.png", PNG, NOW, person=agent)
    conversation = (await floor.item(item))["conversation_id"]
    twice = [
        (await floor.run(note, agent, conversation, "", NOW, files=[file.id])).interaction
        for _ in range(2)
    ]
    rows = await desk.rows("SELECT * FROM attachment ORDER BY interaction_id")
    assert rows == [{"file_id": file.id, "interaction_id": i} for i in twice]


def test_neither_words_nor_files_are_nothing() -> None:
    check_says_something("a", [])
    check_says_something("", [1])
    with pytest.raises(BadInput, match="Say something"):
        check_says_something("", [])
