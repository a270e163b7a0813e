"""The wallet: balance, top-ups, ledger lines."""

import msgspec
import pytest

from helpers.concerts import concert
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.reconcile import assert_reconciled
from yemae.settings import Settings

TOP_UPS = "/v1/wallet/top-ups"
AMOUNTS: list[object] = [0, -1, -50_000, 0.5, 1.5, 1e-9, 10**10 + 1, 10**13 + 1, 2**63, 10**30]
AMOUNTS += ["1000", "", None, True, [1], {"won": 1}]


async def test_a_top_up_is_credited_and_shown(site: Site, visitor: Visitor) -> None:
    assert (await visitor.get("/v1/wallet")).json() == {"balance": 0, "currency": "KRW"}
    answer = await visitor.top_up(70_000, key="first")
    assert answer.status_code == 201
    line = answer.json()["transfer"]
    assert answer.json() == {
        "balance": 70_000,
        "transfer": {
            "id": line["id"],
            "kind": "top_up",
            "from_account": "@cash",
            "to_account": "fan",
            "amount": 70_000,
            "balance_after": 70_000,
            "order_id": None,
            "created_at": line["created_at"],
        },
    }
    assert (await visitor.get("/v1/wallet")).json() == {"balance": 70_000, "currency": "KRW"}
    assert (await visitor.get("/v1/wallet/transfers")).json() == {
        "transfers": [line],
        "next_cursor": None,
    }
    await assert_reconciled(site.runtime)


async def test_looking_at_a_wallet_writes_nothing(site: Site, visitor: Visitor) -> None:
    before = await site.contents()
    await visitor.get("/v1/wallet")
    await visitor.get("/v1/wallet/transfers")
    await visitor.get("/v1/me")
    assert await site.contents() == before


async def test_an_amount_that_is_none_is_refused(site: Site, visitor: Visitor) -> None:
    before = await site.contents()
    for amount in AMOUNTS:
        answer = await visitor.post(TOP_UPS, {"amount": amount}, headers={"Idempotency-Key": "1"})
        (error,) = problem_of(answer, 422, "invalid-request")["errors"]
        assert error["field"] == "amount"
    assert await site.contents() == before


async def test_numbers_at_the_end_of_the_world_are_refused(site: Site, visitor: Visitor) -> None:
    before = await site.contents()
    for raw in ("1e400", "-1e400", "1" * 400, "1e1000000", "0.1e-400", "-0"):
        body = f'{{"amount":{raw}}}'
        answer = await visitor.post(TOP_UPS, content=body, headers={"Idempotency-Key": "1"})
        assert answer.status_code in (400, 422)
    assert await site.contents() == before


async def test_unknown_fields_are_refused(visitor: Visitor) -> None:
    for more in ({"balance": 1}, {"user_id": "other"}, {"currency": "USD"}, {"Amount": 1}):
        body = {"amount": 1, **more}
        answer = await visitor.post(TOP_UPS, body, headers={"Idempotency-Key": "1"})
        (error,) = problem_of(answer, 422, "invalid-request")["errors"]
        assert error == {"field": next(iter(more)), "detail": "unknown field"}


async def test_a_top_up_needs_a_key(site: Site, visitor: Visitor) -> None:
    before = await site.contents()
    for headers in ({}, {"Idempotency-Key": ""}):
        answer = await visitor.post(TOP_UPS, {"amount": 1}, headers=headers)
        assert problem_of(answer, 400, "idempotency-key-required") == {}
    assert await site.contents() == before


async def test_a_key_is_visible_ascii(visitor: Visitor) -> None:
    for key in ("a b", "k" * 256, "\t", "clé", "a\x7f"):
        headers = {"Idempotency-Key": key.encode("latin-1")}
        answer = await visitor.post(TOP_UPS, {"amount": 1}, headers=headers)
        (error,) = problem_of(answer, 422, "invalid-request")["errors"]
        assert error["field"] == "Idempotency-Key"


async def test_the_same_key_is_credited_once_and_answered_the_same(
    site: Site, visitor: Visitor
) -> None:
    first = await visitor.top_up(1_000, key="k")
    await visitor.top_up(500, key="other")
    before = await site.contents()
    again = await visitor.top_up(1_000, key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert problem_of(await visitor.top_up(999, key="k"), 409, "idempotency-conflict") == {}
    assert await site.contents() == before
    assert (await visitor.get("/v1/wallet")).json()["balance"] == 1_500


async def test_keys_are_each_fan_s_own(site: Site, visitor: Visitor) -> None:
    other = site.visitor("other")
    await visitor.top_up(1_000, key="k")
    assert (await other.top_up(2_000, key="k")).json()["balance"] == 2_000


async def test_a_wallet_holds_no_more_than_a_wallet_may(settings: Settings) -> None:
    async with open_site(settings, balance_max=1_000) as site:
        fan = site.visitor("fan")
        await fan.top_up(600)
        before = await site.contents()
        assert problem_of(await fan.top_up(401), 409, "balance-limit-exceeded") == {
            "limit": 1_000,
            "currency": "KRW",
        }
        assert await site.contents() == before
        assert (await fan.top_up(400)).json()["balance"] == 1_000


async def test_ledger_lines_come_newest_first_in_pages_that_miss_none(
    site: Site, inside: Visitor
) -> None:
    for amount in (100_000, 2, 3):
        await inside.top_up(amount)
    order_id = await inside.held("1")
    await inside.pay(order_id)
    await site.visitor("other").top_up()
    everything = (await inside.get("/v1/wallet/transfers")).json()["transfers"]
    assert [line["amount"] for line in everything] == [50_000, 3, 2, 100_000]
    assert [line["balance_after"] for line in everything] == [50_005, 100_005, 100_002, 100_000]
    debit = everything[0]
    assert (debit["kind"], debit["order_id"]) == ("payment", order_id)
    assert (debit["from_account"], debit["to_account"]) == ("fan", "@sales")
    seen, path = [], "/v1/wallet/transfers?limit=3"
    for left in (3, 1):
        page = (await inside.get(path)).json()
        assert len(page["transfers"]) == left
        seen += page["transfers"]
        path = f"/v1/wallet/transfers?limit=3&cursor={page['next_cursor']}"
    assert seen == everything
    assert page["next_cursor"] is None


async def test_an_order_of_eleven_million_won_is_paid_with_one_top_up(settings: Settings) -> None:
    usual = concert()
    seats = tuple(msgspec.structs.replace(seat, price=2_750_000) for seat in usual.seats)
    async with open_site(settings, msgspec.structs.replace(usual, seats=seats)) as site:
        (fan,) = await site.enter("fan")
        held = (await fan.hold("1", "2", "3", "4")).json()
        assert held["total"] == 11_000_000
        problem = problem_of(await fan.pay(held["id"]), 402, "insufficient-balance")
        assert (await fan.top_up(problem["required"] - problem["balance"])).status_code == 201
        assert (await fan.pay(held["id"])).status_code == 201


async def test_rupiah_prices_can_be_loaded_and_paid(settings: Settings) -> None:
    rupiah = settings.replace(currency="IDR")
    usual = concert()
    price = 1_000_000_000  # Rp 10,000,000.00
    seats = tuple(msgspec.structs.replace(seat, price=price) for seat in usual.seats)
    hall = msgspec.structs.replace(usual, seats=seats, currency="IDR")
    async with open_site(rupiah, hall) as site:
        (fan,) = await site.enter("fan")
        order = (await fan.hold("1", "2", "3", "4")).json()
        assert (await fan.top_up(order["total"])).status_code == 201
        assert (await fan.pay(order["id"])).status_code == 201


@pytest.mark.parametrize(
    ("values", "shown"),
    [({"mode": "production"}, "off"), ({"top_ups": "off"}, "off"), ({"top_ups": "card"}, "card")],
    ids=["production", "off", "card"],
)
async def test_where_top_ups_are_closed_none_is_credited(
    settings: Settings, values: dict[str, object], shown: str
) -> None:
    async with open_site(settings.replace(**values)) as site:
        assert (await site.get("/v1/settings")).json()["top_ups"] == shown
        before = await site.contents()
        problem_of(await site.visitor("fan").top_up(70_000), 403, "top-up-closed")
        assert await site.contents() == before


async def test_a_production_server_credits_top_ups_only_where_it_is_set(
    settings: Settings,
) -> None:
    async with open_site(settings.replace(mode="production", top_ups="free")) as site:
        assert (await site.get("/v1/settings")).json()["top_ups"] == "free"
        assert (await site.visitor("fan").top_up(70_000)).status_code == 201
