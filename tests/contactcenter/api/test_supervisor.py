"""The supervisor's board, numbers, decisions and orders."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest
import websockets

from contactcenter import facts
from contactcenter.api import sockets
from contactcenter.live.board import Board, read
from contactcenter.live.hub import CLOSE_REVOKED
from contactcenter.record.desk import OfferShown
from tests.contactcenter.clients import PATIENCE_S, Desktop
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Bot, Member, Team

HELLO = '{"type":"hello","version":1}'


@pytest.fixture
async def supervisor(team: Team) -> Member:
    return await team.hire("supervisor")


@pytest.fixture
async def bot(team: Team) -> Bot:
    return await team.bot()


@pytest.fixture
async def desktop(team: Team) -> AsyncIterator[Desktop]:
    agent = await team.hire()
    async with agent.desktop() as desktop:
        await desktop.done("presence", state="available")
        yield desktop


class Wall:
    """A board on a wall: it folds what it hears, and holds each `prev` against what it has."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.board: Board
        self.welcomes = 0
        self.problems: list[str] = []

    async def hear(self) -> None:
        frame = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE_S))
        match frame["type"]:
            case "welcome":
                self.welcomes += 1
                self.board = msgspec.convert(frame["snapshot"], Board, strict=False)
                self.seq = frame["seq"]
            case "event":
                assert frame["prev"] == self.seq
                self.seq = frame["seq"]
                self.board.fold(self.seq, msgspec.convert(frame["fact"], facts.Fact))
            case _:
                self.problems.append(frame["problem"]["type"].rpartition(":")[2])

    async def hear_until(self, seq: int) -> None:
        while self.seq < seq:
            await self.hear()


async def connect(member: Member) -> websockets.ClientConnection:
    origin = member.socket_url.replace("ws", "http", 1)
    url = f"{member.socket_url}/v1/board"
    return await websockets.connect(url, additional_headers=member.headers, origin=origin)


@pytest.fixture
async def wall(supervisor: Member) -> AsyncIterator[Wall]:
    async with await connect(supervisor) as socket:
        wall = Wall(socket)
        await socket.send(HELLO)
        await wall.hear()
        yield wall


async def test_board_is_folded_to_what_the_record_says(
    wall: Wall, desktop: Desktop, bot: Bot, house: Running
) -> None:
    for who in "1234":
        await bot.hears(who)
    offer = await desktop.event("OfferMade")
    taken = await desktop.done("accept", offer=offer["offer"])
    await desktop.done("resolve", item=taken["item"], disposition="solved")
    await wall.hear_until(house.parts.hub.board.seq - 1)
    async with house.database.snapshot() as tx:
        record = await read(tx, house.parts.rulebook.current.rules.organisation.timezone)
    while wall.board.owned != record.owned or wall.board.waiting != record.waiting:
        await wall.hear()
    record.seq = wall.board.seq
    assert wall.board == record
    assert wall.welcomes == 1


async def test_hello_again_gets_the_board_anew(wall: Wall) -> None:
    await wall.socket.send(HELLO)
    await wall.hear()
    assert wall.welcomes == 2


async def test_wrong_frame_is_told_and_the_board_goes_on(wall: Wall) -> None:
    for frame in ("{", '{"type":"accept"}', '{"type":"hello","version":1,"resume":3}'):
        await wall.socket.send(frame)
        await wall.hear()
    await wall.socket.send(HELLO)
    await wall.hear()
    assert wall.problems == ["malformed-json", "bad-input", "bad-input"]
    assert wall.welcomes == 2


async def test_conversation_that_is_followed_is_heard_on_the_board(
    wall: Wall, bot: Bot, house: Running, supervisor: Member
) -> None:
    heard: list[dict[str, Any]] = []

    async def hear_until(text: str) -> None:
        while not heard or heard[-1]["said"]["text"] != text:
            frame = json.loads(await asyncio.wait_for(wall.socket.recv(), PATIENCE_S))
            if frame["fact"]["fact"] == "InteractionAppended":
                heard.append(frame["fact"])

    first = await bot.hears("1", "not followed")
    await bot.hears("2")
    await wall.socket.send(json.dumps({"type": "follow", "conversation": first["conversation"]}))
    await wall.socket.send('{"type":"accept"}')
    while not wall.problems:  # answered in turn: by then it is followed
        await wall.hear()
    await bot.hears("2", "of another")
    await bot.hears("1", "followed")
    await hear_until("followed")
    path = f"/v1/conversations/{first['conversation']}/notes"
    answer = await house.client.post(path, json={"text": "Look!"}, headers=supervisor.headers)
    assert answer.status_code == 201, answer.text
    await hear_until("Look!")
    assert [f["said"]["text"] for f in heard] == ["followed", "Look!"]
    assert heard[-1]["said"]["author_id"] == supervisor.id


async def test_whoever_does_not_say_hello_first_is_sent_away(supervisor: Member) -> None:
    async with await connect(supervisor) as socket:
        await socket.send("{}")
        await socket.wait_closed()
        assert socket.close_code == sockets.CLOSE_HELLO
    async with await connect(supervisor) as gone:
        gone.transport.abort()


async def test_revoked_session_closes_the_board(
    wall: Wall, supervisor: Member, house: Running
) -> None:
    await house.client.post("/v1/sign-out", headers=supervisor.headers)
    await asyncio.wait_for(wall.socket.wait_closed(), PATIENCE_S)
    assert wall.socket.close_code == CLOSE_REVOKED


async def test_boards_are_for_supervisors(team: Team, house: Running) -> None:
    agent = await team.hire()
    for path in ("/v1/board/numbers", "/v1/decisions"):
        assert (await house.client.get(path, headers=agent.headers)).status_code == 403
        assert (await house.client.get(path)).status_code == 401
    for order, body in (("assign", {"agent": 1}), ("requeue", {})):
        answer = await house.client.post(f"/v1/items/1/{order}", json=body, headers=agent.headers)
        assert answer.status_code == 403
    with pytest.raises(websockets.InvalidStatus) as refused:
        await connect(agent)
    assert refused.value.response.status_code == 403


async def numbers(house: Running, member: Member) -> dict[str, Any]:
    answer = await house.client.get("/v1/board/numbers", headers=member.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_numbers_per_queue_and_agent(
    desktop: Desktop, bot: Bot, house: Running, supervisor: Member
) -> None:
    await bot.hears("1")
    offer = await desktop.event("OfferMade")
    await desktop.done("accept", offer=offer["offer"])
    await desktop.done("presence", state="away", reason="lunch")
    await bot.hears("2")
    shown = await numbers(house, supervisor)
    care = {q["queue"]: q for q in shown["queues"]}["care"]
    assert (care["waiting"], care["active"], care["answered"], care["service_level"]) == (
        1,
        1,
        1,
        1.0,
    )
    assert care["longest_wait_s"] > 0
    [agent] = shown["agents"]
    assert (agent["items"], agent["shown"]["presence"], agent["shown"]["reason"]) == (
        1,
        "away",
        "lunch",
    )
    assert shown["service_level_means"].startswith("answered within the target")


async def test_decisions_say_why(
    desktop: Desktop, bot: Bot, house: Running, supervisor: Member
) -> None:
    for who in "12":
        await bot.hears(who)
    for item in (1, 2):
        await desktop.event("OfferMade", item=item)

    async def page(**query: int) -> dict[str, Any]:
        answer = await house.client.get("/v1/decisions", params=query, headers=supervisor.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    whole = await page()
    assert [(d["item"], d["outcome"]) for d in whole["items"]] == [(2, "pending"), (1, "pending")]
    newest = whole["items"][0]
    assert "longest idle" in newest["sentence"]
    assert newest["explanation"]["terms"][0]["rule"] == "longest_idle"
    assert newest["explanation"]["winner"] == desktop.welcome["snapshot"]["me"]["id"]
    assert newest["rulebook_version"] == 1
    first = await page(limit=1)
    assert [d["item"] for d in first["items"]] == [2]
    assert [d["item"] for d in (await page(before=first["next"]))["items"]] == [1]
    of_one = await page(item=1)
    assert [d["item"] for d in of_one["items"]] == [1]
    assert of_one["next"] is None


async def test_decision_of_an_earlier_version_keeps_its_sentence(
    desktop: Desktop, bot: Bot, house: Running, supervisor: Member
) -> None:
    await bot.hears("1")
    await desktop.event("OfferMade", item=1)
    connection = await asyncpg.connect(house.settings.database_url)
    await connection.execute(
        "UPDATE offer SET sentence = 'Agent 1 was idle.', explanation = $1",
        '{"item": 1, "winner": 1, "terms": ["longest idle: idle for 4 s"], "waited": 12}',
    )
    await connection.close()
    answer = await house.client.get("/v1/decisions", headers=supervisor.headers)
    [kept] = answer.json()["items"]
    assert (kept["sentence"], kept["explanation"]) == ("Agent 1 was idle.", None)
    async with house.database.snapshot() as tx:
        [shown] = (await read(tx, "UTC")).decisions
        [offer] = await tx.many(OfferShown, "desks.offers", shown.agent)
    assert (shown.sentence, shown.explanation) == ("Agent 1 was idle.", None)
    assert (offer.sentence, offer.explanation) == ("Agent 1 was idle.", None)


async def test_orders_are_carried_out_and_kept_in_the_trail(
    desktop: Desktop, bot: Bot, house: Running, supervisor: Member
) -> None:
    agent = desktop.welcome["snapshot"]["me"]["id"]
    await desktop.done("presence", state="away", reason="lunch")
    await bot.hears("1")

    async def order(verb: str, body: dict[str, object], item: int = 1) -> Any:
        path = f"/v1/items/{item}/{verb}"
        return await house.client.post(path, json=body, headers=supervisor.headers)

    assigned = await order("assign", {"agent": agent})
    assert assigned.json() == {"item": 1, "agent": agent, "over_capacity": False}
    given = await desktop.event("ItemAssigned")
    assert given["by"] == supervisor.id
    again = await order("assign", {"agent": agent})
    assert (again.status_code, again.json()["type"]) == (
        409,
        "urn:contactcenter:problem:already-theirs",
    )
    assert (await order("requeue", {"queue": "billing"})).status_code == 204
    await desktop.event("ItemQueued", queue="billing")
    assert (await order("requeue", {"queue": "nowhere"})).status_code == 422
    assert (await order("requeue", {}, item=9)).status_code == 404
    assert (await order("assign", {"agent": 0})).status_code == 422
    trail = await house.client.get(
        "/v1/audit",
        params={"subject_kind": "work_item"},
        headers=(await Team.hire(team_of(house), "administrator")).headers,
    )
    assert [e["action"] for e in trail.json()["items"]] == ["item.requeued", "item.assigned"]


def team_of(house: Running) -> Team:
    return Team(house.database, house.parts.rulebook.current, house.client, house.socket_url)
