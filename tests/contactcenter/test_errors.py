import msgspec
import pytest

from contactcenter import errors
from contactcenter.errors import BadInput, Conflict, Refusal


def test_a_refusal_is_told_with_what_a_person_needs_to_act() -> None:
    refused = BadInput("It is too long.", pointer="/text", most=10)
    assert msgspec.to_builtins(refused.problem()) == {
        "type": "urn:contactcenter:problem:bad-input",
        "title": "The request is not valid",
        "status": 422,
        "detail": "It is too long.",
        "pointer": "/text",
        "context": {"most": 10},
    }


def test_a_code_of_its_own_says_what_happened() -> None:
    refused = Conflict("No.", code="fenced", retry_after_s=3)
    assert (refused.problem().type, refused.problem().retry_after_s) == (
        "urn:contactcenter:problem:fenced",
        3,
    )
    assert Conflict("No.").code == "conflict", "the class keeps its own"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("BadInput", 422),
        ("NotSignedIn", 401),
        ("Forbidden", 403),
        ("NotFound", 404),
        ("Conflict", 409),
        ("TooLarge", 413),
        ("TooMany", 429),
        ("Unavailable", 503),
    ],
)
def test_each_kind_has_its_status_as_the_docstring_draws_it(name: str, status: int) -> None:
    kind = getattr(errors, name)
    assert (kind.status, issubclass(kind, Refusal)) == (status, True)
    assert any(name in line and str(status) in line for line in errors.__doc__.splitlines())


def test_what_is_stale_is_never_shown() -> None:
    assert not issubclass(errors.Stale, Refusal)
