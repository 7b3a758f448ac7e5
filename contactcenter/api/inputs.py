"""What a request may hold: what its route takes, each thing once and in its own type, nothing else.

The framework by itself reads loosely: "50" for 50, any content type, unknown and repeated
parameters, `/v1/people/0_1` for person 1. What a route takes is read from its handler, by the
checks here and by the description that is served.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, get_args
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import KwargDefinition, ParameterKwarg
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition

from contactcenter.api.problems import decode, escaped
from contactcenter.errors import BadInput, NotFound, UnsupportedMediaType

BODY = "application/json"
BYTES = "application/octet-stream"

_LIMITS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length")
_QUERY_FIELDS_MAX = 100


class Parameter(msgspec.Struct, frozen=True):
    """A parameter's name as it is sent, its type with its limits, and what holds without it."""

    name: str
    type: Any
    default: Any


class Strict(Request[Any, Any, Any]):
    """A request whose body is read as what its route takes."""

    async def json(self) -> Any:
        """The body in the type of the handler's `data`. Raises `BadInput` with the place in it."""
        return decode(_decoder(body(self.route_handler)), await self.body())


async def check(request: Request[Any, Any, Any]) -> Response[None] | None:
    """Refuse what the route does not take; the application's `before_request`."""
    if request.method == "OPTIONS":
        return _methods(request)
    handler: HTTPRouteHandler = request.route_handler
    _check_path(request)
    _check_query(request.scope["query_string"], query(handler))
    if body(handler) is not None:
        _check_kind(request, BODY)
        if not await request.body():
            raise BadInput("The body is missing.", code="malformed-json")
    elif takes_bytes(handler):
        _check_kind(request, BYTES)
    return None


@lru_cache(512)
def query(handler: HTTPRouteHandler) -> Mapping[str, Parameter]:
    """The parameters that the route takes in its query, by name."""
    return _parameters(handler, "query")


@lru_cache(512)
def path(handler: HTTPRouteHandler) -> Mapping[str, Parameter]:
    """The parameters in the route's path, by name."""
    return _parameters(handler, "path")


def body(handler: HTTPRouteHandler) -> Any:
    """The type of the route's body; None where it takes none.

    `opt["takes"]` names it where the handler reads the bytes itself.
    """
    if "takes" in handler.opt:
        return handler.opt["takes"]
    data = handler.parsed_fn_signature.parameters.get("data")
    return data and data.annotation


def takes_bytes(handler: HTTPRouteHandler) -> bool:
    """Whether the route takes any bytes at all, which its handler reads itself."""
    return bool(handler.opt.get("takes_bytes"))


def reference(kind: type) -> dict[str, str]:
    """Where the description has this type."""
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _parameters(handler: HTTPRouteHandler, place: str) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for name, field in handler.parsed_fn_signature.parameters.items():
        kwarg = field.kwarg_definition
        if field.is_di_field or not isinstance(kwarg, ParameterKwarg):
            continue
        if kwarg.param_type.value == place:
            sent = kwarg.name or name
            found[sent] = Parameter(sent, _limited(field, kwarg), field.default)
    return found


def _limited(field: FieldDefinition, kwarg: KwargDefinition) -> Any:
    """The type with its limits as msgspec has them; null cannot be said in an address."""
    kinds = [k for k in get_args(field.annotation) if k is not type(None)]
    kind = kinds[0] if field.is_optional and len(kinds) == 1 else field.annotation
    limits = {n: v for n in _LIMITS if (v := getattr(kwarg, n)) is not None}
    return Annotated[kind, msgspec.Meta(**limits)] if limits else kind


def _methods(request: Request[Any, Any, Any]) -> Response[None]:
    """What can be done here: the framework names the methods of the first handler only."""
    template = request.scope["path_template"]
    routes = [r for r in request.app.routes if r.path_format == template]
    methods = {method for r in routes if isinstance(r, HTTPRoute) for method in r.methods}
    return Response(None, status_code=204, headers={"Allow": ", ".join(sorted(methods))})


def _check_path(request: Request[Any, Any, Any]) -> None:
    """Raise `NotFound` for another spelling of an address, as in `+1` for 1."""
    scope = request.scope
    if scope["path_template"].format(**scope["path_params"]) != scope["path"]:
        raise NotFound("There is nothing at this address.")


def _check_query(raw: bytes, known: Mapping[str, Parameter]) -> None:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_QUERY_FIELDS_MAX,
        )
    except ValueError as error:
        raise BadInput(f"The query cannot be read: {error}.") from error
    seen: set[str] = set()
    for name, value in pairs:
        pointer = f"/{escaped(name)}"
        if name not in known:
            names = ", ".join(known) or "none"
            raise BadInput(f"There is no parameter {name!r}; these are: {names}.", pointer=pointer)
        if name in seen:
            raise BadInput(f"The parameter {name!r} is given twice.", pointer=pointer)
        seen.add(name)
        _check_value(value, known[name], pointer)


def _check_value(value: str, parameter: Parameter, pointer: str) -> None:
    try:
        # As from text, but of integers and truths only the one spelling that JSON has for them.
        strict = msgspec.convert(value, parameter.type, strict=False)
        if isinstance(strict, int) and (spelt := str(strict).lower()) != value:
            raise BadInput(f"Write it as {spelt}.", pointer=pointer)
    except msgspec.ValidationError as error:
        raise BadInput(str(error), pointer=pointer) from error


def _check_kind(request: Request[Any, Any, Any], expected: str) -> None:
    kind, _ = request.content_type
    if kind.lower() != expected:
        raise UnsupportedMediaType(f"Send the body as {expected}.")


@lru_cache(512)
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
