"""An agent is led through a script, step by step.

These say where the script is; what it does besides is told by `Moved`, for whoever called to do it
in the same transaction. The customer is locked first, since that comes before the conversation.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict, NotFound, Stale
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer
from contactcenter.model.rulebook import Published
from contactcenter.model.script import Action, Answer, Node, Script, checked, walk
from contactcenter.model.work import WorkItem
from contactcenter.record.held import hold, no_item, owned_by
from contactcenter.record.root import lock_root
from contactcenter.record.scripts import Answered, Run, known, protocol, script_of


class Moved(msgspec.Struct, frozen=True):
    """Where it is now, and what is to be done: the actions on the way, and at the end a note."""

    run: Run
    script: Script
    customer: int
    conversation: int
    actions: Sequence[Action] = ()
    attributes: dict[str, Answer] = {}
    note: str | None = None


class _Work(msgspec.Struct, frozen=True):
    customer: Customer
    conversation: Conversation
    item: WorkItem


async def begin(
    tx: Tx, agent: int, item_id: int, name: str, book: Published, now: datetime
) -> Moved:
    """Begin a script in a conversation, or go on with the one that is running there.

    Raises `BadInput` (`unknown-script`), `Conflict`: `not-yours`, `no-conversation`.
    """
    work = await _hold(tx, agent, item_id)
    running = await tx.maybe(Run, "scripts.of_item", item_id)
    if running and running.done_at is None:
        return _moved(work, running, await script_of(tx, running, book))
    script = book.rules.scripts.get(name)
    if script is None:
        detail = f"There is no script {name!r}."
        raise BadInput(detail, code="unknown-script", pointer="/script")
    facts = await known(tx, work.customer, work.conversation, work.item, [], now)
    walked = walk(script, script.nodes[0].name, facts)
    done_at = _done(walked.node, now)
    args = item_id, name, book.version, walked.node.name, agent, now, done_at
    run = await tx.one(Run, "scripts.begin", *args)
    return _moved(work, run, script, walked.actions)


async def take_step(
    tx: Tx,
    agent: int,
    run_id: int,
    step: int,
    answer: Answer | None,
    book: Published,
    now: datetime,
) -> Moved:
    """Go on from where it is; `answer` where that is a question. A step that is done is not again.

    Raises `NotFound`, `BadInput` (`wrong-answer`), `Conflict` (`not-yours`).
    """
    work, run, script = await _running(tx, agent, run_id, book)
    if run.done_at or step != run.step:
        return _moved(work, run, script)
    node = script.node(run.node)
    assert node.next is not None, "only an end has nothing after it"
    answers = run.answers
    if node.ask:
        given = Answered(node.name, checked(node.ask, answer))
        answers = [*(a for a in answers if a.node != node.name), given]
    facts = await known(tx, work.customer, work.conversation, work.item, answers, now)
    walked = walk(script, node.next, facts)
    # What was done is not undone by going back.
    path = [] if walked.actions else [*run.path, node.name]
    done_at = _done(walked.node, now)
    moved = await _move(tx, run, walked.node.name, path, answers, done_at)
    return _moved(work, moved, script, walked.actions)


async def step_back(tx: Tx, agent: int, run_id: int, step: int, book: Published) -> Moved:
    """Go back to the stop before, whose answer is taken back. A step that is done is not again.

    Raises `NotFound`, `Conflict`: `not-yours`, `nothing-before` at the beginning, and after
    something was done.
    """
    work, run, script = await _running(tx, agent, run_id, book)
    if run.done_at or step != run.step:
        return _moved(work, run, script)
    if not run.path:
        raise Conflict("There is nothing to go back to.", code="nothing-before")
    *path, before = run.path
    answers = [a for a in run.answers if a.node != before]
    return _moved(work, await _move(tx, run, before, path, answers, None), script)


async def _hold(tx: Tx, agent: int, item_id: int) -> _Work:
    found = await tx.maybe(WorkItem, "scripts.item", item_id)
    if found is None:
        raise no_item(item_id)
    if found.conversation_id is None:
        detail = f"This work is a {found.kind}: there is no conversation in it."
        raise Conflict(detail, code="no-conversation")
    before = await tx.one(Conversation, "scripts.conversation", found.conversation_id)
    customer = await lock_root(tx, before.party_id)
    held = await hold(tx, item_id)
    item = owned_by(held, agent)
    if held.conversation.party_id != customer.id:
        raise Stale  # merged while the locks were waited for
    return _Work(customer, held.conversation, item)


async def _running(tx: Tx, agent: int, run_id: int, book: Published) -> tuple[_Work, Run, Script]:
    run = await tx.maybe(Run, "scripts.read", run_id)
    if run is None:
        raise NotFound(f"There is no run {run_id} of a script.")
    work = await _hold(tx, agent, run.item_id)
    run = await tx.one(Run, "scripts.read", run_id)
    return work, run, await script_of(tx, run, book)


async def _move(
    tx: Tx,
    run: Run,
    node: str,
    path: list[str],
    answers: list[Answered],
    done_at: datetime | None,
) -> Run:
    encoded = msgspec.json.encode(answers)
    moved = await tx.maybe(Run, "scripts.move", run.id, run.step, node, path, encoded, done_at)
    if moved is None:
        raise Stale
    return moved


def _done(node: Node, now: datetime) -> datetime | None:
    return now if node.end is not None else None


def _moved(work: _Work, run: Run, script: Script, actions: Sequence[Action] | None = None) -> Moved:
    """`actions` is None where nothing has moved."""
    where = run, script, work.customer.id, work.conversation.id
    if actions is None or run.done_at is None:
        return Moved(*where, actions or ())
    kept = {n.name for n in script.nodes if n.ask and n.ask.to == "customer"}
    attributes = {a.node: a.answer for a in run.answers if a.node in kept}
    return Moved(*where, actions, attributes, protocol(run, script))
