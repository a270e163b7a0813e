"""What a load changes of seats, as lines: the same change of several dates is one."""

from yemae.concerts.files.hall import FileSeat
from yemae.concerts.files.load_report import Sold
from yemae.concerts.files.seat_diff import DateSeats, seat_changes


def seats(grade: str, price: int, *numbers: int) -> list[FileSeat]:
    return [FileSeat(f"A-{number}", grade, price) for number in numbers]


def spots(area: str | None, *numbers: int, price: int = 700) -> list[FileSeat]:
    return [FileSeat(f"S-{number}", "ST", price, area=area) for number in numbers]


def lines(*dates: DateSeats, currency: str = "KRW") -> list[str]:
    return [str(change) for change in seat_changes(dates, currency, of=len(dates))]


def test_a_price_says_how_many_seats_were_sold_at_the_old_one() -> None:
    before, after = seats("VIP", 165_000, 1, 2, 3), seats("VIP", 16_500, 1, 2, 3)
    sold = Sold(frozenset({"A-2"}), frozenset({"A-2", "A-3"}))
    assert lines(DateSeats("late-1", before, after, sold)) == [
        "~ VIP 165,000 → 16,500: 3 seats, 1 sold at the old price"
    ]
    date = DateSeats("late-1", before[:1], after[:1], Sold())
    assert lines(date, currency="USD") == [
        "~ VIP 1,650.00 → 165.00: 1 seat, 0 sold at the old price"
    ]


def test_a_grade_is_a_promise_only_together_with_its_price() -> None:
    before = [*seats("R", 900, 1), *seats("R", 900, 2)]
    after = [*seats("S", 900, 1), *seats("S", 800, 2)]
    changes = seat_changes([DateSeats("late-1", before, after, Sold())], "KRW", of=1)
    assert [(str(change), change.is_promise) for change in changes] == [
        ("~ R → S: 1 seat", False),
        ("~ R → S, 900 → 800: 1 seat, 0 sold at the old price", True),
    ]


def test_the_same_change_of_several_dates_is_one_line() -> None:
    before, after = seats("R", 900, 1, 2, 3), seats("R", 900, 3, 2, 4, 5)
    dates = [DateSeats(f"late-{number}", before, after, Sold()) for number in range(1, 8)]
    named = "late-1, late-2, late-3, late-4, late-5 and 2 more"
    assert lines(*dates) == [
        f"- seats: 7 seats of {named}",
        f"+ seats: 14 seats of {named}",
        f"~ order of the seats: 14 seats of {named}",
    ]


def test_spots_of_an_area_are_lines_of_their_own() -> None:
    before = [*seats("R", 900, 1, 2), *spots("Pit", 1, 2, 3)]
    after = [*seats("R", 900, 1, 2, 3), *spots("Pit", 1, 2, price=800), *spots("Back", 4)]
    assert lines(DateSeats("late-1", before, after, Sold(frozenset({"S-1"})))) == [
        "- area Pit: 1 spot",
        "+ seats: 1 seat",
        "+ area Back: 1 spot",
        "~ ST 700 → 800: 2 spots, 1 sold at the old price",
    ]
    assert lines(DateSeats("late-1", spots("Pit", 1, 2), spots("Back", 1, 2), Sold())) == [
        "~ area: Pit → Back: 2 spots"
    ]


def test_seats_and_spots_of_one_grade_are_counted_apart() -> None:
    before = [FileSeat("A-1", "ST", 700), *spots("Pit", 1, 2)]
    after = [FileSeat("A-1", "ST", 800), *spots("Pit", 1, 2, price=800)]
    assert lines(DateSeats("late-1", before, after, Sold())) == [
        "~ ST 700 → 800: 1 seat, 0 sold at the old price",
        "~ ST 700 → 800: 2 spots, 0 sold at the old price",
    ]
