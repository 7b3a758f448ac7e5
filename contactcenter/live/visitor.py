"""One visitor's socket as a protocol without I/O: frames in, frames out, and what to do about them.

    hello ──► opening ──► open ──► closed      (any state may close)

The shell feeds what the peer sent to `received` and does what comes back; it sends what stands in
`outgoing`, and closes when `closing` is set. The order that a visitor sees is the interactions'
`position`. Live messages that come while the past is being read are held, and of them only those
are sent that the past did not have: so nothing is lost between the two, and nothing doubled.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from contactcenter.errors import BadInput, Conflict, Problem, TooLarge, TooMany
from contactcenter.live.visitor_frames import (
    ClientFrame,
    Command,
    Current,
    Hello,
    Message,
    Messages,
    Ping,
    Pong,
    Refused,
    Sent,
    ServerPing,
    ServerPong,
    Typing,
    Welcome,
    decode,
    encode,
    reference,
)

FRAMES_PER_S = 10
FRAMES_BURST = 40
EXCESS_MAX = 40
"""Frames over the rate, one after another, until the socket is closed."""
OUTGOING_MAX = 256
HELLO_S_MAX = 10.0
PING_AFTER_S = 25.0
SILENCE_S_MAX = 60.0
TYPING_EVERY_S = 1.0


class Close(msgspec.Struct, frozen=True):
    """Why a socket is closed: a code of the protocol's own (RFC 6455, 7.4.2), and words."""

    code: int
    reason: str


NO_HELLO = Close(4400, "say hello first")
SIGNED_OUT = Close(4401, "the session has ended: begin a new one")
WRONG_ORIGIN = Close(4403, "this page may not use the connection")
SILENT = Close(4408, "nothing was heard: connect again")
TOO_FAST = Close(4429, "too many frames: connect again later")
BEHIND = Close(4503, "too slow to follow: connect again and resume")


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what this visitor may see after the position where they resume.

    `complete`: there is no page after it. `earlier`: there is more before its first message.
    `latest`: the last position there is; a visitor who claims to have seen more is mistaken.
    """

    messages: Sequence[Message]
    complete: bool
    earlier: bool
    latest: int
    signed_in: bool
    conversation: Current | None


class Visitor:
    """`wake` is called whenever there is something to send or the socket is to be closed.

    Times are seconds of a clock that never goes back.
    """

    def __init__(self, now: float, wake: Callable[[], None]) -> None:
        self.state: Literal["hello", "opening", "open", "closed"] = "hello"
        self.outgoing: deque[str] = deque()
        self.closing: Close | None = None
        self.position = 0
        self._wake = wake
        self._began = self._heard = self._refilled = now
        self._pinged = False
        self._tokens = float(FRAMES_BURST)
        self._excess = 0
        self._typed = now - TYPING_EVERY_S
        self._welcomed = False
        self._held: list[tuple[int | None, str]] = []

    # What the peer sent

    def received(self, raw: str | bytes, now: float) -> Command | None:
        """What is to be done about a frame; None where the protocol itself has seen to it."""
        if self.state == "closed":
            return None
        self._heard, self._pinged = now, False
        frame = self._frame(raw) if self._within_rate(now) else None
        match frame:
            case None | Pong():
                return None
            case Ping():
                self._put(encode(ServerPong()))
                return None
            case Typing() if now - self._typed < TYPING_EVERY_S:
                return None
            case Typing():
                self._typed = now
            case Hello():
                self.state, self.position = "opening", frame.after or 0
            case _:
                pass
        return frame

    # What the shell has to say

    def replay(self, past: Past) -> None:
        """As long as the state is `opening`, another page is wanted: what is after `position`."""
        if self.state != "opening":
            return
        self.position = past.messages[-1].position if past.messages else past.latest
        if self._welcomed:
            more = not past.complete
            page = Messages(messages=past.messages, position=self.position, more=more)
            self._put(encode(page))
        else:
            self._welcomed = True
            self._put(encode(self._welcome(past)))
        if past.complete:
            self._open()

    def sent(self, frame: Sent) -> None:
        """A message was taken."""
        self._put(encode(frame))

    def refuse(self, problem: Problem, client_msg_id: str | None = None) -> None:
        """A frame was not followed."""
        self._put(encode(Refused(problem=problem, client_msg_id=client_msg_id)))

    def end(self, close: Close) -> None:
        """Close after what is to be sent by now."""
        if self.state != "closed":
            self.state, self.closing = "closed", close
            self._held.clear()
            self._wake()

    # What happens in the house

    def message(self, position: int, encoded: str) -> None:
        """A live message, skipped where the replay had it."""
        if self.state == "opening":
            self._hold(position, encoded)
        elif position > self.position:
            self.position = position
            self._put(encoded)

    def tell(self, encoded: str) -> None:
        """A live frame of another kind."""
        if self.state == "opening":
            self._hold(None, encoded)
        else:
            self._put(encoded)

    def tick(self, now: float) -> None:
        """Let time pass: call it every second or so."""
        if self.state == "hello" and now - self._began >= HELLO_S_MAX:
            self.end(NO_HELLO)
        elif now - self._heard >= SILENCE_S_MAX:
            self.end(SILENT)
        elif now - self._heard >= PING_AFTER_S and not self._pinged and self.state != "hello":
            self._pinged = True
            self._put(encode(ServerPing()))

    def _welcome(self, past: Past) -> Welcome:
        return Welcome(
            signed_in=past.signed_in,
            conversation=past.conversation,
            earlier=past.earlier,
            messages=past.messages,
            position=self.position,
            more=not past.complete,
        )

    def _open(self) -> None:
        self.state = "open"
        held, self._held = self._held, []
        for position, encoded in held:
            if position is None:
                self.tell(encoded)
            else:
                self.message(position, encoded)

    def _hold(self, position: int | None, encoded: str) -> None:
        if len(self._held) < OUTGOING_MAX:
            self._held.append((position, encoded))
        else:
            self.end(BEHIND)

    def _put(self, encoded: str) -> None:
        """A peer that does not take what we send is not fed further: it resumes by itself."""
        if self.state == "closed":
            return
        if len(self.outgoing) >= OUTGOING_MAX:
            self.outgoing.clear()
            self.end(BEHIND)
            return
        self.outgoing.append(encoded)
        self._wake()

    def _within_rate(self, now: float) -> bool:
        self._tokens = min(FRAMES_BURST, self._tokens + (now - self._refilled) * FRAMES_PER_S)
        self._refilled = now
        if self._tokens >= 1:
            self._tokens -= 1
            self._excess = 0
            return True
        self._excess += 1
        detail = f"At most {FRAMES_BURST} frames at once, then {FRAMES_PER_S} a second."
        self.refuse(TooMany(detail, retry_after_s=1).problem())
        if self._excess >= EXCESS_MAX:
            self.end(TOO_FAST)
        return False

    def _frame(self, raw: str | bytes) -> ClientFrame | None:
        """A frame that can be read and may come now; any other is refused."""
        try:
            frame = decode(raw)
            self._check_order(frame)
        except (BadInput, TooLarge, Conflict) as refusal:
            self.refuse(refusal.problem(), reference(raw))
            if self.state == "hello":
                self.end(NO_HELLO)
            return None
        return frame

    def _check_order(self, frame: ClientFrame) -> None:
        if isinstance(frame, Hello) and self.state != "hello":
            detail = "There was a `hello` before; it is said once."
            raise Conflict(detail, code="wrong-state", pointer="/type")
        if not isinstance(frame, Hello) and self.state == "hello":
            detail = "The first frame must be a `hello`."
            raise Conflict(detail, code="wrong-state", pointer="/type")
