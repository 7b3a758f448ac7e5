"""Rules as they are when nothing is said."""

from msgspec import json

from routing.model import DEFAULT_CHANNEL, DEFAULT_QUEUE, ChannelRules, QueueRules, Rules


def test_a_channel_not_named_takes_one_unit_and_bars_nothing() -> None:
    assert ChannelRules(weight=1, exclusive=False) == DEFAULT_CHANNEL


def test_a_queue_not_named_does_not_wait_for_a_busy_preferred_agent() -> None:
    assert QueueRules(sticky_waits=False) == DEFAULT_QUEUE


def test_rules_survive_the_way_as_json() -> None:
    rules = Rules(4, {"voice": ChannelRules(3, exclusive=True)}, {"sales": QueueRules()})
    assert json.decode(json.encode(rules), type=Rules) == rules
