from datetime import UTC, datetime

import msgspec
import pytest

from contactcenter.model.caller import NOBODY, Actor, Caller, VisitorSession
from contactcenter.model.customer import Identity

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
VISITOR = VisitorSession(
    id=9,
    connection_id=1,
    connection="web",
    channel="web",
    origins=[],
    scheme="visitor",
    scope="web",
    value="v",
    verified=False,
    claims={},
    joined=[],
    context={},
    created_at=NOW,
    expires_at=NOW,
    ended_at=None,
)


@pytest.mark.parametrize(
    ("caller", "credential", "actor"),
    [
        (NOBODY, "", Actor("nobody", None, "r")),
        (Caller(kind="agent", person_id=3, session_id=5), "session:5", Actor("person", 3, "r")),
        (Caller(kind="bot", key_id=7, key_name="b"), "key:7", Actor("bot", 7, "r")),
        (Caller(kind="customer", visitor=VISITOR), "visitor:9", Actor("nobody", None, "r")),
    ],
)
def test_who_somebody_is_to_limits_and_to_the_audit_trail(
    caller: Caller, credential: str, actor: Actor
) -> None:
    assert (caller.credential, caller.actor("r")) == (credential, actor)


def test_a_visitor_speaks_as_who_they_are_and_as_who_they_were() -> None:
    before = Identity(scheme="visitor", scope="web", value="before")
    session = msgspec.structs.replace(VISITOR, joined=[before])
    own = Identity(scheme="visitor", scope="web", value="v")
    assert session.identities == [own, before]
