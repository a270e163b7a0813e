"""The rules of the test bank: what each button of its page leads to."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from yemae.http.test_bank.charges import (
    BankEntry,
    Behaviour,
    Confirmed,
    EntryRefund,
    RefundBehaviour,
    Reply,
    cancelled,
    chosen,
    confirmed,
    paid_out,
    refunded,
)
from yemae.http.test_bank.pages import BUTTONS, REFUNDS, page_of

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OPEN = BankEntry(
    id=UUID(int=1), amount=100, currency="KRW", return_url="/orders/1", hook_url="http://test/hook"
)


def asked(behaviour: Behaviour, times: int) -> list[Confirmed]:
    """What each of several calls to capture is answered."""
    entry, answers = chosen(OPEN, behaviour, None), []
    for _ in range(times):
        answers.append(confirmed(entry, NOW))
        entry = answers[-1].entry
    return answers


@pytest.mark.parametrize(
    ("behaviour", "replies", "captured"),
    [
        ("accept", ["answer", "answer"], [100, 100]),
        ("answer_twice", ["answer", "answer"], [100, 100]),
        ("decline", ["answer", "answer"], [0, 0]),
        ("close", ["answer", "answer"], [0, 0]),
        ("time_out", ["hang", "answer"], [100, 100]),
        ("lose_answer", ["fault", "answer"], [100, 100]),
        ("lose_request", ["fault", "answer"], [0, 100]),
        ("late", ["processing", "answer"], [0, 100]),
    ],
)
def test_each_behaviour_answers_in_its_way_and_captures_once(
    behaviour: Behaviour, replies: list[Reply], captured: list[int]
) -> None:
    answers = asked(behaviour, 2)
    assert [answer.reply for answer in answers] == replies
    assert [answer.entry.captured for answer in answers] == captured


def test_a_choice_is_made_once() -> None:
    declined = chosen(OPEN, "decline", "limit_exceeded")
    assert declined.reason == "limit_exceeded"
    assert chosen(declined, "accept", None) == declined


def test_nothing_is_captured_before_the_fan_has_chosen() -> None:
    assert confirmed(OPEN, NOW) == Confirmed(OPEN, "answer")


def test_money_is_given_back_once_for_each_key_and_never_more_than_there_is() -> None:
    paid = asked("accept", 1)[0].entry
    part = refunded(paid, 40, "a")
    assert part.refund == EntryRefund("a", 40)
    assert refunded(part.entry, 40, "a") == part
    assert (part.entry.state, part.entry.refunded) == ("captured", 40)
    more = refunded(part.entry, 61, "b")
    assert (more.refund.state, more.refund.reason) == ("declined", "more_than_captured")
    assert more.entry.refunded == 40
    assert refunded(more.entry, 60, "c").entry.state == "cancelled"
    whole = cancelled(part.entry, "d")
    assert (whole.state, whole.refunded) == ("cancelled", 100)
    assert cancelled(whole, "d") == whole


@pytest.mark.parametrize(
    ("behaviour", "state", "reply", "back", "later"),
    [
        ("settle", "settled", "answer", 40, "settled"),
        ("accept", "accepted", "answer", 40, "settled"),
        ("decline", "declined", "answer", 0, "declined"),
        ("no_funds", "no_funds", "answer", 0, "no_funds"),
        ("lose_answer", "settled", "fault", 40, "settled"),
    ],
)
def test_refunds_go_as_the_page_says(
    behaviour: RefundBehaviour, state: str, reply: Reply, back: int, later: str
) -> None:
    paid = confirmed(chosen(OPEN, "accept", None, behaviour), NOW).entry
    done = refunded(paid, 40, "a")
    assert (done.refund.state, done.reply, done.entry.refunded) == (state, reply, back)
    assert paid_out(done.entry).refunds[0].state == later
    assert refunded(done.entry, 40, "a") == (done.entry, done.refund, "answer")


def test_a_charge_that_was_voided_can_not_be_captured() -> None:
    void = cancelled(chosen(OPEN, "accept", None), "key")
    assert confirmed(void, NOW).entry.captured == 0
    assert void.refunds == []


def test_the_page_has_a_button_for_each_behaviour_while_the_charge_is_open() -> None:
    page = page_of(OPEN)
    for behaviour, reason, _ in BUTTONS:
        assert f'value="{behaviour}"' in page
        assert f'value="{reason}"' in page
    for refund, _ in REFUNDS:
        assert f'value="{refund}"' in page
    assert "<form" not in page_of(msgspec.structs.replace(OPEN, state="captured"))
