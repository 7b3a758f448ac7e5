"""Every refusal and every failure as `application/problem+json` (RFC 9457)."""

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from contactcenter.errors import BadInput, Problem, Refusal
from contactcenter.log import get

MEDIA_TYPE = "application/problem+json"

_log = get(part="api")


def answer(problem: Problem) -> Response[bytes]:
    """The HTTP answer for a problem."""
    headers = {"Retry-After": str(problem.retry_after_s)} if problem.retry_after_s else {}
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def refused(_request: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    return answer(refusal.problem())


def invalid(_request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """Litestar's own checks of paths, queries and bodies, in our words."""
    return answer(from_validation(error).problem())


def http_error(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Unknown paths, wrong methods, bodies beyond the limit."""
    title = error.__class__.__name__.removesuffix("Exception")
    code = "".join(f"-{c.lower()}" if c.isupper() else c for c in title).lstrip("-")
    return answer(
        Problem(
            type=f"urn:contactcenter:problem:{code}",
            title=title,
            status=error.status_code,
            detail=error.detail,
        )
    )


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    return answer(internal(request.url.path, error))


def internal(path: str, error: Exception) -> Problem:
    """A defect of ours: logged whole, told without its insides."""
    _log.error("a request failed", path=path, exc_info=error)
    return Problem(
        type="urn:contactcenter:problem:internal",
        title="Something failed on our side",
        status=500,
        detail="The failure has been logged under the request's id.",
    )


def from_validation(error: ValidationException) -> BadInput:
    """The first fault with its place, as a JSON pointer into the body or the name of a parameter."""
    extra: Any = error.extra
    if isinstance(extra, list) and extra and isinstance(extra[0], dict):
        first: dict[str, Any] = extra[0]  # pyright: ignore[reportUnknownVariableType]
        key = str(first.get("key") or "")
        pointer = _pointer(f".{key}") if key else None
        return BadInput(str(first.get("message", error.detail)), pointer=pointer)
    return BadInput(error.detail)


def from_decoding(error: msgspec.MsgspecError | UnicodeDecodeError, prefix: str = "") -> BadInput:
    """msgspec's message and path (`$.items[3].text`) as ours (`/items/3/text`)."""
    message, _, path = str(error).partition(" - at `")
    pointer = _pointer(path.rstrip("`").removeprefix("$"))
    code = "bad-input" if isinstance(error, msgspec.ValidationError) else "malformed-json"
    return BadInput(message, code=code, pointer=(prefix + pointer) or None)


def _pointer(path: str) -> str:
    """`.items[3].text` as `/items/3/text`; where a key is not told (`[...]`) it ends before that."""
    told, _, _ = path.partition("[...]")
    return told.replace(".", "/").replace("[", "/").replace("]", "")


HANDLERS = {
    Refusal: refused,
    ValidationException: invalid,
    HTTPException: http_error,
    Exception: failed,
}
