"""Examples of what is sent and answered about the rulebook."""

from datetime import UTC, datetime

import msgspec

from contactcenter.api.hours import HoursNow
from contactcenter.api.rulebook import (
    CheckedRulebook,
    DraftRulebook,
    NewRulebook,
    RulebookChanges,
    RulebookEdit,
    RulebookRollback,
    RulebookVersions,
    RuleEdit,
)
from contactcenter.errors import Fault
from contactcenter.model.changes import RuleChange
from contactcenter.model.opening_hours import Hours
from contactcenter.record.rulebooks import KeptRulebook, RulebookVersion

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
OPENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

_TOML = '[organisation]\nname = "Front"\ntimezone = "Asia/Jakarta"  # where most of us are\n'
_CHANGE = RuleChange("queues.billing.target_s", 120, 90, "now 90; it was 120")
_VERSION = RulebookVersion(
    version=8, author="Sari Dewi", published_at=AT, note="Billing answers faster.", restores=None
)

RULEBOOK: tuple[msgspec.Struct, ...] = (
    _VERSION,
    RulebookVersions([_VERSION], None),
    KeptRulebook(
        **msgspec.structs.asdict(_VERSION),
        rules={"organisation": {"name": "Front", "timezone": "Asia/Jakarta"}},
        toml=_TOML,
    ),
    DraftRulebook(_TOML),
    CheckedRulebook(
        [Fault("queues.billing.target_s", 41, "Expected `int`, got `str`.")], 8, [_CHANGE]
    ),
    RulebookChanges([_CHANGE]),
    NewRulebook(toml=_TOML, based_on=7, note="Billing answers faster."),
    RulebookEdit(based_on=7, changes=[RuleEdit(["queues", "billing", "target_s"], 90)]),
    RulebookRollback(based_on=8, note="The old targets were better."),
    Hours(open=False, opens_at=OPENING),
    HoursNow(open=False, opens_at=OPENING, calendar="office", timezone="Asia/Jakarta"),
)
