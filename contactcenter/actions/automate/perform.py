"""What automations do, one thing after the other, in the transaction that remembers that they did.

Each returns what it did in a sentence, or why there was nothing to do. What cannot be done raises a
`Refusal`: the rule has failed, and nothing of it is left.
"""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.automation import (
    Act,
    Answer,
    Assign,
    Automation,
    Close,
    HandOver,
    Identify,
    OpenCase,
    Route,
    Tag,
    filled,
)
from contactcenter.model.caller import SYSTEM
from contactcenter.model.conversation import Conversation
from contactcenter.model.rulebook import Published
from contactcenter.model.triggered import Moment
from contactcenter.model.work import WorkItem
from contactcenter.record.append import Draft, append_one
from contactcenter.record.cases import NewCase, open_case
from contactcenter.record.finish import close
from contactcenter.record.held import Held, hold, hold_conversation
from contactcenter.record.offers import pending_for_items, rescind
from contactcenter.record.owners import owners
from contactcenter.record.root import lock_root
from contactcenter.record.route import destination
from contactcenter.record.subject import moved, placed
from contactcenter.record.tags import save_tags, with_tag
from contactcenter.record.webhook_events import hand_over
from contactcenter.record.work import save


class Doing(msgspec.Struct, frozen=True):
    """Which automation acts on what, under which rules, at which time."""

    automation: Automation
    moment: Moment
    known: dict[str, object]
    book: Published
    now: datetime

    @property
    def conversation(self) -> int:
        """The conversation, where publishing made sure that there is one."""
        assert self.moment.conversation
        return self.moment.conversation.id


class _Key(msgspec.Struct, frozen=True):
    id: int


async def perform(tx: Tx, doing: Doing) -> list[str]:
    """Do all of it. The customer is locked first, as everywhere."""
    await lock_root(tx, doing.moment.customer.id)
    return [await _do(tx, act, doing) for act in doing.automation.do]


async def _do(tx: Tx, act: Act, doing: Doing) -> str:
    doing_it: Awaitable[str]
    match act:
        case Answer():
            doing_it = _say(tx, act.text, doing)
        case Identify():
            doing_it = _identify(tx, act, doing)
        case Route():
            doing_it = _wait(tx, doing, queue=act.queue, requirement=act.requirement)
        case Assign():
            doing_it = _assign(tx, act.agent, doing)
        case Tag():
            doing_it = _tag(tx, act, doing)
        case OpenCase():
            doing_it = _open_case(tx, act, doing)
        case HandOver():
            doing_it = _hand_over(tx, act.key, doing)
        case Close():
            doing_it = _close(tx, doing)
        case _:
            assert_never(act)
    return await doing_it


async def _say(tx: Tx, text: str, doing: Doing) -> str:
    conversation, item = await hold_conversation(tx, doing.conversation)
    if conversation.closed_at:
        return "nothing was said: the conversation is closed"
    way = await destination(tx, conversation, None)
    draft = Draft(
        kind="message",
        direction="outbound",
        channel=way.channel,
        connection_id=way.connection_id,
        identity_id=way.identity_id,
        author_kind="system",
        text=filled(text, doing.known),
        delivery=way.delivery,
        via=way.key_id,
        occurred_at=doing.now,
        automatic=True,
    )
    said = await append_one(tx, conversation, item, draft, doing.now)
    return f"answered with interaction {said.number}"


async def _identify(tx: Tx, act: Identify, doing: Doing) -> str:
    if doing.moment.verified:
        return "not asked: it is proven who they are"
    said = await _say(tx, act.text, doing)
    if act.queue is None:
        return f"{said}, to ask who they are"
    return f"{said}, to ask who they are; {await _wait(tx, doing, queue=act.queue)}"


async def _assign(tx: Tx, login: str, doing: Doing) -> str:
    agent = await tx.maybe(int, "automations.agent", login)
    if agent is None:
        raise NotFound(f"There is no agent {login!r}.")
    return await _wait(tx, doing, agent=agent)


async def _wait(
    tx: Tx,
    doing: Doing,
    *,
    queue: str | None = None,
    requirement: dict[str, int] | None = None,
    agent: int | None = None,
) -> str:
    """Place work anew that nobody has yet; it keeps the time at which its wait began."""
    held = await _held(tx, doing)
    if held is None or held.item.state not in ("queued", "offered"):
        return f"not placed: {_whose(held)}"
    item, target = held.item, queue or held.item.queue
    asked = {**item.asked, **(requirement or {})}
    asking = Held(item.replace(asked=asked), held.subject)
    there = await placed(tx, asking, target, doing.book)
    waiting = asking.item.queued(doing.now, queue=target, place=there).replace(
        enqueued_at=item.enqueued_at,
        sticky_agent_id=item.sticky_agent_id,
        sticky_until=item.sticky_until,
    )
    if agent is not None:
        patience = timedelta(seconds=doing.book.rules.queues[target].sticky_patience_s)
        waiting = waiting.replace(sticky_agent_id=agent, sticky_until=doing.now + patience)
    await _take_back(tx, held, doing.now)
    await save(tx, [(item, waiting)], doing.now)
    if target != item.queue:
        await moved(tx, held, target, SYSTEM, doing.now)
    tx.emit(waiting.queued_fact(doing.now, "transferred", None, held.bot))
    asks = ", ".join(f"{skill} {level}" for skill, level in waiting.requirement.items())
    return (
        f"waits in {target}"
        + (f" for {asks}" if asks else "")
        + (f", before agent {agent} first" if agent is not None else "")
    )


async def _tag(tx: Tx, act: Tag, doing: Doing) -> str:
    if act.of == "customer":
        customer = await lock_root(tx, doing.moment.customer.id)
        told = await owners(tx, [customer.id])
        await save_tags(tx, customer, with_tag(customer.tags, act.tag), doing.now, told)
    else:
        conversation, item = await hold_conversation(tx, doing.conversation)
        tags = with_tag(conversation.tags, act.tag)
        await save_tags(tx, conversation, tags, doing.now, item.owners if item else [])
    return f"tagged the {act.of} {act.tag}"


async def _open_case(tx: Tx, act: OpenCase, doing: Doing) -> str:
    customer = await lock_root(tx, doing.moment.customer.id)
    subject = filled(act.subject, doing.known)[:200] or doing.automation.name
    new = NewCase(category=act.category, subject=subject, severity=act.severity)
    spoken = doing.moment.conversation
    case = await open_case(
        tx, customer, new, SYSTEM, doing.book, doing.now, conversation=spoken.id if spoken else None
    )
    return f"opened case {case.id}"


async def _hand_over(tx: Tx, name: str, doing: Doing) -> str:
    key = await tx.maybe(_Key, "keys.bots", [name])
    if key is None:
        raise NotFound(f"There is no API key {name!r}.")
    if not await hand_over(tx, key.id, doing.automation.name, doing.moment.fact, doing.now):
        raise Conflict(f"The API key {name!r} has no webhook.", code="no-webhook")
    return f"handed over to {name}"


async def _close(tx: Tx, doing: Doing) -> str:
    held = await _held(tx, doing)
    if held is None or held.item.owners or not isinstance(held.subject, Conversation):
        return f"not closed: {_whose(held)}"
    item = held.item
    await _take_back(tx, held, doing.now)
    await save(tx, [(item, item.ended("cancelled", doing.now))], doing.now)
    tx.emit(facts.ItemCancelled(at=doing.now, **item.about(held.bot), reason="settled"))
    await close(tx, held, "resolved", doing.now)
    return "closed the conversation"


async def _held(tx: Tx, doing: Doing) -> Held | None:
    """The work on what has happened, locked with it."""
    fact = doing.moment.fact
    item = await tx.maybe(
        int,
        "automations.live_item",
        getattr(fact, "conversation", None) if doing.moment.conversation else None,
        getattr(fact, "case", None),
        getattr(fact, "lead", None),
    )
    return None if item is None else await hold(tx, item)


async def _take_back(tx: Tx, held: Held, now: datetime) -> None:
    item: WorkItem = held.item
    offers = await pending_for_items(tx, [item.id])
    await rescind(tx, offers, {item.id: (item, held.bot)}, "reassigned", now)


def _whose(held: Held | None) -> str:
    if held is None:
        return "no work is under way"
    return f"the work is {held.item.state}"
