"""What is wrong with a field is said in Korean to those who ask for it."""

import re
from typing import Any

import pytest

from helpers.concerts import HALL, SMALL, TEXT
from helpers.http import Site, Visitor
from helpers.operators import operator
from yemae.concerts.files.concert_file import ConcertFileError, parse
from yemae.concerts.limits import PATTERN_WORDS
from yemae.http.server.bodies import NO_NUL
from yemae.http.server.korean_faults import said

HANGUL = re.compile("[가-힣]")
KO = {"Accept-Language": "ko"}


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("required", "꼭 있어야 해요."),
        ("Expected `int`, got `str`", "필요한 것: 정수. 받은 것: 글자"),
        ("Expected `int | null`, got `str`", "필요한 것: 정수 또는 null. 받은 것: 글자"),
        ("Expected `int` >= 1", "필요한 것: 1 이상의 정수"),
        ("Expected `str` of length <= 63", "필요한 것: 63자 이하의 글"),
        (NO_NUL, "필요한 것: U+0000 문자가 없는 글"),
        ("Expected fifo, draw or reject", "필요한 것: fifo, draw, reject 중 하나"),
        ("expected an integer of at least 1, found 0", "필요한 것: 1 이상의 정수. 적힌 것: 0"),
        (
            "expected a date and time with an offset such as +09:00, without quotes, found '1'",
            "필요한 것: 따옴표 없는 +09:00 같은 시차가 붙은 날짜와 시각. 적힌 것: '1'",
        ),
        ("this is not a field of the format; title is", "형식에 없는 필드예요. 비슷한 필드: title"),
        ("expected one of the grades, found 'VIP'", "필요한 것: 등급 가운데 하나. 적힌 것: 'VIP'"),
        ("line 3: this is not TOML: odd", "3번째 줄: this is not TOML: odd"),
        ("Expected a time with at most 10,000 payments", "필요한 것: 결제가 10,000건 이하인 기간"),
        ("its sale has opened", "its sale has opened"),
    ],
)
def test_a_fault_is_said_in_korean_where_it_is_known(english: str, korean: str) -> None:
    assert said(english) == korean


@pytest.mark.parametrize("words", PATTERN_WORDS.values())
def test_each_form_of_a_text_has_korean_words(words: str) -> None:
    assert not re.search(
        "character|form|line|letter|digit", said(f"expected a text of {words}, found 1")
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("price = 50000", "price = '50000'"),
        ("price = 50000", "price = -1"),
        ("seat_limit = 4", "seat_limit = 0"),
        ('id = "hall"', 'id = "Hall!"'),
        ('title = "', 'titel = "'),
        ("sale_opens_at", "sale_opens"),
    ],
)
def test_what_the_loader_says_of_a_field_is_said_in_korean(before: str, after: str) -> None:
    text = TEXT.format(**SMALL)
    assert before in text
    with pytest.raises(ConcertFileError) as refused:
        parse(text.replace(before, after, 1), "hall.toml")
    assert HANGUL.search(said(refused.value.problem)), refused.value.problem


async def errors(visitor: Visitor, path: str, body: Any) -> list[dict[str, str]]:
    answer = await visitor.ask("POST", path, json=body, headers=KO)
    assert answer.status_code == 422, answer.text
    return list(answer.json()["errors"])


async def test_the_problem_of_a_request_has_it(site: Site) -> None:
    op = operator(site)
    wrong = await errors(op, f"/v1/admin/concerts/{HALL}/queue/admit", {"count": "many"})
    assert wrong == [{"field": "count", "detail": "필요한 것: 정수. 받은 것: 글자"}]
    file = {"toml": TEXT.format(**SMALL).replace("price = 50000", "price = '50000'")}
    (fault,) = await errors(op, "/v1/admin/concert-files/comparison", file)
    assert fault["field"] == "grades[0].price"
    assert HANGUL.search(fault["detail"])
