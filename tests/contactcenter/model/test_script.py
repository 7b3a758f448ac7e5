from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter.errors import BadInput
from contactcenter.model.rulebook import parse
from contactcenter.model.script import (
    Answer,
    Arm,
    Ask,
    Navigation,
    Node,
    Script,
    begun_with,
    checked,
    walk,
)

SHIPPED = (Path(__file__).parents[3] / "config" / "rulebook.toml").read_text(encoding="utf-8")
IDENTIFICATION = parse(SHIPPED).scripts["identification"]


def told(more: str) -> dict[str, str]:
    """The faults of the shipped rulebook with more rules, by their paths."""
    with pytest.raises(BadInput) as refused:
        parse(SHIPPED + more)
    return {fault.path: fault.message for fault in refused.value.errors}


def gone(script: Script, given_answers: dict[str, Answer]) -> tuple[list[str], dict[str, Answer]]:
    """The stops of a whole walk with these answers, and the answers that it took."""
    answers: dict[str, Answer] = {}
    stop = walk(script, script.nodes[0].name, {"answers": answers}).node
    stops = [stop.name]
    while stop.next:
        if stop.ask:
            answers[stop.name] = checked(stop.ask, given_answers[stop.name])
        stop = walk(script, stop.next, {"answers": answers}).node
        stops.append(stop.name)
    return stops, answers


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"knows_password": True}, ["greet", "knows_password", "thanks"]),
        (
            {"knows_password": False, "birth": "1990-02-28", "matches": True},
            ["greet", "knows_password", "birth", "matches", "thanks"],
        ),
        (
            {"knows_password": False, "birth": "1990-02-28", "matches": False},
            ["greet", "knows_password", "birth", "matches", "unknown"],
        ),
    ],
)
def test_a_caller_who_gives_no_password_is_led_to_identification(
    answers: dict[str, Answer], expected: list[str]
) -> None:
    assert gone(IDENTIFICATION, answers) == (expected, answers)


def test_what_is_done_on_the_way_is_told() -> None:
    walked = walk(IDENTIFICATION, "by_password", {"answers": {"knows_password": True}})
    assert [action.tag for action in walked.actions] == ["identified"]


def test_a_branch_whose_condition_fails_is_not_taken() -> None:
    assert walk(IDENTIFICATION, "by_password", {"answers": {}}).node.name == "birth"


@given(st.data())
def test_a_walk_of_a_sound_script_ends_and_its_answers_land(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 8))
    last = "n8"
    nodes = [Node(name=last, end="Done.")]
    for place in reversed(range(size)):
        later = st.sampled_from([node.name for node in nodes])
        nodes.insert(0, data.draw(_node(f"n{place}", later)))
    script = Script(label="Drawn", nodes=nodes)
    numbers = {node.name: data.draw(st.integers(-5, 5)) for node in nodes}
    stops, answers = gone(script, dict(numbers))
    asked = {node.name for node in nodes if node.ask}
    assert stops[-1] == last
    assert answers == {name: numbers[name] for name in stops if name in asked}


@st.composite
def _node(draw: st.DrawFn, name: str, later: st.SearchStrategy[str]) -> Node:
    match draw(st.sampled_from(["say", "ask", "branch"])):
        case "say":
            return Node(name=name, say="Hello.", next=draw(later))
        case "ask":
            return Node(name=name, ask=Ask(text="How many?", type="number"), next=draw(later))
        case _:
            arm = Arm(when="answers.n0 > 0", next=draw(later))
            return Node(name=name, branch=[arm], next=draw(later))


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (Ask(text="?", type="text"), " "),
        (Ask(text="?", type="text"), "a\0b"),
        (Ask(text="?", type="number"), True),
        (Ask(text="?", type="number"), "12"),
        (Ask(text="?", type="number"), 10**16),
        (Ask(text="?", type="choice", choices=["a"]), "b"),
        (Ask(text="?", type="date"), "2026-02-30"),
        (Ask(text="?", type="yes_no"), "yes"),
        (Ask(text="?", type="yes_no"), None),
    ],
)
def test_an_answer_of_another_type_is_refused(ask: Ask, answer: object) -> None:
    with pytest.raises(BadInput) as refused:
        checked(ask, answer)
    assert refused.value.code == "wrong-answer"


def test_the_first_rule_that_fits_says_what_is_begun_with() -> None:
    rules = [
        Navigation(script="first", queue="billing"),
        Navigation(script="second", when="!customer.verified"),
        Navigation(script="third"),
    ]
    verified = {"customer.verified": True}
    assert begun_with(rules, "billing", verified) == "first"
    assert begun_with(rules, "care", {}) == "second"
    assert begun_with(rules, "care", verified) == "third"
    assert begun_with(rules[:2], "care", verified) is None


def test_every_fault_of_scripts_is_told_at_its_place() -> None:
    faults = told(
        """
[scripts.wrong]
label = "Wrong"
[[scripts.wrong.nodes]]
name = "a"
say = "Hello."
next = "b"
[[scripts.wrong.nodes]]
name = "b"
branch = [{ when = "answers.z > 1", next = "nowhere" }, { when = "1", next = "d" }]
next = "a"
[[scripts.wrong.nodes]]
name = "c"
ask = { text = "Which?", type = "choice" }
next = "d"
[[scripts.wrong.nodes]]
name = "d"
action = { queue = "attic", case = { category = "wish", subject = "x" } }
next = "e"
[[scripts.wrong.nodes]]
name = "e"
say = "Bye."
ask = { text = "Bye?" }
[[navigation]]
script = "none"
queue = "attic"
when = "customer.verified + 1"
"""
    )
    assert set(faults) == {
        "scripts.wrong.nodes",
        "scripts.wrong.nodes[0]",
        "scripts.wrong.nodes[1]",
        "scripts.wrong.nodes[1].branch[0].next",
        "scripts.wrong.nodes[1].branch[0].when",
        "scripts.wrong.nodes[1].branch[1].when",
        "scripts.wrong.nodes[2]",
        "scripts.wrong.nodes[2].ask.choices",
        "scripts.wrong.nodes[3].action.queue",
        "scripts.wrong.nodes[3].action.case.category",
        "scripts.wrong.nodes[4]",
        "navigation[0].script",
        "navigation[0].queue",
        "navigation[0].when",
    }
    assert faults["scripts.wrong.nodes"] == "It has no end."
    assert faults["scripts.wrong.nodes[0]"] == "This goes round without a question."
    assert faults["scripts.wrong.nodes[2]"] == "No way leads to 'c'."


def test_what_goes_round_for_ever_is_refused_also_with_a_question() -> None:
    faults = told(
        """
[scripts.round]
label = "Round"
[[scripts.round.nodes]]
name = "a"
ask = { text = "Again?" }
next = "a"
[[scripts.round.nodes]]
name = "b"
end = "Done."
"""
    )
    assert faults == {
        "scripts.round.nodes[0]": "No way leads from here to an end.",
        "scripts.round.nodes[1]": "No way leads to 'b'.",
    }
