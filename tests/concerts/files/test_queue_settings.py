"""The waiting room's settings in a concert file: defaults, limits, lanes."""

from datetime import UTC, datetime

import pytest

from helpers.concerts import GOOD
from yemae.concerts.files.concert_file import ConcertFileError, parse
from yemae.concerts.lanes import CODES_MAX, LaneSettings

LANE = '[[queue.lanes]]\nname = "{name}"\nshare = {share}\ncodes = {codes}\n{more}\n'


def with_queue(*lines: str) -> str:
    """The good file with more lines in its [queue]."""
    return GOOD.replace("[queue]\n", "\n".join(["[queue]", *lines, ""]), 1)


def with_lanes(*lanes: str) -> str:
    """The good file with lanes at its end."""
    return GOOD + "".join(lanes)


def lane(name: str = "club", share: int = 30, codes: str = '["CODE-1"]', *, group: str = "") -> str:
    """One lane as a file has it."""
    more = f'group = "{group}"' if group else ""
    return LANE.format(name=name, share=share, codes=codes, more=more)


def with_prequeue(moment: str) -> str:
    """The good file with a prequeue; its sale opens on 1 January 2026 at 02:00 UTC."""
    return f"prequeue_opens_at = {moment}\n{GOOD}"


def refusal(text: str) -> str:
    """What a file is refused with, without its name and line."""
    with pytest.raises(ConcertFileError) as caught:
        parse(text, "x.toml")
    return str(caught.value).partition(": ")[2]


def test_what_is_left_out_of_a_queue_is_a_line_without_lanes() -> None:
    concert = parse(GOOD, "x.toml")
    queue = concert.queue
    assert concert.prequeue_opens_at is None
    assert (queue.queueing_method, queue.place_ttl_s) == ("fifo", 3_600)
    assert (queue.joins_per_address_per_minute, queue.proof_of_work, queue.lanes) == (0, False, ())


@pytest.mark.parametrize("method", ["fifo", "draw", "passthrough", "reject"])
def test_a_queue_has_one_of_four_methods(method: str) -> None:
    text = with_queue(f'queueing_method = "{method}"')
    assert parse(text, "x.toml").queue.queueing_method == method


def test_lanes_have_codes_or_a_group_or_both() -> None:
    text = with_lanes(
        lane("a", 10), lane("b", 1, "[]", group="팬클럽"), lane("c", 79, '["x:/y"]', group="gold")
    )
    assert parse(text, "x.toml").queue.lanes == (
        LaneSettings(name="a", share=10, codes=("CODE-1",)),
        LaneSettings(name="b", share=1, group="팬클럽"),
        LaneSettings(name="c", share=79, codes=("x:/y",), group="gold"),
    )


def test_a_prequeue_opens_at_most_30_days_before_the_sale() -> None:
    text = with_prequeue("2025-12-02T02:00:00Z")
    assert parse(text, "x.toml").prequeue_opens_at == datetime(2025, 12, 2, 2, tzinfo=UTC)


PREQUEUE = (
    "prequeue_opens_at: expected a time before sale_opens_at, by 30 days at most, found 2025-12-0"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            with_queue('queueing_method = "lifo"'),
            "queue.queueing_method: expected fifo, draw, passthrough or reject, found 'lifo'.",
        ),
        (with_queue("queueing_method = 1"), "queue.queueing_method: expected a text, found 1."),
        (
            with_queue("proof_of_work = 1"),
            "queue.proof_of_work: expected true or false, found 1.",
        ),
        (
            with_queue("place_ttl_s = 59"),
            "queue.place_ttl_s: expected an integer of at least 60, found 59.",
        ),
        (
            with_queue("absent_after_s = 90", "place_ttl_s = 60"),
            "queue.place_ttl_s: expected at least absent_after_s, which is 90, found 60.",
        ),
        (
            with_queue("joins_per_address_per_minute = -1"),
            "queue.joins_per_address_per_minute: expected an integer of at least 0, found -1.",
        ),
        (
            with_prequeue("2026-01-01T11:00:00+09:00"),
            "prequeue_opens_at: expected a time before sale_opens_at, by 30 days at most, found "
            "2026-01-01 11:00:00+09:00.",
        ),
        (with_prequeue("2025-12-02T01:59:59Z"), f"{PREQUEUE}2 01:59:59+00:00."),
        (with_prequeue("1999-12-31T00:00:00Z"), "prequeue_opens_at: expected a year from 2000"),
        (
            with_lanes(lane("general")),
            "queue.lanes[0].name: expected each name of a lane once, found 'general' again, "
            "first at the lane of all other fans.",
        ),
        (
            with_lanes(lane("a", codes="[]")),
            "queue.lanes[0]: expected codes or a group, found neither.",
        ),
        (
            with_lanes(lane("a"), lane("b")),
            "queue.lanes[1].codes[0]: expected each code once, found 'CODE-1' again, first at "
            "queue.lanes[0].codes[0].",
        ),
        (
            with_lanes(lane("a", codes="[]", group="g"), lane("b", codes="[]", group="g")),
            "queue.lanes[1].group: expected each group once, found 'g' again, first at "
            "queue.lanes[0].group.",
        ),
        (
            with_lanes(lane("a", 60), lane("b", 31, '["CODE-2"]')),
            "queue.lanes[1].share: expected shares of at most 90 together, found 91.",
        ),
        (
            with_lanes(lane(share=91)),
            "queue.lanes[0].share: expected an integer of at most 90, found 91.",
        ),
        (
            with_lanes(lane(codes='["A B C"]')),
            "queue.lanes[0].codes[0]: expected a text of 4 to 64 visible ASCII characters without "
            "spaces, found 'A B C'.",
        ),
        (
            with_lanes(*(lane(f"lane-{number}", 1, f'["CODE-{number}"]') for number in range(4))),
            "queue.lanes: expected an array whose length is at most 3, found an array of 4.",
        ),
    ],
)
def test_a_wrong_queue_is_refused_with_its_field_and_the_limit(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


def test_a_lane_has_at_most_10000_codes() -> None:
    codes = [f"CODE-{number}" for number in range(CODES_MAX + 1)]
    assert len(parse(with_lanes(lane(codes=str(codes[1:]))), "x").queue.lanes[0].codes) == CODES_MAX
    assert refusal(with_lanes(lane(codes=str(codes)))).endswith("found an array of 10001.")
