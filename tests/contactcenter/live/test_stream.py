import json
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contactcenter.live.frames import Complaint, SomebodyTypes
from contactcenter.live.stream import WAITING_MAX, Stream, encode

WELCOME = b'{"type":"welcome"}'


def heard(stream: Stream) -> list[tuple[int, int]]:
    """Number and predecessor of each event that is to be sent."""
    frames = [json.loads(frame) for frame in stream.take()]
    return [(f["seq"], f["prev"]) for f in frames if f["type"] == "event"]


def started(seq: int = 0, missed: Sequence[int] = ()) -> Stream:
    stream = Stream()
    stream.start(WELCOME, seq, [(n, b"1") for n in missed])
    return stream


def test_event_is_sent_with_its_number_and_the_one_before() -> None:
    stream = started(4)
    stream.take()
    stream.hear(7, b'{"fact":"X"}')
    stream.hear(9, b"2")
    assert stream.take() == [
        b'{"type":"event","seq":7,"prev":4,"fact":{"fact":"X"}}',
        b'{"type":"event","seq":9,"prev":7,"fact":2}',
    ]
    assert stream.take() == []


def test_what_happens_while_it_starts_is_kept_aside() -> None:
    stream = Stream()
    for number in (3, 5, 8):
        stream.hear(number, b"1")
    assert stream.take() == []
    stream.start(WELCOME, 5, [])
    assert stream.take()[0] == WELCOME
    stream.hear(9, b"1")
    assert heard(stream) == [(9, 8)]


def test_what_the_snapshot_holds_is_not_sent_again() -> None:
    stream = started(5)
    stream.hear(5, b"1")
    stream.hear(4, b"1")
    assert heard(stream) == []


def test_what_was_missed_comes_before_what_was_kept_aside() -> None:
    stream = Stream()
    stream.hear(6, b"1")
    stream.hear(7, b"1")
    stream.start(WELCOME, 2, [(3, b"1"), (6, b"1")])
    assert heard(stream) == [(3, 2), (6, 3), (7, 6)]


def test_client_that_takes_too_little_is_lost_not_skipped() -> None:
    stream = started()
    for number in range(1, WAITING_MAX + 2):
        stream.hear(number, b"1")
    assert stream.lost
    assert stream.take() == []
    stream.say(b"answer")
    stream.hear(WAITING_MAX + 9, b"1")
    stream.start(WELCOME, 0, [])
    assert stream.take() == []


def test_lost_stream_starts_anew_from_a_snapshot() -> None:
    stream = started()
    for number in range(1, WAITING_MAX + 2):
        stream.hear(number, b"1")
    stream.restart()
    assert not stream.lost
    stream.hear(5000, b"1")
    stream.start(WELCOME, 4999, [])
    assert stream.take()[0] == WELCOME
    stream.hear(5001, b"1")
    assert heard(stream) == [(5001, 5000)]


def test_stream_that_cannot_start_in_time_is_lost() -> None:
    stream = Stream()
    for number in range(1, WAITING_MAX + 2):
        stream.hear(number, b"1")
    assert stream.lost


def test_only_the_first_of_two_starts_counts() -> None:
    stream = started(10)
    stream.hear(11, b"1")
    stream.start(WELCOME, 10, [])
    stream.hear(12, b"1")
    assert heard(stream) == [(11, 10), (12, 11)]


def test_answers_outlive_a_restart_and_events_do_not() -> None:
    stream = started()
    stream.say(b"answer")
    stream.hear(1, b"1")
    stream.restart()
    stream.start(b"anew", 1, [])
    assert stream.take() == [b"answer", b"anew"]


def test_frames_are_json() -> None:
    assert json.loads(encode(SomebodyTypes(3, "customer"))) == {
        "type": "typing",
        "conversation": 3,
        "author_kind": "customer",
    }
    assert Complaint.__struct_config__.tag == "problem"


@given(
    numbers=st.lists(st.integers(1, 60), unique=True).map(sorted),
    cuts=st.lists(st.integers(0, 40), max_size=4).map(sorted),
    delays=st.lists(st.integers(0, 5), min_size=5, max_size=5),
    behind=st.lists(st.integers(0, 6), min_size=5, max_size=5),
)
def test_union_over_lost_connections_is_the_full_stream(
    numbers: list[int], cuts: list[int], delays: list[int], behind: list[int]
) -> None:
    """Connections are lost at any point, and what was on its way with them; each resumes from what
    its client has, while events go on: the client has all of it in the end, once, without a gap."""
    has, seen = 0, []
    turns = [0, *(c for c in cuts if c <= len(numbers)), len(numbers)]
    for turn, (begin, end) in enumerate(pairwise(turns)):
        stream = Stream()
        late = delays[turn % 5]
        for place in range(begin, end):
            if place == begin + late:
                stream.start(WELCOME, has, [(n, b"1") for n in numbers[:place] if n > has])
            stream.hear(numbers[place], b"1")
        if end - begin <= late:
            stream.start(WELCOME, has, [(n, b"1") for n in numbers[:end] if n > has])
        sent = heard(stream)
        arrived = sent if turn == len(turns) - 2 else sent[: len(sent) - behind[turn % 5]]
        for seq, prev in arrived:
            assert prev == has
            has = seq
            seen.append(seq)
    assert seen == numbers
