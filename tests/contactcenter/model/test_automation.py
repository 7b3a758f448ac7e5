import re
from typing import Any, get_args

import msgspec
import pytest

from contactcenter.errors import BadInput
from contactcenter.model.automation import SUBJECTS, Act, filled
from contactcenter.model.rulebook import Published, parse
from contactcenter.model.triggered import KINDS
from tests.architecture.tree import ROOT
from tests.contactcenter.automating import automation

SHIPPED = (ROOT / "config" / "rulebook.toml").read_text(encoding="utf-8")
RULES = SHIPPED.partition("[[automations]]")[0]
PAPER = (ROOT / "docs" / "rulebook.md").read_text(encoding="utf-8")


def faults(automations: str) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as refused:
        parse(RULES + automations)
    return [(fault.path, fault.message) for fault in refused.value.errors]


def test_all_faults_are_told_at_once_at_their_paths() -> None:
    found = faults(
        """
[[automations]]
name = "one"
on = "lead_arrived"
when = "interaction.text == '' "
segments = ["nobody"]
once_per = "conversation"
do = [
    { act = "answer", text = "Hello {customer.nam}" },
    { act = "route", queue = "nowhere" },
    { act = "route" },
    { act = "open_case", category = "none", subject = "x" },
]
[[automations]]
name = "one"
on = "order_confirmed"
do = [{ act = "assign", agent = "ann" }]
[[automations]]
name = "three"
on = "message_received"
do = [{ act = "identify", text = "Who?", queue = "nowhere" }]
"""
    )
    assert [path for path, _ in found] == [
        "automations[0].when",
        "automations[0].segments[0]",
        "automations[0].once_per",
        "automations[0].do[0]",
        "automations[0].do[0].text",
        "automations[0].do[1].queue",
        "automations[0].do[2]",
        "automations[0].do[3].category",
        "automations[1].name",
        "automations[1].do[0]",
        "automations[2].do[0].queue",
    ]
    told = dict(found)
    assert told["automations[0].do[1].queue"] == "There is no queue 'nowhere'."
    assert told["automations[0].do[0].text"] == (
        "There is no {customer.nam} to fill in with lead_arrived."
    )


@pytest.mark.parametrize(
    ("do", "path"),
    [
        ('{ act = "dance" }', "automations[0].do[0]"),
        ('{ act = "answer" }', "automations[0].do[0].text"),
        ('{ act = "answer", text = "x", txet = "y" }', "automations[0].do[0].txet"),
        ('{ act = "tag", tag = "!" }', "automations[0].do[0].tag"),
    ],
)
def test_an_act_that_there_is_not_is_a_fault(do: str, path: str) -> None:
    rule = f'[[automations]]\nname = "one"\non = "message_received"\ndo = [{do}]\n'
    assert [fault for fault, _ in faults(rule)] == [path]


def test_faults_elsewhere_hide_none_of_these() -> None:
    head = '[[automations]]\nname = "one"\non = "message_received"\n'
    rule = head + 'do = [{ act = "route", queue = "x" }]\n[queues.bad]\n'
    paths = {path for path, _ in faults(rule)}
    assert paths == {
        "automations[0].do[0].queue",
        "queues.bad.label",
        "queues.bad.target_s",
        "queues.bad.service_level",
    }


def test_the_shipped_examples_are_sound_and_off(book: Published) -> None:
    assert len(book.rules.automations) == 4
    assert not any(each.enabled for each in book.rules.automations)


def test_what_a_text_names_is_filled_in() -> None:
    known = {"customer.name": "Ann", "order.total": 5, "lead.region": None}
    text = "{customer.name} {order.total} {lead.region}| {not this} {"
    assert filled(text, known) == "Ann 5 | {not this} {"
    assert filled("{customer.name}", {"customer.name": "{order.total}"}) == "{order.total}"


@pytest.mark.parametrize("act", ["answer", "identify", "route"])
def test_only_words_to_the_customer_are_speaking(act: str) -> None:
    do: dict[str, Any] = {"act": act, **({"queue": "care"} if act == "route" else {"text": "x"})}
    assert automation(do=do).speaks == (act != "route")


def test_the_paper_has_every_trigger_and_every_act() -> None:
    acts = {kind.__struct_config__.tag: kind for kind in get_args(Act)}
    rows = dict(re.findall(r'^\| `act = "(\w+)"` \| ([^|]*)\| .*\|$', PAPER, re.MULTILINE))
    for trigger, subjects in SUBJECTS.items():
        asks = ", ".join(f"`{subject}.…`" for subject in subjects)
        [row] = re.findall(rf'^\| `on = "{trigger}"` .*$', PAPER, re.MULTILINE)
        assert row.endswith(f"| {asks} |")
    for name, kind in acts.items():
        fields = [field.name for field in msgspec.structs.fields(kind)]
        assert rows[str(name)].strip() == ", ".join(f"`{field}`" for field in fields)
    assert set(KINDS.values()) == set(SUBJECTS)
