"""Whether a payment has agreed to the operator's terms: the pure decision."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from sale.test_decide_payments import NOW, an_order, request
from yemae.payments.payment import Payment
from yemae.refusals import ConsentRequired, Refusal
from yemae.sale.decide_payments import Paid, PayRequest, decide_payments

ORDER = an_order()


def pay(
    wanted: PayRequest, terms: str | None, earlier: Mapping[tuple[str, str], Payment] | None = None
) -> Paid | Refusal:
    """One payment of an order, where these terms hold."""
    (answer,) = decide_payments(
        [wanted],
        {ORDER.id: ORDER},
        {ORDER.id: 2},
        {"ann": ORDER.total},
        earlier or {},
        terms=terms,
        now=NOW,
        new_id=lambda: UUID(int=100),
    )
    return answer


@pytest.mark.parametrize("agreed", [None, "1"])
def test_a_payment_that_has_not_agreed_to_the_present_terms_is_refused(agreed: str | None) -> None:
    refusal = pay(request()._replace(terms=agreed), "2")
    assert isinstance(refusal, ConsentRequired)
    assert refusal.extra() == {"version": "2"}


@pytest.mark.parametrize(("terms", "agreed"), [("2", "2"), (None, None), (None, "2")])
def test_a_payment_keeps_the_terms_that_it_has_agreed_to(
    terms: str | None, agreed: str | None
) -> None:
    paid = pay(request()._replace(terms=agreed), terms)
    assert isinstance(paid, Paid)
    assert paid.payment.terms == terms


def test_a_repeat_is_answered_whatever_the_terms_are_by_now() -> None:
    first = pay(request(key="k")._replace(terms="1"), "1")
    assert isinstance(first, Paid)
    again = pay(request(key="k")._replace(terms="1"), "2", {("ann", "k"): first.payment})
    assert isinstance(again, Paid)
    assert again.payment == first.payment
