"""Somebody brings a file, to send it with what they say next."""

from datetime import datetime

from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.file import File, clean_name, recognise

WAITING_MAX = 20
"""Files of one person or one visitor's session that may wait to be sent."""

PIECE_BYTES = 256 * 1024


async def upload(
    tx: Tx,
    name: str,
    content: bytes,
    now: datetime,
    *,
    person: int | None = None,
    session: int | None = None,
) -> File:
    """Keep it for a day, and for ever once it was sent.

    Raises `BadInput` (`file-type`) for content that is not taken, and `Conflict`
    (`too-many-files`) where twenty wait already.
    """
    media_type = recognise(content)
    if media_type is None:
        detail = (
            "Taken are PNG, JPEG, GIF and WebP pictures, PDF, text in UTF-8, MP4, M4A, Ogg, MP3, "
            "zip, and documents of Word, Excel, PowerPoint and OpenDocument."
        )
        raise BadInput(detail, code="file-type")
    if person is not None:
        waiting = await tx.one(int, "files.waiting_of_person", person)
    else:
        waiting = await tx.one(int, "files.waiting_of_session", session)
    if waiting >= WAITING_MAX:
        detail = f"{waiting} files wait to be sent: send them first."
        raise Conflict(detail, code="too-many-files")
    cleaned = clean_name(name, media_type)
    args = cleaned, media_type, len(content), person, session, now
    file = await tx.one(File, "files.insert", *args)
    for place, start in enumerate(range(0, len(content), PIECE_BYTES)):
        piece = content[start : start + PIECE_BYTES]
        await tx.do("files.insert_piece", file.id, place, piece)
    return file
