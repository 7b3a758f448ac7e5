"""Staff put words on customers and conversations, and take them away."""

from collections.abc import Callable
from datetime import datetime

from contactcenter.db.tx import Tx
from contactcenter.model.caller import Actor
from contactcenter.record.audit import audit
from contactcenter.record.held import hold_conversation
from contactcenter.record.owners import owners
from contactcenter.record.root import lock_root
from contactcenter.record.tags import save_tags

Change = Callable[[list[str]], list[str]]
"""From the tags there are to those there will be; the same list when nothing changes."""


async def tag_customer(
    tx: Tx, customer: int, change: Change, by: Actor, now: datetime
) -> list[str]:
    """Change a customer's tags; returns all that they have now."""
    root = await lock_root(tx, customer)
    tags = change(root.tags)
    if tags == root.tags:
        return tags
    await save_tags(tx, root, tags, now, await owners(tx, [root.id]))
    await audit(tx, by, "customer.tag", "customer", root.id, now, before=root.tags, after=tags)
    return tags


async def tag_conversation(
    tx: Tx, conversation: int, change: Change, by: Actor, now: datetime
) -> list[str]:
    """Change a conversation's tags; returns all that it has now."""
    locked, item = await hold_conversation(tx, conversation)
    tags = change(locked.tags)
    if tags == locked.tags:
        return tags
    await save_tags(tx, locked, tags, now, item.owners if item else [])
    await audit(
        tx,
        by,
        "conversation.tag",
        "conversation",
        locked.id,
        now,
        before=locked.tags,
        after=tags,
    )
    return tags
