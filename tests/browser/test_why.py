"""Why an offer went to whom, as its readers see it: in their language, with names."""

import re
from collections.abc import AsyncIterator
from typing import Any, get_args

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import expect

from contactcenter import explanation
from contactcenter.explanation import Ahead, Explanation, LongestIdle, Others, PreferredAgent
from tests.browser.conftest import OpenPage, check_accessibility
from tests.contactcenter.clients import Desktop
from tests.contactcenter.team import Bot, Team

TERMS = [
    LongestIdle(45_000_000),
    PreferredAgent(3_723_000_000),
    Ahead("tier", "gold", 300_000_000),
    Ahead("queue", "care", 5_000_000),
    Ahead("propensity_to_leave", "", 60_000_000),
    Ahead("gold customer", "", 60_000_000),
]
REASONS: list[explanation.Reason] = [
    explanation.Free(),
    explanation.IdleLess(),
    explanation.NotPreferred(),
    explanation.LeftOut(),
    explanation.NoRoom("voice"),
    explanation.Resting(),
    explanation.Away(),
    explanation.WithoutQueue("care"),
    explanation.WithoutSkill("language:id", 3),
]
WHY = Explanation(
    item=7,
    queue="care",
    channel="web",
    winner=1,
    runner_up=2,
    terms=tuple(TERMS),
    others=tuple(Others(2, reason) for reason in REASONS),
    requirement={"language:id": 3, "product:fiber": 2},
    step=0,
    version=1,
    waited_us=12_000_000,
)
SAID = """async (why) => {
  const { asked, inWords, others, terms } = await import("/web/base/why.js");
  const names = { agent: (id) => `agent-${id}`, queue: (name) => `queue-${name}` };
  return { terms: terms(why, names), others: others(why, names), asked: asked(why),
           whole: inWords(why, names) };
}"""


async def test_no_rule_is_forgotten_here() -> None:  # async: on the loop of these tests
    assert {type(term) for term in TERMS} == set(get_args(explanation.Term))
    assert {type(reason) for reason in REASONS} == set(get_args(explanation.Reason))


@pytest.mark.parametrize(
    ("locale", "terms", "others", "asked"),
    [
        (
            "en-GB",
            [
                "Idle longest of all who could take it: 0:45",
                "Knows the matter and is preferred; idle for 1:02:03",
                "Gold customer: placed as if 5:00 earlier",
                "Queue queue-care: placed as if 0:05 earlier",
                "May leave us: placed as if 1:00 earlier",
                "Gold customer: placed as if 1:00 earlier",
            ],
            [
                "2 free for it",
                "2 idle for less long",
                "2 free, but somebody else is preferred",
                "2 left out, having missed it",
                "2 without room: Call",
                "2 resting after a missed offer",
                "2 away",
                "2 do not serve queue-care",
                "2 without Indonesian 3 or better",
            ],
            ["Indonesian 3", "product:fiber 2"],
        ),
        (
            "id-ID",
            [
                "Paling lama luang di antara yang bisa mengambilnya: 0:45",
                "Mengenal masalahnya dan diutamakan; luang selama 1:02:03",
                "Pelanggan gold: ditempatkan seolah datang 5:00 lebih awal",
                "Antrean queue-care: ditempatkan seolah datang 0:05 lebih awal",
                "Mungkin meninggalkan kita: ditempatkan seolah datang 1:00 lebih awal",
                "Gold customer: ditempatkan seolah datang 1:00 lebih awal",
            ],
            [
                "2 bisa mengambilnya",
                "2 luang belum selama itu",
                "2 luang, tetapi orang lain diutamakan",
                "2 dilewati karena sudah melewatkannya",
                "2 tanpa tempat: Telepon",
                "2 jeda setelah melewatkan tawaran",
                "2 tidak di tempat",
                "2 tidak melayani queue-care",
                "2 tanpa bahasa Indonesia 3 atau lebih",
            ],
            ["bahasa Indonesia 3", "product:fiber 2"],
        ),
    ],
)
async def test_every_rule_has_words_in_both_languages(
    open_page: OpenPage, locale: str, terms: list[str], others: list[str], asked: list[str]
) -> None:
    page = await open_page("/sign-in", locale=locale)
    said = await page.evaluate(SAID, msgspec.to_builtins(WHY))
    assert (said["terms"], said["others"], said["asked"]) == (terms, others, asked)
    assert "agent-2" in said["whole"]


async def test_what_a_later_version_says_does_not_break_the_page(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    later: dict[str, Any] = msgspec.to_builtins(WHY)
    later["terms"] = [{"rule": "by_lot"}]
    later["others"] = [{"agents": 3, "why": {"rule": "on_holiday"}}]
    said = await page.evaluate(SAID, later)
    assert (said["terms"], said["others"]) == (["By_lot"], ["3 on_holiday"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bot(team: Team) -> Bot:
    return await team.bot("front")


@pytest_asyncio.fixture(loop_scope="session")
async def colleague(team: Team) -> AsyncIterator[Desktop]:
    """Somebody who becomes free after the agent, and so would have been next."""
    member = await team.hire()
    async with member.desktop() as desktop:
        yield desktop


async def test_the_offer_says_why_in_indonesian_with_names(
    open_page: OpenPage, team: Team, bot: Bot, colleague: Desktop
) -> None:
    agent = await team.hire()
    page = await open_page("/desktop", as_=agent, locale="id-ID")
    await expect(page.locator(".presence")).to_have_text(re.compile(r"\D\d+:\d\d"))
    for key in ("p", "Home", "Enter"):
        await page.keyboard.press(key)
    await expect(page.locator(".presence .dot")).to_have_class("dot")
    await colleague.done("presence", state="available")
    supervisor = await team.hire("supervisor")
    board = await open_page("/dashboard", as_=supervisor, locale="id-ID")

    await bot.hears("+62811777", "Internet saya mati")

    offer = page.locator(".offer")
    await expect(offer).to_contain_text("Customer care")
    await expect(offer.locator("p.why")).to_have_text(
        re.compile(
            r"^Paling lama luang di antara yang bisa mengambilnya: 0:\d\d · Sudah menunggu 0:0\d$"
        )
    )
    name = colleague.welcome["snapshot"]["me"]["name"]
    await offer.get_by_text("Mengapa bukan yang lain").click()
    await expect(offer.locator("li")).to_have_text(
        ["1 luang belum selama itu", f"{name} seharusnya berikutnya"]
    )
    await check_accessibility(page)

    decision = board.locator(".decisions li").first
    await expect(decision).to_contain_text("Customer care")
    await expect(decision.locator(".sentence")).to_contain_text(f"{name} seharusnya berikutnya")
    await decision.get_by_role("button", name="Mengapa?").click()
    facts = board.locator("dialog.drawer dl").first
    await expect(facts).to_contain_text(name)
    await expect(facts).to_contain_text("Paling lama luang")
    await expect(facts).to_contain_text("1 luang belum selama itu")
    await check_accessibility(board)


async def test_what_still_waits_says_why_and_what_would_help(
    open_page: OpenPage, team: Team, bot: Bot
) -> None:
    rest = await team.hire()
    async with rest.desktop() as desktop:
        await desktop.done("presence", state="available")
        await desktop.done("presence", state="away", reason="lunch")
        await bot.hears("+62811778", "Is anybody there?")
        lead = await team.hire("supervisor")
        page = await open_page("/dashboard", as_=lead)
        care = page.get_by_role("row", name="Customer care")
        await care.get_by_title("the longest first").click()
        drawer = page.locator("dialog.drawer")
        await drawer.locator(".item", has_text="Is anybody there?").click()
        await drawer.locator("#look-why").click()
        told = drawer.locator("dl").first
        await expect(drawer.get_by_role("heading", name="Why it still waits")).to_be_visible()
        await expect(told).to_contain_text("1 away")
        await expect(told).to_contain_text("Somebody who can do it becomes free or comes back")
        await check_accessibility(page)
