"""What a file is: told by its content, whatever its name and its sender say.

The few kinds that are taken begin with bytes of their own (the formats' specifications); anything
else is text, or is refused. Text that a browser would run, as HTML or SVG, stays text here: it is
called `text/plain`, and gets a name that says so.
"""

import re
import unicodedata
from collections.abc import Callable

import msgspec

INLINE = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
"""Raster pictures: the only kinds that a browser may show where they stand."""

NAME_LENGTH_MAX = 120
"""Characters; what is longer loses its middle, not its ending."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
_ENDINGS: dict[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "csv", "log", "md", "json"),
    "video/mp4": ("mp4", "m4v"),
    "audio/mp4": ("m4a",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/mpeg": ("mp3",),
    "application/zip": ("zip",),
    f"{_OFFICE}.wordprocessingml.document": ("docx",),
    f"{_OFFICE}.spreadsheetml.sheet": ("xlsx",),
    f"{_OFFICE}.presentationml.presentation": ("pptx",),
    f"{_ODF}.text": ("odt",),
    f"{_ODF}.spreadsheet": ("ods",),
    f"{_ODF}.presentation": ("odp",),
}
_BRANDS = frozenset(
    (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ")
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is kept. `size` in bytes."""

    id: int
    name: str
    media_type: str
    size: int


class FilePart(msgspec.Struct, frozen=True, tag="file", tag_field="type"):
    """A file as a part of what was said."""

    file: int
    name: str
    media_type: str
    size: int


def recognise(content: bytes) -> str | None:
    """The media type by its content; None for what is not taken, and for nothing."""
    return next((kind for kind, fits in _KINDS if fits(content)), None) if content else None


def clean_name(given: str, media_type: str) -> str:
    """The last step of a path, without what cannot be seen, with an ending that is true."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    name = "".join(" " if c in '<>:"|?*' else c for c in name if _seen(c))
    name = " ".join(name.split()).rstrip(". ")
    stem, dot, ending = name.rpartition(".")
    endings = _ENDINGS[media_type]
    if not dot or ending.lower() not in endings:
        stem, ending = name, endings[0]
    stem = stem[: NAME_LENGTH_MAX - len(ending) - 1].strip(". ") or "file"
    return f"{stem}.{ending}"


def _seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN


def _starts(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(beginnings)


def _brand(content: bytes) -> bytes:
    """Of the ISO base media family (ISO/IEC 14496-12): what the file says it is."""
    return content[8:12] if content[4:8] == b"ftyp" else b""


def _is_mp3(content: bytes) -> bool:
    """A tag, or the head of a frame of layer III whose fields all have a meaning."""
    if content.startswith(b"ID3"):
        return True
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE6 != 0xE2:  # noqa: PLR2004 -- ISO/IEC 11172-3
        return False
    version, bitrate, rate = content[1] >> 3 & 3, content[2] >> 4, content[2] >> 2 & 3
    return version != 1 and bitrate not in (0, 15) and rate != 3  # noqa: PLR2004 -- reserved values


def _is_office(part: bytes) -> Callable[[bytes], bool]:
    """Names stand in a zip as they are; Open XML (ECMA-376) always has its list of contents."""
    return lambda content: (
        content.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in content and part in content
    )


def _is_open_document(media_type: str) -> Callable[[bytes], bool]:
    """It begins with its media type, as it is (OpenDocument 1.3, part 2, 3.3)."""
    entry = b"mimetype" + media_type.encode()
    return lambda content: content.startswith(b"PK\x03\x04") and content[30:].startswith(entry)


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _CONTROLS.search(content)


_KINDS: list[tuple[str, Callable[[bytes], bool]]] = [
    ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", _starts(b"\xff\xd8\xff")),
    ("image/gif", _starts(b"GIF87a", b"GIF89a")),
    ("image/webp", lambda c: c.startswith(b"RIFF") and c[8:12] == b"WEBP"),
    ("application/pdf", _starts(b"%PDF-")),
    ("audio/mp4", lambda c: _brand(c) in {b"M4A ", b"M4B "}),
    ("video/mp4", lambda c: _brand(c) in _BRANDS),
    ("audio/ogg", _starts(b"OggS")),
    ("audio/mpeg", _is_mp3),
    (f"{_OFFICE}.wordprocessingml.document", _is_office(b"word/document.xml")),
    (f"{_OFFICE}.spreadsheetml.sheet", _is_office(b"xl/workbook.xml")),
    (f"{_OFFICE}.presentationml.presentation", _is_office(b"ppt/presentation.xml")),
    (f"{_ODF}.text", _is_open_document(f"{_ODF}.text")),
    (f"{_ODF}.spreadsheet", _is_open_document(f"{_ODF}.spreadsheet")),
    (f"{_ODF}.presentation", _is_open_document(f"{_ODF}.presentation")),
    ("application/zip", _starts(b"PK\x03\x04", b"PK\x05\x06")),
    ("text/plain", _is_text),
]
"""In the order in which they are tried: what is more particular comes first."""
