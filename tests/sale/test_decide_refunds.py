"""What becomes of a refund to a card, decided from rows: tables of cases."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest

from yemae.payments.checkouts import CardPayment
from yemae.payments.provider import DISPUTE_LOST, GivenBack, GivenBackState
from yemae.payments.refunds import Refund, RefundState, to_wallet
from yemae.sale.decide_checkouts import HANDED_OVER_AGAIN, IN_DOUBT_MAX, LOOK_AGAIN, NO_ANSWER
from yemae.sale.decide_refunds import (
    ACCEPTED_MAX,
    Ledger,
    after_answer,
    given,
    made_elsewhere,
    payout,
    recorded,
    taken_back,
)

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ORDER, OURS = UUID(int=1), UUID(int=2)
CARD = CardPayment(UUID(int=3), "test", 100)
PENDING = to_wallet(OURS, ORDER, 40, NOW, by="fan", reason=None)._replace(
    destination="checkout", checkout_id=CARD.id, state="pending", settled_at=None, look_at=NOW,
    attempts=1,
)  # fmt: skip


def answer(state: GivenBackState, reason: str | None = None) -> GivenBack:
    return GivenBack(OURS, "re_1", 40, state, reason)


def ledger(balance: int = 70) -> Ledger:
    ids = count(10)
    return Ledger("fan", balance, lambda: UUID(int=next(ids)))


def test_a_settled_refund_is_never_asked_about_again() -> None:
    doubted = PENDING._replace(state="in_doubt", failure=NO_ANSWER, handed_over_at=NOW)
    settled = after_answer(doubted, answer("settled"), NOW)
    assert settled == PENDING._replace(
        state="settled", settled_at=NOW, reference="re_1", look_at=None
    )


@pytest.mark.parametrize(
    ("state", "reason", "failure"),
    [
        ("no_funds", None, "no_funds"),
        ("declined", "stolen", "stolen"),
        ("declined", None, "declined"),
    ],
)
@pytest.mark.parametrize("before", ["pending", "in_doubt", "settled"])
def test_a_declined_refund_says_why_and_is_never_asked_about_again(
    before: RefundState, state: GivenBackState, reason: str | None, failure: str
) -> None:
    refund = PENDING._replace(state=before, settled_at=NOW, handed_over_at=NOW)
    if before == "settled" and state != "declined":
        assert after_answer(refund, answer(state, reason), NOW) is refund
        return
    assert after_answer(refund, answer(state, reason), NOW) == PENDING._replace(
        state="declined", failure=failure, reference="re_1", look_at=None
    )


@pytest.mark.parametrize("said", [None, answer("settled"), answer("accepted"), answer("declined")])
def test_what_was_declined_stays_declined(said: GivenBack | None) -> None:
    declined = PENDING._replace(state="declined")
    assert after_answer(declined, said, NOW) is declined


@pytest.mark.parametrize("said", [None, answer("settled"), answer("accepted"), answer("no_funds")])
def test_what_was_settled_can_only_turn_out_to_be_declined(said: GivenBack | None) -> None:
    settled = PENDING._replace(state="settled", settled_at=NOW)
    assert after_answer(settled, said, NOW) is settled


def test_no_answer_is_a_doubt_and_keeps_what_the_provider_called_it() -> None:
    known = PENDING._replace(reference="re_0")
    doubted = after_answer(known, None, NOW)
    assert doubted == known._replace(
        state="in_doubt", failure=NO_ANSWER, look_at=NOW + LOOK_AGAIN, handed_over_at=None
    )
    nameless = answer("accepted")._replace(reference=None)
    assert after_answer(known, nameless, NOW).reference == "re_0"


def test_a_refund_that_is_on_its_way_is_no_failure() -> None:
    doubted = PENDING._replace(state="in_doubt", failure=NO_ANSWER)
    assert after_answer(doubted, answer("accepted"), NOW) == PENDING._replace(
        reference="re_1", look_at=NOW + LOOK_AGAIN
    )


@pytest.mark.parametrize(
    ("said", "cap"), [(None, IN_DOUBT_MAX), (answer("accepted"), ACCEPTED_MAX)]
)
def test_an_operator_hears_once_of_a_refund_that_is_open_for_too_long(
    said: GivenBack | None, cap: timedelta
) -> None:
    just_before, at = NOW + cap - timedelta(microseconds=1), NOW + cap
    assert after_answer(PENDING, said, just_before).handed_over_at is None
    handed_over = after_answer(PENDING, said, at)
    assert handed_over.handed_over_at == at
    assert handed_over.look_at == at + HANDED_OVER_AGAIN
    later = after_answer(handed_over, said, at + HANDED_OVER_AGAIN)
    assert later.handed_over_at == at


def test_refunds_made_elsewhere_are_those_that_no_row_is_about_and_that_moved_money() -> None:
    by_reference = PENDING._replace(id=UUID(int=9), reference="re_9")
    new = [
        GivenBack(None, "re_5", 5, "settled"),
        GivenBack(UUID(int=77), "re_6", 6, "accepted"),
    ]
    others = [
        answer("settled"),
        GivenBack(None, "re_9", 40, "settled"),
        GivenBack(None, "re_7", 7, "declined"),
        GivenBack(None, "re_8", 8, "no_funds"),
    ]
    assert made_elsewhere([*others, *new], [PENDING, by_reference]) == new


@pytest.mark.parametrize(
    ("reason", "who"), [("asked by phone", "test:dashboard"), (DISPUTE_LOST, "test:dispute")]
)
def test_what_was_made_elsewhere_is_recorded_as_settled_and_cancels_nothing(
    reason: str, who: str
) -> None:
    found = GivenBack(None, "re_5", 5, "settled", reason)
    assert recorded(found, OURS, ORDER, CARD, NOW) == Refund(
        OURS, ORDER, None, 5, "checkout", CARD.id, "settled", reason, who, NOW, NOW,
        reference="re_5",
    )  # fmt: skip


def test_money_goes_from_the_wallet_to_the_provider_and_back_to_the_refunds() -> None:
    line = payout(PENDING, "@provider:test", ledger())
    assert (line.kind, line.from_account, line.to_account) == ("payout", "fan", "@provider:test")
    assert (line.amount, line.balance_after, line.order_id) == (40, 30, ORDER)
    assert (line.user_id, line.idempotency_key, line.created_at) == ("fan", None, NOW)
    into = given(PENDING, ledger())
    assert (into.kind, into.from_account, into.to_account) == ("refund", "@refunds", "fan")
    assert into.balance_after == 110
    later = NOW + timedelta(days=1)
    back, out = taken_back(PENDING, "test", ledger(), later)
    assert (back.kind, back.from_account, back.to_account) == ("refund", "@provider:test", "fan")
    assert (out.kind, out.from_account, out.to_account) == ("payout", "fan", "@refunds")
    assert (back.balance_after, out.balance_after) == (110, 70)
    assert {back.created_at, out.created_at} == {later}
    assert back.id != out.id
