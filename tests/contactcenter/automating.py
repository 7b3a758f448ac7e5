"""Automations on the floor: a rulebook that has them, and what became of them."""

from typing import Any

import msgspec

from contactcenter.actions.automate import RuleFailed, automate
from contactcenter.model.automation import Automation, AutomationLimits
from contactcenter.model.rulebook import Published
from tests.contactcenter.floor import NOW, Floor


def automation(name: str = "one", **fields: Any) -> Automation:
    """As a rulebook would have it; `do` is one act or several."""
    given = {"name": name, "on": "message_received", **fields}
    given["do"] = given["do"] if isinstance(given["do"], list) else [given["do"]]
    return msgspec.convert(given, Automation)


def automations(floor: Floor, *given: Automation, **limits: int) -> None:
    """The rulebook has these from here on; what was before them sets nothing off."""
    rules = msgspec.structs.replace(
        floor.book.rules, automations=list(given), automation_limits=AutomationLimits(**limits)
    )
    floor.book = Published(floor.book.version + 1, rules)


async def worked(floor: Floor, at: Any = NOW) -> list[str]:
    """Work through the log as the worker does; returns what became of rules, in their order."""
    failures: dict[tuple[int, str], str] = {}
    outcomes: list[str] = []
    while True:
        try:
            progress = await floor.run(automate, floor.book, failures, at)
        except RuleFailed as failed:
            failures[failed.seq, failed.name] = str(failed)
            continue
        outcomes += progress.outcomes
        if not progress.more:
            return outcomes


async def runs(floor: Floor) -> list[dict[str, Any]]:
    return await floor.desk.rows("SELECT * FROM automation_run ORDER BY id")


async def said(floor: Floor, conversation: int) -> list[tuple[object, ...]]:
    """Who said what: author, text, whether a machine did."""
    rows = await floor.desk.rows(
        "SELECT author_kind, text, automatic FROM interaction WHERE conversation_id = $1"
        " ORDER BY number",
        conversation,
    )
    return [tuple(row.values()) for row in rows]
