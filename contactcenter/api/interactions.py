"""What channel bots post: single interactions or batches, each item answered by itself."""

import asyncio
import hashlib
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, get_args

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency

from contactcenter.actions import bots
from contactcenter.actions.receive import Inbound, Received
from contactcenter.api.access import Caller, who
from contactcenter.api.inputs import reference
from contactcenter.api.problems import decode, internal, refuses
from contactcenter.db.batch import Batch
from contactcenter.db.database import Database
from contactcenter.errors import BadInput, Conflict, Problem, Refusal
from contactcenter.model.caller import Connection
from contactcenter.model.customer import Identity
from contactcenter.model.rulebook import Published

PATH = "/v1/interactions"
ITEMS_MAX = 500
TEXT_MAX = 16_384
NO_NUL = r"^[^\x00]*$"
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD_MAX = timedelta(days=1)
"""Clocks go wrong by hours and by time zones; what claims to be later than that is a mistake."""

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NO_NUL)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_MAX, pattern=NO_NUL)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=256, pattern=NO_NUL)]
Id = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class Sender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By what the bot knows the customer; it has a meaning within this bot's connection only."""

    scheme: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,31}$")]
    value: Short


class _Item(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="type",
    forbid_unknown_fields=True,
    omit_defaults=True,  # so that a field that is added one day changes no digest
):
    """`key`: yours, unique; the same again gives the same answer.

    `occurred_at`: when it happened, with its offset; since 1970, and at most a day from now.
    """

    key: Key
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class CustomerMessage(_Item, frozen=True, kw_only=True, tag="message"):
    """What the customer said. Always taken, whoever owns the work.

    `automatic`: a machine of theirs said it by itself, as a note of absence; no machine answers it.
    """

    sender: Annotated[Sender, msgspec.Meta(title="from")] = msgspec.field(name="from")
    text: Text
    automatic: bool = False


class Reply(_Item, frozen=True, kw_only=True, tag="reply"):
    """What the bot answers, under the epoch in which it has the work item.

    `seen`: the number of the last interaction that the bot knows of.
    """

    item: Id
    epoch: Id
    seen: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    text: Text


class HandOver(_Item, frozen=True, kw_only=True, tag="hand_over"):
    """The bot gives the work to people; `intent` or `queue` says to which."""

    item: Id
    epoch: Id
    summary: Text
    intent: Short | None = None
    queue: Short | None = None
    skills: Annotated[
        dict[Short, Annotated[int, msgspec.Meta(ge=1, le=10)]], msgspec.Meta(max_length=20)
    ] = {}


class Close(_Item, frozen=True, kw_only=True, tag="close"):
    """The bot has settled the matter; `note` says how."""

    item: Id
    epoch: Id
    disposition: Short
    note: Text


Item = CustomerMessage | Reply | HandOver | Close


class Taken(msgspec.Struct, frozen=True):
    """Where it stands in the record; `duplicate`: it stood there before."""

    interaction: int
    conversation: int
    number: int
    duplicate: bool


# Any, since msgspec describes no union of Structs that only their fields tell apart.
_Result = Annotated[
    Any, msgspec.Meta(extra_json_schema={"anyOf": [reference(Taken), reference(Problem)]})
]


class Results(msgspec.Struct, frozen=True):
    """One answer for each item, in the order of the items."""

    results: list[_Result]


_RawItem = Annotated[
    msgspec.Raw,
    msgspec.Meta(extra_json_schema={"oneOf": [reference(kind) for kind in get_args(Item)]}),
]


class Items(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several at once. An item that is wrong is answered as such, and fails no other."""

    items: Annotated[list[_RawItem], msgspec.Meta(min_length=1, max_length=ITEMS_MAX)]


class _Form(msgspec.Struct, frozen=True):
    items: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_one: msgspec.json.Decoder[Item] = msgspec.json.Decoder(Item)
_batch = msgspec.json.Decoder(Items)
_form = msgspec.json.Decoder(_Form)
_encoder = msgspec.json.Encoder()


class Posting(msgspec.Struct, frozen=True):
    """Who posts what, when: all that the items of one request have in common."""

    caller: Caller
    database: Database
    receiving: Batch[Inbound, Received]
    book: Published
    now: datetime
    request_id: str | None


@post(
    PATH,
    opt=who("bot", scope="interactions:write")
    | refuses(
        "403 blocked",
        "404 not-found",
        "409 no-connection",
        "409 fenced",
        "409 answered-meanwhile",
        "409 unreachable",
        "409 item-changed",
        "422 key-reused",
        "422 unknown-queue",
        "422 unknown-disposition",
        "422 wrong-time",
    )
    | {"takes": Item | Items, "gives": Taken | Results},
    status_code=200,
    tags=["bots"],
    operation_id="PostInteractions",
)
async def post_interactions(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    receiving: NamedDependency[Batch[Inbound, Received]],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """Post one interaction, or up to 500 as `{"items": [...]}`.

    One: answered with where it stands, or with a problem. Several: each is decoded and answered
    by itself, in order, and a bad one fails no other; items about one conversation are done in
    the order given. Every item is idempotent by its key: send it again after any failure.
    """
    posting = Posting(caller, database, receiving, book, now, request.state.get("request_id"))
    return Response(await answer(posting, await request.body()), media_type="application/json")


async def answer(posting: Posting, body: bytes) -> bytes:
    """The answer to one request's body, as JSON. Raises the `Refusal` of a single item."""
    # Hardly any single item has the word in it: those that have it not are read once.
    if b'"items"' in body and decode(_form, body).items is not msgspec.UNSET:
        items = decode(_batch, body).items
        return msgspec.json.encode(Results(await _several(posting, items)))
    return msgspec.json.encode(await _do(posting, decode(_one, body)))


async def _several(posting: Posting, raw: Sequence[msgspec.Raw]) -> list[Taken | Problem]:
    """Messages are queued together; before a bot's own words, what came first is done first."""
    results: list[Taken | Problem | None] = [None] * len(raw)
    running: list[Awaitable[None]] = []

    async def settle(place: int, doing: Awaitable[Taken]) -> None:
        try:
            results[place] = await doing
        except Refusal as refusal:
            results[place] = _at(refusal.problem(), place)
        except Exception as error:  # noqa: BLE001 -- a defect that one item meets is not the others'
            results[place] = _at(internal(PATH, error), place)

    for place, encoded in enumerate(raw):
        try:
            item = decode(_one, encoded, f"/items/{place}")
        except BadInput as wrong:
            results[place] = wrong.problem()
            continue
        if isinstance(item, CustomerMessage):
            running.append(settle(place, _message(posting, item)))
            continue
        await asyncio.gather(*running)
        running.clear()
        await settle(place, _do(posting, item))
    await asyncio.gather(*running)
    return [r for r in results if r is not None]


def _at(problem: Problem, place: int) -> Problem:
    return msgspec.structs.replace(problem, pointer=f"/items/{place}{problem.pointer or ''}")


async def _do(posting: Posting, item: Item) -> Taken:
    match item:
        case CustomerMessage():
            return await _message(posting, item)
        case Reply():
            said = _said(posting, item, item.text)
            done = await posting.database.run(
                lambda tx: bots.bot_reply(tx, said, item.seen, posting.now)
            )
        case HandOver():
            said = _said(posting, item, item.summary)
            what = bots.HandOver(intent=item.intent, queue=item.queue, skills=item.skills)
            done = await posting.database.run(
                lambda tx: bots.hand_over(tx, said, what, posting.book, posting.now)
            )
        case Close():
            said = _said(posting, item, item.note)
            done = await posting.database.run(
                lambda tx: bots.bot_close(tx, said, item.disposition, posting.book, posting.now)
            )
    return Taken(done.interaction, done.conversation, done.number, done.duplicate)


async def _message(posting: Posting, item: CustomerMessage) -> Taken:
    connection = _connection(posting.caller)
    received = await posting.receiving.submit(
        Inbound(
            connection_id=connection.id,
            connection=connection.name,
            channel=connection.channel,
            key=item.key,
            digest=_digest(item),
            identity=Identity(
                scheme=item.sender.scheme, scope=connection.name, value=item.sender.value
            ),
            text=item.text,
            occurred_at=_occurred(item, posting.now),
            request_id=posting.request_id,
            automatic=item.automatic,
        )
    )
    return Taken(received.interaction, received.conversation, received.number, received.duplicate)


def _said(posting: Posting, item: Reply | HandOver | Close, text: str) -> bots.Said:
    caller = posting.caller
    assert caller.key_id is not None
    return bots.Said(
        key_id=caller.key_id,
        connection_id=_connection(caller).id,
        key=item.key,
        digest=_digest(item),
        item=item.item,
        epoch=item.epoch,
        text=text,
        occurred_at=_occurred(item, posting.now),
        request_id=posting.request_id,
    )


def _connection(caller: Caller) -> Connection:
    if caller.connection is None:
        detail = "This API key has no connection of its own: an administrator has to make one."
        raise Conflict(detail, code="no-connection")
    return caller.connection


def _digest(item: Item) -> bytes:
    """Tells a repetition from a clash: of what was understood, however it was written."""
    return hashlib.blake2b(_encoder.encode(item), digest_size=16).digest()


def _occurred(item: Item, now: datetime) -> datetime:
    at = item.occurred_at
    if at is None:
        return now
    if not EARLIEST <= at <= now + AHEAD_MAX:
        detail = f"It happened between 1970 and a day from now, not at {at}."
        raise BadInput(detail, code="wrong-time", pointer="/occurred_at")
    return at


ROUTES = [post_interactions]
