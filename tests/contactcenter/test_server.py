"""Addresses, signals and limits of a serving process."""

import asyncio
import os
import resource
import signal
import socket

import pytest

from contactcenter import server
from contactcenter.errors import CommandFailed


def test_a_host_that_is_none_of_ours_is_named() -> None:
    with pytest.raises(CommandFailed, match=r"cannot listen on no\.such\.host\.invalid:0: "):
        server.listen("no.such.host.invalid", 0)


def test_only_where_somebody_listens_are_they_to_be_stopped() -> None:
    with server.listen("127.0.0.1", 0) as listener:
        with pytest.raises(CommandFailed, match=r"in use; stop what listens there, or name anoth"):
            server.listen("127.0.0.1", listener.getsockname()[1])
        with pytest.raises(CommandFailed, match=r"requested address$"):
            server.listen("203.0.113.9", 0)


def test_an_address_of_ipv6_can_be_listened_on() -> None:
    with server.listen("::1", 0) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("::1", port), timeout=5):
            pass


async def test_the_first_signal_asks_to_stop_and_the_second_cancels() -> None:
    with server.stopping() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(stop.wait(), 5)
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(asyncio.CancelledError):
            await asyncio.sleep(5)


def test_the_file_limit_is_raised_to_what_is_allowed() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
        assert server.raise_file_limit() == hard
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
