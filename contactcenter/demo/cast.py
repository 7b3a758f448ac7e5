"""Who takes part in the demo, and what they say: data only."""

import msgspec

from contactcenter.model.rulebook import Rulebook
from contactcenter.words import Role

OFFER_TIMEOUT_S = 3
"""In the demo's copy of the rulebook, so that nobody waits long for an offer to lapse."""

BOT = "assistant"
WEB = "web"
MOBILE = "mobile"
INTENT = "internet_down"
DISPOSITION = "solved"
LEFTOVER = "no answer"
AWAY_REASON = "break"


class Person(msgspec.Struct, frozen=True):
    """Somebody who works here."""

    login: str
    name: str
    role: Role
    skills: dict[str, int] = {}


PEOPLE = (
    Person("adi", "Adi Nugroho", "administrator"),
    Person("sari", "Sari Wijaya", "supervisor"),
    Person("ayu", "Ayu Lestari", "agent", {"language:id": 5, "product:fiber": 4}),
    Person(
        "budi", "Budi Santoso", "agent", {"language:id": 5, "language:en": 3, "product:fiber": 3}
    ),
    Person(
        "grace", "Grace Tan", "agent", {"language:en": 5, "language:id": 2, "product:billing": 4}
    ),
    Person("dewi", "Dewi Anggraini", "agent", {"language:id": 5, "product:billing": 2}),
)

CUSTOMER = {
    "name": "Siti Rahmawati",
    "tier": "gold",
    "value": 92,
    "propensity_to_leave": 0.3,
    "language": "id",
    "territory": "jakarta",
}
"""What the website's server signs of her."""

COMPLAINS = "Selamat pagi, my internet has been down since last night."
BOT_ASKS = "Selamat pagi! I am the assistant. What does the light on your modem do?"
EXPLAINS = "It blinks red. I have switched it off and on twice."
SUMMARY = "Fiber line down since last night, modem blinks red, restarted twice without effect."
AGENT_ANSWERS = (
    "Ibu Siti, I see a fault in your street and have reset your line. One moment, please."
)
LEAVES = "I have to leave the house now: please tell me here in the app when it works."
AGENT_SOLVES = "It works again: your modem is online with 100 Mbit/s. Terima kasih for waiting!"


def rules(shipped: Rulebook) -> Rulebook:
    """The rulebook as it is shipped, but offers lapse soon."""
    channels = {
        name: msgspec.structs.replace(channel, offer_timeout_s=OFFER_TIMEOUT_S)
        for name, channel in shipped.channels.items()
    }
    return msgspec.structs.replace(shipped, channels=channels)
