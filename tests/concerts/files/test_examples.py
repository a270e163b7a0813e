"""The examples of the checkout: whole, bookable for years, and as they are described."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from helpers.pages import ROOT
from yemae.concerts.files.concert_file import FileConcert, read

EXAMPLES = ROOT / "examples"


def example(name: str) -> FileConcert:
    return read(EXAMPLES / f"{name}.toml")


def all_examples() -> list[FileConcert]:
    return [read(path) for path in EXAMPLES.glob("*.toml")]


def test_the_list_begins_with_the_small_hall() -> None:
    by_listing = sorted(all_examples(), key=lambda concert: concert.listing)
    assert [(c.listing, c.id) for c in by_listing] == [
        (1, "small-hall"),
        (2, "theatre"),
        (3, "arena"),
    ]


def test_every_example_is_on_sale_and_far_ahead() -> None:
    for concert in all_examples():
        assert concert.sale_opens_at < datetime(2026, 1, 2, tzinfo=UTC)
        assert all(p.starts_at >= datetime(2030, 1, 1, tzinfo=UTC) for p in concert.performances)


def test_performance_ids_are_unique_among_all_examples() -> None:
    ids = [performance.id for concert in all_examples() for performance in concert.performances]
    assert len(set(ids)) == len(ids)


def test_the_small_hall_has_seats_1_to_50_and_lets_500_fans_in_at_once() -> None:
    concert = example("small-hall")
    assert [seat.number for seat in concert.seats] == [str(number) for number in range(1, 51)]
    assert concert.queue.active_limit >= 500
    assert concert.queue.admit_per_minute == 60_000
    assert len(concert.performances) == 2


@pytest.mark.parametrize(
    ("name", "grades", "first", "last", "dates"),
    [
        ("small-hall", {"R": 20, "S": 30}, "1", "50", 2),
        ("theatre", {"VIP": 72, "R": 162, "S": 146, "A": 126}, "A-8", "W-26", 3),
        ("arena", {"VIP": 1200, "R": 4770, "S": 3894, "A": 5516}, "F1-A-1", "220-S-23", 2),
    ],
)
def test_an_example_has_the_seats_it_is_described_with(
    name: str, grades: dict[str, int], first: str, last: str, dates: int
) -> None:
    concert = example(name)
    assert concert.id == name
    assert Counter(seat.grade for seat in concert.seats) == grades
    assert (concert.seats[0].number, concert.seats[-1].number) == (first, last)
    assert len({seat.number for seat in concert.seats}) == sum(grades.values())
    assert len(concert.performances) == dates


def test_the_theatre_has_aisles_and_room_for_the_sound_desk() -> None:
    numbers = {seat.number for seat in example("theatre").seats}
    assert {"G-6", "G-8", "G-19", "G-21", "N-6", "N-21"} <= numbers
    assert numbers.isdisjoint({"A-1", "G-7", "G-20", "M-11", "N-8", "N-19"})


def test_the_arena_draws_among_those_who_come_in_the_hour_before_the_sale() -> None:
    arena = example("arena")
    assert arena.queue.queueing_method == "draw"
    assert arena.prequeue_opens_at == arena.sale_opens_at - timedelta(hours=1)


def test_the_arena_has_15380_seats_in_46_sections() -> None:
    numbers = [seat.number for seat in example("arena").seats]
    assert len(numbers) == 15_380
    assert len({number.split("-")[0] for number in numbers}) == 46
    assert "101-A-12" in numbers
