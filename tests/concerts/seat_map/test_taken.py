"""Which seats are taken, from events in any order, reads, and the clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.concerts.seat_map import taken
from yemae.concerts.seat_map.changes import (
    FREE,
    NOTICE_MAX_BYTES,
    NOTICES_MAX,
    SOLD,
    Change,
    notices_of,
    read_notice,
)
from yemae.concerts.seat_map.taken import LAPSE_GRACE_S, Difference, Taken

SEATS = 19
NOW = 1_000.0


def taken_of(seats: Taken) -> set[int]:
    return {position for position in range(SEATS) if seats.is_taken(position)}


def shown_of(seats: Taken) -> set[int]:
    return {place for place in range(SEATS) if seats.shown[place >> 3] >> (place & 7) & 1}


def opened(*taken: int) -> Taken:
    seats = Taken(SEATS, versions_max=8)
    seats.read([(position, SOLD) for position in taken], NOW)
    seats.turn(NOW)
    return seats


EVENTS = st.lists(
    st.tuples(
        st.sets(st.integers(0, SEATS - 1), min_size=1, max_size=4),
        st.sampled_from([FREE, SOLD, NOW + 50]),
    ),
    max_size=8,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_events_in_any_order_end_in_what_was_decided_last(
    events: list[tuple[set[int], float]], random: object
) -> None:
    decided = list(enumerate(events, start=1))
    last = {position: until for _, (seats, until) in decided for position in seats}
    random.shuffle(decided)  # type: ignore[attr-defined]
    seats = opened()
    for at_s, (positions, until_s) in decided:
        seats.change(positions, at_s, until_s, NOW)
    assert taken_of(seats) == {position for position, until in last.items() if until != FREE}


@given(EVENTS, st.integers(0, 8))
def test_differences_lead_from_any_known_version_to_the_present(
    events: list[tuple[set[int], float]], start: int
) -> None:
    seats = opened(0, 3)
    version, shown = seats.version, taken_of(seats)
    for at_s, (positions, until_s) in enumerate(events, start=1):
        seats.change(positions, at_s, until_s, NOW)
        seats.turn(NOW)
        if at_s == start:
            version, shown = seats.version, taken_of(seats)
    difference = seats.since(version)
    if len(events) < 8:
        assert difference is not None
    if difference is not None:
        assert set(difference.taken).isdisjoint(shown)
        assert set(difference.freed) <= shown
        assert shown - set(difference.freed) | set(difference.taken) == taken_of(seats)


def test_a_version_of_another_process_or_too_long_ago_is_not_known() -> None:
    seats = opened()
    first = seats.version
    assert seats.since(first) == Difference(first, [], [])
    assert seats.since(first + 1) is None
    for at_s in range(8):
        seats.change([at_s], at_s, SOLD, NOW)
        assert seats.turn(NOW)
    assert seats.since(first) is None


def test_a_turn_without_a_change_is_no_new_version() -> None:
    seats = opened()
    version = seats.version
    assert not seats.turn(NOW + 1)
    seats.change([4], 1, SOLD, NOW)
    seats.change([4], 2, FREE, NOW)
    assert not seats.turn(NOW + 1)
    assert seats.version == version


def test_a_version_shows_what_was_taken_when_it_was_made() -> None:
    """A seat that changes and changes back between two turns is in no version, so a version must
    not show it in between either: nothing would ever take it back."""
    seats = opened(0)
    first, flips = seats.version, seats.flips
    seats.change([4], 1, SOLD, NOW)
    assert seats.flips > flips
    assert (seats.shown, seats.since(first)) == (bytes([1, 0, 0]), Difference(first, [], []))
    assert seats.turn(NOW)
    assert seats.shown == bytes([0b10001, 0, 0])
    seats.change([4], 2, FREE, NOW)
    assert seats.since(first) == Difference(seats.version, [4], [])
    seats.change([4], 3, SOLD, NOW)
    assert not seats.turn(NOW)


def test_versions_grow_even_when_the_clock_is_set_back() -> None:
    seats = opened()
    version = seats.version
    assert version == int(NOW * 1_000_000)
    seats.change([4], 1, SOLD, NOW - 500)
    assert seats.turn(NOW - 500)
    assert seats.version == version + 1


def test_a_hold_that_runs_out_is_a_free_seat_by_the_clock() -> None:
    seats = opened()
    seats.change([1, 2], 1, NOW + 10, NOW)
    seats.change([2], 2, SOLD, NOW)
    seats.pass_time(NOW + 9.9)
    assert taken_of(seats) == {1, 2}
    seats.pass_time(NOW + 10)
    assert taken_of(seats) == {2}


def test_viewers_see_an_expired_hold_a_moment_later_and_not_at_all_when_it_was_paid() -> None:
    """The payment of its last moment is on its way: the seat must not seem to come and go."""
    seats = opened()
    seats.change([1, 2], 1, NOW + 10, NOW)
    assert seats.turn(NOW)
    version = seats.version
    seats.pass_time(NOW + 10)
    assert taken_of(seats) == set()
    assert not seats.turn(NOW + 10)
    assert shown_of(seats) == {1, 2}
    seats.change([2], 2, SOLD, NOW + 10)
    # Taken for a moment only: the version between shows it as taken, and so it is.
    seats.change([3], 3, NOW + 10.1, NOW + 10)
    seats.pass_time(NOW + 10.2)
    assert seats.turn(NOW + 10.2)
    assert shown_of(seats) == {1, 2, 3}
    assert seats.turn(NOW + 11)
    assert shown_of(seats) == taken_of(seats) == {2}
    assert seats.since(version) == Difference(seats.version, [], [1])


@given(EVENTS, st.lists(st.sampled_from([0.1, 0.2, 30.0]), min_size=8, max_size=8))
def test_free_seats_are_counted_and_versions_agree_with_their_differences(
    events: list[tuple[set[int], float]], pauses: list[float]
) -> None:
    """Holds run out between the events, some of them taken over within the grace."""
    seats = opened(0, 3)
    shown, version, now_s = shown_of(seats), seats.version, NOW
    for at_s, ((positions, until_s), pause) in enumerate(zip(events, pauses, strict=False), 1):
        seats.change(positions, at_s, until_s, now_s)
        now_s += pause
        seats.pass_time(now_s)
        assert seats.free == SEATS - len(taken_of(seats))
        seats.turn(now_s)
        difference = seats.since(version)
        assert difference is not None
        shown = shown - set(difference.freed) | set(difference.taken)
        assert shown == shown_of(seats)
        version = seats.version
    seats.turn(now_s + LAPSE_GRACE_S)
    assert shown_of(seats) == taken_of(seats)


def test_a_seat_that_was_held_anew_does_not_lapse_with_the_first_hold() -> None:
    seats = opened()
    seats.change([1], 1, NOW + 10, NOW)
    seats.change([1], 2, NOW + 20, NOW)
    seats.pass_time(NOW + 11)
    assert taken_of(seats) == {1}
    seats.pass_time(NOW + 21)
    assert taken_of(seats) == set()


def test_a_read_puts_right_what_was_missed_but_not_what_was_heard_meanwhile() -> None:
    seats = opened(0)
    seats.change([1], 1, SOLD, NOW)
    seats.reading()
    seats.change([2], 2, NOW + 10, NOW)
    seats.read([(3, float("inf"))], NOW)
    assert taken_of(seats) == {2, 3}
    seats.reading()
    seats.read([(3, float("inf"))], NOW)
    assert taken_of(seats) == {3}


def test_what_is_presumed_of_a_seat_never_outdoes_what_is_known_of_it() -> None:
    seats = opened(0)
    seats.change([1], 1, NOW + 10, NOW)
    seats.presume([0, 1, 2], NOW + 1, NOW)
    assert taken_of(seats) == {0, 1, 2}
    seats.pass_time(NOW + 1 + LAPSE_GRACE_S)
    assert taken_of(seats) == {0, 1}


def test_what_is_heard_between_the_steps_of_a_read_is_newer_than_the_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(taken, "STEP", 1)
    seats = opened()
    seats.reading()
    for _ in seats.read_in_steps([(position, SOLD) for position in range(3)], NOW):
        if not seats.is_taken(1):
            seats.change([2], 1, NOW + 10, NOW)
            seats.change([2], 2, FREE, NOW)
    assert taken_of(seats) == {0, 1}


CHANGES = st.lists(
    st.builds(
        Change,
        st.integers(1, 3),
        st.floats(0, 2e9),
        st.sampled_from([FREE, SOLD, 1_795_345_200.25]),
        st.lists(st.text("가힣A-1", min_size=1, max_size=20), min_size=1, max_size=100),
    ),
    min_size=1,
    max_size=40,
)


@given(CHANGES)
def test_notices_carry_every_change_and_are_short(changes: list[Change]) -> None:
    notices = notices_of(changes)
    assert len(notices) <= NOTICES_MAX
    assert all(len(notice.encode()) < NOTICE_MAX_BYTES + 100 for notice in notices)
    read = [change for notice in notices for change in read_notice(notice)]
    assert read in (changes, sorted({change.performance_key for change in changes}))


def test_very_many_changes_become_keys_to_read_again() -> None:
    changes = [Change(7, 1.0, SOLD, ["x" * 20] * 100) for _ in range(200)]
    assert notices_of(changes) == ["[7]"]
