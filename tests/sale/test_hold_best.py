"""Holds of fans who leave the choice to the server: who is offered seats, and how often."""

from typing import Any

import pytest

from helpers.fans import carried_out
from races.test_best_available import wanted
from yemae.base.batching import Done
from yemae.orders.order import Order
from yemae.refusals import SeatLimitExceeded
from yemae.runtime import Runtime
from yemae.sale import hold_best


@pytest.fixture
def offers(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The fans of each round of offers."""
    rounds: list[list[str]] = []
    original = hold_best._hold_offers

    async def noting(runtime: Runtime, requests: Any, attempt: int, *, wait: bool) -> Done[Order]:
        assert attempt == len(rounds)
        rounds.append([request.user_id for request in requests])
        return await original(runtime, requests, attempt, wait=wait)

    monkeypatch.setattr(hold_best, "_hold_offers", noting)
    return rounds


async def test_who_may_have_no_more_seats_is_offered_none_and_who_got_theirs_no_others(
    runtime: Runtime, offers: list[list[str]]
) -> None:
    requests = [wanted(runtime, "greedy", 5), wanted(runtime, "fan", 2)]
    greedy, fan = (await hold_best.hold_best(runtime, requests)).answers
    assert isinstance(greedy, SeatLimitExceeded)
    assert isinstance(fan, Order)
    assert offers == [["fan"]]


async def test_what_a_fan_has_counts_before_any_offer_and_not_for_a_repeat(
    runtime: Runtime, offers: list[list[str]]
) -> None:
    first, more = wanted(runtime, "fan", 4, idempotency_key="key"), wanted(runtime, "fan", 1)
    (order,) = await carried_out(hold_best.hold_best(runtime, [first]))
    offers.clear()
    again, refused = await carried_out(hold_best.hold_best(runtime, [first, more]))
    assert again == order
    assert isinstance(refused, SeatLimitExceeded)
    assert offers == [["fan"]]
