"""The report and its page show what was counted."""

import re
from html.parser import HTMLParser

import msgspec
import pytest

from yemae.reconcile.books import LAWS
from yemae.reconcile.report import Check
from yemae.rehearsal.console_figures import SAYS
from yemae.rehearsal.report import POINTS_MAX, Report, report, thinned
from yemae.rehearsal.report_html import page
from yemae.rehearsal.run import Moment, Ran
from yemae.rehearsal.scenario import Scenario
from yemae.rehearsal.tally import CALLS, OUTCOMES, AdmittedFan, Sale, Tally
from yemae.rehearsal.words import WORDS

VOID = {"meta", "input"}


def tally() -> Tally:
    """Two fans who bought a seat each, and one who was refused."""
    counted = Tally()
    for call in CALLS:
        counted.answered(call, 200, 0.01)
    counted.refused("seat-taken")
    counted.ended("bought")
    counted.ended("bought")
    counted.ended("no_seat")
    counted.in_queue.add(2.0)
    counted.seats_sold = 2
    counted.admissions = [AdmittedFan(1, "", 5), AdmittedFan(2, "", 4)]
    counted.sales = [Sale("one", "hall-1", ("1",), 100), Sale("two", "hall-1", ("2",), 100)]
    return counted


def made(counted: Tally, *checks: Check, note: str = "", concert_id: str = "hall") -> Report:
    series = [Moment(s, 3 - s, 1, 0, s, 10.0 * s, 0.0, 1.0, 2.0) for s in range(3)]
    return report(
        Ran(counted, 10.0, series, was_stopped=False), Scenario(fans=3), reconciled=checks,
        reconcile_note=note, version="1", machine="a machine", url="http://127.0.0.1:1",
        concert_id=concert_id, began_at="2026-01-01T00:00:00.000Z",
    )  # fmt: skip


def test_the_numbers_follow_from_the_counts() -> None:
    found = made(tally())
    assert found.holds
    assert (found.fans_done, found.journeys_per_s, found.bought_per_s) == (3, 0.3, 0.2)
    assert (found.seats_sold, found.money) == (2, 200)
    assert [call.call for call in found.calls] == list(CALLS)
    assert found.calls[0].p50_ms == pytest.approx(10, rel=0.05)
    assert found.time_in_queue.max_s == 2.0
    assert (found.fairness.pairs, found.fairness.inversions) == (1, 1)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Report) == found


def test_one_seat_that_two_fans_bought_is_found_from_the_answers_alone() -> None:
    counted = tally()
    counted.sales.append(Sale("three", "hall-1", ("9", "2"), 200))
    counted.sales.append(Sale("four", "hall-2", ("2",), 100))
    found = made(counted)
    (check,) = (check for check in found.checks if check.violations)
    assert check.examples == ("seat 2 of hall-1 was sold with two and with three",)
    assert found.problems == [f"Violated 1 times: {check.says}"]


def test_a_wallet_that_is_not_what_it_should_be_is_a_problem() -> None:
    counted = tally()
    counted.wrong_balances.append("two")
    assert [check.examples for check in made(counted).checks if check.violations] == [
        ("order two",)
    ]


@pytest.mark.parametrize(
    ("status", "problem"),
    [(500, "1 requests were answered with 500."), (0, "1 requests were not answered.")],
)
def test_an_answer_that_no_fan_may_get_is_a_problem(status: int, problem: str) -> None:
    counted = tally()
    counted.answered("hold", status, 0.01)
    found = made(counted)
    assert found.problems == [problem]
    assert found.faults == 1
    assert not found.holds


def test_a_rehearsal_that_sold_nothing_does_not_say_that_everything_held() -> None:
    counted = Tally()
    counted.answered("join", 201, 0.01)
    found = made(counted)
    assert found.holds
    assert found.says_little
    assert not made(tally()).says_little
    for words in ("Nothing was sold, so the checks prove little", "판매된 좌석이 없어"):
        assert words in page(found)
        assert words not in page(made(tally()))
    assert "Every check passed" not in page(found)
    # A law that was not checked has no tick.
    assert 'class="mark-good"' not in page(found)
    broken = Check(name="ticket_sold_once", says="Once.", looked_at=0, violations=1)
    assert not made(counted, broken).says_little


def test_an_overloaded_server_is_no_problem() -> None:
    counted = tally()
    counted.answered("hold", 503, 0.01)
    assert made(counted).holds


def test_a_violation_in_the_stores_is_a_problem() -> None:
    check = Check(name="ticket_sold_once", says="Once.", looked_at=5, violations=2)
    assert made(tally(), check).problems == ["Violated 2 times: Once."]


def test_a_long_series_is_thinned_and_keeps_its_end() -> None:
    series = [Moment(s, 0, 0, 0, 0, 0, 0, 0, 0) for s in range(5 * POINTS_MAX + 3)]
    kept = thinned(series)
    assert POINTS_MAX // 2 < len(kept) <= POINTS_MAX
    assert kept[-1] == series[-1]
    assert thinned([]) == []


# --- The page ----------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Notes the elements, and whether each that was opened was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, which stays open unless it has nothing inside."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.names.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        """What was opened last is closed first."""
        assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_is_whole_and_takes_nothing_from_elsewhere() -> None:
    text = page(made(tally()))
    reader = read(text)
    assert reader.names >= {"svg", "table", "polyline", "style"}
    assert not reader.names & {"script", "link", "img", "iframe", "object"}
    named = {name for name, _ in reader.attributes}
    assert not named & {"src", "href", "srcset", "onload", "onclick"}
    assert "url(" not in text
    assert "@import" not in text
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in reader.attributes


def test_the_page_has_every_word_in_both_languages() -> None:
    text = page(made(tally(), note="no stores are named"))
    assert text.count('class="en"') == text.count('class="ko"') > 40
    for words in (WORDS["held"], WORDS["people"], WORDS["hold"], WORDS["http_only"]):
        assert words.en in text
        assert words.ko in text


def test_there_are_words_for_everything_that_has_a_name() -> None:
    checks = made(tally()).checks
    own = {"answer_is_a_fact", "active_within_limit", "admitted_within_rate", *SAYS}
    names = {*CALLS, *OUTCOMES, *LAWS, *own, "one_number_for_each_place"}
    assert names | {check.name for check in checks} <= WORDS.keys()
    assert {name: WORDS[name].en for name in LAWS} == {n: law.says for n, law in LAWS.items()}
    assert all(re.search("[가-힣0-9]", words.ko) for words in WORDS.values())


def test_problems_are_shown_and_nothing_is_taken_for_html() -> None:
    counted = tally()
    counted.answered("hold", 500, 0.01)
    counted.answered("hold", 0, 0.01)
    counted.ended("failed")
    counted.refusals["<b>"] = 1
    check = Check(
        name="ticket_sold_once", says="Once.", looked_at=5, violations=1, examples=("<i>",)
    )
    text = page(made(counted, check, concert_id="<script>"))
    read(text)
    assert "Checks failed" in text
    assert "1 requests were answered with 500." in text
    assert not {"<i>", "<script>"} & set(re.findall(r"<\w+>", text))
    assert "&lt;b&gt;" in text


def test_a_rehearsal_in_which_nothing_happened_has_a_page_too() -> None:
    empty = Ran(Tally(), 0.0, [], was_stopped=True)
    found = report(
        empty, Scenario(fans=1), reconciled=(), reconcile_note="", version="1", machine="m",
        url="http://127.0.0.1:1", concert_id="hall", began_at="2026-01-01T00:00:00.000Z",
    )  # fmt: skip
    assert "ended early" in page(found)
    read(page(found))
