"""Staff change what we know of a customer."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.caller import Actor
from contactcenter.model.customer import Customer
from contactcenter.model.rulebook import Rulebook
from contactcenter.record.audit import audit
from contactcenter.record.owners import owners
from contactcenter.record.root import lock_root
from contactcenter.record.tags import TAGS_MAX, Tag, remember_tags

ATTRIBUTES_MAX = 100

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Term = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Language = Annotated[
    str,
    Meta(
        max_length=35,
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*(?![\s\S])",
        description="BCP 47, as in `id` or `zh-Hant-TW`",
    ),
]
Integer = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Attribute = Annotated[str, Meta(max_length=1000, pattern=r"^[^\x00]*$")] | Integer | float | bool


class Fields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some of a customer's fields. What is not given stays as it is, null clears.

    `attributes` are merged key by key (RFC 7396): a key that is null goes, one not given stays.
    """

    name: Name | UnsetType | None = UNSET
    value: Annotated[int, Meta(ge=0, le=100)] | UnsetType | None = UNSET
    tier: Term | UnsetType | None = UNSET
    propensity_to_leave: Annotated[float, Meta(ge=0, le=1)] | UnsetType | None = UNSET
    language: Language | UnsetType | None = UNSET
    territory: Term | UnsetType | None = UNSET
    attributes: (
        Annotated[dict[Term, Attribute | None], Meta(max_length=ATTRIBUTES_MAX)] | UnsetType | None
    ) = UNSET
    tags: Annotated[list[Tag], Meta(max_length=TAGS_MAX)] | UnsetType | None = UNSET

    def given(self) -> dict[str, Any]:
        """The fields that are given, null included."""
        return {f: v for f in FIELDS if (v := getattr(self, f)) is not UNSET}


FIELDS = Fields.__struct_fields__
EMPTY: dict[str, Any] = {"value": 0, "propensity_to_leave": 0.0, "attributes": {}, "tags": []}
"""What a cleared field holds, where that is not null."""


class Edit(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change, and in `expected` what the fields were seen to hold before.

    A field that holds something else by now refuses the whole edit; one that is not named in
    `expected` is overwritten whatever it holds.
    """

    expected: Fields = Fields()


async def edit_customer(
    tx: Tx, customer: int, edit: Edit, by: Actor, rules: Rulebook, now: datetime
) -> Customer:
    """Change the given fields, and return the customer as they are now.

    Nothing that already waits is placed anew: an item's place in its queue is fixed on arrival,
    and value, tier, language and territory count from the next item on.

    Raises `Conflict` (`edited-meanwhile`) when an expected field holds something else, with what
    it holds in the context, and `BadInput` for a tier that the rulebook does not have.
    """
    if isinstance(edit.tier, str) and edit.tier not in rules.tiers:
        detail = f"There is no tier {edit.tier!r}; these are: {', '.join(rules.tiers)}."
        raise BadInput(detail, code="unknown-tier", pointer="/tier")
    before = await lock_root(tx, customer)
    _check_expected(before, edit.expected.given())
    after = structs.replace(before, **_cleared(edit.given(), before))
    if len(after.attributes) > ATTRIBUTES_MAX:
        detail = f"A customer has at most {ATTRIBUTES_MAX} attributes."
        raise BadInput(detail, code="too-many-attributes", pointer="/attributes")
    changed = [f for f in FIELDS if getattr(before, f) != getattr(after, f)]
    if not changed:
        return before
    await tx.do(
        "records.edit",
        after.id,
        after.name,
        after.value,
        after.tier,
        after.propensity_to_leave,
        after.language,
        after.territory,
        after.attributes,
        after.tags,
    )
    await remember_tags(tx, "customer", set(after.tags) - set(before.tags))
    await audit(
        tx,
        by,
        "customer.edit",
        "customer",
        after.id,
        now,
        before={f: getattr(before, f) for f in changed},
        after={f: getattr(after, f) for f in changed},
    )
    told = await owners(tx, [after.id])
    tx.emit(facts.CustomerChanged(at=now, customer=after.id, changed=changed, agents=told))
    return after


def _check_expected(customer: Customer, expected: dict[str, Any]) -> None:
    holds = {f: getattr(customer, f) for f in expected}
    wanted = {f: EMPTY.get(f) if v is None else v for f, v in expected.items()}
    others = {f: v for f, v in holds.items() if v != wanted[f]}
    if others:
        detail = f"Somebody else has changed this in the meantime: {', '.join(others)}."
        raise Conflict(detail, code="edited-meanwhile", holds=others)


def _cleared(given: dict[str, Any], before: Customer) -> dict[str, Any]:
    """What the fields hold after the edit."""
    values: dict[str, Any] = {f: EMPTY.get(f) if v is None else v for f, v in given.items()}
    if given.get("attributes"):
        merged: dict[str, Any] = before.attributes | given["attributes"]
        values["attributes"] = {k: v for k, v in merged.items() if v is not None}
    if "tags" in values:
        values["tags"] = list(dict.fromkeys(values["tags"]))
    return values
