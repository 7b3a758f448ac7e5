"""One attempt to tell a receiver something: signed, sent, and how it ended."""

from datetime import datetime

from channels.address import AddressRefused
from channels.signing import BadSecret, sign
from channels.transport import Transport, Unanswered
from contactcenter.model.webhook_sending import Answer, Receiver


async def call(
    transport: Transport, receiver: Receiver, message_id: str, body: bytes, now: datetime
) -> Answer:
    """Send it, signed at `now`; whatever happens is an answer, and holds neither URL nor secret."""
    try:
        headers = {
            "content-type": "application/json",
            "user-agent": "contactcenter-webhooks/1",
            **sign(receiver.secrets, message_id, now, body),
        }
        reply = await transport.request("POST", receiver.url, headers=headers, body=body)
    except (AddressRefused, BadSecret, Unanswered) as error:
        return Answer(None, str(error))
    return Answer(reply.status, None, reply.headers.get("retry-after"))
