from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from contactcenter import facts
from contactcenter.model.automation import Automation
from contactcenter.model.rulebook import Published, Rulebook
from contactcenter.model.triggered import Moment, known_of, set_off
from tests.contactcenter.automating import automation
from tests.contactcenter.model.test_segment import CUSTOMER

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TAG = {"act": "tag", "tag": "x", "of": "customer"}


def spoken(text: str = "hello", **fields: Any) -> Moment:
    said = facts.Said(
        id=1,
        number=1,
        kind="message",
        direction="inbound",
        channel="web",
        author_kind="customer",
        text=text,
        occurred_at=NOW,
        received_at=NOW,
        **fields,
    )
    fact = facts.InteractionAppended(at=NOW, conversation=1, customer=1, said=said)
    return Moment(fact=fact, customer=CUSTOMER, verified=False, connection="front")


def lead() -> Moment:
    fact = facts.LeadArrived(
        at=NOW,
        lead=3,
        customer=1,
        source="website",
        product="fiber",
        state="new",
        queue="care",
        by_kind="bot",
    )
    return Moment(fact=fact, customer=CUSTOMER, verified=True)


def names(moment: Moment, rules: Rulebook) -> list[str]:
    return [a.name for a in set_off(moment, rules, NOW).automations]


@pytest.fixture
def rules(book: Published) -> Rulebook:
    def made(name: str, **fields: Any) -> Automation:
        return automation(name, **{"do": TAG, **fields})

    given = [
        made("web", when='interaction.channel == "web"'),
        made("off", enabled=False),
        made("speaks", do={"act": "answer", "text": "Hello"}),
        made("valued", segments=["valued"]),
        made("leaving", segments=["valued", "leaving"]),
        made("fails", when="1 / customer.value == 1"),
        made("lead", on="lead_arrived", when='lead.region == "" && customer.verified'),
    ]
    return msgspec.structs.replace(book.rules, automations=given)


def test_those_whose_trigger_condition_and_segment_fit_are_set_off(rules: Rulebook) -> None:
    assert names(spoken(), rules) == ["web", "speaks", "leaving"]
    assert names(lead(), rules) == ["lead"]


def test_what_speaks_does_not_answer_a_machine(rules: Rulebook) -> None:
    assert names(spoken(automatic=True), rules) == ["web", "leaving"]


def test_a_condition_that_fails_is_told_with_what_was_known(rules: Rulebook) -> None:
    none = msgspec.structs.replace(CUSTOMER, value=0)
    off = set_off(msgspec.structs.replace(spoken(), customer=none), rules, NOW)
    assert off.failed.keys() == {"fails"}
    assert off.known["customer.value"] == 0


def test_spam_sets_nothing_off(rules: Rulebook) -> None:
    spam = msgspec.structs.replace(CUSTOMER, spam_at=NOW)
    assert names(msgspec.structs.replace(spoken(), customer=spam), rules) == []


def test_a_condition_knows_the_subject_of_its_trigger() -> None:
    known = known_of(lead(), NOW)
    assert (known["lead.product"], known["customer.value"]) == ("fiber", 10)
    assert known_of(spoken("Well?"), NOW)["interaction.connection"] == "front"
