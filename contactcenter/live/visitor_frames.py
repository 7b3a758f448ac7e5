"""What a visitor's socket says and hears: two tagged unions (docs/visitor-protocol.md)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from contactcenter.errors import BadInput, Problem, TooLarge
from contactcenter.words import AuthorKind, Delivery

VERSION = 1
FRAME_CHARACTERS_MAX = 131_072
TEXT_CHARACTERS_MAX = 16_384
NUMBER_MAX = 2**31 - 1
POSITION_MAX = 2**63 - 1

Text = Annotated[str, msgspec.Meta(max_length=TEXT_CHARACTERS_MAX, pattern=r"^[^\x00]*$")]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[!-~]+$(?!\n)")]
Bounded = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$")]
Position = Annotated[int, msgspec.Meta(ge=0, le=POSITION_MAX)]
Id = Annotated[int, msgspec.Meta(ge=1, le=POSITION_MAX)]
Files = Annotated[list[Id], msgspec.Meta(max_length=10)]
Number = Annotated[int, msgspec.Meta(ge=1, le=NUMBER_MAX)]


class AppContext(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where in the app the visitor is."""

    screen: Bounded | None = None
    version: Bounded | None = None
    account: Bounded | None = None


class _Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name that we do not know is a fault, so that a misspelt one is not ignored."""


class Hello(_Frame, frozen=True, kw_only=True, tag="hello"):
    """The first frame. `after`: the last position that was seen; null for the newest only."""

    version: Literal[1]
    token: Annotated[str, msgspec.Meta(max_length=100)]
    after: Position | None


class Send(_Frame, frozen=True, kw_only=True, tag="send"):
    """A message; the same `client_msg_id` again is the same message.

    `files`: those that were brought before. With a file the text may be left out.
    """

    client_msg_id: Key
    text: Text = ""
    context: AppContext | None = None
    files: Files = []


class Typing(_Frame, frozen=True, kw_only=True, tag="typing"):
    """The visitor types."""


class Delivered(_Frame, frozen=True, kw_only=True, tag="delivered"):
    """All that was sent to this visitor in the conversation up to the number has arrived."""

    conversation: Id
    number: Number


class Read(_Frame, frozen=True, kw_only=True, tag="read"):
    """The same, and was looked at."""

    conversation: Id
    number: Number


class Context(_Frame, frozen=True, kw_only=True, tag="context"):
    """The visitor is elsewhere in the app now."""

    context: AppContext


class Leave(_Frame, frozen=True, kw_only=True, tag="leave"):
    """The customer ends the chat."""


class Ping(_Frame, frozen=True, kw_only=True, tag="ping"):
    """Answered by `pong`."""


class Pong(_Frame, frozen=True, kw_only=True, tag="pong"):
    """The answer to the server's `ping`."""


ClientFrame = Hello | Send | Typing | Delivered | Read | Context | Leave | Ping | Pong
Command = Hello | Send | Typing | Delivered | Read | Context | Leave


class Message(msgspec.Struct, frozen=True, kw_only=True, tag="message", omit_defaults=True):
    """What was said by or to this visitor. `name` is an agent's or a bot's."""

    position: int
    id: int
    conversation: int
    number: int
    author: AuthorKind
    name: str | None = None
    text: str
    parts: list[Any] = []
    delivery: Delivery | None = None
    at: datetime


class Current(msgspec.Struct, frozen=True, kw_only=True):
    """The conversation that this visitor last took part in.

    `agent`: the name of who has it. `delivered`: up to which number it has reached somebody;
    `read`: up to which an agent has read it.
    """

    id: int
    open: bool
    delivered: int
    read: int
    agent: str | None


class Welcome(msgspec.Struct, frozen=True, kw_only=True, tag="welcome"):
    """The answer to `hello`. `more`: the rest follows in `messages` frames.

    `earlier`: there is more before the first of these messages. `position`: where to resume.
    """

    version: int = VERSION
    signed_in: bool
    conversation: Current | None
    earlier: bool
    messages: Sequence[Message]
    position: int
    more: bool


class Messages(msgspec.Struct, frozen=True, kw_only=True, tag="messages"):
    """More of the past, after the `welcome`."""

    messages: Sequence[Message]
    position: int
    more: bool


class Sent(msgspec.Struct, frozen=True, kw_only=True, tag="sent"):
    """A message is in the record, and cannot be lost any more."""

    client_msg_id: str
    interaction: int
    conversation: int
    number: int
    duplicate: bool


class DeliveryTick(msgspec.Struct, frozen=True, kw_only=True, tag="delivery"):
    """`of`: whose messages, up to that number, have that state now."""

    conversation: int
    of: Literal["yours", "ours"]
    up_to: int
    delivery: Delivery


class SomebodyTypes(msgspec.Struct, frozen=True, kw_only=True, tag="typing"):
    """An agent or a bot types."""

    conversation: int
    name: str | None


class AgentJoined(msgspec.Struct, frozen=True, kw_only=True, tag="agent_joined"):
    """An agent has the matter from now on."""

    conversation: int
    name: str | None


class ConversationEnded(msgspec.Struct, frozen=True, kw_only=True, tag="closed"):
    """The matter is settled; what is said next opens it again, or a new one."""

    conversation: int


class Queued(msgspec.Struct, frozen=True, kw_only=True, tag="queue"):
    """The matter waits for an agent, at this place from 1 on; said again whenever it changes.

    `expected_wait_s`: at the pace of the last minutes; null where that says nothing. `opens_at`:
    nobody is asked before, since it is closed.
    """

    conversation: int
    position: int
    expected_wait_s: int | None
    opens_at: datetime | None = None


class SatisfactionAsked(msgspec.Struct, frozen=True, kw_only=True, tag="satisfaction"):
    """The matter was settled: how content is the visitor? To be answered until then, once.

    It is said again on each connection, until it was answered.
    """

    conversation: int
    item: int
    until: datetime


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="problem", omit_defaults=True):
    """A frame that was not followed; the socket stays open unless it is closed next."""

    problem: Problem
    client_msg_id: str | None = None


class ServerPing(msgspec.Struct, frozen=True, tag="ping"):
    """To be answered by `pong`: whoever is silent for too long is taken for gone."""


class ServerPong(msgspec.Struct, frozen=True, tag="pong"):
    """The answer to the visitor's `ping`."""


ServerFrame = (
    Welcome
    | Messages
    | Message
    | Sent
    | DeliveryTick
    | SomebodyTypes
    | AgentJoined
    | ConversationEnded
    | Queued
    | SatisfactionAsked
    | Refused
    | ServerPing
    | ServerPong
)


def encode(frame: ServerFrame) -> str:
    """A frame as text: once for all who get the same."""
    return _encoder.encode(frame).decode()


def decode(raw: str | bytes) -> ClientFrame:
    """A frame of the peer's. Raises `TooLarge` and `BadInput`, whose pointer names the field."""
    if len(raw) > FRAME_CHARACTERS_MAX:
        detail = f"A frame has at most {FRAME_CHARACTERS_MAX} characters; this has {len(raw)}."
        raise TooLarge(detail, code="frame-too-large")
    if isinstance(raw, bytes):
        raise BadInput("Frames are JSON text, not bytes.", code="malformed-json")
    try:
        return _decoder.decode(raw)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        pointer = path.rstrip("`").removeprefix("$").replace(".", "/")
        raise BadInput(message, pointer=pointer or None) from error
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise BadInput(f"This is not JSON: {error}", code="malformed-json") from error


class _Referring(msgspec.Struct, frozen=True):
    client_msg_id: Key | None = None


def reference(raw: str | bytes) -> str | None:
    """Which message a refused frame was about, so that its sender can mark it."""
    if isinstance(raw, bytes) or len(raw) > FRAME_CHARACTERS_MAX:
        return None
    try:
        return msgspec.json.decode(raw, type=_Referring).client_msg_id
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
