"""The reply fence: an answer that does not know of another answer is refused, visibly."""

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.model.conversation import Conversation
from contactcenter.words import AuthorKind


async def check_fence(
    tx: Tx, conversation: Conversation, seen: int, kind: AuthorKind, author: int
) -> None:
    """Raise `Conflict` (`answered-meanwhile`) when somebody else has answered after `seen`.

    The context holds that answer, so that the writer can be shown both.
    """
    if not conversation.somebody_else_answered(seen, kind, author):
        return
    answer = await tx.one(
        facts.Said, "interactions.at", conversation.id, conversation.answered_number
    )
    detail = "Somebody else has answered in the meantime."
    raise Conflict(detail, code="answered-meanwhile", answer=answer)
