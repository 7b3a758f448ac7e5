from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contactcenter.model.webhook_sending import (
    PARK_AFTER,
    RETRY_AFTER_MAX,
    RETRY_S,
    Answer,
    Outcome,
    Sending,
    asked,
    delay,
    outcome,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENDING = Sending(
    id=70,
    api_key_id=7,
    conversation_id=9,
    number=3,
    type="item.done",
    at=NOW,
    data={"item": 5, "customer": 2},
    interaction_id=None,
    attempts=0,
    pending_since=NOW,
    delivered_number=2,
    lease_until=NOW + timedelta(minutes=1),
    url="https://bot.example/",
    secrets=["whsec_AAAA"],
)


def test_the_body_has_the_documented_form() -> None:
    assert SENDING.body == (
        b'{"type":"item.done","timestamp":"2026-03-01T12:00:00Z","number":3,"conversation":9,'
        b'"data":{"item":5,"customer":2}}'
    )


@pytest.mark.parametrize(
    ("delivered", "gap"),
    [(2, None), (1, {"from": 2, "to": 2}), (0, {"from": 1, "to": 2}), (3, None), (8, None)],
)
def test_what_was_given_up_before_it_is_marked_as_a_gap(
    delivered: int, gap: dict[str, int] | None
) -> None:
    sending = msgspec.structs.replace(SENDING, delivered_number=delivered)
    assert msgspec.json.decode(sending.body).get("gap") == gap


def test_it_goes_to_its_url_under_its_secrets() -> None:
    assert (SENDING.receiver.url, SENDING.receiver.secrets) == (SENDING.url, SENDING.secrets)


def test_the_message_id_names_the_event() -> None:
    assert SENDING.message_id == "evt_70"


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_2xx_delivers(status: int) -> None:
    assert outcome(SENDING, Answer(status), NOW) == Outcome(SENDING, "delivered", NOW, NOW)


@pytest.mark.parametrize("status", [199, 301, 307, 400, 401, 404, 429, 500, 503])
def test_any_other_answer_is_tried_again(status: int) -> None:
    found = outcome(SENDING, Answer(status), NOW)
    assert (found.state, found.due_at) == ("pending", NOW + delay(70, 0))
    assert found.error == f"The receiver answered with status {status}."


def test_no_answer_is_tried_again_and_told() -> None:
    found = outcome(SENDING, Answer(None, "There was no answer in time."), NOW)
    assert (found.state, found.error) == ("pending", "There was no answer in time.")


def test_gone_is_given_up_at_once() -> None:
    assert outcome(SENDING, Answer(410), NOW).state == "parked"


@pytest.mark.parametrize(
    ("age", "state"), [(PARK_AFTER, "parked"), (PARK_AFTER - timedelta(seconds=1), "pending")]
)
def test_what_fails_for_a_day_is_given_up(age: timedelta, state: str) -> None:
    assert outcome(SENDING, Answer(500), NOW + age).state == state


def test_what_arrives_late_has_arrived() -> None:
    assert outcome(SENDING, Answer(200), NOW + 2 * PARK_AFTER).state == "delivered"


def test_the_delays_grow_and_stay_near_the_stated_ones() -> None:
    delays = [delay(70, failures).total_seconds() for failures in range(len(RETRY_S) + 3)]
    stated = [*RETRY_S, RETRY_S[-1], RETRY_S[-1], RETRY_S[-1]]
    assert all(0.9 * s <= d <= 1.1 * s for d, s in zip(delays, stated, strict=True))
    assert sorted(delays[: len(RETRY_S)]) == delays[: len(RETRY_S)]


def test_what_failed_together_does_not_return_together() -> None:
    assert len({delay(event, 4) for event in range(50)}) == 50


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("0", 0),
        ("120", 120),
        ("999999999999999999999", RETRY_AFTER_MAX.total_seconds()),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("Sun, 01 Mar 2026 12:02:00", 120),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 01 Mar 2027 12:00:00 GMT", RETRY_AFTER_MAX.total_seconds()),
        ("-5", 0),
        ("1.5", 0),
        ("²", 0),
        ("soon", 0),
        ("", 0),
    ],
)
def test_retry_after_is_read_and_capped(header: str | None, seconds: float) -> None:
    assert asked(header, NOW) == timedelta(seconds=seconds)


def test_retry_after_lengthens_the_wait_and_never_shortens_it() -> None:
    longer = outcome(SENDING, Answer(503, None, "120"), NOW)
    shorter = outcome(SENDING, Answer(503, None, "0"), NOW)
    assert (longer.due_at, shorter.due_at) == (NOW + timedelta(minutes=2), NOW + delay(70, 0))
