"""Scripts that agents are led through: where one is, and what its conditions may ask."""

from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer
from contactcenter.model.rulebook import Published
from contactcenter.model.script import Answer, Node, Script, begun_with, question
from contactcenter.model.segment import customer_facts
from contactcenter.model.work import WorkItem
from contactcenter.record.held import no_item
from contactcenter.record.rulebooks import read_version


class Answered(msgspec.Struct, frozen=True):
    """What was answered to the question of a node."""

    node: str
    answer: Answer


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `script_run`."""

    id: int
    item_id: int
    script: str
    version: int
    node: str
    path: list[str]
    answers: list[Answered]
    step: int
    done_at: datetime | None


class Told(msgspec.Struct, frozen=True):
    """A question, and what was answered."""

    question: str
    answer: Answer


class RunShown(msgspec.Struct, frozen=True, kw_only=True):
    """Where an agent is in a script.

    `kind`: to say `text`, to ask it, or at the end with it. `step` is that of the next step.
    """

    id: int
    item: int
    script: str
    label: str
    version: int
    step: int
    kind: str
    text: str
    type: str | None
    choices: list[str]
    can_go_back: bool
    answers: list[Told]
    done: bool


class ScriptNamed(msgspec.Struct, frozen=True):
    """A script of the rulebook in force."""

    name: str
    label: str


class ItemScript(msgspec.Struct, frozen=True):
    """The script that runs or ran last, the one to begin with if none did, and all there are."""

    run: RunShown | None
    first: str | None
    scripts: list[ScriptNamed]


def shown(run: Run, script: Script) -> RunShown:
    """As the agent sees it."""
    node = script.node(run.node)
    asks = {n.name: n.ask.text for n in script.nodes if n.ask}
    return RunShown(
        id=run.id,
        item=run.item_id,
        script=run.script,
        label=script.label,
        version=run.version,
        step=run.step,
        kind="ask" if node.ask else "end" if node.end is not None else "say",
        text=_text(node),
        type=node.ask.type if node.ask else None,
        choices=node.ask.choices if node.ask else [],
        can_go_back=bool(run.path) and run.done_at is None,
        answers=[Told(asks[a.node], a.answer) for a in run.answers],
        done=run.done_at is not None,
    )


def _text(node: Node) -> str:
    return node.ask.text if node.ask else node.say or node.end or ""


async def script_of(tx: Tx, run: Run, book: Published) -> Script:
    """The script as it was when it was begun."""
    if run.version == book.version:
        return book.rules.scripts[run.script]
    kept = await read_version(tx, run.version)
    return msgspec.convert(kept.rules["scripts"][run.script], Script)


async def known(
    tx: Tx,
    customer: Customer,
    conversation: Conversation,
    item: WorkItem,
    answers: list[Answered],
    now: datetime,
) -> dict[str, object]:
    """What the conditions of scripts and navigation may ask."""
    verified = await tx.maybe(bool, "scripts.verified", conversation.identity_id)
    return {
        "now": now,
        **customer_facts(customer, verified=bool(verified)),
        "conversation.opened": conversation.opened_at,
        "conversation.tags": conversation.tags,
        "queue.name": item.queue,
        "answers": {a.node: a.answer for a in answers},
    }


async def read_item_script(tx: Tx, item_id: int, book: Published, now: datetime) -> ItemScript:
    """What there is of scripts for an item. Raises `NotFound`."""
    item = await tx.maybe(WorkItem, "scripts.item", item_id)
    if item is None:
        raise no_item(item_id)
    run = await tx.maybe(Run, "scripts.of_item", item_id)
    first = None
    if run is None and item.conversation_id is not None:
        conversation = await tx.one(Conversation, "scripts.conversation", item.conversation_id)
        customer = await tx.one(Customer, "scripts.customer", conversation.party_id)
        facts = await known(tx, customer, conversation, item, [], now)
        first = begun_with(book.rules.navigation, item.queue, facts)
    return ItemScript(
        shown(run, await script_of(tx, run, book)) if run else None,
        first,
        [ScriptNamed(name, script.label) for name, script in sorted(book.rules.scripts.items())],
    )


def protocol(run: Run, script: Script) -> str:
    """The questions and answers of a script that has ended, as a note for colleagues."""
    asks = {n.name: n.ask for n in script.nodes if n.ask}
    lines = [question(asks[a.node], a.answer) for a in run.answers]
    return "\n".join([f"{script.label}: {_text(script.node(run.node))}", *lines])
