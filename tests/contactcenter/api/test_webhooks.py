import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from channels.signing import verify
from contactcenter import facts
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import Desk, Running, running


class Bot:
    """A bot's server: keeps what it is sent, and answers with `status`."""

    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.port = 0
        self.came = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in head)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.sent.append((headers, body))
        answer = f"HTTP/1.1 {self.status} So\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        writer.write(answer.encode())
        self.came.set()
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Bot]:
    bot = Bot()
    server = await asyncio.start_server(bot.connected, "127.0.0.1")
    async with server:
        bot.port = server.sockets[0].getsockname()[1]
        yield bot


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with listening() as one:
        yield one


@pytest.fixture
async def house(database_url: str, redis_url: str, book: Published) -> AsyncIterator[Running]:
    """An application whose operator allows webhooks to this machine."""
    async with running(database_url, redis_url, book, webhook_allow=("127.0.0.1",)) as one:
        yield one


@pytest.fixture
async def admin(house: Running, desk: Desk) -> httpx.AsyncClient:
    """The client of an administrator."""
    house.client.headers.update(
        await desk.cookie(await desk.person("administrator", capacity=None))
    )
    return house.client


async def happen(house: Running, key: int) -> None:
    async def emit(tx: Any) -> None:
        now = datetime.now(UTC)
        tx.emit(facts.ConversationReopened(at=now, conversation=1, customer=2, bot=key))

    await house.database.run(emit)


async def events(admin: httpx.AsyncClient, state: str, count: int = 1) -> list[dict[str, Any]]:
    """The events in a state, as soon as there are so many."""
    async with asyncio.timeout(10):
        while True:
            found = (await admin.get("/v1/webhook-events", params={"state": state})).json()["items"]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.05)


async def test_a_bot_is_told_at_once_signed_with_the_secret_of_its_webhook(
    house: Running, desk: Desk, admin: httpx.AsyncClient, bot: Bot
) -> None:
    key, _ = await desk.key()
    given = await admin.put(f"/v1/keys/{key}/webhook", json={"url": bot.url})
    assert given.status_code == 200
    webhook = given.json()
    assert (webhook["url"], webhook["former_secret_signs_s"]) == (bot.url, 86_400)
    await happen(house, key)
    async with asyncio.timeout(10):
        await bot.came.wait()
    [(headers, body)] = bot.sent
    verify([webhook["secret"]], headers, body, datetime.now(UTC))
    assert msgspec.json.decode(body)["type"] == "conversation.reopened"
    [event] = await events(admin, "delivered")
    assert headers["webhook-id"] == f"evt_{event['id']}"


async def test_each_configuration_makes_another_secret(
    desk: Desk, admin: httpx.AsyncClient, bot: Bot
) -> None:
    key, _ = await desk.key()
    path = f"/v1/keys/{key}/webhook"
    secrets = [(await admin.put(path, json={"url": bot.url})).json()["secret"] for _ in range(2)]
    assert len(set(secrets)) == 2
    assert all(secret.startswith("whsec_") for secret in secrets)


@pytest.mark.parametrize(
    "url",
    [
        "http://bot.example/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/",
        "https://user:hunter2@bot.example/",
        "https://localhost/",
        "https://bot.invalid/",
    ],
)
async def test_a_url_that_the_guard_refuses_is_not_taken(
    desk: Desk, admin: httpx.AsyncClient, url: str
) -> None:
    key, _ = await desk.key()
    answer = await admin.put(f"/v1/keys/{key}/webhook", json={"url": url})
    problem = answer.json()
    assert (answer.status_code, problem["pointer"]) == (422, "/url")
    assert problem["type"] == "urn:contactcenter:problem:webhook-refused"
    assert "hunter2" not in problem["detail"]
    assert await desk.value("SELECT webhook_url FROM api_key WHERE id = $1", key) is None


async def test_a_trial_says_what_happened(desk: Desk, admin: httpx.AsyncClient, bot: Bot) -> None:
    key, _ = await desk.key()
    path = f"/v1/keys/{key}/webhook"
    assert (await admin.post(f"{path}/test")).status_code == 409
    await admin.put(path, json={"url": bot.url})
    assert (await admin.post(f"{path}/test")).json() == {
        "delivered": True,
        "status": 204,
        "error": None,
    }
    bot.status = 500
    assert (await admin.post(f"{path}/test")).json() == {
        "delivered": False,
        "status": 500,
        "error": None,
    }
    body = msgspec.json.decode(bot.sent[0][1])
    assert (body["type"], body["number"], body["conversation"]) == ("webhook.test", 0, 0)


async def test_a_trial_without_an_answer_says_why(
    desk: Desk, admin: httpx.AsyncClient, bot: Bot
) -> None:
    key, _ = await desk.key()
    async with listening() as closed:
        await admin.put(f"/v1/keys/{key}/webhook", json={"url": closed.url})
    trial = (await admin.post(f"/v1/keys/{key}/webhook/test")).json()
    assert (trial["delivered"], trial["status"]) == (False, None)
    assert trial["error"].startswith("The connection failed")
    assert bot.sent == []


async def test_what_was_given_up_is_listed_and_sent_again(
    house: Running, desk: Desk, admin: httpx.AsyncClient, bot: Bot
) -> None:
    key, _ = await desk.key()
    await admin.put(f"/v1/keys/{key}/webhook", json={"url": bot.url})
    bot.status = 410
    await happen(house, key)
    [event] = await events(admin, "parked")
    assert (event["key"], event["conversation"], event["number"]) == (key, 1, 1)
    assert event["last_error"] == "The receiver answered with status 410."
    other = await admin.get("/v1/webhook-events", params={"state": "parked", "key": key + 1})
    assert other.json() == {"items": [], "next": None}
    bot.status = 200
    again = await admin.post(f"/v1/webhook-events/{event['id']}/redeliver")
    assert (again.status_code, again.json()["state"]) == (202, "pending")
    [delivered] = await events(admin, "delivered")
    assert delivered["id"] == event["id"]
    refused = await admin.post(f"/v1/webhook-events/{event['id']}/redeliver")
    assert refused.status_code == 409
    assert len({headers["webhook-id"] for headers, _ in bot.sent}) == 1


async def test_parked_events_come_in_pages(
    house: Running, desk: Desk, admin: httpx.AsyncClient, bot: Bot
) -> None:
    key, _ = await desk.key()
    await admin.put(f"/v1/keys/{key}/webhook", json={"url": bot.url})
    bot.status = 410
    for _ in range(3):
        await happen(house, key)
    await events(admin, "parked", 3)
    numbers: list[int] = []
    after: int | None = 0
    while after is not None:
        params = {"limit": 2, "after": after}
        page = (await admin.get("/v1/webhook-events", params=params)).json()
        numbers += [item["number"] for item in page["items"]]
        after = page["next"]
    assert numbers == [1, 2, 3]


async def test_a_removed_webhook_is_gone(desk: Desk, admin: httpx.AsyncClient, bot: Bot) -> None:
    key, _ = await desk.key()
    path = f"/v1/keys/{key}/webhook"
    await admin.put(path, json={"url": bot.url})
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.post(f"{path}/test")).status_code == 409


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/keys/99/webhook"),
        ("DELETE", "/v1/keys/99/webhook"),
        ("POST", "/v1/keys/99/webhook/test"),
        ("POST", "/v1/webhook-events/99/redeliver"),
    ],
)
async def test_what_is_not_there_is_not_found(
    admin: httpx.AsyncClient, bot: Bot, method: str, path: str
) -> None:
    json = {"url": bot.url} if method == "PUT" else None
    assert (await admin.request(method, path, json=json)).status_code == 404


async def test_only_administrators_see_to_webhooks(house: Running, desk: Desk) -> None:
    cookie = await desk.cookie(await desk.person("supervisor"))
    key, bearer = await desk.key("conversations:read")
    for headers in (cookie, bearer):
        for method, path in (
            ("PUT", f"/v1/keys/{key}/webhook"),
            ("POST", f"/v1/keys/{key}/webhook/test"),
            ("GET", "/v1/webhook-events"),
        ):
            answer = await house.client.request(method, path, headers=headers)
            assert answer.status_code == 403
