import pytest

from contactcenter.live.past import (
    NEWEST,
    PAGE,
    PAGE_CHARACTERS_MAX,
    read_history,
    read_identities,
    read_past,
)
from contactcenter.model.caller import VisitorSession
from contactcenter.model.customer import Identity
from tests.contactcenter.conftest import NOW, Desk


class Said:
    """One customer, and as many messages to them as a test wants."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def begin(self) -> None:
        self.conversation = (await self.desk.say("+621", "m1")).conversation
        self.identity = await self.desk.value("SELECT id FROM identity")

    async def more(self, count: int, characters: int = 2) -> None:
        await self.desk.rows(
            "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
            " identity_id, author_kind, text, occurred_at, received_at)"
            " SELECT 1000 + n, $1, n, 'message', 'outbound', 'web', $2, 'agent',"
            " repeat('x', $5), $4, $4 FROM generate_series(2, $3 + 1) n",
            self.conversation,
            self.identity,
            count,
            NOW,
            characters,
        )

    async def past(self, after: int | None) -> tuple[list[int], bool, bool, int]:
        async with self.desk.database.snapshot() as tx:
            past = await read_past(tx, [self.identity], after, signed_in=False)
        numbers = [message.number for message in past.messages]
        return numbers, past.complete, past.earlier, past.latest


@pytest.fixture
async def said(desk: Desk) -> Said:
    said = Said(desk)
    await said.begin()
    return said


async def test_without_a_position_the_newest_come_in_order(said: Said) -> None:
    await said.more(NEWEST)
    numbers, complete, earlier, _ = await said.past(None)
    assert numbers == list(range(2, NEWEST + 2))
    assert (complete, earlier) == (True, True)


async def test_short_past_has_nothing_earlier(said: Said) -> None:
    await said.more(NEWEST - 1)
    numbers, complete, earlier, latest = await said.past(None)
    assert (len(numbers), complete, earlier, latest) == (NEWEST, True, False, NEWEST)


@pytest.mark.parametrize(("count", "complete"), [(PAGE, True), (PAGE + 1, False)])
async def test_page_is_complete_when_nothing_comes_after_it(
    said: Said, count: int, *, complete: bool
) -> None:
    await said.more(count)
    numbers, is_complete, _, latest = await said.past(1)
    assert numbers == list(range(2, PAGE + 2))
    assert (is_complete, latest) == (complete, count + 1)


async def test_position_beyond_the_last_finds_nothing_but_the_last(said: Said) -> None:
    assert await said.past(10**15) == ([], True, True, 1)


async def test_page_ends_before_its_text_is_too_much_for_a_frame(said: Said) -> None:
    await said.more(20, PAGE_CHARACTERS_MAX // 4)
    numbers, complete, _, _ = await said.past(0)
    assert (numbers, complete) == ([1, 2, 3, 4], False)
    numbers, complete, earlier, _ = await said.past(None)
    assert (numbers, complete, earlier) == ([18, 19, 20, 21], True, True)


async def test_message_that_fills_a_frame_comes_alone(said: Said) -> None:
    await said.more(2, PAGE_CHARACTERS_MAX + 1)
    assert (await said.past(1))[:2] == ([2], False)


async def test_history_without_identities_is_empty(said: Said) -> None:
    async with said.desk.database.snapshot() as tx:
        history = await read_history(tx, [], 0, 50)
    assert (history.items, history.next, history.conversation) == ([], None, None)


async def test_identities_are_all_that_the_session_has_proven(said: Said) -> None:
    await said.desk.say("+622")
    session = VisitorSession(
        id=1,
        connection_id=1,
        connection="front",
        channel="mobile",
        origins=[],
        scheme="phone",
        scope="front",
        value="+621",
        verified=True,
        claims={},
        joined=[
            Identity(scheme="phone", scope="front", value="+622"),
            Identity(scheme="phone", scope="front", value="unknown"),
        ],
        context={},
        created_at=NOW,
        expires_at=NOW,
        ended_at=None,
    )
    async with said.desk.database.snapshot() as tx:
        found = await read_identities(tx, session)
    rows = await said.desk.rows("SELECT id FROM identity ORDER BY id")
    assert sorted(found) == [row["id"] for row in rows]
