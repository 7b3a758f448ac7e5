"""What agents say often: everybody's is looked after by supervisors, their own by agents."""

import re
from datetime import datetime
from typing import Annotated

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict, Forbidden, NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.rulebook import Rulebook
from contactcenter.record.audit import audit
from contactcenter.words import Role

PLACEHOLDERS = ("customer", "agent")
"""Filled in by the desktop: `{customer}` and `{agent}` are their names."""

_PLACEHOLDER = re.compile(r"\{(\w*)\}")

Shortcut = Annotated[
    str,
    msgspec.Meta(
        max_length=40,
        pattern=r"^[\w-]+(?![\s\S])",
        description="Letters, digits, `_` and `-`: what is typed behind `/`",
    ),
]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000, pattern=r"^[^\x00]*$")]
Language = Annotated[
    str,
    msgspec.Meta(
        max_length=35,
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*(?![\s\S])",
        description="BCP 47, as in `id` or `zh-Hant-TW`",
    ),
]
Queue = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Queues = Annotated[list[Queue], msgspec.Meta(max_length=50)]


class ReplyText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a canned reply says, in which language, and in which queues it is shown.

    No language is for every customer, no queues means every queue.
    """

    shortcut: Shortcut
    text: Text
    language: Language | None = None
    queues: Queues = []


class NewReply(ReplyText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A canned reply to be. `own`: for yourself only."""

    own: bool


class CannedReply(msgspec.Struct, frozen=True, kw_only=True):
    """A canned reply; without an owner it is everybody's."""

    id: int
    owner_id: int | None
    shortcut: str
    text: str
    language: str | None
    queues: list[str]
    changed_at: datetime


async def create_reply(
    tx: Tx, new: NewReply, role: Role, by: Actor, rules: Rulebook, now: datetime
) -> CannedReply:
    """Raises `Conflict` (`shortcut-taken`), `Forbidden` for an agent's that is to be everybody's.

    `BadInput`: `unknown-queue`, `unknown-placeholder`.
    """
    _check(new, rules)
    owner = by.id if new.own else None
    _check_role(owner, role)
    made = await tx.maybe(
        CannedReply,
        "canned_replies.insert",
        owner,
        new.shortcut,
        new.text,
        new.language,
        new.queues,
        now,
    )
    if made is None:
        raise _taken(new)
    await audit(tx, by, "canned_reply.create", "canned_reply", made.id, now, after=_told(made))
    return made


async def change_reply(
    tx: Tx, reply: int, to: ReplyText, role: Role, by: Actor, rules: Rulebook, now: datetime
) -> CannedReply:
    """As `create_reply`; `NotFound` for one that is not there, or another's own."""
    _check(to, rules)
    before = await _hold(tx, reply, role, by)
    if await tx.one(bool, "canned_replies.taken", reply, before.owner_id, to.shortcut, to.language):
        raise _taken(to)
    args = reply, to.shortcut, to.text, to.language, to.queues, now
    after = await tx.one(CannedReply, "canned_replies.change", *args)
    await audit(
        tx,
        by,
        "canned_reply.change",
        "canned_reply",
        reply,
        now,
        before=_told(before),
        after=_told(after),
    )
    return after


async def delete_reply(tx: Tx, reply: int, role: Role, by: Actor, now: datetime) -> None:
    """`NotFound` for one that is not there, or another's own."""
    before = await _hold(tx, reply, role, by)
    await tx.do("canned_replies.delete", reply)
    await audit(tx, by, "canned_reply.delete", "canned_reply", reply, now, before=_told(before))


async def _hold(tx: Tx, reply: int, role: Role, by: Actor) -> CannedReply:
    held = await tx.maybe(CannedReply, "canned_replies.lock", reply, by.id)
    if held is None:
        raise NotFound(f"There is no canned reply {reply}.")
    _check_role(held.owner_id, role)
    return held


def _check_role(owner: int | None, role: Role) -> None:
    if owner is None and role == "agent":
        detail = "Supervisors look after everybody's canned replies; make one of your own."
        raise Forbidden(detail, code="not-your-role")


def _check(given: ReplyText, rules: Rulebook) -> None:
    for place, queue in enumerate(given.queues):
        if queue not in rules.queues:
            detail = f"There is no queue {queue!r} in the rulebook."
            raise BadInput(detail, code="unknown-queue", pointer=f"/queues/{place}")
    for name in _PLACEHOLDER.findall(given.text):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{p}}}" for p in PLACEHOLDERS)
            detail = f"{{{name}}} is filled in by nobody; these are: {known}."
            raise BadInput(detail, code="unknown-placeholder", pointer="/text")


def _taken(given: ReplyText) -> Conflict:
    return Conflict(f"There is a reply /{given.shortcut} already.", code="shortcut-taken")


def _told(reply: CannedReply) -> dict[str, object]:
    told = msgspec.structs.asdict(reply)
    return {name: told[name] for name in ("owner_id", "shortcut", "text", "language", "queues")}
