"""The description and the application held against each other, in every role, with every check."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, get_args

import jsonschema_rs
import pytest
import schemathesis
from schemathesis.engine import Status, events, from_schema
from schemathesis.specs.openapi.checks import AcceptedNegativeData

from contactcenter.api.access import COOKIE
from contactcenter.words import CallerKind
from tests.contactcenter.api.test_who import Callers
from tests.contactcenter.conftest import Desk, Running
from tests.contactcenter.team import Team

SCHEMES = {"customer": "visitor", "bot": "key"}
IN_TURN: tuple[CallerKind, ...] = ("customer", "bot", "agent", "supervisor", "administrator")

Json = dict[str, Any]
Headers = Callable[[], dict[str, str]]


@schemathesis.check
def refused_as_not_described(
    _: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """What is as described may break a rule, which has a code of its own; it is not `bad-input`."""
    if response.status_code == 422 and case.meta and case.meta.generation.mode.is_positive:
        code = response.json()["type"].rpartition(":")[2]
        assert code not in {"bad-input", "malformed-json"}, response.text


@pytest.mark.parametrize("kind", get_args(CallerKind))
async def test_the_application_does_what_it_says(
    house: Running, desk: Desk, team: Team, kind: CallerKind
) -> None:
    document = (await house.client.get("/v1/openapi.json")).json()
    bot = await team.bot("web")
    for number in range(4):
        await bot.hears(f"+62811{number}")
    callers = Callers(desk)
    loop = asyncio.get_running_loop()

    def headers() -> dict[str, str]:
        return asyncio.run_coroutine_threadsafe(callers.headers(kind), loop).result(10)

    first, others = operations(document, kind)
    for names, thorough in ((first, True), (others, False)):
        found, answered = await asyncio.to_thread(
            run, document, house.url, headers, names, thorough=thorough
        )
        assert found == []
        assert sum(answered.values()) >= len(names), answered
        if thorough:
            assert answered.keys() >= {200, 422}, answered


def operations(document: Json, kind: CallerKind) -> tuple[set[str], set[str]]:
    """The operations that a role is the first to be open to, and others that it may use too.

    Of nobody: those that are public, and all the others, to be refused.
    """
    first, others = set[str](), set[str]()
    for path in document["paths"].values():
        for operation in path.values():
            ways = operation["security"]
            able = [k for k in IN_TURN if any(opens(way, k) for way in ways)] or ["nobody"]
            if kind == able[0]:
                first.add(operation["operationId"])
            elif kind in able or kind == "nobody":
                others.add(operation["operationId"])
    return first, others


def opens(way: Json, kind: CallerKind) -> bool:
    scheme = SCHEMES.get(kind, "session")
    return scheme in way and (scheme != "session" or kind in way[scheme])


def run(
    document: Json, url: str, headers: Headers, names: Iterable[str], *, thorough: bool
) -> tuple[list[str], Counter[int]]:
    """What Schemathesis finds wrong with the operations, and how often which status came."""
    config = schemathesis.Config.from_dict(
        {
            "seed": 1,
            "generation": {"max-examples": 5 if thorough else 1, "database": "none"},
            "phases": {"coverage": {"enabled": thorough}, "stateful": {"enabled": thorough}},
            "checks": {
                "enabled": True,
                # A rule beyond the description is told by 422 too: the check above looks at that.
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", 401, 403, 404, 409, 422, 429]
                },
                "negative_data_rejection": {
                    "expected-statuses": [401, 403, 404, 405, 409, 415, 422, 429]
                },
            },
        }
    )
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.config.update(base_url=url)
    authorize(schema, headers)
    item = items_of(document)
    schema.hook("map_body")(whole_numbers)
    schema.hook("filter_failure")(
        lambda _, failure, case, response: not refused_by_item(failure, case, response, item)
    )
    chosen = set(names)
    part = schema.include(lambda c: c.operation.definition.raw["operationId"] in chosen)
    found: list[str] = []
    answered: Counter[int] = Counter()
    for event in from_schema(part).execute():
        match event:
            case events.ScenarioFinished(recorder=recorder):
                for interaction in recorder.interactions.values():
                    answered[interaction.response.status_code if interaction.response else 0] += 1
                for checks in recorder.checks.values():
                    found += [told(recorder.label, c) for c in checks if c.status == Status.FAILURE]
            case events.NonFatalError():
                found.append(f"{event.label}: {event.info.format()}")
            case events.FatalError():
                raise event.exception
            case _:
                pass
    return found, answered


def authorize(schema: schemathesis.BaseSchema, headers: Headers) -> None:
    """Give each request a credential of its own, since some requests end the one they come by."""

    @schema.auth(refresh_interval=None)
    class _Credential:
        def get(self, _case: schemathesis.Case, _context: schemathesis.AuthContext) -> Any:
            return headers()

        def set(
            self, case: schemathesis.Case, data: Any, _context: schemathesis.AuthContext
        ) -> None:
            given = dict(data)
            if cookie := given.pop("Cookie", None):
                case.cookies[COOKIE] = cookie.removeprefix(f"{COOKIE}=")
            case.headers.update(given)


def whole_numbers(_: schemathesis.HookContext, body: Any) -> Any:
    """5.0 is an integer to JSON Schema; we take 5 alone, which no schema can say."""
    match body:
        case dict():
            return {key: whole_numbers(_, value) for key, value in body.items()}
        case list():
            return [whole_numbers(_, value) for value in body]
        case float() if body.is_integer():
            return int(body)
        case _:
            return body


def items_of(document: Json) -> jsonschema_rs.Validator:
    """Tells whether an item of a batch is as described."""
    described = document["components"]["schemas"]["Items"]["properties"]["items"]["items"]
    schema = {**described, "components": document["components"]}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def refused_by_item(
    failure: Any,
    case: schemathesis.Case,
    response: schemathesis.Response,
    item: jsonschema_rs.Validator,
) -> bool:
    """A batch with a wrong item is taken (200), and it is the item that is refused (422)."""
    items = case.body.get("items") if isinstance(case.body, dict) else None
    if not isinstance(failure, AcceptedNegativeData) or not isinstance(items, list):
        return False
    results = response.json()["results"]
    wrong = [r for i, r in zip(items, results, strict=True) if not item.is_valid(i)]
    return bool(wrong) and all(r.get("status") == 422 for r in wrong)


def told(label: str, check: Any) -> str:
    failure = check.failure_info.failure
    return f"{label}: {failure.title}: {failure.message}\n{check.failure_info.code_sample}"
