"""Who calls: what their credential proves about them."""

from datetime import datetime
from typing import Any

import msgspec

from contactcenter.model.customer import Identity
from contactcenter.words import ActorKind, CallerKind, Scope


class Actor(msgspec.Struct, frozen=True):
    """Who does something, and in which request: what the audit trail keeps."""

    kind: ActorKind
    id: int | None = None
    request_id: str | None = None


SYSTEM = Actor("system")
"""What the system does by itself, and what is done by the command line."""


class VisitorSession(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `visitor_session`: what a visitor's browser or app holds, and what it has proven.

    `connection`, `channel`, `origins`: of the connection that it came by. `scheme`, `scope`,
    `value`: the identity it began with. `joined`: identities that it proved later, in this same
    session.
    """

    id: int
    connection_id: int
    connection: str
    channel: str
    origins: list[str]
    scheme: str
    scope: str
    value: str
    verified: bool
    claims: dict[str, Any]
    joined: list[Identity]
    context: dict[str, Any]
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None

    @property
    def identities(self) -> list[Identity]:
        """All that this session may see and speak as."""
        own = Identity(
            scheme=self.scheme, scope=self.scope, value=self.value, verified=self.verified
        )
        return [own, *self.joined]


class Connection(msgspec.Struct, frozen=True):
    """One account of ours, by which customers reach us."""

    id: int
    name: str
    channel: str


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with a role (a person), a bot (an API key), a customer (a visitor), or nobody.

    `connection`: a bot's own, by which what its customers say comes in.

    `expires_at`: from then on the credential is refused.
    """

    kind: CallerKind
    person_id: int | None = None
    person_name: str | None = None
    session_id: int | None = None
    key_id: int | None = None
    key_name: str | None = None
    scopes: tuple[Scope, ...] = ()
    connection: Connection | None = None
    visitor: VisitorSession | None = None
    expires_at: datetime | None = None

    @property
    def credential(self) -> str:
        """What proved who they are, as in `key:7`; empty for nobody."""
        if self.session_id is not None:
            return f"session:{self.session_id}"
        if self.key_id is not None:
            return f"key:{self.key_id}"
        return f"visitor:{self.visitor.id}" if self.visitor else ""

    def actor(self, request_id: str | None = None) -> Actor:
        """The caller as the audit trail names them."""
        if self.person_id is not None:
            return Actor("person", self.person_id, request_id)
        if self.key_id is not None:
            return Actor("bot", self.key_id, request_id)
        return Actor("nobody", None, request_id)


NOBODY = Caller(kind="nobody")
