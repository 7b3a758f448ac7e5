import re
import typing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from contactcenter.live import visitor, visitor_frames
from contactcenter.live.visitor_frames import ClientFrame, ServerFrame

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def described() -> Any:
    return yaml.safe_load((DOCS / "visitor.asyncapi.yaml").read_text(encoding="utf-8"))


def test_published_schemas_are_those_of_the_frames(described: Any) -> None:
    frames = [*typing.get_args(ClientFrame), *typing.get_args(ServerFrame)]
    _, schemas = msgspec.json.schema_components(frames, ref_template="#/components/schemas/{name}")
    assert described["components"]["schemas"] == schemas


@pytest.mark.parametrize(
    ("operation", "frames"), [("hearVisitor", ClientFrame), ("tellVisitor", ServerFrame)]
)
def test_published_operations_name_every_frame(described: Any, operation: str, frames: Any) -> None:
    named = [m["$ref"].rsplit("/")[-1] for m in described["operations"][operation]["messages"]]
    assert named == [frame.__name__ for frame in typing.get_args(frames)]


def test_protocol_page_names_every_frame_limit_and_code() -> None:
    page = (DOCS / "visitor-protocol.md").read_text(encoding="utf-8")
    frames = [*typing.get_args(ClientFrame), *typing.get_args(ServerFrame)]
    tags = {frame.__struct_config__.tag for frame in frames}
    assert {tag for tag in tags if not re.search(rf"`{tag}\b", page)} == set()
    limits = [
        f"{visitor_frames.FRAME_CHARACTERS_MAX:,}",
        f"{visitor_frames.TEXT_CHARACTERS_MAX:,}",
        f"{visitor.FRAMES_BURST} at once, then {visitor.FRAMES_PER_S} a second",
        f"{visitor.EXCESS_MAX} refusals in a row",
        f"after {visitor.PING_AFTER_S:.0f} s; nothing for {visitor.SILENCE_S_MAX:.0f} s",
        f"| {visitor.OUTGOING_MAX}, then",
        f"within {visitor.HELLO_S_MAX:.0f} s",
    ]
    assert [limit for limit in limits if limit not in page] == []
    codes = {v.code for v in vars(visitor).values() if isinstance(v, visitor.Close)}
    assert {int(code) for code in re.findall(r"^\| (4\d{3}) \|", page, re.MULTILINE)} == codes
