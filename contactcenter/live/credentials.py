"""Whose credential it is: read once, held for a short time, forgotten as soon as it is revoked."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from contactcenter import facts
from contactcenter.db.database import Database
from contactcenter.errors import NotSignedIn
from contactcenter.facts import Fact
from contactcenter.model.caller import Caller, Connection, VisitorSession
from contactcenter.model.credential import digest, well_formed
from contactcenter.settings import Settings
from contactcenter.words import Role, Scope

AGE_MAX = timedelta(seconds=30)
"""What was read longer ago is read again: the bound on a revocation whose fact does not arrive."""


class _Staff(msgspec.Struct, frozen=True):
    session_id: int
    expires_at: datetime
    person_id: int
    person_name: str
    kind: Role


class _Key(msgspec.Struct, frozen=True):
    key_id: int
    key_name: str
    scopes: tuple[Scope, ...]
    connection: Connection | None


class _Held(msgspec.Struct, frozen=True):
    """`joins`: how often visitors' identities had changed when it was read."""

    caller: Caller
    read_at: datetime
    joins: int


class Credentials:
    """Follow the log with `read`. Holds `settings.credentials_held_max` callers, the last used."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._held_max = settings.credentials_held_max
        self._held: OrderedDict[bytes, _Held] = OrderedDict()
        self._digests: dict[str, bytes] = {}  # by Caller.credential, of all that are held
        self._reading: dict[bytes, asyncio.Task[Caller | None]] = {}
        self._revocations = 0
        self._joins = 0

    async def caller(self, token: str, now: datetime) -> Caller:
        """Whose token this is. `NotSignedIn` when it is nobody's, revoked, ended or expired."""
        caller = self.held(token, now)
        if caller is not None:
            return caller
        caller = await self._read(token, now)
        if caller is None:
            raise NotSignedIn("These credentials are not valid, or not any more.")
        if _expired(caller, now):
            raise NotSignedIn("Your sign-in has expired; sign in again.", code="expired")
        return caller

    def held(self, token: str, now: datetime) -> Caller | None:
        """The same, where it needs no reading; None says that it does, or is not valid."""
        key = digest(token)
        held = self._held.get(key)
        if held is None or now - held.read_at >= AGE_MAX or _expired(held.caller, now):
            return None
        if held.caller.visitor is not None and held.joins != self._joins:
            return None
        self._held.move_to_end(key)
        return held.caller

    def read(self, _seq: int, fact: Fact) -> None:
        """Forget whom the log says to be another than before."""
        match fact:
            case facts.SessionRevoked(session=session):
                self._forget(f"session:{session}")
            case facts.KeyRevoked(key=key):
                self._forget(f"key:{key}")
            case facts.VisitorSessionEnded(session=session):
                self._forget(f"visitor:{session}")
            case facts.ConnectionChanged():
                self._forget_all()
            case facts.CustomersMerged():
                self._joins += 1
            case (
                facts.CustomerChanged()
                | facts.CustomersUnmerged()
                | facts.ConversationOpened()
                | facts.ConversationReopened()
                | facts.ConversationClosed()
                | facts.InteractionAppended()
                | facts.DeliveryChanged()
                | facts.ConversationTagged()
                | facts.ConversationRead()
                | facts.BotOwned()
                | facts.ItemQueued()
                | facts.OfferMade()
                | facts.OfferEnded()
                | facts.ItemAssigned()
                | facts.ItemWeighed()
                | facts.ItemWaiting()
                | facts.ItemMoved()
                | facts.ItemWrapUp()
                | facts.ItemReactivated()
                | facts.ItemDone()
                | facts.ItemAbandoned()
                | facts.ItemCancelled()
                | facts.AgentMentioned()
                | facts.ConsultAsked()
                | facts.ConsultJoined()
                | facts.ConsultEnded()
                | facts.UndoChanged()
                | facts.ReplyHeld()
                | facts.HeldReplyEnded()
                | facts.SatisfactionGiven()
                | facts.CaseOpened()
                | facts.CaseChanged()
                | facts.CaseNoted()
                | facts.CaseLinked()
                | facts.LeadArrived()
                | facts.LeadChanged()
                | facts.OrderMade()
                | facts.OrderConfirmed()
                | facts.OrderChanged()
                | facts.AgentConfigured()
                | facts.PresenceChanged()
                | facts.RulebookPublished()
                | facts.TeamChanged()
                | facts.TeamMembersChanged()
                | facts.WebhookParked()
                | facts.TimerParked()
                | facts.AlertRaised()
                | facts.AlertClimbed()
                | facts.AlertAcknowledged()
            ):
                pass
            case _:
                assert_never(fact)

    async def _read(self, token: str, now: datetime) -> Caller | None:
        """Read it once for all who ask at the same moment."""
        if not well_formed(token):
            return None
        key = digest(token)
        reading = self._reading.get(key)
        if reading is None:
            reading = asyncio.create_task(self._fetch(token[:4], key, now))
            self._reading[key] = reading
            reading.add_done_callback(lambda _: self._reading.pop(key))
        return await asyncio.shield(reading)

    async def _fetch(self, prefix: str, key: bytes, now: datetime) -> Caller | None:
        find = self._finders().get(prefix)
        if find is None:
            return None
        revocations, joins = self._revocations, self._joins
        caller = await find(key)
        # What was revoked while it was being read may have been read as it was before.
        if caller is not None and revocations == self._revocations:
            self._hold(key, _Held(caller, now, joins))
        return caller

    def _hold(self, key: bytes, held: _Held) -> None:
        self._held[key] = held
        self._digests[held.caller.credential] = key
        if len(self._held) > self._held_max:
            _, oldest = self._held.popitem(last=False)
            del self._digests[oldest.caller.credential]

    def _forget(self, credential: str) -> None:
        self._revocations += 1
        key = self._digests.pop(credential, None)
        if key is not None:
            del self._held[key]

    def _forget_all(self) -> None:
        self._revocations += 1
        self._held.clear()
        self._digests.clear()

    def _finders(self) -> dict[str, Callable[[bytes], Awaitable[Caller | None]]]:
        return {"ccs_": self._staff, "cck_": self._key, "ccv_": self._visitor}

    async def _staff(self, key: bytes) -> Caller | None:
        async with self._database.snapshot() as tx:
            row = await tx.maybe(_Staff, "sessions.staff_caller", key)
        return row and Caller(**msgspec.structs.asdict(row))

    async def _key(self, key: bytes) -> Caller | None:
        async with self._database.snapshot() as tx:
            row = await tx.maybe(_Key, "keys.caller", key)
        return row and Caller(kind="bot", **msgspec.structs.asdict(row))

    async def _visitor(self, key: bytes) -> Caller | None:
        async with self._database.snapshot() as tx:
            row = await tx.maybe(VisitorSession, "sessions.visitor", key)
        return row and Caller(kind="customer", visitor=row, expires_at=row.expires_at)


def _expired(caller: Caller, now: datetime) -> bool:
    return caller.expires_at is not None and caller.expires_at <= now
