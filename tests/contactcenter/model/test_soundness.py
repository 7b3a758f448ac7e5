from typing import Annotated, Any, Literal

import msgspec
import pytest

from contactcenter.model.soundness import Unsound, sound, type_faults


class Mail(msgspec.Struct, tag_field="do", tag="mail", forbid_unknown_fields=True):
    to: str


class Move(msgspec.Struct, tag_field="do", tag="move", forbid_unknown_fields=True):
    queue: str
    levels: dict[str, Annotated[int, msgspec.Meta(ge=1)]] = {}


class Steps(msgspec.Struct, forbid_unknown_fields=True):
    steps: Annotated[list[Mail | Move], msgspec.Meta(max_length=3)] = []
    after: int | None = None
    kind: Literal["a", "b"] = "a"
    names: list[str] | str = "all"
    of: dict[str, Mail] = {}
    reply: Mail | None = None


def faults(given: Any) -> dict[str, str]:
    found = type_faults(given, Steps)
    return {".".join(map(str, path)): what for path, what in found}


GOOD = {"steps": [{"do": "mail", "to": "x"}, {"do": "move", "queue": "q"}], "names": ["a"]}


def test_what_is_sound_has_no_fault() -> None:
    assert faults(GOOD) == {}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"steps": [{"do": "mail"}]}, {"steps.0.to": "This is missing."}),
        (
            {"steps": [{"do": "move", "queue": 1, "levels": {"a": 0, "b": "x"}}]},
            {
                "steps.0.queue": "Expected `str`, got `int`.",
                "steps.0.levels.a": "Expected `int` >= 1.",
                "steps.0.levels.b": "Expected `int`, got `str`.",
            },
        ),
        ({"steps": [{"do": "fly"}]}, {"steps.0": "Invalid value 'fly'."}),
        ({"steps": [GOOD["steps"][0]] * 4}, {"steps": "Expected `array` of length <= 3."}),
        ({"after": "x"}, {"after": "Expected `int | null`, got `str`."}),
        ({"kind": "c"}, {"kind": "Invalid enum value 'c'."}),
        (
            {"names": [1, "a\0"]},
            {"names.0": "Expected `str`, got `int`.", "names.1": "The character NUL is no text."},
        ),
        (
            {"reply": {"do": "mail", "too": ""}},
            {
                "reply.too": "There is no such name here; is to meant?",
                "reply.to": "This is missing.",
            },
        ),
        ({"of": {"x\0": {"do": "mail", "to": ""}}}, {"of.x\0": "The character NUL is no text."}),
    ],
)
def test_every_fault_is_told_where_it_is(given: Any, found: dict[str, str]) -> None:
    assert faults(given) == found


def test_what_is_sound_can_be_read_in_spite_of_the_rest() -> None:
    parts = sound(
        {"steps": [GOOD["steps"][1], {"do": "mail"}], "after": "x", "of": {"m": 1}}, Steps
    )
    assert parts.steps[0] == Move("q")
    assert (parts.kind, list(parts.of)) == ("a", ["m"])
    for unsound in (lambda: parts.steps[1].to, lambda: parts.after, lambda: parts.of["m"].to):
        with pytest.raises(Unsound):
            unsound()
