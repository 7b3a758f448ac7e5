import tomllib
from pathlib import Path

import pytest

from contactcenter.errors import BadInput
from contactcenter.model.rulebook import Rulebook, parse

SHIPPED = (Path(__file__).parents[3] / "config" / "rulebook.toml").read_text(encoding="utf-8")


def faults(toml: str) -> list[str]:
    with pytest.raises(BadInput) as refused:
        parse(toml)
    assert refused.value.code == "bad-rulebook"
    return refused.value.context["faults"]


def test_the_rulebook_that_the_project_ships_has_no_fault() -> None:
    book = parse(SHIPPED)
    assert book.queues["care"].target_s == tomllib.loads(SHIPPED)["queues"]["care"]["target_s"]


def test_what_is_no_toml_is_said_with_its_place() -> None:
    with pytest.raises(BadInput, match=r"not valid TOML.*line 2") as refused:
        parse("[organisation]\nname = \n")
    assert refused.value.code == "bad-rulebook"


def test_all_faults_are_told_at_once_each_with_its_path() -> None:
    broken = (
        SHIPPED.replace("target_s = 60\n", 'target_s = "soon"\n', 1)
        .replace("[queues.billing]\n", "[queues.billing]\nurgent = true\n")
        .replace("[channels.web]\nweight = 1\n", "[channels.web]\nweight = 0\n")
        .replace("at_least = 0.5\n", "at_least = 2.0\n")
        .replace("[offers]\n", "[offerings]\n")
        .replace('[[entry]]\nconnection = "*"\nqueue = "care"', '[[entry]]\nconnection = "*"')
    )

    told = faults(broken)

    assert [fault.partition(":")[0] for fault in told] == [
        "offerings",
        "channels.web.weight",
        "propensity_to_leave.at_least",
        "queues.care.target_s",
        "queues.billing",
        "entry[1]",
        "offers",
    ]
    assert told[0] == "offerings: there is no such section"
    assert told[-1] == "offers: this section is missing"


def test_the_message_counts_the_faults_and_tells_them() -> None:
    with pytest.raises(BadInput, match=r"2 fault\(s\): .*mobile.*; .*voice"):
        parse(
            SHIPPED.replace("[channels.mobile]\nweight = 1", "[channels.mobile]").replace(
                "[channels.voice]\nweight = 1", "[channels.voice]"
            )
        )


def test_a_section_that_is_no_table_is_a_fault() -> None:
    lines = SHIPPED.partition("[organisation]")
    broken = lines[0] + "intents = 3\n" + lines[1] + lines[2]
    broken = broken.replace("[intents.billing]\nqueue", "[tiers.more]\nhead_start_s = 1 #").replace(
        "[intents.internet_down]\nqueue", "[tiers.most]\nhead_start_s = 1 #"
    )
    assert [f.partition(":")[0] for f in faults(broken)] == ["intents"]


def test_what_has_a_default_may_be_left_out() -> None:
    cut = SHIPPED.replace("[matching]\nlanguage_level = 1\nterritory_level = 0\n", "")
    assert parse(cut).matching.language_level == 1


def test_faults_of_a_calendar_are_told_with_their_paths() -> None:
    broken = (
        SHIPPED.replace('timezone = "Asia/Jakarta"\nholidays', 'timezone = "Mars"\nholidays')
        .replace('monday = ["08:00-12:00", "13:00-17:00"]', 'monday = ["17:00-08:00"]')
        .replace('friday = ["08:00-11:30", ', 'friday = ["08:00-13:30", ')
        .replace('holidays = ["ID"]', 'holidays = ["ID", "XX"]')
    )
    assert [fault.partition(": ")[0] for fault in faults(broken)] == [
        "calendars.office.timezone",
        "calendars.office.holidays[1]",
        "calendars.office.hours.monday[0]",
        "calendars.office.hours.friday[1]",
    ]


def test_what_is_misspelt_in_a_calendar_is_a_fault() -> None:
    told = faults(SHIPPED.replace("monday = [", "munday = ["))
    assert [fault.partition(": ")[0] for fault in told] == ["calendars.office.hours"]


REFERENCES = [
    (
        'Center"\ntimezone = "Asia/Jakarta',
        'Center"\ntimezone = "Asia/Nowhere',
        "organisation.timezone",
    ),
    ('Center"\ntimezone = "Asia/Jakarta', 'Center"\ntimezone = "../zone', "organisation.timezone"),
    ('"web"\nqueue = "care"', '"web"\nqueue = "x"', "entry[0].queue"),
    ('connection = "*"', 'connection = "app"', "entry"),
    ('billing]\nqueue = "billing"', 'billing]\nqueue = "x"', "intents.billing.queue"),
    ('automatic = "no answer"', 'automatic = "gone"', "dispositions.automatic"),
    ("[queues.care]", '[queues.care]\ncalendar = "x"', "queues.care.calendar"),
    ("remind_after_s = 3600", "remind_after_s = 300", "record"),
    ("resolve_after_s = 86400", "resolve_after_s = 3600", "record"),
]


@pytest.mark.parametrize(("right", "wrong", "path"), REFERENCES)
def test_what_types_alone_cannot_see_is_seen(right: str, wrong: str, path: str) -> None:
    assert [f.partition(":")[0] for f in faults(SHIPPED.replace(right, wrong))] == [path]


def test_references_are_told_at_once_too() -> None:
    broken = SHIPPED
    for right, wrong, _ in REFERENCES[1::2]:
        broken = broken.replace(right, wrong)
    paths = [f.partition(":")[0] for f in faults(broken)]
    assert paths == [path for _, _, path in REFERENCES[1::2]]


@pytest.fixture
def book() -> Rulebook:
    return parse(SHIPPED)


@pytest.mark.parametrize(
    ("connection", "bot"), [("web", "assistant"), ("website", None), ("*", None)]
)
def test_the_first_entry_that_fits_counts(book: Rulebook, connection: str, bot: str | None) -> None:
    assert book.entry_for(connection).bot == bot
