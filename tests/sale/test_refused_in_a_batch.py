"""A refused or repeated request of a batch holds up none that comes after it: pure decisions."""

from typing import Any
from uuid import UUID

import pytest

from helpers.holds import hold
from helpers.holds import request as hold_request
from sale.test_decide_payments import NOW, an_order, request
from yemae.orders.order import Order
from yemae.refusals import (
    CheckoutInProgress,
    ConsentRequired,
    EntryTokenExpired,
    EntryTokenMismatch,
    InsufficientBalance,
    OrderNotFound,
    Refusal,
)
from yemae.sale.decide_payments import Paid, PayRequest, decide_payments


@pytest.mark.parametrize(
    ("refused", "why", "given"),
    [
        (request(9), OrderNotFound, {}),
        (request(concert="club"), EntryTokenMismatch, {}),
        (request(), EntryTokenExpired, {"passes_used": {request().pass_key}}),
        (request(), CheckoutInProgress, {"being_paid": {UUID(int=1)}}),
        (request(), CheckoutInProgress, {"passes_paying": {request().pass_key}}),
        (request()._replace(terms="1"), ConsentRequired, {"terms": "2"}),
        (request(), InsufficientBalance, {}),
    ],
)
def test_a_refused_payment_holds_up_none_that_comes_after_it(
    refused: PayRequest, why: type[Refusal], given: dict[str, Any]
) -> None:
    good = request(2, "ben")._replace(terms="2")
    orders = {order.id: order for order in (an_order(1), an_order(2, "ben"))}
    found, paid = decide_payments(
        [refused, good],
        orders,
        dict.fromkeys(orders, 2),
        {"ann": 99 if why is InsufficientBalance else 100, "ben": 100},
        {},
        now=NOW,
        new_id=lambda: UUID(int=100),
        **{"passes_used": (), **given},
    )
    assert isinstance(found, why)
    assert isinstance(paid, Paid)


def test_a_repeated_hold_holds_up_none_that_comes_after_it() -> None:
    first, again, other = hold(
        [hold_request("1", key="k"), hold_request("1", key="k"), hold_request("2", user="ben")]
    )
    assert again is first
    assert isinstance(other, Order)
