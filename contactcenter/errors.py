"""Everything that we refuse, and how it is said.

    Refusal                  a request that cannot be done; nothing of it is left behind
    ├── BadInput        422  the request itself is wrong; `pointer` names the place in it
    ├── NotSignedIn     401
    ├── Forbidden       403
    ├── NotFound        404
    ├── Conflict        409  true when it was sent, not any more; `code` says what happened
    ├── TooLarge        413
    ├── UnsupportedMediaType  415
    ├── TooMany         429  `retry_after_s` says when to come again
    └── Unavailable     503  a part of ours is away; the same request may be sent again

Each becomes an `application/problem+json` answer or an error frame with the same fields (RFC 9457).
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """One of the faults of a document: its path, as in `queues.billing.target_s`, and its line."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457. `pointer` is a JSON pointer (RFC 6901) into the request, as in `/items/3/text`.

    `errors`: all faults of a document that was sent.
    """

    type: str
    title: str
    status: int
    detail: str
    pointer: str | None = None
    retry_after_s: int | None = None
    context: dict[str, Any] = {}
    errors: list[Fault] = []


class Refusal(Exception):  # noqa: N818 -- the domain's word
    """A request that cannot be done, said so that a person can act on it."""

    status: ClassVar[int] = 400
    code: str = "refused"
    title: ClassVar[str] = "Refused"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        pointer: str | None = None,
        retry_after_s: int | None = None,
        errors: Sequence[Fault] = (),
        **context: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.pointer = pointer
        self.retry_after_s = retry_after_s
        self.errors = list(errors)
        self.context = context

    def problem(self) -> Problem:
        """The same as it is sent: in an answer's body or in a frame."""
        return Problem(
            type=f"urn:contactcenter:problem:{self.code}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            pointer=self.pointer,
            retry_after_s=self.retry_after_s,
            context=self.context,
            errors=self.errors,
        )


class BadInput(Refusal):
    """The request itself is wrong; `pointer` names the place in it."""

    status = 422
    code = "bad-input"
    title = "The request is not valid"


class NotSignedIn(Refusal):
    """No credential, or none that is valid any more."""

    status = 401
    code = "not-signed-in"
    title = "Sign in first"


class Forbidden(Refusal):
    """The credential is good, and not for this."""

    status = 403
    code = "forbidden"
    title = "Not allowed"


class NotFound(Refusal):
    """There is none, or none that this caller may know of."""

    status = 404
    code = "not-found"
    title = "Not found"


class Conflict(Refusal):
    """True when it was sent, not any more; `code` says what happened."""

    status = 409
    code = "conflict"
    title = "Something else happened first"


class TooLarge(Refusal):
    """More than a limit allows, which the detail names."""

    status = 413
    code = "too-large"
    title = "Too large"


class UnsupportedMediaType(Refusal):
    """A body of another content type than the route takes."""

    status = 415
    code = "unsupported-media-type"
    title = "This content type is not taken"


class TooMany(Refusal):
    """More often than a limit allows; `retry_after_s` says when to come again."""

    status = 429
    code = "too-many-requests"
    title = "Too many requests"


class Unavailable(Refusal):
    """A part of ours is away; the same request may be sent again."""

    status = 503
    code = "unavailable"
    title = "Not available at the moment"


class Stale(Exception):  # noqa: N818 -- never shown: the runner starts the action again
    """What was read before a lock was another after it."""


class CommandFailed(Exception):  # noqa: N818 -- what has happened
    """A command did not do its work; the message, all that its user sees, says what to do."""
