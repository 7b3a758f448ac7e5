"""Agents at real desktops: they accept, answer and resolve whatever they are given.

A command without an answer is sent again under its id, by the next connection too. A connection
that is silent for too long is given up: that is how a frozen server shows.
"""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from contactcenter.bench.sockets import Peer, connect, now
from contactcenter.loadtest.fleet import Fleet
from contactcenter.loadtest.ledger import Ledger

TICK_S = 0.03
QUIET_S = 1.5
SILENT_S_MAX = 3.5
CONNECTING_S_MAX = 3.0
AGAIN_S = 0.3
THINKING_S = (0.0, 0.15)
REPLIES_MAX = 2
RESUMING_SHARE = 0.6
REFUSED_FOR_NOW = (429, 503)
FINAL = (404, 409)
"""The work has gone elsewhere meanwhile."""
DISPOSITION = "solved"
SEEN_ALL = 2**31 - 1

Frame = dict[str, Any]


class Case(msgspec.Struct):
    """An item that the agent has."""

    replies: int
    due: float


class Command(msgspec.Struct):
    """What was asked for and is not answered yet. `due`: when it is sent again."""

    frame: Frame
    due: float


class Agent:
    """One person at a desktop."""

    def __init__(
        self, person: int, token: str, fleet: Fleet, ledger: Ledger, chance: Random
    ) -> None:
        self.person = person
        self._token = token
        self._fleet = fleet
        self._ledger = ledger
        self._chance = chance
        self._at = chance.randrange(len(fleet.servers))
        self._peer: Peer | None = None
        self._welcome = False
        self._seq: int | None = None
        self._heard_at = self._asked_at = 0.0
        self._cases: dict[int, Case] = {}
        self._asked: dict[str, Command] = {}
        self._number = 0

    async def work(self) -> None:
        """Until cancelled."""
        try:
            while True:
                await self._sit_down()
                while self._peer and not self._peer.closed and not self._silent():
                    self._tick(self._peer)
                    await asyncio.sleep(TICK_S)
                self._ledger.counts["desktops cut off"] += 1
                self._leave()
        finally:
            self._leave()

    def _leave(self) -> None:
        if self._peer:
            self._peer.close()
        self._peer = None

    async def _sit_down(self) -> None:
        while self._peer is None:
            self._at += 1
            server = self._fleet.servers[self._at % len(self._fleet.servers)]
            headers = {"Cookie": f"contactcenter_session={self._token}", "Origin": server.url}
            self._welcome = False
            try:
                async with asyncio.timeout(CONNECTING_S_MAX):
                    self._peer = await connect(server.port, "/v1/desktop", headers, self._hear)
            except (OSError, TimeoutError):
                await asyncio.sleep(self._chance.uniform(0.05, AGAIN_S))
        if self._chance.random() > RESUMING_SHARE:
            self._seq = None
        self._hello(self._peer)

    def _hello(self, peer: Peer) -> None:
        self._heard_at = self._heard_at if self._welcome else now()
        self._asked_at = now()
        peer.say({"type": "hello", "version": 1, "resume": self._seq})

    def _silent(self) -> bool:
        return now() - self._heard_at > SILENT_S_MAX

    def _tick(self, peer: Peer) -> None:
        """Do what is due: ask again, answer customers, see whether the connection still lives."""
        time = now()
        if not self._welcome:
            return
        if time - max(self._heard_at, self._asked_at) > QUIET_S:
            self._hello(peer)
        busy = {command.frame.get("item") for command in self._asked.values()}
        for item, case in self._cases.items():
            if item not in busy and case.due < time:
                self._serve(item, case)
        for command in self._asked.values():
            if command.due < time:
                command.due = time + SILENT_S_MAX
                peer.say(command.frame)

    def _serve(self, item: int, case: Case) -> None:
        if case.replies:
            case.replies -= 1
            text = f"agent {self.person} answers {self._number}"
            self._ask("reply", item=item, text=text, seen=SEEN_ALL)
        else:
            self._ask("resolve", item=item, disposition=DISPOSITION)

    def _ask(self, kind: str, *, subject: int | None = None, **fields: Any) -> None:
        """A command, sent with the next tick. One with a `subject` is asked for once only."""
        self._number += 1
        id_ = f"{kind}-{self._number}" if subject is None else f"{kind}-of-{subject}"
        if (self.person, id_) not in self._ledger.done and id_ not in self._asked:
            self._asked[id_] = Command({"type": kind, "id": id_, **fields}, 0.0)

    def _case(self) -> Case:
        return Case(self._chance.randint(1, REPLIES_MAX), now() + self._chance.uniform(*THINKING_S))

    def _hear(self, peer: Peer, data: bytes) -> None:
        if peer is not self._peer:
            return
        self._heard_at = now()
        frame = msgspec.json.decode(data)
        hear: dict[str, Callable[[Frame], None]] = {
            "welcome": self._welcomed,
            "event": self._happened,
            "answer": self._answered,
            "problem": self._refused,
        }
        hear[frame["type"]](frame)

    def _welcomed(self, frame: Frame) -> None:
        self._seq = frame["seq"]
        if not self._welcome:
            for command in self._asked.values():
                command.due = 0.0
        self._welcome = True
        desk = frame.get("snapshot")
        if desk is None:
            return
        if desk["me"]["presence"] != "available":
            self._ask("presence", state="available")
        for offer in desk["offers"]:
            self._ask("accept", subject=offer["id"], offer=offer["id"])
        former = self._cases
        mine = [item["id"] for item in desk["items"] if item["state"] == "active"]
        self._cases = {item: former.get(item) or self._case() for item in mine}

    def _happened(self, frame: Frame) -> None:
        if frame["prev"] != self._seq:
            self._ledger.wrong.append(
                f"agent {self.person} has a gap: {self._seq}, then {frame['seq']} after"
                f" {frame['prev']}"
            )
        self._seq = frame["seq"]
        fact = frame["fact"]
        match fact["fact"]:
            case "OfferMade" if fact["agent"] == self.person:
                self._ask("accept", subject=fact["offer"], offer=fact["offer"])
            case "ItemAssigned" | "ItemReactivated" if fact["agent"] == self.person:
                self._cases.setdefault(fact["item"], self._case())
            case "ItemAssigned" | "ItemQueued" | "ItemWrapUp" | "ItemDone" | "ItemCancelled":
                self._cases.pop(fact["item"], None)
            case "PresenceChanged" if fact["agent"] == self.person:
                if fact["presence"] != "available":
                    self._ask("presence", state="available")
            case _:
                return

    def _answered(self, frame: Frame) -> None:
        id_ = frame["id"]
        problem = frame.get("problem")
        if problem and problem["status"] in REFUSED_FOR_NOW:
            self._ledger.counts["commands refused for now"] += 1
            if id_ in self._asked:
                self._asked[id_].due = now() + AGAIN_S
            return
        self._ledger.answered(self.person, id_, frame)
        command = self._asked.pop(id_, None)
        if problem and problem["status"] not in FINAL:
            self._ledger.wrong.append(f"{id_!r} of agent {self.person} was answered {problem}")
        if command and "item" in command.frame and (problem or id_.startswith("resolve")):
            self._cases.pop(command.frame["item"], None)

    def _refused(self, frame: Frame) -> None:
        if frame["problem"]["status"] not in REFUSED_FOR_NOW:
            self._ledger.wrong.append(f"agent {self.person} was told {frame['problem']}")
