"""Files over HTTP: who may bring them, and who gets them."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contactcenter.api.files import disposition
from contactcenter.model.file import File
from tests.contactcenter.api.conftest import told
from tests.contactcenter.browsers import SHOP, Browser
from tests.contactcenter.conftest import Desk, Running, running
from tests.contactcenter.team import Member, Team

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100_000
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture
async def siti(browse: Callable[..., Browser]) -> Browser:
    browser = browse()
    await browser.begin()
    return browser


async def bring(
    house: Running, headers: dict[str, str], content: bytes = PNG, name: str = "modem.png"
) -> httpx.Response:
    path = "/v1/visitor/files" if "Authorization" in headers else "/v1/files"
    return await house.client.post(
        path, params={"name": name}, content=content, headers=headers | BYTES
    )


async def brought(house: Running, headers: dict[str, str], **more: Any) -> int:
    answer = await bring(house, headers, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_a_visitors_picture_reaches_whoever_sees_the_conversation(
    house: Running, siti: Browser, browse: Callable[..., Browser], team: Team
) -> None:
    agent, other = await team.hire(), browse()
    await other.begin()
    file = await brought(house, siti.headers)
    assert (await house.client.get(f"/v1/files/{file}", headers=agent.headers)).status_code == 404
    assert (await siti.get(f"files/{file}")).content == PNG

    sent = await siti.message("", files=[file])
    part = {"type": "file", "file": file, "name": "modem.png", "media_type": "image/png"}
    shown = (await siti.get("conversation")).json()["items"]
    assert shown[0]["parts"] == [{**part, "size": len(PNG)}]

    got = await house.client.get(f"/v1/files/{file}", headers=agent.headers)
    assert got.content == PNG
    assert got.headers["content-type"] == "image/png"
    assert got.headers["content-disposition"].startswith('inline; filename="modem.png"')
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert (await other.get(f"files/{file}")).status_code == 404
    again = await siti.message("", key="again", files=[file])
    assert again["number"] == sent["number"] + 1


async def test_an_agents_reply_carries_a_file_and_a_note_shows_none_to_the_customer(
    house: Running, siti: Browser, team: Team
) -> None:
    agent = await team.hire()
    async with agent.desktop() as desktop:
        await desktop.done("presence", state="available")
        await siti.message("Hello")
        offer = await desktop.event("OfferMade")
        item = await desktop.done("accept", offer=offer["offer"])
        public, secret = [await brought(house, agent.headers) for _ in range(2)]
        await desktop.done("note", conversation=item["conversation"], files=[secret])
        seen = await desktop.event("InteractionAppended")
        assert seen["said"]["parts"][0]["file"] == secret
        await desktop.done("reply", item=item["item"], text="See:", seen=9, files=[public])
        refused = await desktop.refused("reply", item=item["item"], text="x", seen=9, files=[99])
        assert (refused["type"], refused["pointer"]) == ("no-file", "/files/0")
        nothing = await desktop.refused("reply", item=item["item"], seen=9)
        assert (nothing["type"], nothing["pointer"]) == ("empty-message", "/text")
    assert (await siti.get(f"files/{public}")).content == PNG
    assert (await siti.get(f"files/{secret}")).status_code == 404


async def test_by_the_socket_too(house: Running, siti: Browser) -> None:
    file = await brought(house, siti.headers)
    async with siti:
        await siti.say("Look:", files=[file])
        message = await siti.frame("message")
        assert message["parts"][0]["file"] == file
        await siti.send(type="send", client_msg_id="e", text="")
        refused = await siti.frame("problem", client_msg_id="e")
        assert refused["problem"]["type"].endswith(":empty-message")


async def test_a_bot_gets_what_stands_in_its_conversations_but_no_note(
    house: Running, desk: Desk, siti: Browser
) -> None:
    key, headers = await desk.key("conversations:read")
    file = await brought(house, siti.headers)
    await siti.message("See", files=[file])
    assert (await house.client.get(f"/v1/files/{file}", headers=headers)).status_code == 404
    await desk.rows("UPDATE conversation SET bot_id = $1", key)
    assert (await house.client.get(f"/v1/files/{file}", headers=headers)).content == PNG
    await desk.rows("UPDATE interaction SET kind = 'note'")
    assert (await house.client.get(f"/v1/files/{file}", headers=headers)).status_code == 404


async def test_what_is_not_taken_is_refused(
    house: Running, siti: Browser, team: Team, desk: Desk
) -> None:
    agent: Member = await team.hire()
    for headers in (siti.headers, agent.headers):
        assert told(await bring(house, headers, b"MZ\x00")) == (422, "file-type", None)
        assert told(await bring(house, headers, b"")) == (422, "file-type", None)
        assert told(await bring(house, headers, name="")) == (422, "bad-input", "/name")
    plain = {**siti.headers, "Content-Type": "image/png"}
    answer = await house.client.post("/v1/visitor/files?name=a", content=PNG, headers=plain)
    assert told(answer) == (415, "unsupported-media-type", None)
    foreign = {**siti.headers, "Origin": "https://evil.example"}
    assert told(await bring(house, foreign)) == (403, "origin", None)
    assert await desk.value("SELECT count(*) FROM file") == 0


async def test_a_file_has_a_size_that_the_operator_sets(
    database_url: str, redis_url: str, book: Any
) -> None:
    async with running(database_url, redis_url, book, file_mib_max=1) as house:
        agent = await Team(house.database, book, house.client, house.socket_url).hire()
        assert (await bring(house, agent.headers, PNG)).status_code == 201
        answer = await bring(house, agent.headers, PNG * 2)
        assert told(answer) == (413, "too-large", None)


async def test_pages_of_the_shop_may_read_the_answers(siti: Browser, house: Running) -> None:
    file = await brought(house, siti.headers)
    answer = await siti.get(f"files/{file}")
    assert answer.headers["access-control-allow-origin"] == SHOP


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("a.png", "image/png", "inline; filename=\"a.png\"; filename*=UTF-8''a.png"),
        ("a.pdf", "application/pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        ("ü%.txt", "text/plain", "attachment; filename=\"__.txt\"; filename*=UTF-8''%C3%BC%25.txt"),
    ],
)
def test_a_file_is_saved_under_its_name(name: str, media_type: str, expected: str) -> None:
    assert disposition(File(id=1, name=name, media_type=media_type, size=1)) == expected
