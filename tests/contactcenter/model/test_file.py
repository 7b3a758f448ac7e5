import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter.model.file import NAME_LENGTH_MAX, clean_name, recognise


def zipped(*names: str, stored: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, stored)
    return out.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument"
ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF89arest", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x00\x00\x00\x20ftypisom\x00", "video/mp4"),
        (b"\x00\x00\x00\x20ftypM4A \x00", "audio/mp4"),
        (b"OggS\x00", "audio/ogg"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x00\x00", "audio/mpeg"),
        (zipped("a.txt"), "application/zip"),
        (zipped(), "application/zip"),
        (
            zipped("[Content_Types].xml", "word/document.xml"),
            f"{OFFICE}.wordprocessingml.document",
        ),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
        (zipped("mimetype", "content.xml", stored=ODT.encode()), ODT),
        ("Grüße\r\n\tSiti".encode(), "text/plain"),
        (b"<html><script>alert(1)</script>", "text/plain"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "text/plain"),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, media_type: str) -> None:
    assert recognise(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00",
        b"\x7fELF\x02",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\x00\x00\x00\x20ftypheic\x00",
        b"\xff\xfe\x00\x00",
        b"\xff\xfb\xf0\x00",
        b"text with a \x00 in it",
        b"\x1b[2J",
        "Grüße".encode("latin-1"),
    ],
)
def test_what_is_not_known_is_not_taken(content: bytes) -> None:
    assert recognise(content) is None


@pytest.mark.parametrize(
    ("given_name", "media_type", "name"),
    [
        ("modem.JPG", "image/jpeg", "modem.JPG"),
        ("C:\\Users\\siti\\modem.png", "image/png", "modem.png"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("page.html", "text/plain", "page.html.txt"),
        ("evil\u202egnp.exe", "image/png", "evilgnp.exe.png"),
        ("a\r\nSet-Cookie: b.txt", "text/plain", "aSet-Cookie b.txt"),
        ("...", "application/pdf", "file.pdf"),
        (".png", "image/png", "file.png"),
        ("  two   words .pdf", "application/pdf", "two words.pdf"),
        ("x" * 300 + ".pdf", "application/pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_cleaned_and_its_ending_is_true(
    given_name: str, media_type: str, name: str
) -> None:
    assert clean_name(given_name, media_type) == name


@given(st.text(max_size=400))
def test_whatever_is_given_becomes_a_name(text: str) -> None:
    name = clean_name(text, "image/png")
    assert 5 <= len(name) <= NAME_LENGTH_MAX
    assert name.isprintable()
    assert not set('/\\<>:"|?*') & set(name)
    assert name.lower().endswith(".png")
