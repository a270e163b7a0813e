"""Problems in Korean and English: chosen by Accept-Language, and the same in both."""

import re
from dataclasses import fields

import pytest

from helpers.http import Site, Visitor
from yemae.http.contract import problem_examples
from yemae.http.server import korean
from yemae.http.server.korean_problems import WORDS
from yemae.http.server.korean_statuses import ORDER_STATUSES, SEAT_LIMITS
from yemae.http.server.languages import language_of
from yemae.refusals import InvalidRequest, Refusal, all_refusals

HANGUL = re.compile("[가-힣]")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("en;q=0.1, KO ; q = 0.2", "ko"),
        ("ja,ko;q=0.3", "ko"),
        ("ja", "en"),
        ("*", "en"),
        ("*;q=0.1,ko;q=0.2", "ko"),
        ("ko;q=0", "en"),
        ("ko;q=nonsense", "ko"),
        ("kok", "en"),
        ("," * 500 + "ko", "en"),
    ],
)
def test_the_language_is_the_one_that_is_liked_most(accepted: str | None, language: str) -> None:
    headers = [] if accepted is None else [(b"accept-language", accepted.encode())]
    assert language_of([(b"host", b"x"), *headers]) == language


def test_every_refusal_has_words_in_korean_and_no_words_are_left_over() -> None:
    assert set(WORDS) == {refusal.slug for refusal in all_refusals()}


@pytest.mark.parametrize("kind", all_refusals(), ids=lambda kind: kind.slug)
def test_both_languages_say_something_of_their_own(kind: type[Refusal]) -> None:
    refusal = problem_examples.example(kind)
    for words in (korean.title(kind), korean.text(kind), korean.detail(refusal)):
        assert HANGUL.search(words)
        assert "{" not in words
    for words in (kind.title, kind.explanation(), refusal.detail()):
        assert words
        assert not HANGUL.search(words)


@pytest.mark.parametrize("kind", all_refusals(), ids=lambda kind: kind.slug)
def test_both_languages_name_the_same_fields(kind: type[Refusal]) -> None:
    refusal = problem_examples.example(kind)
    named = {
        language: {field.name for field in fields(kind) if names(detail, refusal, field.name)}
        for language, detail in (("en", refusal.detail()), ("ko", korean.detail(refusal)))
    }
    assert named["en"] == named["ko"]
    # What a text calls a field in code font, the text of the other language does too.
    in_code = [
        set(re.findall(r"`(\w+)`", text)) for text in (kind.explanation(), korean.text(kind))
    ]
    assert in_code[0] & FIELDS == in_code[1] & FIELDS


FIELDS = {field.name for kind in all_refusals() for field in fields(kind)}


def names(detail: str, refusal: Refusal, field: str) -> bool:
    """Whether a text says the value of a field."""
    value = getattr(refusal, field)
    if isinstance(refusal, InvalidRequest):
        return all(error.field in detail for error in refusal.errors)
    if isinstance(value, list):
        return all(str(one) in detail for one in value)
    in_korean = ORDER_STATUSES | SEAT_LIMITS
    shown = {str(value), in_korean.get(str(value), str(value))}
    return any(re.search(rf"(?<!\w){re.escape(one)}", detail.replace(",", "")) for one in shown)


@pytest.mark.parametrize(
    ("language", "title", "word"),
    [("ko", "이미 선택된 좌석", "선점한"), ("en", "Seat taken", "taken")],
)
async def test_a_problem_is_in_the_reader_s_language(
    inside: Visitor, site: Site, language: str, title: str, word: str
) -> None:
    (other,) = await site.enter("other")
    await other.held("7")
    answer = await inside.post(
        "/v1/orders",
        {"performance_id": "hall-1", "seats": ["7"]},
        headers={"Accept-Language": language},
    )
    problem = answer.json()
    assert (problem["title"], problem["seats"]) == (title, ["7"])
    assert word in problem["detail"]
    assert "7" in problem["detail"]
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("path", ["/nowhere", "/v1/wallet", "/problems/nowhere"])
async def test_every_way_to_a_problem_knows_the_language(site: Site, path: str) -> None:
    for language, in_korean in (("ko-KR,en;q=0.5", True), ("en", False), ("fr", False)):
        answer = await site.get(path, headers={"Accept-Language": language})
        assert answer.status_code in (401, 404)
        assert bool(HANGUL.search(answer.json()["title"])) == in_korean
    wrong = await site.ask("PUT", "/v1/concerts", headers={"Accept-Language": "ko"})
    assert wrong.status_code == 405
    assert HANGUL.search(wrong.json()["detail"])


async def test_every_problem_s_page_is_in_both_languages(site: Site) -> None:
    for kind in all_refusals():
        path = f"/problems/{kind.slug}"
        for language, title, other in (("ko", korean.title(kind), "en"), ("en", kind.title, "ko")):
            by_header = await site.client.get(path, headers={"Accept-Language": language})
            by_link = await site.client.get(f"{path}?lang={language}")
            assert by_header.text == by_link.text
            assert f'<html lang="{language}">' in by_link.text
            assert f"<h1>{title}</h1>" in by_link.text
            assert f'href="?lang={other}"' in by_link.text
            assert by_link.headers["content-language"] == language
            assert "Accept-Language" in by_header.headers["vary"]
