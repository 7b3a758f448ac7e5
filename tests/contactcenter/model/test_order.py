from typing import get_args

from contactcenter.model.order import TRANSITIONS, Line, total
from contactcenter.words import OrderState


def test_the_total_is_that_of_the_lines() -> None:
    lines = [
        Line(sku="a", name="A", quantity=3, price=250),
        Line(sku="b", name="B", quantity=1, price=1),
    ]
    assert total(lines) == 751


def test_an_order_is_completed_only_by_confirmation_and_fulfilment() -> None:
    assert set(TRANSITIONS) == set(get_args(OrderState))
    into = {state: {s for s, to in TRANSITIONS.items() if state in to} for state in TRANSITIONS}
    assert into == {
        "draft": set(),
        "confirmed": {"draft"},
        "fulfilment": {"confirmed"},
        "completed": {"fulfilment"},
        "cancelled": {"draft", "confirmed"},
    }
