"""Every refusal and every failure as `application/problem+json` (RFC 9457)."""

import re
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from contactcenter.errors import BadInput, NotFound, Problem, Refusal, TooLarge
from contactcenter.log import get

T = TypeVar("T")

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:contactcenter:problem:"

_log = get(part="api")

_KNOWN = {
    404: NotFound("There is nothing at this address.").problem(),
    413: TooLarge("The body is larger than any that is taken here.").problem(),
}
"""What the framework refuses as we do ourselves."""

_PLACE = re.compile(r"(?s)(.*?)(?: - at `(?:key` in `)?\$([\w.\[\]]*)`)?")
_FIELD = re.compile(r"(?s)Object (?:contains unknown|missing required) field `(.*)`")


def refuses(*given: str) -> dict[str, Any]:
    """The `opt` of a route: its own refusals, as in "409 login-taken", for the description.

    Those that follow from who may use it and what it takes need not be named.
    """
    return {"refuses": given}


def answer(problem: Problem) -> Response[bytes]:
    """The HTTP answer for a problem."""
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=headers(problem),
    )


def headers(problem: Problem) -> dict[str, str]:
    """What HTTP wants to be said besides (RFC 9110, 11.6.1 and 10.2.3)."""
    told = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}  # noqa: PLR2004 -- HTTP's
    if problem.retry_after_s:
        told["Retry-After"] = str(problem.retry_after_s)
    return told


def refused(_request: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    """What we refuse ourselves."""
    return answer(refusal.problem())


def invalid(_request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """Litestar's own checks of paths, queries and bodies, in our words."""
    return answer(from_validation(error).problem())


def http_error(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Unknown paths, wrong methods, bodies beyond the limit."""
    told = error.headers or {}
    if "websocket" in told.get("allow", "").split(", "):
        return _not_a_socket()
    if known := _KNOWN.get(error.status_code):
        return answer(known)
    title = error.__class__.__name__.removesuffix("Exception")
    code = "".join(f"-{c.lower()}" if c.isupper() else c for c in title).lstrip("-")
    problem = Problem(
        type=TYPE + code,
        title=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title),
        status=error.status_code,
        detail=f"This address takes {told['allow']}." if "allow" in told else error.detail,
    )
    answered = answer(problem)
    answered.headers.update(told)
    return answered


def _not_a_socket() -> Response[bytes]:
    """RFC 9110, 15.5.22."""
    answered = answer(
        Problem(
            type=f"{TYPE}upgrade-required",
            title="Upgrade required",
            status=426,
            detail="This is a WebSocket: open it with a handshake.",
        )
    )
    answered.headers["Upgrade"] = "websocket"
    return answered


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Whatever else is raised."""
    return answer(internal(request.url.path, error))


def internal(path: str, error: Exception) -> Problem:
    """A defect of ours: logged whole, told without its insides."""
    _log.error("a request failed", path=path, exc_info=error)
    return Problem(
        type=TYPE + "internal",
        title="Something failed on our side",
        status=500,
        detail="The failure has been logged under the request's id.",
    )


def from_validation(error: ValidationException) -> BadInput:
    """The first fault with its place: the name of a parameter."""
    extra: Any = error.extra
    if isinstance(extra, list) and extra and isinstance(extra[0], dict):
        first: dict[str, Any] = extra[0]  # pyright: ignore[reportUnknownVariableType]
        key = str(first.get("key") or "")
        return BadInput(str(first.get("message", error.detail)), pointer=f"/{key}" if key else None)
    return BadInput(error.detail)


def decode(decoder: msgspec.json.Decoder[T], raw: bytes | msgspec.Raw, prefix: str = "") -> T:
    """What JSON says. Raises `BadInput` with the place of the fault, beginning with `prefix`."""
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise from_decoding(error, prefix) from error


def from_decoding(
    error: msgspec.MsgspecError | UnicodeDecodeError | RecursionError, prefix: str = ""
) -> BadInput:
    """The message and path of msgspec (`$.items[3].text`) as ours (`/items/3/text`)."""
    if not isinstance(error, msgspec.ValidationError):
        detail = f"The body is not JSON in UTF-8: {str(error).rstrip('.')}."
        if isinstance(error, RecursionError):
            detail = "The body is nested too deeply."
        return BadInput(detail, code="malformed-json", pointer=prefix or None)
    place = _PLACE.fullmatch(str(error))
    assert place
    message, path = place[1], place[2] or ""
    pointer = prefix + _pointer(path)
    if field := _FIELD.fullmatch(message):
        pointer += f"/{escaped(field[1])}"
    return BadInput(message, pointer=pointer or None)


def escaped(name: str) -> str:
    """A name as a step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _pointer(path: str) -> str:
    """`.items[3].text` as `/items/3/text`; it ends before a key that is not told (`[...]`)."""
    told, _, _ = path.partition("[...]")
    return told.replace(".", "/").replace("[", "/").replace("]", "")


HANDLERS = {
    Refusal: refused,
    ValidationException: invalid,
    HTTPException: http_error,
    Exception: failed,
}
