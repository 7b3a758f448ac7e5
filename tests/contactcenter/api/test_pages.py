"""Pages and their files: served whole, with headers under which nothing foreign runs in them."""

import gzip
import re
from pathlib import Path

import pytest

from contactcenter.api import pages
from contactcenter.api.pages import PAGES, POLICY, WEB
from tests.contactcenter.conftest import Running

MODULES = sorted(WEB.rglob("*.js"))


async def test_a_page_comes_with_headers_under_which_nothing_foreign_runs(house: Running) -> None:
    answer = await house.client.get("/sign-in")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("address", PAGES)
async def test_every_page_is_there_and_so_is_all_that_it_loads(
    house: Running, address: str
) -> None:
    answer = await house.client.get(address)
    assert answer.status_code == 200
    loaded = re.findall(r'(?:src|href)="(/web/[^"]+)"', answer.text)
    assert loaded
    found = {name: (await house.client.get(name)).status_code for name in loaded}
    assert found == dict.fromkeys(loaded, 200)


async def test_who_goes_astray_with_a_browser_is_shown_a_page(house: Running) -> None:
    answer = await house.client.get("/nonsense", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"] == POLICY
    assert "/web/nowhere/nowhere.js" in answer.text


@pytest.mark.parametrize(
    ("address", "accept"), [("/nonsense", "*/*"), ("/v1/nonsense", "text/html"), ("/v1/", "*/*")]
)
async def test_programs_and_the_api_are_told_by_a_problem(
    house: Running, address: str, accept: str
) -> None:
    answer = await house.client.get(address, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "There is nothing at this address."


async def test_a_file_that_a_browser_has_is_not_sent_again(house: Running) -> None:
    first = await house.client.get("/web/base/base.css")
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    assert first.headers["cache-control"] == "no-cache"
    held = {"If-None-Match": first.headers["etag"]}
    again = await house.client.get("/web/base/base.css", headers=held)
    assert (again.status_code, again.content) == (304, b"")
    other = await house.client.get("/web/base/base.css", headers={"If-None-Match": 'W/"other"'})
    assert other.content == first.content


async def test_a_file_is_sent_small_to_who_can_unpack_it(house: Running) -> None:
    plain = await house.client.get("/web/base/base.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    zipped = await house.client.get("/web/base/base.css", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert int(zipped.headers["content-length"]) < len(plain.content)
    assert zipped.content == plain.content == (WEB / "base/base.css").read_bytes()


async def test_pages_of_others_may_load_the_files_with_a_version_behind_them(
    house: Running,
) -> None:
    answer = await house.client.get("/web/base/tokens.css?v=3")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "base",
        "base/",
        "none.css",
        "../app.py",
        "%2e%2e/app.py",
        "/etc/hostname",
        "a%00.css",
    ],
)
async def test_nothing_but_the_files_is_served(house: Running, path: str) -> None:
    answer = await house.client.get(f"/web/{path}")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:contactcenter:problem:not-found"


def test_a_link_out_of_the_folder_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web, secret = tmp_path / "web", tmp_path / "secret.css"
    web.mkdir()
    secret.write_text("secret")
    (web / "link.css").symlink_to(secret)
    (web / "file.css").write_text("shown")
    monkeypatch.setattr(pages, "WEB", web)
    assert pages.read("file.css").body == b"shown"
    for name in ("link.css", "../secret.css", "../web/file.css", str(secret)):
        with pytest.raises(pages.NotFound):
            pages.read(name)


def test_a_file_that_is_edited_is_served_as_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "WEB", tmp_path)
    file = tmp_path / "file.css"
    file.write_text("before")
    before = pages.read("file.css")
    file.write_text("after!")
    after = pages.read("file.css")
    assert (gzip.decompress(after.zipped), after.tag != before.tag) == (b"after!", True)


@pytest.mark.parametrize("page", sorted(WEB.glob("*/index.html")), ids=lambda p: p.parent.name)
def test_no_page_has_script_or_style_within(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", text) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(WEB)))
def test_no_module_makes_a_page_of_text(module: Path) -> None:
    """What people write is shown, and never read as HTML or as a program."""
    text = module.read_text(encoding="utf-8")
    ways = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function"
    assert re.findall(ways, text) == []
