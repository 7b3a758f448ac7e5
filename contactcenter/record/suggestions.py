"""Who may be the same person as a customer, and by what one can tell."""

import re
from typing import Literal

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.model.customer import Customer
from contactcenter.record.profile import Found

SUGGESTED_MAX = 10
NUMBER_DIGITS = 9
"""Numbers that end in the same so many digits are one, written with and without their country."""

Kind = Literal["identity", "number", "attribute", "name"]
_WEIGHTS: dict[Kind, int] = {"identity": 8, "number": 4, "attribute": 4, "name": 1}
_FULL_NAME = re.compile(r"\S\s+\S")


class Reason(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What both have.

    `identity`: a value under one scheme, in two scopes, `verified` where it is so in both.
    `number`: the same end of two numbers. `attribute`: an attribute of the one is an identity of
    the other. `name`: the same full name.
    """

    kind: Kind
    scheme: str | None
    value: str
    verified: bool

    @property
    def weight(self) -> int:
        """How much it says; together with others it says more."""
        return _WEIGHTS[self.kind] * (2 if self.verified else 1)


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who may be the same.

    `two_accounts`: each has an account of their own, which one person seldom has.
    """

    customer: Found
    reasons: list[Reason]
    two_accounts: bool


class Suggestions(msgspec.Struct, frozen=True):
    """The likeliest first."""

    items: list[Suggestion]


class _Candidate(Reason, frozen=True, kw_only=True):
    root: int


class _Shown(Found, frozen=True, kw_only=True):
    has_account: bool


async def read_suggestions(tx: Tx, root: Customer) -> Suggestions:
    """Whoever may be the same as this customer, and of whom nobody said that they are not."""
    name = root.name if root.name and _FULL_NAME.search(root.name.strip()) else None
    attributes = [v.strip() for v in root.attributes.values() if isinstance(v, str) and v.strip()]
    candidates = await tx.many(
        _Candidate, "merges.suggested", root.id, name, attributes, NUMBER_DIGITS
    )
    reasons: dict[int, list[Reason]] = {}
    for each in candidates:
        reason = msgspec.convert(each, Reason, from_attributes=True)
        reasons.setdefault(each.root, []).append(reason)
    likeliest = sorted(reasons, key=lambda id_: (-sum(r.weight for r in reasons[id_]), id_))
    ids = likeliest[:SUGGESTED_MAX]
    shown = {s.id: s for s in await tx.many(_Shown, "merges.shown", [root.id, *ids])}
    return Suggestions(
        [
            Suggestion(
                customer=msgspec.convert(shown[id_], Found, from_attributes=True),
                reasons=sorted(reasons[id_], key=lambda r: (-r.weight, r)),
                two_accounts=shown[id_].has_account and shown[root.id].has_account,
            )
            for id_ in ids
        ]
    )
