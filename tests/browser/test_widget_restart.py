"""The house is killed in the middle of a chat and comes back: nothing is lost, nothing doubled."""

import re
import signal

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import CONTEXT
from tests.browser.hosts import hosting
from tests.contactcenter import commands
from tests.contactcenter.commands import Program, Running

program = pytest.fixture(commands.program)


def address(serving: Running) -> str:
    return re.search(r"http://[\d.]+:\d+", serving.says("answers at"))[0]


async def test_a_chat_outlives_the_house_that_is_killed(browser: Browser, program: Program) -> None:
    before = program.start("serve", "--port", "0")
    with before:
        url = address(before)
        async with hosting(url) as host:
            context = await browser.new_context(**CONTEXT)
            page = await context.new_page()
            made = program.run(
                "connection", "create", "web", "--channel", "web", "--origin", host.origin
            )
            assert made[0] == 0, made
            await page.goto(host.page())
            await page.get_by_role("button", name="Open the chat").click()
            await page.get_by_label("Your question").fill("one")
            await page.get_by_role("button", name="Start the chat").click()
            said = page.locator(".said")
            await expect(said.last).to_contain_text("Sent")
            box = page.get_by_label("Write a message")

            before.signal(signal.SIGKILL)
            before.process.wait()
            await expect(page.get_by_text("The connection is gone.")).to_be_visible()
            for text in ("two", "two", "three"):
                await box.fill(text)
                await box.press("Enter")
            await expect(said.last).to_contain_text("Sending…")
            with program.start("serve", "--port", url.rpartition(":")[2]) as after:
                address(after)
                await expect(page.get_by_text("The connection is gone.")).to_be_hidden(
                    timeout=30_000
                )
                await expect(said.last).to_contain_text("Sent")
                shown = await page.locator(".words").all_inner_texts()
                assert shown == ["one", "two", "two", "three"]
                recorded = await page.evaluate(
                    """async (house) => {
                        const name = Object.keys(localStorage).find((k) => k.endsWith("guest"));
                        const {token} = JSON.parse(localStorage.getItem(name));
                        const headers = {Authorization: `Bearer ${token}`};
                        const answer = await fetch(`${house}/v1/visitor/conversation`, {headers});
                        return (await answer.json()).items.map((item) => item.text);
                    }""",
                    url,
                )
                assert recorded == ["one", "two", "two", "three"]
            await context.close()
