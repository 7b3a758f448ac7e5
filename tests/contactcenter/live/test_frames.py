import re
import typing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from contactcenter import facts
from contactcenter.api import desktop, sockets
from contactcenter.live import board, frames, hub, stream

DOCS = Path(__file__).parents[3] / "docs"
FROM_DESKTOP = typing.get_args(frames.FromDesktop)
FROM_BOARD = typing.get_args(frames.FromBoard)
TO_DESKTOP = typing.get_args(frames.ToDesktop)
TO_BOARD = (frames.BoardWelcome, frames.Event, frames.Complaint)


@pytest.fixture
def described() -> Any:
    return yaml.safe_load((DOCS / "desktop.asyncapi.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def page() -> str:
    return (DOCS / "desktop-protocol.md").read_text(encoding="utf-8")


def test_published_schemas_are_those_of_the_frames_and_closed(described: Any) -> None:
    kinds = [*FROM_DESKTOP, *TO_DESKTOP, *FROM_BOARD, frames.BoardWelcome]
    _, schemas = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    closed = {name: {"additionalProperties": False, **schema} for name, schema in schemas.items()}
    assert without_words(described["components"]["schemas"]) == without_words(closed)


def without_words(schemas: dict[str, Any]) -> dict[str, Any]:
    """Names, fields and limits; the descriptions are each side's own."""
    return {
        name: {key: value for key, value in schema.items() if key != "description"}
        for name, schema in schemas.items()
    }


@pytest.mark.parametrize(
    ("operation", "kinds"),
    [
        ("hearDesktop", FROM_DESKTOP),
        ("tellDesktop", TO_DESKTOP),
        ("hearBoard", FROM_BOARD),
        ("tellBoard", TO_BOARD),
    ],
)
def test_published_operations_name_every_frame(
    described: Any, operation: str, kinds: tuple[type, ...]
) -> None:
    named = [m["$ref"].rsplit("/")[-1] for m in described["operations"][operation]["messages"]]
    assert named == [kind.__name__ for kind in kinds]


def test_what_we_hear_refuses_unknown_fields() -> None:
    kinds = [*FROM_DESKTOP, *FROM_BOARD]
    assert [k for k in kinds if not k.__struct_config__.forbid_unknown_fields] == []


def test_protocol_page_names_every_frame_and_field(page: str) -> None:
    missing = [
        f"{kind.__struct_config__.tag} {field.encode_name}"
        for kind in (*FROM_DESKTOP, *TO_DESKTOP)
        for field in msgspec.structs.fields(kind)
        if not re.search(rf"`{kind.__struct_config__.tag}\b", page) or field.encode_name not in page
    ]
    assert missing == []


def test_protocol_page_names_every_fact_that_a_desktop_hears(page: str) -> None:
    nobody = {
        "ConnectionChanged",
        "ConversationOpened",
        "ConversationReopened",
        "BotOwned",
        "ItemAbandoned",
        "LeadArrived",
        "OrderMade",
        "OrderConfirmed",
        "OrderChanged",
        "TeamChanged",
        "TeamMembersChanged",
        "SessionRevoked",
        "KeyRevoked",
        "VisitorSessionEnded",
        "WebhookParked",
        "TimerParked",
        "AlertClimbed",
    }
    every = {fact.__name__ for fact in typing.get_args(facts.Fact)}
    assert {fact for fact in every - nobody if f"`{fact}`" not in page} == set()


def test_protocol_page_names_every_limit_and_code(page: str) -> None:
    limits = [
        f"{frames.FRAME_BYTES_MAX:,} bytes",
        f"within {sockets.HELLO_S_MAX} s",
        f"{sockets.FRAMES_PER_S} frames a second, {sockets.FRAMES_BURST} at once",
        f"{desktop.REPLAY_MAX:,} numbers",
        f"{stream.WAITING_MAX:,} frames wait",
    ]
    assert [limit for limit in limits if limit not in page] == []
    codes = {
        hub.CLOSE_RESTART,
        hub.CLOSE_REVOKED,
        sockets.CLOSE_HELLO,
        sockets.CLOSE_REFUSED,
        sockets.CLOSE_TOO_FAST,
    }
    assert {int(code) for code in re.findall(r"^\| (\d{4}) \|", page, re.MULTILINE)} == codes


def test_board_page_names_every_part_of_the_board() -> None:
    page = (DOCS / "board.md").read_text(encoding="utf-8")
    parts = {f.name for f in msgspec.structs.fields(board.Board)} - {"zone", "seq", "day"}
    assert {part for part in parts if f"| `{part}`" not in page} == set()
    assert f"the last {board.DECISIONS_MAX} offers" in page
