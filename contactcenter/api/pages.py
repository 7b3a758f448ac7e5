"""The pages that people work with, and the files that these are made of: `contactcenter/web`.

They hold nothing that is secret: whatever they show they ask of the API, which looks who calls.
"""

import gzip
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import PathParameter

from contactcenter.api.access import who
from contactcenter.api.problems import http_error
from contactcenter.errors import NotFound

WEB = Path(__file__).resolve().parents[1] / "web"

PAGES = {
    "/": "home",
    "/sign-in": "sign-in",
    "/set-password": "set-password",
    "/account": "account",
    "/desktop": "desktop",
    "/dashboard": "dashboard",
    "/admin": "admin",
    "/rulebook": "rulebook",
    "/style": "style",
    "/demo-shop": "demo-shop",
}
"""Which folder has the page of an address."""

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
"""What is served, by its ending."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Of what a page may be made (https://www.w3.org/TR/CSP3/): of our files, nothing written in it."""

HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Pages of others load the widget, which is made of files."""


class File(msgspec.Struct, frozen=True):
    """A file as it is sent, plain and gzipped; `tag` names what is in it."""

    body: bytes
    zipped: bytes
    media_type: str
    tag: str


def _unchecked(_request: Request[Any, Any, Any]) -> None:
    """What stands behind the `?` of a page is the page's own affair."""


@get(list(PAGES), opt=who("nobody"), before_request=_unchecked, sync_to_thread=False)
def page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A page: what is on it follows by the API."""
    return _answer(request, f"{PAGES[request.scope['path'].rstrip('/') or '/']}/index.html", {})


@get("/web/{path:path}", opt=who("nobody"), before_request=_unchecked, sync_to_thread=False)
def file(request: Request[Any, Any, Any], path: Annotated[str, PathParameter()]) -> Response[bytes]:
    """A file that pages are made of."""
    return _answer(request, path.lstrip("/"), SHARED)


def nowhere(request: Request[Any, Any, Any], error: NotFoundException) -> Response[bytes]:
    """An address that is not there: a page for who looks with a browser, a problem for programs."""
    looks = "text/html" in request.headers.get("accept", "")
    if not looks or f"{request.url.path}/".startswith("/v1/"):
        return http_error(request, error)
    found = read("nowhere/index.html")
    return Response(found.body, status_code=404, media_type=found.media_type, headers=HEADERS)


def _answer(request: Request[Any, Any, Any], name: str, more: dict[str, str]) -> Response[bytes]:
    found = read(name)
    headers = {**HEADERS, **more, "ETag": found.tag}
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    body = found.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = found.zipped, "gzip"
    return Response(body, media_type=found.media_type, headers=headers)


def read(name: str) -> File:
    """The file of that name below `WEB`, as it is now. Raises `NotFound`."""
    place = WEB / name
    # Only what is spelt as it lies there: `..` and links lead nowhere.
    ours = "\0" not in name and place.is_relative_to(WEB) and place.resolve() == place
    if ours and place.suffix in TYPES and place.is_file():
        return _read(place, place.stat().st_mtime_ns)
    raise NotFound("There is nothing at this address.")


@lru_cache(512)
def _read(place: Path, _changed_at: int) -> File:
    body = place.read_bytes()
    tag = f'W/"{sha256(body).hexdigest()[:16]}"'
    return File(body, gzip.compress(body, mtime=0), TYPES[place.suffix], tag)


ROUTES = [page, file]
