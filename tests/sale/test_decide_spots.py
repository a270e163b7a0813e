"""Who gets which spots of areas: properties of the pure decision, and which areas are busy."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from yemae.concerts.seat_map.areas import EntryNumbers
from yemae.concerts.seats import LockedSpot
from yemae.orders.order import Order
from yemae.refusals import AreaFull, Refusal
from yemae.sale.decide_holds import (
    HoldRequest,
    SeatOnOffer,
    decide_holds,
    same_hold,
)
from yemae.sale.row_locks import LockedRow, busy_of_holds, rows_of_hold
from yemae.sale.spots import Spots, SpotsWanted
from yemae.values.pass_key import PassKey

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 4
ENTRIES = {"A": EntryNumbers("A-", "", 1, 9), "B": EntryNumbers("", "번", 11, 14)}


def wanted(**areas: int) -> tuple[SpotsWanted, ...]:
    return tuple(SpotsWanted(area, many, ENTRIES[area]) for area, many in areas.items())


def request(user: str, *seats: str, key: str | None = None, **areas: int) -> HoldRequest:
    return HoldRequest(
        PassKey("hall", user, 7), "hall-1", 1, seats, LIMIT, "KRW", key, spots=wanted(**areas)
    )


def locked(area: str, *entries: int, looks_free: int = 0) -> list[LockedSpot]:
    """Rows as `try_spots` gives them: without an entry, the row that says how many look free."""
    numbers: list[str | None] = [
        f"{ENTRIES[area].before}{entry}{ENTRIES[area].after}" for entry in entries
    ]
    return [LockedSpot(1, area, number, "ST", 70, NOW, looks_free) for number in numbers or [None]]


def decide(requests: list[HoldRequest], spots: list[LockedSpot]) -> list[Order | Refusal]:
    ids = count(1)
    return decide_holds(
        requests,
        {(1, number): SeatOnOffer("R", 10, free=True) for number in "12"},
        {},
        {},
        spots=Spots(spots),
        now=NOW,
        hold_ttl_s=300,
        new_id=lambda: UUID(int=next(ids)),
    )


asked = st.lists(
    st.builds(
        request,
        st.sampled_from(["ann", "ben", "cho"]),
        A=st.integers(1, 3),
        B=st.integers(1, 3),
    ),
    max_size=8,
)


@given(asked, st.integers(0, 9), st.integers(0, 4))
def test_every_spot_goes_to_one_order_in_the_order_of_entry_numbers(
    requests: list[HoldRequest], in_a: int, in_b: int
) -> None:
    spots = [*locked("A", *range(1, in_a + 1)), *locked("B", *range(11, 11 + in_b))]
    given_away: list[str] = []
    seats: Counter[str] = Counter()
    for each, answer in zip(requests, decide(requests, spots), strict=True):
        if isinstance(answer, Order):
            assert len(answer.seat_numbers) == sum(spots.wanted for spots in each.spots)
            assert answer.total == 70 * len(answer.seat_numbers)
            assert same_hold(each, answer) is answer
            seats[answer.user_id] += len(answer.seat_numbers)
            given_away += answer.seat_numbers
    of_a = [number for number in given_away if number.startswith("A-")]
    of_b = [number for number in given_away if number.endswith("번")]
    assert of_a == [f"A-{entry}" for entry in range(1, len(of_a) + 1)]
    assert of_b == [f"{entry}번" for entry in range(11, 11 + len(of_b))]
    assert max(seats.values(), default=0) <= LIMIT


def test_a_request_that_finds_too_few_takes_none_and_the_next_one_gets_them() -> None:
    first, second = decide(
        [request("ann", "1", A=1, B=2), request("ben", "1", A=2)],
        [*locked("A", 1, 2), *locked("B", 11)],
    )
    assert isinstance(first, AreaFull)
    assert first.extra() == {"area": "B", "count": 2, "left": 1}
    assert isinstance(second, Order)
    assert second.seat_numbers == ["1", "A-1", "A-2"]


def test_a_key_stands_for_the_same_seats_and_as_many_of_each_area() -> None:
    (order,) = decide([request("ann", "1", A=1, B=1)], [*locked("A", 1), *locked("B", 11)])
    assert isinstance(order, Order)
    assert same_hold(request("ann", "1", A=1, B=1), order) is order
    for other in (
        request("ann", "2", A=1, B=1),
        request("ann", "1", A=2),
        request("ann", "1", A=1),
        request("ann", "1", B=1, A=1),
        request("ann", A=2, B=1),
    ):
        assert same_hold(other, order) is not order


def test_only_numbers_of_an_area_are_its_own() -> None:
    assert [number for number in ("A-1", "A-9") if ENTRIES["A"].has(number)] == ["A-1", "A-9"]
    foreign = ["A-0", "A-10", "A-x", "A-", "1", "B-1", "A-01", "11번"]
    assert not any(ENTRIES["A"].has(number) for number in foreign)
    assert ENTRIES["B"].entry("12번") == "12"


def test_an_area_is_busy_when_spots_look_free_and_were_not_locked() -> None:
    """Fewer than are wanted, but all that there are: the answer is known."""
    for spots, busy in (
        (locked("A", 1, 2, looks_free=2), False),
        (locked("A", 1, looks_free=2), True),
        (locked("A", looks_free=0), False),
        (locked("A", looks_free=1), True),
    ):
        row = LockedRow("area", (1, "A"))
        assert busy_of_holds([], [], spots) == ({row} if busy else set())
        assert row in rows_of_hold(request("ann", A=1))
        assert row not in rows_of_hold(request("ann", "1", B=1))


def test_a_hold_of_spots_ends_as_every_hold_does() -> None:
    (order,) = decide([request("ann", A=1)], locked("A", 1))
    assert isinstance(order, Order)
    assert order.expires_at == NOW + timedelta(seconds=300)
