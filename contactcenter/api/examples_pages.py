"""Examples of what the pages send and get beside the main job."""

from datetime import UTC, datetime

import msgspec

from contactcenter.model.file import File

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

PAGES: tuple[msgspec.Struct, ...] = (
    File(id=91, name="modem.jpg", media_type="image/jpeg", size=184_320),
)

PLACES = {"name": "modem.jpg"}
"""Parameters by their names."""
