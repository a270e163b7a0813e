"""What one fan may ask for is bounded; what cannot succeed costs the others nothing."""

import asyncio

import pytest

from helpers.http import Site, Visitor, open_site, problem_of
from yemae.orders import orders
from yemae.orders.order import Order
from yemae.refusals import SeatLimitExceeded
from yemae.sale import batches, hold_best, release
from yemae.sale.decide_holds import BestAvailable, HoldRequest
from yemae.settings import Settings
from yemae.values.pass_key import PassKey


async def test_more_holds_in_a_minute_than_the_limit_are_429(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "HOLDS_PER_USER_PER_MINUTE", 3)
    async with open_site(settings) as site:
        first, second = await site.enter("first", "second")
        for _ in range(3):
            await first.ask("DELETE", f"/v1/orders/{await first.held('1')}")
        before = await site.contents()
        problem_of(await first.hold("1"), 429, "rate-limited")
        assert await site.contents() == before
        await second.held("1")


async def test_more_holds_with_one_pass_than_the_limit_are_429(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "HOLDS_PER_PASS_MAX", 2)
    async with open_site(settings) as site:
        (fan,) = await site.enter("fan")
        for number in "12":
            await fan.held(number)
        problem_of(await fan.hold("3"), 429, "rate-limited")
        await fan.ask("DELETE", "/v1/queue-tokens/me")
        (again,) = await site.enter("fan")
        await again.held("3")


async def test_more_top_ups_in_a_minute_than_the_limit_are_429(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "TOP_UPS_PER_USER_PER_MINUTE", 3)
    async with open_site(settings) as site:
        fan = site.visitor("fan")
        for _ in range(3):
            assert (await fan.top_up(100)).status_code == 201
        problem_of(await fan.top_up(100), 429, "rate-limited")
        assert (await fan.get("/v1/wallet")).json()["balance"] == 300
        assert (await site.visitor("other").top_up(100)).status_code == 201


async def test_more_seats_than_the_limit_are_refused_without_waiting_for_a_lock(
    site: Site, inside: Visitor
) -> None:
    async with asyncio.timeout(4), site.runtime.postgres.transaction() as tx:
        await orders.lock_buyers(tx, ["fan"])
        for body in (
            {"seats": [str(number) for number in range(1, 6)]},
            {"best_available": {"grade": "R", "count": 5}},
        ):
            for key in ({}, {"Idempotency-Key": "k"}):
                answer = await inside.post(
                    "/v1/orders", {"performance_id": "hall-1", **body}, headers=key
                )
                assert problem_of(answer, 409, "seat-limit-exceeded")["limit"] == 4


async def test_a_fan_at_the_seat_limit_is_offered_no_seats(site: Site, inside: Visitor) -> None:
    await inside.held("8", "9", "10")
    performance = site.runtime.catalogue.performance("hall-1")

    def best(fan: str, seats: int) -> HoldRequest:
        return HoldRequest(
            PassKey(performance.concert_id, fan, 1),
            performance.id,
            performance.key,
            (),
            4,
            "KRW",
            best=BestAvailable("R", seats),
        )

    alone = (await hold_best.hold_best(site.runtime, [best("other", 2)])).answers[0]
    assert isinstance(alone, Order)
    await release.release(site.runtime, "other", alone.id)
    over, free = (
        await hold_best.hold_best(site.runtime, [best("fan", 2), best("other", 2)])
    ).answers
    assert isinstance(over, SeatLimitExceeded)
    assert isinstance(free, Order)
    assert free.seat_numbers == alone.seat_numbers
