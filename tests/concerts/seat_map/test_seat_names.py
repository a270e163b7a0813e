"""What seats are called in mails: the same as on the fan's page."""

import pytest

from yemae.concerts.seat_map.plans import SeatWords
from yemae.concerts.seat_map.seat_names import seat_name


@pytest.mark.parametrize(
    ("where", "korean", "english"),
    [
        (SeatWords(), "7번", "seat 7"),
        (
            SeatWords("2층", "F1", "H", "10", "2F"),
            "2층 F1구역 H열 10번",
            "2F, Section F1, row H, seat 10",
        ),
        (
            SeatWords(None, "앞", "가열", "3", None, "Front"),
            "앞 가열 3번",
            "Front, row 가열, seat 3",
        ),
        (SeatWords("1층", "1층 왼쪽", "A", "2"), "1층 왼쪽 A열 2번", "1층 왼쪽, row A, seat 2"),
        (
            SeatWords(None, "스탠딩", None, "120"),
            "스탠딩 입장번호 120번",
            "스탠딩, entry number 120",
        ),
    ],
)
def test_a_seat_is_named_as_on_the_page(where: SeatWords, korean: str, english: str) -> None:
    assert seat_name("7", where, "ko") == korean
    assert seat_name("7", where, "en") == english
