"""Scripts: graphs of words, questions and branches, by which an agent is led, as the rulebook says.

    [scripts.greeting]
    label = "Greeting"
    [[scripts.greeting.nodes]]
    name = "number"
    ask = { text = "May I have your customer number?", type = "text", to = "customer" }
    next = "thanks"
    [[scripts.greeting.nodes]]
    name = "thanks"
    end = "Thank you."

A walk begins at the first node. It stops at what an agent says or asks, and at an end; branches
and actions are gone through on the way.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, assert_never

import msgspec

from contactcenter.errors import BadInput
from contactcenter.model.condition import (
    CHARACTERS_MAX,
    Condition,
    ConditionFailed,
    Facts,
    compile_condition,
)
from contactcenter.model.escalation import CaseStep
from contactcenter.model.soundness import Found, condition_faults
from contactcenter.model.toml.places import Path

if TYPE_CHECKING:
    from contactcenter.model.rulebook import Rulebook

Label = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Tag = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^\w[\w .:-]*(?![\s\S])")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
When = Annotated[str, msgspec.Meta(min_length=1, max_length=CHARACTERS_MAX)]
AnswerType = Literal["text", "number", "choice", "date", "yes_no"]
Answer = str | int | float | bool

START_SUBJECTS = ("customer", "conversation", "queue")
SUBJECTS = (*START_SUBJECTS, "answers")
"""What the conditions of branches may ask about."""

NODES_MAX = 100
TEXT_MAX = 1000
NUMBER_MAX = 10**15


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question. Its answer has the node's name, and goes `to` the customer's attributes too."""

    text: Words
    type: AnswerType = "text"
    choices: Annotated[list[Label], msgspec.Meta(max_length=50)] = []
    to: Literal["answers", "customer"] = "answers"


class Arm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to go when that is so."""

    when: When
    next: Label


class Action(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done on the way: `tag` the customer, set `attributes`, open a `case`, pass it on."""

    tag: Tag | None = None
    attributes: Annotated[dict[Label, Answer], msgspec.Meta(max_length=20)] = {}
    case: CaseStep | None = None
    queue: Label | None = None

    @property
    def does_something(self) -> bool:
        """Whether it is more than a place."""
        return bool(self.tag or self.attributes or self.case or self.queue)


class Node(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of `say`, `ask`, `branch`, `action` and `end`, with what is `next`.

    Of a branch the first arm that holds; `next` where none does.
    """

    name: Name
    say: Words | None = None
    ask: Ask | None = None
    branch: Annotated[list[Arm], msgspec.Meta(min_length=1, max_length=20)] | None = None
    action: Action | None = None
    end: Words | None = None
    next: Label | None = None

    @property
    def ways(self) -> list[str]:
        """The nodes to which it may lead."""
        arms = [arm.next for arm in self.branch or []]
        return arms if self.next is None else [*arms, self.next]


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nodes; the first is where it begins."""

    label: Label
    nodes: Annotated[list[Node], msgspec.Meta(min_length=1, max_length=NODES_MAX)]

    def node(self, name: str) -> Node:
        """The node of that name."""
        return next(node for node in self.nodes if node.name == name)


class Navigation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which script a conversation begins with; of several that fit, the first counts."""

    script: Label
    queue: Label | None = None
    when: When | None = None


class Walked(msgspec.Struct, frozen=True):
    """Where a walk stopped, and what is to be done on the way there."""

    node: Node
    actions: list[Action]


def walk(script: Script, start: str, known: Mapping[str, object]) -> Walked:
    """Go on from that node to the next stop. `known`: of `SUBJECTS`, as `Facts` takes it."""
    actions: list[Action] = []
    facts = Facts(known)
    node = script.node(start)
    while node.say is None and node.ask is None and node.end is None:
        if node.action:
            actions.append(node.action)
        node = script.node(_way(node, facts))
    return Walked(node, actions)


def _way(node: Node, facts: Facts) -> str:
    for arm in node.branch or []:
        if _holds(compile_condition(arm.when, SUBJECTS), facts):
            return arm.next
    assert node.next is not None, "a published script says where it goes on"
    return node.next


def _holds(condition: Condition, facts: Facts) -> bool:
    """One that fails counts as not true."""
    try:
        return condition.holds(facts)
    except ConditionFailed:
        return False


def begun_with(
    navigation: Sequence[Navigation], queue: str, known: Mapping[str, object]
) -> str | None:
    """The script that is to be begun with, if any."""
    facts = Facts(known)
    for rule in navigation:
        if rule.queue in (None, queue) and _holds(
            compile_condition(rule.when or "true", START_SUBJECTS), facts
        ):
            return rule.script
    return None


def checked(ask: Ask, answer: object) -> Answer:
    """The answer, where it is of the type asked. Raises `BadInput` (`wrong-answer`)."""
    match ask.type, answer:
        case "text", str() if answer.strip() and len(answer) <= TEXT_MAX and "\0" not in answer:
            return answer.strip()
        case "number", int() | float() if not isinstance(answer, bool) and _fits(answer):
            return answer
        case "choice", str() if answer in ask.choices:
            return answer
        case "date", str() if _is_date(answer):
            return answer
        case "yes_no", bool():
            return answer
        case _:
            raise BadInput(_wanted(ask), code="wrong-answer", pointer="/answer")


def _fits(number: float) -> bool:
    return -NUMBER_MAX <= number <= NUMBER_MAX


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _wanted(ask: Ask) -> str:
    match ask.type:
        case "text":
            return f"Answer with words, at most {TEXT_MAX} characters."
        case "number":
            return "Answer with a number."
        case "choice":
            return f"Answer with one of these: {', '.join(ask.choices)}."
        case "date":
            return "Answer with a date, as in 2026-11-21."
        case "yes_no":
            return "Answer with true or false."
        case _:
            assert_never(ask.type)


# What is wrong with scripts -----------------------------------------------------------------------


def script_faults(book: "Rulebook") -> Iterator[Found]:
    """What is wrong with scripts and navigation of a rulebook whose types are right."""
    for name, script in book.scripts.items():
        path = ("scripts", name, "nodes")
        for place, node in enumerate(script.nodes):
            yield from _of_node(node, script, (*path, place))
            yield from _of_action(node, script, book, (*path, place, "action"))
        yield from _of_graph(script, path)
    for place, rule in enumerate(book.navigation):
        path = ("navigation", place)
        if rule.script not in book.scripts:
            yield (*path, "script"), f"There is no script {rule.script!r}."
        if rule.queue is not None and rule.queue not in book.queues:
            yield (*path, "queue"), f"There is no queue {rule.queue!r}."
        yield from condition_faults(rule.when or "true", START_SUBJECTS, (*path, "when"))


def _of_node(node: Node, script: Script, path: Path) -> Iterator[Found]:
    names = [each.name for each in script.nodes]
    if names.count(node.name) > 1:
        yield (*path, "name"), f"Two nodes are called {node.name!r}."
    kinds = (node.say, node.ask, node.branch, node.action, node.end)
    if sum(kind is not None for kind in kinds) != 1:
        yield path, "A node is one of say, ask, branch, action and end."
    if node.end is not None and node.next is not None:
        yield (*path, "next"), "Nothing is next after an end."
    if node.end is None and node.next is None:
        yield path, "Say what is next; only an end has nothing after it."
    if node.next is not None and node.next not in names:
        yield (*path, "next"), f"There is no node {node.next!r}."
    for place, arm in enumerate(node.branch or []):
        at = (*path, "branch", place)
        if arm.next not in names:
            yield (*at, "next"), f"There is no node {arm.next!r}."
        yield from condition_faults(arm.when, SUBJECTS, (*at, "when"))
        asked = {each.name for each in script.nodes if each.ask}
        for name in sorted(set(re.findall(r"\banswers\.(\w+)", arm.when)) - asked):
            yield (*at, "when"), f"No node {name!r} asks for an answer."
    if node.ask and (node.ask.type == "choice") != bool(node.ask.choices):
        yield (*path, "ask", "choices"), "A choice has choices, and nothing else has."


def _of_action(node: Node, script: Script, book: "Rulebook", path: Path) -> Iterator[Found]:
    action = node.action
    if action is None:
        return
    if not action.does_something:
        yield path, "It does nothing: tag, attributes, case or queue."
    if action.queue is not None and action.queue not in book.queues:
        yield (*path, "queue"), f"There is no queue {action.queue!r}."
    if action.queue and any(n.name == node.next and n.end is None for n in script.nodes):
        yield (*path, "queue"), "Whoever passes the work on is at the end: an end must be next."
    if action.case and action.case.category not in book.cases.categories:
        at = (*path, "case", "category")
        yield at, f"There is no category {action.case.category!r}."


def _of_graph(script: Script, path: Path) -> Iterator[Found]:
    nodes = {node.name: node for node in script.nodes}
    if not any(node.end is not None for node in script.nodes):
        yield path, "It has no end."
    reached = {script.nodes[0].name}
    new = set(reached)
    while new:
        new = {way for name in new if name in nodes for way in nodes[name].ways} - reached
        reached |= new
    silent = _silent_loop(script)
    ending = _ending(script)
    for place, node in enumerate(script.nodes):
        if node.name not in reached:
            yield (*path, place), f"No way leads to {node.name!r}."
        elif node.name in silent:
            yield (*path, place), "This goes round without a question."
        elif node.name not in ending and ending:
            yield (*path, place), "No way leads from here to an end."


def _silent_loop(script: Script) -> set[str]:
    """The nodes that lead to themselves or to such, with no question on the way."""
    goes = {node.name: set(node.ways) for node in script.nodes if node.ask is None}
    while ends := [name for name in goes if not goes[name] & goes.keys()]:
        goes = {name: ways for name, ways in goes.items() if name not in ends}
    return set(goes)


def _ending(script: Script) -> set[str]:
    """The nodes from which an end can be reached."""
    ending = {node.name for node in script.nodes if node.end is not None}
    while more := {n.name for n in script.nodes if ending & {*n.ways}} - ending:
        ending |= more
    return ending


def question(ask: Ask, answer: Answer) -> str:
    """Question and answer in a line, for colleagues to read."""
    words: Any = {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else answer
    return f"{ask.text} {words}"
