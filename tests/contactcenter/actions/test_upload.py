from datetime import timedelta

import pytest

from contactcenter.actions.forget import forget
from contactcenter.actions.note import note
from contactcenter.actions.upload import PIECE_BYTES, WAITING_MAX, upload
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.file import File
from tests.contactcenter.conftest import Desk
from tests.contactcenter.floor import NOW, Floor

PNG = b"\x89PNG\r\n\x1a\n"


async def brought(floor: Floor, person: int, content: bytes = PNG) -> File:
    return await floor.run(upload, "a.png", content, NOW, person=person)


async def test_a_file_is_kept_in_pieces_as_it_came(floor: Floor, desk: Desk) -> None:
    content = PNG + bytes(range(256)) * 2048
    file = await brought(floor, await desk.person(), content)
    rows = await desk.rows("SELECT content FROM file_piece ORDER BY place")
    assert [len(bytes(row["content"])) for row in rows] == [PIECE_BYTES, PIECE_BYTES, len(PNG)]
    assert b"".join(bytes(row["content"]) for row in rows) == content
    assert (file.name, file.media_type, file.size) == ("a.png", "image/png", len(content))


async def test_what_is_not_known_is_not_kept(floor: Floor, desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        await brought(floor, await desk.person(), b"MZ\x00")
    assert refused.value.code == "file-type"
    assert await desk.value("SELECT count(*) FROM file") == 0


async def test_so_many_wait_and_no_more_until_some_are_sent(floor: Floor, desk: Desk) -> None:
    agent = await desk.person()
    item = await floor.active(agent)
    files = [(await brought(floor, agent)).id for _ in range(WAITING_MAX)]
    with pytest.raises(Conflict) as refused:
        await brought(floor, agent)
    assert refused.value.code == "too-many-files"
    conversation = (await floor.item(item))["conversation_id"]
    await floor.run(note, agent, conversation, "", NOW, files=files[:1])
    await brought(floor, agent)


async def test_what_was_never_sent_is_forgotten_after_a_day_and_what_was_sent_stays(
    floor: Floor, desk: Desk
) -> None:
    agent = await desk.person()
    item = await floor.active(agent)
    sent, unsent = await brought(floor, agent), await brought(floor, agent)
    conversation = (await floor.item(item))["conversation_id"]
    await floor.run(note, agent, conversation, "See.", NOW, files=[sent.id])
    later = NOW + timedelta(hours=24, minutes=1)
    with pytest.raises(BadInput, match="gone after a day"):
        await floor.run(note, agent, conversation, "", later, files=[unsent.id])
    await floor.run(forget, timedelta(days=14), NOW + timedelta(hours=26))
    assert await desk.rows("SELECT id FROM file") == [{"id": sent.id}]
    assert await desk.value("SELECT count(*) FROM file_piece") == 1
    await floor.run(note, agent, conversation, "Again.", later, files=[sent.id])
