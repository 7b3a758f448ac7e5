"""`serve`: from nothing to answering, beside other commands, and to an end that loses nothing."""

import asyncio
import re
import signal
import socket

import asyncpg
import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from contactcenter.db import embedded
from tests.contactcenter import commands
from tests.contactcenter.commands import Program, Running

program = pytest.fixture(commands.program, scope="module")


def address(line: str) -> str:
    return re.search(r"http://[\d.]+:\d+", line)[0]


def test_commands_work_beside_a_server_and_sigterm_loses_nothing(program: Program) -> None:
    with program.start("serve", "--port", "0") as serving:
        url = address(serving.says("answers at"))
        assert httpx.get(f"{url}/health/ready").status_code == 200
        made = program.run(
            "key", "create", "front", "--scope", "interactions:write", "--connection", "bot"
        )
        assert made[0] == 0, made
        taken, code = asyncio.run(_post_until_it_ends(serving, url, made[1].strip()))
        assert code == 1012
        assert serving.ended()[0] == 0
    assert program.left == []
    assert not commands.answers(url)
    assert taken
    assert asyncio.run(_missing(program, taken)) == []


async def _post_until_it_ends(serving: Running, url: str, key: str) -> tuple[list[str], int]:
    """Post messages and hold a socket open while SIGTERM comes: what was taken, the close code."""
    taken: list[str] = []
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        connect(url.replace("http", "ws") + "/v1/visitor/socket") as held,
        httpx.AsyncClient(base_url=url, headers=headers) as client,
    ):

        async def post(lane: int) -> None:
            for number in range(1000):
                name = f"{lane}-{number}"
                sender = {"scheme": "phone", "value": name}
                message = {"type": "message", "key": name, "from": sender, "text": "hello"}
                try:
                    answer = await client.post("/v1/interactions", json=message)
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    taken.append(name)

        lanes = asyncio.gather(*(post(lane) for lane in range(4)))
        while len(taken) < 20:  # noqa: ASYNC110 -- what is counted is in another process
            await asyncio.sleep(0.005)
        serving.signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosedError) as closed:
            await held.recv()
        await lanes
    return taken, closed.value.rcvd.code


async def _missing(program: Program, taken: list[str]) -> list[str]:
    async with await embedded.start(program.folder, say=lambda _line: None) as servers:
        connection = await asyncpg.connect(servers.database_url)
        kept = {row[0] for row in await connection.fetch("SELECT value FROM identity")}
        await connection.close()
    return sorted(set(taken) - kept)


def test_a_busy_port_is_said_in_one_line_before_anything_is_started(program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = program.run("serve", "--port", str(port))
    assert refused == (1, "", commands.busy("serve", port))


def test_a_second_ctrl_c_ends_at_once_and_leaves_no_process(program: Program) -> None:
    with program.start("serve", "--port", "0") as serving:
        url = address(serving.says("answers at"))
        asyncio.run(_interrupt_twice(serving, url))
        assert serving.ended()[0] == 130
    assert program.left == []


async def _interrupt_twice(serving: Running, url: str) -> None:
    """A request whose body never ends holds the first one up."""
    host, port = url.rpartition("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /v1/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"expect: 100-continue\r\ncontent-length: 100\r\n\r\n"
    )
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    serving.signal(signal.SIGINT)
    await asyncio.sleep(0.3)
    serving.signal(signal.SIGINT)
    writer.close()


def test_a_folder_that_is_in_use_is_said_in_one_line(program: Program) -> None:
    with program.start("serve", "--port", "0") as serving:
        serving.says("answers at")
        code, _, error = program.run("serve", "--port", "0")
        assert (code, error.count("\n")) == (1, 1)
        assert f"is in use by process {serving.process.pid}" in error
        serving.signal(signal.SIGINT)
        assert serving.ended()[0] == 0
