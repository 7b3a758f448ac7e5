"""Files in what is said: who may send which, and where they are attached."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput
from contactcenter.model.file import File, FilePart

WAITING_KEPT = timedelta(hours=24)
"""How long a file waits to be sent."""


async def file_parts(
    tx: Tx,
    files: Sequence[int],
    now: datetime,
    *,
    person: int | None = None,
    session: int | None = None,
) -> list[Any]:
    """The files as parts of what this person, or this visitor's session, says.

    `BadInput` (`no-file`) for a file that is not theirs, or has waited for more than a day.
    """
    if not files:
        return []
    rows = await tx.many(File, "files.own", list(files), person, session, now - WAITING_KEPT)
    own = {row.id: row for row in rows}
    parts: list[Any] = []
    for place, number in enumerate(files):
        file = own.get(number)
        if file is None:
            detail = f"There is no file {number} of yours; it may be gone after a day."
            raise BadInput(detail, code="no-file", pointer=f"/files/{place}")
        part = FilePart(file.id, file.name, file.media_type, file.size)
        parts.append(msgspec.to_builtins(part))
    return parts


def check_says_something(text: str, files: Sequence[int]) -> None:
    """`BadInput` (`empty-message`) where there are neither words nor files."""
    if not text and not files:
        detail = "Say something, or send a file."
        raise BadInput(detail, code="empty-message", pointer="/text")


async def attach_files(tx: Tx, written: Sequence[facts.Said], now: datetime) -> None:
    """From now on the files are seen by whoever sees what was said, and are kept."""
    held = [
        (part["file"], said.id)
        for said in written
        for part in said.parts
        if part.get("type") == "file"
    ]
    if held:
        await tx.do("files.attach", [f for f, _ in held], [i for _, i in held], now)
