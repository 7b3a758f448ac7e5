"""The frames of the desktop's and the board's sockets: JSON objects, told apart by `type`.

A client says `hello` first. Everything that it asks for has an `id`, unique per person, and gets
exactly one `answer`; the same id again gets the same answer for 24 hours. What happens comes as
`event` with `seq` (its number in the log) and `prev` (the number of the event before it on this
stream): `prev` is the last `seq` that the client has, or something is missing and it says `hello`
with `resume` anew.
"""

from typing import Annotated, Any, Literal

import msgspec

from contactcenter.errors import Problem
from contactcenter.facts import Fact
from contactcenter.live.board import Board
from contactcenter.record.desk import Desk

VERSION = 1
FRAME_BYTES_MAX = 64 * 1024

Id = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
CommandId = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=16_384, pattern=r"^[^\x00]*$")]
Words = Annotated[str, msgspec.Meta(max_length=16_384, pattern=r"^[^\x00]*$")]
Files = Annotated[list[Id], msgspec.Meta(max_length=10)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[^\x00]*$")]


class Hello(msgspec.Struct, frozen=True, tag="hello", forbid_unknown_fields=True):
    """First, and again after a gap. `resume`: the last `seq` that the client has."""

    version: int
    resume: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None


class Typing(msgspec.Struct, frozen=True, tag="typing", forbid_unknown_fields=True):
    """The agent is typing; said again every few seconds, and never stored."""

    conversation: Id


class Follow(msgspec.Struct, frozen=True, tag="follow", forbid_unknown_fields=True):
    """Hear also what is said in that conversation; null: in none any more."""

    conversation: Id | None


class FollowCustomer(
    msgspec.Struct, frozen=True, tag="follow_customer", forbid_unknown_fields=True
):
    """Hear also what is changed about that customer; null: about none any more."""

    customer: Id | None


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all that is asked for has."""

    id: CommandId


class SetPresence(Command, frozen=True, kw_only=True, tag="presence"):
    """What the agent is. `away` needs a reason of the rulebook's; `offline` is signing out."""

    state: Literal["available", "away", "offline"]
    reason: Short | None = None


class Accept(Command, frozen=True, kw_only=True, tag="accept"):
    """Take the item that is offered. Result: `{"item", "conversation", "epoch"}`."""

    offer: Id


class Decline(Command, frozen=True, kw_only=True, tag="decline"):
    """Leave the item to others: it counts as missed."""

    offer: Id


class Reply(Command, frozen=True, kw_only=True, tag="reply"):
    """Answer the customer. Result: `{"interaction", "conversation", "number", "unseen"}`.

    `seen`: the number of the last interaction on the agent's screen. `connection`: another way
    than that of the customer's last words. `files`: those that were brought before; with a file
    the text may be left out.
    """

    item: Id
    text: Words = ""
    seen: Number
    connection: Id | None = None
    files: Files = []


class HoldReply(Command, frozen=True, kw_only=True, tag="hold_reply"):
    """Answer the customer in so many seconds, unless it is taken back.

    Result: `{"held", "due_at"}`. Everything else as for `reply`, and checked as there when it
    leaves.
    """

    item: Id
    text: Words = ""
    seen: Number
    connection: Id | None = None
    files: Files = []
    undo_s: Annotated[int, msgspec.Meta(ge=1, le=60)]


class TakeBackReply(Command, frozen=True, kw_only=True, tag="take_back"):
    """Do not send it. Refused with `held-gone` once it has left."""

    held: Id


class SendHeldReply(Command, frozen=True, kw_only=True, tag="send_now"):
    """Send it now. Result as for `reply`, refused as that."""

    held: Id


class Note(Command, frozen=True, kw_only=True, tag="note"):
    """Something for colleagues only. Result, and `files`, as for `reply`."""

    conversation: Id
    text: Words = ""
    files: Files = []


class Read(Command, frozen=True, kw_only=True, tag="read"):
    """The agent has read up to `number`."""

    conversation: Id
    number: Number


class Transfer(Command, frozen=True, kw_only=True, tag="transfer"):
    """To a queue, or before another agent first."""

    item: Id
    queue: Short | None = None
    agent: Id | None = None
    note: Text | None = None


class Consult(Command, frozen=True, kw_only=True, tag="consult"):
    """Ask a colleague in, about work that stays the agent's. Result: `{"consult"}`."""

    item: Id
    agent: Id
    question: Text


class JoinConsult(Command, frozen=True, kw_only=True, tag="join_consult"):
    """Look in. Refused with `consult-gone` once it is over."""

    consult: Id


class EndConsult(Command, frozen=True, kw_only=True, tag="end_consult"):
    """It is over: said by who asked, and by the colleague, who so declines or leaves."""

    consult: Id


class TakeOver(Command, frozen=True, kw_only=True, tag="take_over"):
    """The work is the colleague's who is in: said by either. Refused with `agent-full`."""

    consult: Id


class Resolve(Command, frozen=True, kw_only=True, tag="resolve"):
    """The contact is over. Result: `{"item", "wrap_up_until"}`, null where there is no wrap-up."""

    item: Id
    disposition: Short


class FinishWrapUp(Command, frozen=True, kw_only=True, tag="finish"):
    """The wrap-up is over."""

    item: Id


AnyCommand = (
    SetPresence
    | Accept
    | Decline
    | Reply
    | HoldReply
    | TakeBackReply
    | SendHeldReply
    | Note
    | Read
    | Transfer
    | Consult
    | JoinConsult
    | EndConsult
    | TakeOver
    | Resolve
    | FinishWrapUp
)
FromDesktop = Hello | Typing | Follow | FollowCustomer | AnyCommand


class Watch(msgspec.Struct, frozen=True, tag="hello", forbid_unknown_fields=True):
    """A board's first frame; said again, it gets the board anew."""

    version: int


FromBoard = Watch | Follow


# From us


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """The stream begins after `seq`. `snapshot` is None when what was missed follows instead."""

    version: int
    seq: int
    resumed: bool
    snapshot: Desk | None = None


class BoardWelcome(msgspec.Struct, frozen=True, tag="welcome"):
    """The board as it was after `seq`; fold the events into it."""

    version: int
    seq: int
    snapshot: Board


class Event(msgspec.Struct, frozen=True, tag="event"):
    """Something happened."""

    seq: int
    prev: int
    fact: Fact


class Answer(msgspec.Struct, frozen=True, tag="answer", omit_defaults=True):
    """To the command with that id: `result` when `ok`, otherwise `problem`."""

    id: str
    ok: bool
    result: Any = None
    problem: Problem | None = None


class SomebodyTypes(msgspec.Struct, frozen=True, tag="typing"):
    """The customer of a conversation of the agent's is typing."""

    conversation: int
    author_kind: str


class Complaint(msgspec.Struct, frozen=True, tag="problem"):
    """About a frame that could not be taken; the connection stays unless it says otherwise."""

    problem: Problem


ToDesktop = Welcome | Event | Answer | SomebodyTypes | Complaint
