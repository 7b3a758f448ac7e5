from contactcenter.model.rulebook import Published
from contactcenter.record.scripts import Answered, Run, Told, protocol, shown

RUN = Run(
    id=1,
    item_id=2,
    script="identification",
    version=1,
    node="matches",
    path=["greet", "knows_password", "birth"],
    answers=[Answered("knows_password", answer=False), Answered("birth", "1990-02-28")],
    step=3,
    done_at=None,
)
PASSWORD = "Can you tell me the password that we agreed on?"


def test_a_run_is_shown_with_what_was_answered(book: Published) -> None:
    seen = shown(RUN, book.rules.scripts["identification"])
    assert (seen.kind, seen.type, seen.text) == (
        "ask",
        "yes_no",
        "Is that what we have on record?",
    )
    assert (seen.can_go_back, seen.done) == (True, False)
    assert seen.answers == [
        Told(PASSWORD, answer=False),
        Told("What is your date of birth?", "1990-02-28"),
    ]


def test_the_note_has_every_question_with_its_answer(book: Published) -> None:
    assert protocol(RUN, book.rules.scripts["identification"]).splitlines() == [
        "Identification: Is that what we have on record?",
        f"{PASSWORD} no",
        "What is your date of birth? 1990-02-28",
    ]
