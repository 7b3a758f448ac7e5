"""What the desktop makes of its frames: a pure fold, tried without a server's help."""

from typing import Any

from tests.browser.conftest import OpenPage

FOLD = """async (frames) => {
  const {EMPTY, fold, unread, workList, waysOf} = await import("/web/desktop/state.js");
  const state = frames.reduce(fold, EMPTY);
  const ids = (items) => items.map((item) => item.id);
  const {mine, theirs} = workList(state);
  return {
    offers: Object.keys(state.offers).map(Number), mine: ids(mine), theirs: ids(theirs),
    unread: Object.fromEntries(Object.values(state.items)
      .map((item) => [item.id, unread(state, item)])),
    items: state.items, presence: state.me?.presence ?? null, stale: state.stale,
    said: Object.fromEntries(Object.entries(state.talks).map(([id, talk]) =>
      [id, talk.lines.map((line) => line.text + (line.delivery ? ` (${line.delivery})` : ""))])),
    pending: Object.fromEntries(Object.entries(state.talks).map(([id, talk]) =>
      [id, talk.pending.map((p) => p.status)])),
    ways: Object.fromEntries(Object.keys(state.talks)
      .map((id) => [id, waysOf(state, id).map((way) => way.channel)])),
  };
}"""
"""The state after the frames, in few words."""

AT = "2026-11-21T09:00:00Z"
ABOUT = {"item": 5, "conversation": 9, "customer": 3, "queue": "care", "channel": "web"}


def welcome(*items: dict[str, Any]) -> dict[str, Any]:
    me = {"id": 7, "name": "Sari", "presence": "available", "reason": None, "since": AT}
    desk = {"me": me, "offers": [], "items": list(items), "reasons": [], "dispositions": []}
    return {"type": "welcome", "snapshot": {**desk, "queues": {}, "rulebook": 1}}


def event(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "event", "fact": {"fact": name, "at": AT, **fields}}


def item(number: int, **fields: Any) -> dict[str, Any]:
    shown = {"id": number, "conversation": number, "customer": 1, "state": "active"}
    turn: dict[str, Any] = {
        "waiting_for": "us",
        "waiting_since": AT,
        "read_number": 0,
        "interactions": [],
    }
    return {**shown, **turn, **fields}


def said(number: int, text: str, direction: str = "inbound", **fields: Any) -> dict[str, Any]:
    author = {"inbound": "customer", "outbound": "agent"}[direction]
    return {
        "id": 100 + number,
        "number": number,
        "kind": "message",
        "direction": direction,
        "channel": "web",
        "author_kind": author,
        "connection_id": 1,
        "identity_id": 2,
        "text": text,
        "occurred_at": AT,
        **fields,
    }


def appended(line: dict[str, Any]) -> dict[str, Any]:
    return event("InteractionAppended", conversation=9, customer=3, said=line)


ACCEPTED = (
    event("OfferMade", offer=1, agent=7, expires_at=AT, customer_name="Ani", **ABOUT),
    event("OfferEnded", offer=1, agent=7, state="accepted", **ABOUT),
    event("ItemAssigned", agent=7, epoch=2, enqueued_at=AT, offer=1, **ABOUT),
)


async def test_the_desktop_folds_what_it_hears(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")

    async def folded(*frames: dict[str, Any]) -> Any:
        return await page.evaluate(FOLD, list(frames))

    offered = await folded(welcome(), ACCEPTED[0])
    assert offered["offers"] == [1]
    declined = event("OfferEnded", offer=1, agent=7, state="declined", **ABOUT)
    assert (await folded(welcome(), ACCEPTED[0], declined))["offers"] == []

    taken = await folded(welcome(), *ACCEPTED)
    assert (taken["offers"], taken["mine"]) == ([], [5])
    assert taken["items"]["5"]["customer_name"] == "Ani"  # known by the offer
    another = event("ItemAssigned", agent=8, former_agent=7, epoch=3, enqueued_at=AT, **ABOUT)
    assert (await folded(welcome(), *ACCEPTED, another))["mine"] == []
    queued = event("ItemQueued", agent=7, **ABOUT)
    assert (await folded(welcome(), *ACCEPTED, queued))["mine"] == []

    one = appended(said(1, "hi"))
    heard = await folded(welcome(), *ACCEPTED, one, one, appended(said(2, "hello?")))
    assert (heard["said"]["9"], heard["unread"]["5"]) == (["hi", "hello?"], 2)
    assert heard["ways"]["9"] == ["web"]
    read = event("ConversationRead", conversation=9, number=1)
    assert (await folded(welcome(), *ACCEPTED, one, appended(said(2, "?")), read))["unread"][
        "5"
    ] == 1

    turn = event("ItemWaiting", agent=7, waiting_for="customer", **ABOUT)
    waiting = await folded(welcome(), *ACCEPTED, turn)
    assert (waiting["mine"], waiting["theirs"]) == ([], [5])

    until = event("ItemWrapUp", agent=7, until=AT, disposition="solved", **ABOUT)
    wrapping = await folded(welcome(), *ACCEPTED, turn, until)
    assert (wrapping["mine"], wrapping["items"]["5"]["wrap_up_until"]) == ([5], AT)
    again = event("ItemReactivated", agent=7, **ABOUT)
    assert (await folded(welcome(), *ACCEPTED, until, again))["items"]["5"]["state"] == "active"

    published = event("RulebookPublished", version=2, author="x")
    assert (await folded(welcome(), published))["stale"] is True
    assert (await folded(welcome(), published, welcome()))["stale"] is False
    unknown = event("SomethingOfALaterVersion", agent=7)
    assert await folded(welcome(), *ACCEPTED, unknown) == taken


async def test_ones_own_words_are_shown_once_whichever_comes_first(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    pending = {"id": "c1", "text": "yes", "status": "sending", "number": None}
    saying = {"type": "our-saying", "conversation": 9, "pending": pending}
    answered = {"type": "our-said", "conversation": 9, "id": "c1", "number": 1}
    line = appended(said(1, "yes", "outbound", delivery="sent", request_id="c1"))
    for frames in ([answered, line], [line, answered], [line], [line, answered, line]):
        state = await page.evaluate(FOLD, [welcome(), *ACCEPTED, saying, *frames])
        assert (state["said"]["9"], state["pending"]["9"]) == (["yes (sent)"], [])
    state = await page.evaluate(FOLD, [welcome(), *ACCEPTED, saying, answered])
    assert (state["said"]["9"], state["pending"]["9"]) == ([], ["sent"])


async def test_delivery_states_rise_and_never_fall(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    lines = [appended(said(n, str(n), "outbound", delivery="sent")) for n in (1, 2)]
    confirmed = [
        event("DeliveryChanged", conversation=9, identity_id=2, up_to=2, delivery="read"),
        event("DeliveryChanged", conversation=9, identity_id=2, up_to=2, delivery="delivered"),
        event("DeliveryChanged", conversation=9, identity_id=4, up_to=2, delivery="read"),
    ]
    state = await page.evaluate(FOLD, [welcome(), *ACCEPTED, *lines, *confirmed[:2]])
    assert state["said"]["9"] == ["1 (read)", "2 (read)"]
    state = await page.evaluate(FOLD, [welcome(), *ACCEPTED, *lines, confirmed[2]])
    assert state["said"]["9"] == ["1 (sent)", "2 (sent)"]


async def test_a_snapshot_takes_the_place_of_what_was_known(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    frames = [welcome(item(4)), *ACCEPTED, welcome(item(6, waiting_for="customer"))]
    state = await page.evaluate(FOLD, frames)
    assert (state["mine"], state["theirs"]) == ([], [6])


async def test_both_languages_have_the_same_texts(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    missing = await page.evaluate(
        """async () => {
          const {default: {en, id}} = await import("/web/desktop/texts.js");
          const slots = (text) => JSON.stringify([...new Set(
            (typeof text === "string" ? text : text.other).match(/{\\w+}/g) ?? [])].sort());
          return [...new Set([...Object.keys(en), ...Object.keys(id)])]
            .filter((key) => !(key in en) || !(key in id) || slots(en[key]) !== slots(id[key]));
        }"""
    )
    assert missing == []
