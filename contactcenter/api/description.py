"""The HTTP API as one document (OpenAPI 3.1), read from the routes and their types alone.

Schemas come from msgspec, which is what checks each request: what the document forbids is
refused. A refusal whose code is `bad-input` says that a request is not as described here; every
other code is a rule beyond that, and the route's answers name it.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from contactcenter import __version__
from contactcenter.api import inputs, problems, request_id
from contactcenter.api.access import COOKIE, STAFF, who
from contactcenter.api.examples import EXAMPLES, PARAMETERS
from contactcenter.errors import Problem, Refusal

Json = dict[str, Any]

PATH = "/v1/openapi.json"

ABOUT = """\
Bodies and answers are JSON in UTF-8; times are RFC 3339 with an offset; ids are 64-bit integers.

Whatever is refused is answered with `application/problem+json` (RFC 9457) and leaves nothing
behind. The end of `type` is its code, which programs may go by. `bad-input` (422) means that the
request is not as described here, and `pointer` names the place: an unknown field or parameter, a
wrong type, a value beyond a limit. A number in quotes is no number, and null is only what is
described as such.

Lists come in pages: ask again with `next` as the parameter that the operation names.

Each answer names its request in `X-Request-Id`: the caller's own of 1 to 64 printable ASCII
characters, or one of ours. It is in our logs."""

_SECURITY: Json = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Staff, by the cookie that signing in sets. A request that changes "
        "something must come from a page of ours (`Origin` or `Sec-Fetch-Site`).",
    },
    "key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "cck_…",
        "description": "A bot, by its API key.",
    },
    "visitor": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "ccv_…",
        "description": "A customer, by the token of their visitor session.",
    },
}
_HEADERS: Json = {
    "RequestId": {
        "required": True,
        "description": "By which the request is found in our logs.",
        "schema": {"type": "string", "minLength": 1, "maxLength": request_id.LENGTH_MAX},
    },
    "RetryAfter": {
        "required": True,
        "description": "Seconds to wait before the same is asked again.",
        "schema": {"type": "integer", "minimum": 1},
    },
}
_FILE: Json = {"schema": {"type": "string", "format": "binary"}}
_NAMED: Json = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
_RETRY: Json = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
_TITLES = {kind.status: kind.title for kind in Refusal.__subclasses__()}
_RETRIED = (429, 503)
_WRITERS = {"database", "receiving", "confirming"}


class Document(msgspec.Struct, frozen=True):
    """An OpenAPI document."""

    openapi: str
    info: dict[str, str]
    tags: list[dict[str, str]]
    paths: dict[str, Any]
    components: dict[str, Any]


class _Schemas(msgspec.Struct, frozen=True):
    """`of`: the schema of a type, `named` those to which they refer."""

    of: Mapping[Any, Json]
    named: Mapping[str, Json]


@get(
    PATH,
    opt=who("nobody") | {"gives": Document},
    tags=["description"],
    operation_id="GetDescription",
)
async def read_description(request: Request[Any, Any, Any]) -> Response[bytes]:
    """This document."""
    return Response(_encoded(request.app), media_type=inputs.BODY)


@lru_cache(1)
def _encoded(app: Litestar) -> bytes:
    return msgspec.json.encode(document(app))


def document(app: Litestar) -> Document:
    """The description of all routes that have an operation id."""
    found = list(_described(app))
    handlers = [handler for _, _, handler in found]
    schemas = _schemas({Problem, *(kind for handler in handlers for kind in _kinds(handler))})
    paths: dict[str, Json] = {}
    for path, method, handler in found:
        paths.setdefault(path, {})[method.lower()] = _operation(handler, schemas)
    return Document(
        openapi="3.1.0",
        info={"title": "Contact center", "version": __version__, "description": ABOUT},
        tags=_tags(handlers),
        paths=paths,
        components={
            "schemas": schemas.named,
            "headers": _HEADERS,
            "securitySchemes": _SECURITY,
        },
    )


def _described(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if handler.operation_id:
                    for method in sorted(handler.http_methods):
                        yield route.path_format, method, handler


def _tags(handlers: Iterable[HTTPRouteHandler]) -> list[dict[str, str]]:
    """A tag is told by the first sentence of the module that has it first."""
    told: dict[str, str] = {}
    for handler in handlers:
        for tag in handler.tags or ():
            module = sys.modules[handler.fn.__module__]
            told.setdefault(tag, _summary(module.__doc__))
    return [{"name": name, "description": description} for name, description in told.items()]


def _operation(handler: HTTPRouteHandler, schemas: _Schemas) -> Json:
    told = handler.fn.__doc__ or ""
    operation: Json = {
        "operationId": handler.operation_id,
        "tags": handler.tags,
        "summary": _summary(told),
        "description": cleandoc(told),
        "security": _security(handler.opt),
        "parameters": [
            *(_parameter(p, "path", schemas) for p in inputs.path(handler).values()),
            *(_parameter(p, "query", schemas) for p in inputs.query(handler).values()),
        ],
        "responses": _answers(handler, schemas),
    }
    if limit := handler.opt.get("limit"):
        operation["x-rate-limit"] = {"per_minute": limit.per_minute, "burst": limit.burst}
    if (body := inputs.body(handler)) is not None:
        operation["requestBody"] = {"required": True, "content": _content(body, schemas, "oneOf")}
    elif inputs.takes_bytes(handler):
        operation["requestBody"] = {"required": True, "content": {inputs.BYTES: _FILE}}
    return operation


def _parameter(parameter: inputs.Parameter, place: str, schemas: _Schemas) -> Json:
    schema = dict(schemas.of[parameter.type])
    if place == "query" and parameter.default is not None:
        schema["default"] = parameter.default
    told: Json = {"name": parameter.name, "in": place, "required": place == "path"}
    if (example := PARAMETERS.get(parameter.name)) is not None:
        told["example"] = example
    return {**told, "schema": schema}


def _security(opt: Mapping[str, Any]) -> list[Json]:
    """Any one of these will do; where there is none, nobody is asked."""
    kinds = opt["who"]
    ways: list[Json] = []
    if staff := [kind for kind in STAFF if kind in kinds]:
        ways.append({"session": staff})
    if "bot" in kinds:
        ways.append({"key": [opt["scope"]] if opt.get("scope") else []})
    if "customer" in kinds:
        ways.append({"visitor": []})
    return [*ways, {}] if ways and "nobody" in kinds else ways


def _answers(handler: HTTPRouteHandler, schemas: _Schemas) -> Json:
    answers: Json = {}
    given = _gives(handler)
    if handler.opt.get("gives_bytes"):
        answers["200"] = {
            "description": "The file; `Content-Disposition` has its name.",
            "headers": _NAMED,
            "content": {"*/*": _FILE},
        }
    elif given is NoneType:
        answers[str(handler.status_code)] = {"description": "Done.", "headers": _NAMED}
    else:
        answers[str(handler.status_code)] = {
            "description": " ".join(_summary(kind.__doc__) for kind in _flat(given)),
            "headers": _NAMED,
            "content": _content(given, schemas, "anyOf"),
        }
    for status, codes in sorted(_refusals(handler).items()):
        answers[str(status)] = _refusal(status, sorted(codes))
    for status, kind in handler.opt.get("also", {}).items():
        answers[str(status)] = {
            "description": _summary(kind.__doc__),
            "headers": _NAMED,
            "content": _content(kind, schemas, "anyOf"),
        }
    return answers


def _refusals(handler: HTTPRouteHandler) -> dict[int, set[str]]:
    """The codes of all refusals of a route by status: its own, and those of its kind."""
    opt = handler.opt
    public = opt["who"] == {"nobody"}
    parameters = set(handler.parsed_fn_signature.parameters)
    reads = inputs.body(handler) is not None
    takes = reads or inputs.takes_bytes(handler)
    derived = [
        (True, 422, ["bad-input"]),
        (not public, 401, ["not-signed-in", "expired"]),
        (not public, 403, _forbidden(handler)),
        (bool(inputs.path(handler)), 404, ["not-found"]),
        (takes, 413, ["too-large"]),
        (takes, 415, ["unsupported-media-type"]),
        (reads, 422, ["malformed-json"]),
        (not public or bool(opt.get("limit")), 429, ["too-many-requests"]),
        ("receiving" in parameters, 429, ["overloaded"]),
        ("receiving" in parameters, 503, ["ending"]),
        (not public or not parameters.isdisjoint(_WRITERS), 503, ["database-unavailable", "busy"]),
    ]
    found: dict[int, set[str]] = {}
    for holds, status, codes in derived:
        if holds:
            found.setdefault(status, set()).update(codes)
    for own in opt.get("refuses", ()):
        status, _, code = own.partition(" ")
        found.setdefault(int(status), set()).add(code)
    return found


def _forbidden(handler: HTTPRouteHandler) -> list[str]:
    opt = handler.opt
    staff = opt["who"] & set(STAFF)
    codes = ["not-your-role"]
    if staff and not handler.http_methods <= {"GET", "HEAD"}:
        codes.append("cross-site")
    return [*codes, "missing-scope"] if opt.get("scope") else codes


def _refusal(status: int, codes: list[str]) -> Json:
    schema = {
        **inputs.reference(Problem),
        "properties": {
            "type": {"enum": [problems.TYPE + code for code in codes]},
            "status": {"const": status},
        },
    }
    return {
        "description": f"{_TITLES[status]}: {', '.join(f'`{code}`' for code in codes)}.",
        "headers": {**_NAMED, **_RETRY} if status in _RETRIED else _NAMED,
        "content": {problems.MEDIA_TYPE: {"schema": schema}},
    }


def _content(kind: Any, schemas: _Schemas, union: str) -> Json:
    kinds = _flat(kind)
    shown = [schemas.of[k] for k in kinds]
    told: Json = {"schema": shown[0] if len(shown) == 1 else {union: shown}}
    examples = {k.__name__: {"value": EXAMPLES[k]} for k in kinds if k in EXAMPLES}
    if examples:
        told["examples"] = examples
    return {inputs.BODY: told}


def _kinds(handler: HTTPRouteHandler) -> Iterator[Any]:
    """All types that the description of a route refers to."""
    for parameter in (*inputs.path(handler).values(), *inputs.query(handler).values()):
        yield parameter.type
    yield from _flat(inputs.body(handler))
    if not handler.opt.get("gives_bytes"):
        yield from _flat(_gives(handler))
    yield from handler.opt.get("also", {}).values()


def _gives(handler: HTTPRouteHandler) -> Any:
    """The type of the answer; `opt["gives"]` names it where the handler writes the bytes itself."""
    if "gives" in handler.opt:
        return handler.opt["gives"]
    given = handler.parsed_fn_signature.return_type.annotation
    return get_args(given)[0] if get_origin(given) is Response else given


def _flat(kind: Any) -> list[Any]:
    """The Structs of a union; what they are told apart by is their own affair."""
    if get_origin(kind) in {Union, UnionType}:
        return list(get_args(kind))
    return [] if kind in {None, NoneType} else [kind]


def _schemas(kinds: set[Any]) -> _Schemas:
    ordered = sorted(kinds, key=repr)
    template = "#/components/schemas/{name}"
    shown, named = msgspec.json.schema_components(ordered, ref_template=template)
    for schema in named.values():
        if "description" in schema:
            schema["description"] = cleandoc(schema["description"])
    return _Schemas(dict(zip(ordered, shown, strict=True)), dict(sorted(named.items())))


def _summary(told: str | None) -> str:
    """The first sentence."""
    first, _, _ = cleandoc(told or "").partition("\n\n")
    sentence, _, _ = " ".join(first.split()).partition(". ")
    return sentence.rstrip(".") + "."


ROUTES = [read_description]
