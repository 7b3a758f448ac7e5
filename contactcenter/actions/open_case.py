"""A case is opened: by somebody of the house, or by a bot."""

from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput
from contactcenter.model.caller import Actor
from contactcenter.model.case import Case
from contactcenter.model.rulebook import Published
from contactcenter.record.cases import NewCase, open_case
from contactcenter.record.root import lock_root
from contactcenter.record.timeline import no_conversation


class Opened(msgspec.Struct, frozen=True):
    """`duplicate`: it was opened under this key before."""

    case: Case
    duplicate: bool = False


class _Where(msgspec.Struct, frozen=True):
    party_id: int
    bot_id: int | None


async def open_for(
    tx: Tx,
    customer: int | None,
    conversation: int | None,
    new: NewCase,
    by: Actor,
    book: Published,
    now: datetime,
) -> Opened:
    """Open a case of a customer, or of the one whose conversation it came up in.

    To a bot, conversations in which it takes no part do not exist. Raises `NotFound`, and
    `BadInput`: `whose` where neither is named, `other-customer` where both are and do not fit,
    `key-reused` for a key under which another case was opened.
    """
    if customer is None and conversation is None:
        raise BadInput("Name the customer or the conversation.", code="whose", pointer="/customer")
    where = await _where(tx, conversation, by)
    root = await lock_root(tx, customer or (where.party_id if where else 0))
    if conversation is not None:
        where = await _where(tx, conversation, by)  # as it is now that nobody can merge it away
        if where and where.party_id != root.id:
            detail = f"Conversation {conversation} is of customer {where.party_id}."
            raise BadInput(detail, code="other-customer", pointer="/conversation")
    if new.key is not None:
        before = await tx.maybe(Case, "cases.of_key", by.kind, by.id, new.key)
        if before:
            if (before.party_id, before.subject) != (root.id, new.subject):
                detail = f"Under this key case {before.id} was opened."
                raise BadInput(detail, code="key-reused", pointer="/key")
            return Opened(before, duplicate=True)
    return Opened(await open_case(tx, root, new, by, book, now, conversation=conversation))


async def _where(tx: Tx, conversation: int | None, by: Actor) -> _Where | None:
    if conversation is None:
        return None
    where = await tx.maybe(_Where, "cases.where", conversation)
    if where is None or (by.kind == "bot" and where.bot_id != by.id):
        raise no_conversation(conversation)
    return where
