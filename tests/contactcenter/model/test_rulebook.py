import tomllib
from pathlib import Path

import pytest

from contactcenter.errors import BadInput, Fault
from contactcenter.model.rulebook import Rulebook, parse

SHIPPED = (Path(__file__).parents[3] / "config" / "rulebook.toml").read_text(encoding="utf-8")


def faults(toml: str) -> list[Fault]:
    with pytest.raises(BadInput) as refused:
        parse(toml)
    assert refused.value.code == "bad-rulebook"
    return refused.value.errors


def paths(toml: str) -> list[str]:
    return [fault.path for fault in faults(toml)]


def test_the_rulebook_that_the_project_ships_has_no_fault() -> None:
    book = parse(SHIPPED)
    assert book.queues["care"].target_s == tomllib.loads(SHIPPED)["queues"]["care"]["target_s"]


@pytest.mark.parametrize(
    ("toml", "line", "what"),
    [
        ("[organisation]\nname = \n", 2, "at column 8: Invalid value"),
        ("a = 1\nb = '''x\n", 3, "at the end: Expected"),
        ("a = 1\na = 2\n", 2, "at column 6: Cannot overwrite a value"),
        ("a = " + "[" * 9_000, 1, "nested too deeply"),
        ("# " * 200_000, 1, "more than 250000 characters"),
    ],
)
def test_what_is_no_toml_is_said_with_its_place(toml: str, line: int, what: str) -> None:
    [fault] = faults(toml)
    assert (fault.path, fault.line) == ("", line)
    assert what in fault.message


def test_all_faults_are_told_at_once_each_with_its_path_and_line() -> None:
    broken = (
        SHIPPED.replace("target_s = 60\n", 'target_s = "soon"\n', 1)
        .replace("[queues.billing]\n", "[queues.billing]\nurgent = true\nwrapup_s = 1\n")
        .replace("[channels.web]\nweight = 1\n", "[channels.web]\nweight = 0\n")
        .replace("at_least = 0.5\n", "at_least = 2.0\n")
        .replace('bot = "assistant"', 'queu = "x"')
        .replace("[offers]\n", "[offerings]\n")
        .replace('[[entry]]\nconnection = "*"\nqueue = "care"', '[[entry]]\nconnection = "*"')
        .replace('queue = "fiber"', 'queue = "fibre"')
    )
    lines = ["", *broken.splitlines()]

    told = faults(broken)

    assert [(fault.path, lines[fault.line]) for fault in told] == [
        ("offers", lines[1]),
        ("channels.web.weight", "weight = 0"),
        ("propensity_to_leave.at_least", "at_least = 2.0"),
        ("queues.care.target_s", 'target_s = "soon"'),
        ("queues.billing.urgent", "urgent = true"),
        ("queues.billing.wrapup_s", "wrapup_s = 1"),
        ("entry[0].queu", 'queu = "x"'),
        ("entry[1].queue", "[[entry]]"),
        ("intents.internet_down.queue", 'queue = "fibre"'),
        ("cases.categories.fault.queue", 'queue = "fibre"'),
        ("offerings", "[offerings]"),
        (
            "automations[2].do[0].queue",
            'do = [{ act = "route", queue = "fibre", requirement = { "territory:Jakarta" = 1 } }]',
        ),
    ]
    assert {fault.path: fault.message for fault in told} == {
        "offers": "This is missing.",
        "channels.web.weight": "Expected `int` >= 1.",
        "propensity_to_leave.at_least": "Expected `float` <= 1.0.",
        "queues.care.target_s": "Expected `int`, got `str`.",
        "queues.billing.urgent": "There is no such name here.",
        "queues.billing.wrapup_s": "There is no such name here; is wrap_up_s meant?",
        "entry[0].queu": "There is no such name here; is queue meant?",
        "entry[1].queue": "This is missing.",
        "intents.internet_down.queue": "There is no queue 'fibre'.",
        "cases.categories.fault.queue": "There is no queue 'fibre'.",
        "automations[2].do[0].queue": "There is no queue 'fibre'.",
        "offerings": "There is no such name here; is offers meant?",
    }


def test_the_message_counts_the_faults_and_tells_the_first() -> None:
    broken = SHIPPED.replace("[channels.mobile]\nweight = 1", "[channels.mobile]")
    with pytest.raises(BadInput, match=r"has a fault in line 12: channels\.mobile\.weight: This"):
        parse(broken)
    with pytest.raises(BadInput, match=r"has 2 faults; the first in line 12: channels\.mobile"):
        parse(broken.replace("grace_s = 30", "grace_s = -1"))


def test_a_section_that_is_no_table_is_a_fault() -> None:
    lines = SHIPPED.partition("[organisation]")
    broken = lines[0] + "intents = 3\n" + lines[1] + lines[2]
    broken = broken.replace("[intents.billing]\nqueue", "[tiers.more]\nhead_start_s = 1 #").replace(
        "[intents.internet_down]\nqueue", "[tiers.most]\nhead_start_s = 1 #"
    )
    assert paths(broken) == ["intents"]


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
    assert paths(broken) == [
        "calendars.office.timezone",
        "calendars.office.holidays[1]",
        "calendars.office.hours.monday[0]",
        "calendars.office.hours.friday[1]",
    ]


def test_what_is_misspelt_in_a_calendar_is_a_fault() -> None:
    [fault] = faults(SHIPPED.replace("monday = [", "mondy = ["))
    assert fault.path == "calendars.office.hours.mondy"
    assert fault.message == "There is no such name here; is monday meant?"


def test_all_faults_of_a_condition_are_told_at_its_place() -> None:
    told = faults(SHIPPED.replace('customer.tier == "gold"', 'customer.teir == "gold" && x'))
    assert [(fault.path, fault.message) for fault in told] == [
        (
            "segments.valued.when",
            "At column 9: there is no customer.teir here; is customer.tier meant?",
        ),
        ("segments.valued.when", "At column 28: there is no x here."),
    ]


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
    ('after = ["solved", ', 'after = ["solved", "won", ', "satisfaction.after[1]"),
    ("[queues.care]", '[queues.care]\ncalendar = "x"', "queues.care.calendar"),
    ("remind_after_s = 3600", "remind_after_s = 300", "record"),
    ("resolve_after_s = 86400", "resolve_after_s = 3600", "record"),
]


@pytest.mark.parametrize(("right", "wrong", "path"), REFERENCES)
def test_what_types_alone_cannot_see_is_seen(right: str, wrong: str, path: str) -> None:
    assert paths(SHIPPED.replace(right, wrong)) == [path]


def test_references_are_told_at_once_too() -> None:
    broken = SHIPPED
    for right, wrong, _ in REFERENCES[1::2]:
        broken = broken.replace(right, wrong)
    assert sorted(paths(broken)) == sorted(path for _, _, path in REFERENCES[1::2])


@pytest.fixture
def book() -> Rulebook:
    return parse(SHIPPED)


@pytest.mark.parametrize(
    ("connection", "bot"), [("web", "assistant"), ("website", None), ("*", None)]
)
def test_the_first_entry_that_fits_counts(book: Rulebook, connection: str, bot: str | None) -> None:
    assert book.entry_for(connection).bot == bot
