import asyncio
from datetime import UTC, datetime

import pytest

from channels.signing import verify
from channels.transport import Transport
from contactcenter.live.webhook_call import call
from contactcenter.model.webhook_sending import Answer, Receiver

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


async def test_a_call_is_signed_and_tells_the_status() -> None:
    heads: list[dict[str, str]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        heads.append({n.lower(): v for n, _, v in (line.partition(": ") for line in head)})
        await reader.readexactly(2)
        writer.write(b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    async with server, Transport(["127.0.0.1"]) as transport:
        receiver = Receiver(f"http://127.0.0.1:{port}/", [SECRET])
        assert await call(transport, receiver, "evt_1", b"{}", NOW) == Answer(503, None, "7")
    verify([SECRET], heads[0], b"{}", NOW)


@pytest.mark.parametrize(
    ("receiver", "error"),
    [
        (Receiver("https://127.0.0.1/?token=word", [SECRET]), "not public"),
        (Receiver("http://bot.example/", [SECRET]), "https://"),
        (Receiver("https://bot.invalid/", [SECRET]), "cannot be resolved"),
        (Receiver("https://bot.example/", ["word"]), "whsec_"),
    ],
)
async def test_whatever_fails_is_an_answer_without_secrets(receiver: Receiver, error: str) -> None:
    async with Transport() as transport:
        answer = await call(transport, receiver, "evt_1", b"{}", NOW)
    assert answer.status is None
    assert error in (answer.error or "")
    assert "word" not in (answer.error or "")
