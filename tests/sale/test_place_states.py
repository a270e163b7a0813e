"""What a fan is shown of a place: which state comes first, and what each says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from helpers.in_memory import hall_in_memory
from yemae.concerts.catalogue import Concert
from yemae.concerts.lanes import Lane
from yemae.runtime import Runtime
from yemae.sale import policy
from yemae.sale.place_states import (
    Admitted,
    Closed,
    Message,
    Outside,
    Prequeue,
    SoldOut,
    Waiting,
    concert_view,
    outside,
    place_of,
    rounded_down,
)
from yemae.settings import Settings
from yemae.values.instants import instant, unix_ms
from yemae.waiting_room.board import View
from yemae.waiting_room.pace import Wait
from yemae.waiting_room.places import Standing
from yemae.waiting_room.snapshot import LaneNumbers
from yemae.waiting_room.tokens import QueueToken

NOW = datetime(2030, 5, 3, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETTINGS = Settings()
INSIDE = Standing("admitted", 7, 0, pass_ends_at_ms=1_900_000_000_000)


@pytest.fixture
def hall() -> Concert:
    """A concert on sale since an hour, whose only date begins in an hour."""
    concert = hall_in_memory()
    (first, *_) = concert.performances
    return replace(
        concert,
        sale_opens_at=NOW - HOUR,
        performances=(first._replace(starts_at=NOW + HOUR),),
        admit_per_minute=600,
        lanes=(Lane("fanclub", 30, frozenset(), "fanclub"),),
    )


def seen(
    unsold: int = -1, left: int = -1, waiting: tuple[int, ...] = (10, 10), **numbers: Any
) -> View:
    in_lanes = tuple(LaneNumbers(fans, 1, -1) for fans in waiting)
    snapshot = policy.UNKNOWN._replace(
        now_ms=unix_ms(NOW), seats_unsold=unsold, seats_left=left, lanes=in_lanes, **numbers
    )
    return View(snapshot)


def state(concert: Concert, view: View, lane: int = 0) -> Outside:
    standing = Standing("waiting", 77, lane, ahead=41, waiting=900)
    pace = policy.pace_of(concert, SETTINGS, 1.0, is_open=True)
    return outside(concert_view(concert, view), standing, pace, SETTINGS, NOW.timestamp())


def test_a_waiting_fan_sees_position_and_number(hall: Concert) -> None:
    place = state(hall, seen(unsold=50, left=37))
    assert isinstance(place, Waiting)
    assert (place.position, place.number, place.waiting) == (42, 77, 900)
    assert (place.seats_left, place.lane, place.message) == (20, "general", None)
    assert place.estimated_wait_s is None, "no fan has been admitted yet"


def test_before_the_opening_a_place_has_no_position(hall: Concert) -> None:
    place = state(replace(hall, sale_opens_at=NOW + HOUR), seen())
    assert isinstance(place, Prequeue)
    assert place.opens_at == "2030-05-03T12:00:00.000Z"


def test_the_sale_is_open_from_its_very_moment_on(hall: Concert) -> None:
    assert isinstance(state(replace(hall, sale_opens_at=NOW), seen()), Waiting)


@pytest.mark.parametrize("opens_in", [-HOUR, HOUR])
def test_sold_out_comes_before_prequeue_and_waiting(hall: Concert, opens_in: timedelta) -> None:
    place = state(replace(hall, sale_opens_at=NOW + opens_in), seen(unsold=0, left=0))
    assert isinstance(place, SoldOut)
    assert place.seats_left == 0


@pytest.mark.parametrize("unsold", [0, 5])
@pytest.mark.parametrize("opens_in", [-HOUR, HOUR])
def test_closed_comes_before_everything_else(
    hall: Concert, unsold: int, opens_in: timedelta
) -> None:
    (date,) = hall.performances
    over = replace(hall, sale_opens_at=NOW + opens_in, performances=(date._replace(starts_at=NOW),))
    place = state(over, seen(unsold=unsold, left=5))
    assert isinstance(place, Closed)
    assert place.seats_left == 0


@pytest.mark.parametrize(
    ("opens_in", "unsold", "left", "kind", "shown_left"),
    [
        (-HOUR, 50, 37, Waiting, 20),
        (HOUR, 50, 37, Prequeue, 20),
        (timedelta(milliseconds=500), 50, 37, Prequeue, 20),
        (-HOUR, 0, -1, SoldOut, None),
        (2 * HOUR, 50, 37, Closed, 0),
    ],
)
def test_every_state_tells_the_lane_the_message_the_waiting_and_the_seats(
    hall: Concert,
    opens_in: timedelta,
    unsold: int,
    left: int,
    kind: type[Outside],
    shown_left: int | None,
) -> None:
    (date,) = hall.performances
    starts_at = NOW if kind is Closed else NOW + HOUR
    said = replace(
        hall,
        sale_opens_at=NOW + opens_in,
        performances=(date._replace(starts_at=starts_at),),
        message_ko="곧 시작합니다.",
        message_en="Starting soon.",
    )
    place = state(said, seen(unsold=unsold, left=left), lane=1)
    assert type(place) is kind
    assert (place.lane, place.waiting, place.seats_left) == ("fanclub", 900, shown_left)
    assert place.message == Message("곧 시작합니다.", "Starting soon.")


def test_a_fan_polls_sooner_when_the_front_moves_fast(hall: Concert) -> None:
    minute = unix_ms(NOW) // 60_000
    fast = seen(first_admitted_at_ms=1, rates={f"a{minute - 1}": 3_600})
    # 41 fans at 60 a second: the front is reached before the interval of the position ends.
    assert state(hall, fast).poll_after_ms == 1_000
    assert state(hall, seen()).poll_after_ms > 1_100


def test_what_a_view_means_is_made_once_for_each_setting_of_the_concert(hall: Concert) -> None:
    view = seen()
    made = concert_view(hall, view)
    assert concert_view(hall, view) is made
    later = replace(hall, sale_opens_at=NOW + HOUR)
    assert concert_view(later, view).opens_at == "2030-05-03T12:00:00.000Z"
    assert concert_view(later, view) is concert_view(later, view)


def test_a_concert_without_dates_is_closed(hall: Concert) -> None:
    assert isinstance(state(replace(hall, performances=()), seen()), Closed)


def test_all_seats_held_but_not_sold_is_not_sold_out(hall: Concert) -> None:
    assert isinstance(state(hall, seen(unsold=3, left=0)), Waiting)


@pytest.mark.parametrize("unsold", [-1, 0])
def test_a_fan_who_polls_on_time_is_never_absent(hall: Concert, unsold: int) -> None:
    absent_after_s = 3
    place = state(replace(hall, absent_after_s=absent_after_s), seen(unsold=unsold))
    pace = policy.pace_of(replace(hall, absent_after_s=absent_after_s), SETTINGS, 1.0, is_open=True)
    assert 0 < 3 * place.poll_after_ms <= pace.patience_ms(41)


def test_an_operators_message_is_shown_until_its_end(hall: Concert) -> None:
    said = replace(hall, message_en="Nearly sold out.", message_until=NOW + HOUR)
    message = state(said, seen()).message
    assert message == Message("", "Nearly sold out.", instant(NOW + HOUR))
    assert state(replace(said, message_until=NOW), seen()).message is None
    korean = replace(hall, message_ko="거의 매진입니다.")
    assert state(korean, seen()).message == Message("거의 매진입니다.", "")


def test_a_lane_that_the_file_no_longer_has_is_called_general(hall: Concert) -> None:
    assert state(hall, seen(), lane=1).lane == "fanclub"
    assert state(replace(hall, lanes=()), seen(), lane=1).lane == "general"


def test_the_wait_follows_from_the_lanes_share_and_is_unknown_while_paused(hall: Concert) -> None:
    minute = unix_ms(NOW) // 60_000
    rates = {f"a{minute - back}": 600 for back in range(1, 6)}
    moving: dict[str, Any] = {"first_admitted_at_ms": 1, "rates": rates}
    general = state(hall, seen(**moving))
    fanclub = state(hall, seen(**moving), lane=1)
    assert isinstance(general, Waiting)
    assert isinstance(fanclub, Waiting)
    # 42 fans at 10 a second: 70 % and 30 % of it.
    assert general.estimated_wait_s is not None
    assert fanclub.estimated_wait_s is not None
    assert (general.estimated_wait_s.min, general.estimated_wait_s.max) == (5, 10)
    assert (fanclub.estimated_wait_s.min, fanclub.estimated_wait_s.max) == (10, 20)
    # The share of a lane in which no fan waits goes to the others, but for its own next fan.
    alone = seen(waiting=(10, 0), **moving)
    estimates = [
        place.estimated_wait_s
        for place in (state(hall, alone), state(hall, alone, lane=1))
        if isinstance(place, Waiting)
    ]
    assert estimates == [Wait(0, 5), Wait(10, 20)]
    # Fans whom an operator admitted by hand came in faster than the rate allows.
    moving["rates"] = {minute: 10 * fans for minute, fans in rates.items()}
    alone = seen(waiting=(10, 0), **moving)
    assert concert_view(hall, alone).rates_per_s == ((10, 10), (3, 3))
    paused = state(replace(hall, control="paused"), seen(**moving))
    assert isinstance(paused, Waiting)
    assert paused.estimated_wait_s is None


def test_an_admitted_fan_gets_the_entry_token_of_the_pass_whatever_the_queue_does(
    runtime: Runtime,
) -> None:
    (concert,) = runtime.catalogue.concerts.values()
    token = QueueToken(concert.id, "fan", 7, proof="hash")
    place = place_of(runtime, token, INSIDE, seen(unsold=0))
    assert isinstance(place, Admitted)
    assert place.entry_expires_at == "2030-03-17T17:46:40.000Z"
    entry = runtime.tokens.read_pass(place.entry_token, "fan")
    assert (entry.number, entry.expires_at_s, entry.proof) == (7, 1_900_000_000, "hash")


@pytest.mark.parametrize(
    ("left", "shown"),
    [(-1, None), (0, 0), (1, 1), (4, 2), (5, 5), (9, 5), (10, 10), (99, 50), (199, 100),
     (999, 500), (1_000, 1_000), (49_999, 20_000)],
)  # fmt: skip
def test_seats_left_are_rounded_down(left: int, shown: int | None) -> None:
    assert rounded_down(left) == shown
