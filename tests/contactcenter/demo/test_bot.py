"""The demo's bot is told by signed webhooks only."""

from datetime import timedelta

import httpx

from channels.signing import secret_of, sign
from contactcenter.clock import clock
from contactcenter.demo import bot

SECRET = secret_of(b"s" * 32)
BODY = b'{"type": "webhook.test", "conversation": 0, "data": {}}'


async def test_it_takes_what_is_signed_and_refuses_the_rest() -> None:
    async with bot.listening() as assistant, httpx.AsyncClient() as client:
        assistant.secret = SECRET

        async def told(secret: str, age: timedelta = timedelta()) -> int:
            headers = sign([secret], "evt_1", clock() - age, BODY)
            return (await client.post(assistant.url, content=BODY, headers=headers)).status_code

        assert await told(SECRET) == 204
        assert await told(SECRET) == 204
        assert await told(secret_of(b"x" * 32)) == 401
        assert await told(SECRET, timedelta(minutes=6)) == 401
        assert (await client.post(assistant.url, content=BODY)).status_code == 401
