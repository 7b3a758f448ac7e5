"""One client's stream of events, without I/O: in order, without gaps, bounded.

    starting ──start()──► flowing ──too slow──► lost ──restart()──► starting

While a stream starts, what happens is kept aside; `start` then sends what follows the position of
the snapshot or of the replay. A client that takes too little is never silently skipped: its stream
is `lost`, and has to be started anew from a snapshot.
"""

from collections.abc import Iterable

import msgspec

WAITING_MAX = 1_000
"""Frames that may wait for a client before its stream is lost."""


class Stream:
    """`hear` is called for each event of the audience; `take` gives what is to be sent."""

    __slots__ = ("_aside", "_outbox", "_seq", "lost")

    def __init__(self) -> None:
        self._outbox: list[tuple[bytes, bool]] = []  # and whether it outlives a restart
        self._aside: list[tuple[int, bytes]] | None = []
        self._seq = 0
        self.lost = False

    def hear(self, seq: int, fact: bytes) -> None:
        """An event, its fact as JSON."""
        if self._aside is not None:
            self._aside.append((seq, fact))
            if len(self._aside) > WAITING_MAX:
                self._lose()
        elif not self.lost and seq > self._seq:
            self._event(seq, fact)

    def start(self, welcome: bytes, seq: int, missed: Iterable[tuple[int, bytes]]) -> None:
        """Begin after `seq`: the welcome, what was missed, and what was kept aside."""
        if self._aside is None:
            return
        aside, self._aside = self._aside, None
        self._seq = seq
        self._put(welcome, lasting=False)
        for number, fact in (*missed, *aside):
            if number > self._seq:
                self._event(number, fact)

    def restart(self) -> None:
        """Forget the events that wait, and keep aside what comes, until `start` is called again."""
        self._outbox = [each for each in self._outbox if each[1]]
        self._aside = []
        self.lost = False

    def say(self, frame: bytes) -> None:
        """A frame without a number: an answer, a complaint, typing."""
        self._put(frame, lasting=True)

    def take(self) -> list[bytes]:
        """All that is to be sent now."""
        waiting, self._outbox = self._outbox, []
        return [frame for frame, _ in waiting]

    def _event(self, seq: int, fact: bytes) -> None:
        frame = b'{"type":"event","seq":%d,"prev":%d,"fact":%b}' % (seq, self._seq, fact)
        self._seq = seq
        self._put(frame, lasting=False)

    def _put(self, frame: bytes, *, lasting: bool) -> None:
        if self.lost:
            return
        self._outbox.append((frame, lasting))
        if len(self._outbox) > WAITING_MAX:
            self._lose()

    def _lose(self) -> None:
        self._outbox.clear()
        self._aside = None
        self.lost = True


def encode(frame: msgspec.Struct) -> bytes:
    """A frame as it goes over the socket."""
    return msgspec.json.encode(frame)
