"""A fan keeps what a guest has in the own account: orders, balance, places; and what stops it."""

from typing import Any

import pytest

from helpers.fans import Fan
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.paid_orders import bought
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.settings import Settings

PATH = "/v1/me/guests"


class Guest(Visitor):
    """A guest, with the key."""

    def __init__(self, site: Site, made: dict[str, Any]) -> None:
        super().__init__(site, made["user"]["id"])
        self.key: str = made["guest_key"]
        self.tokens = {"Authorization": f"Bearer {made['access_token']}"}


async def new_guest(site: Site) -> Guest:
    """A guest who has just come."""
    return Guest(site, (await site.ask("POST", "/v1/guests")).json())


async def inside(site: Site) -> Guest:
    """A guest with money and an open pass."""
    guest = await new_guest(site)
    await guest.join()
    await site.admit()
    assert await guest.poll() == "admitted"
    await guest.top_up(200_000)
    return guest


@pytest.fixture
async def ann(site: Site) -> Visitor:
    """A fan with an account."""
    body = {"name": "Ann", "email": "ann@example.com", "password": "correct horse"}
    made = (await site.ask("POST", "/v1/users", json=body)).json()
    fan = site.visitor(made["user"]["id"])
    fan.tokens = {"Authorization": f"Bearer {made['access_token']}"}
    return fan


async def test_orders_tickets_and_balance_are_the_accounts_afterwards(
    site: Site, ann: Visitor
) -> None:
    guest = await inside(site)
    order_id = await guest.held("1")
    await guest.pay(order_id)
    tickets = (await guest.get(f"/v1/orders/{order_id}")).json()["tickets"]
    await guest.ask("PATCH", "/v1/me", json={"name": "Guest Kim"})
    await ann.top_up(1_000)
    done = await ann.post(PATH, {"guest_key": guest.key})
    assert done.json() == {"orders": 1, "amount": 150_000, "balance": 151_000, "places": []}
    assert done.headers["cache-control"] == "no-store"
    order = (await ann.get(f"/v1/orders/{order_id}")).json()
    assert (order["status"], order["tickets"]) == ("paid", tickets)
    assert (await ann.get("/v1/wallet")).json()["balance"] == 151_000
    kinds = [line["kind"] for line in (await ann.get("/v1/wallet/transfers")).json()["transfers"]]
    assert kinds == ["merge", "top_up"]
    data = (await ann.get("/v1/me/data")).json()
    kept = sorted(line["kind"] for line in data["transfers"])
    assert kept == ["merge", "merge", "payment", "top_up", "top_up"]
    # The guest's sign-ins have ended.
    problem_of(await guest.get("/v1/me"), 401, "unauthenticated")
    body = {"guest_key": guest.key}
    again = await site.ask("POST", "/v1/guests/sessions", json=body)
    problem_of(again, 401, "guest-key-invalid")
    await assert_reconciled(site.runtime)


async def test_a_repeat_moves_nothing_and_another_account_gets_nothing(
    site: Site, ann: Visitor
) -> None:
    guest = await inside(site)
    body = {"guest_key": guest.key}
    first, second = [(await ann.post(PATH, body)).json() for _ in range(2)]
    assert first == second
    problem_of(await site.visitor("ben").post(PATH, body), 401, "guest-key-invalid")
    await assert_reconciled(site.runtime)


async def test_it_waits_for_what_the_guest_has_under_way(site: Site, ann: Visitor) -> None:
    guest = await inside(site)
    await guest.held("1")
    body = {"guest_key": guest.key}
    before = await site.contents()
    refused = problem_of(await ann.post(PATH, body), 422, "invalid-request")
    assert refused["errors"][0]["field"] == "orders"
    assert await site.contents() == before
    travel(site.runtime, site.runtime.settings.sale.hold_ttl_s + 1)
    assert (await ann.post(PATH, body)).json()["orders"] == 1


async def test_an_open_card_payment_is_waited_for(site: Site, ann: Visitor) -> None:
    guest = await inside(site)
    order_id = await guest.held("1")
    path = f"/v1/orders/{order_id}/checkouts"
    # No bank answers here, and the checkout is looked up until it has ended.
    problem_of(await guest.post(path, {"method": "card"}), 503, "payment-provider-unavailable")
    await guest.ask("DELETE", f"/v1/orders/{order_id}")
    refused = problem_of(await ann.post(PATH, {"guest_key": guest.key}), 422, "invalid-request")
    assert refused["errors"][0]["field"] == "checkouts"


async def test_both_together_keep_the_limits_of_seats_and_balances(
    settings: Settings, usual_concert: str
) -> None:
    assert usual_concert
    async with open_site(settings, balance_max=1_000_000) as site:
        runtime, ann = site.runtime, site.visitor("ann")
        await bought(Fan(runtime, "ann"), "1", "2")
        await bought(Fan(runtime, "guest"), "3", "4", "5")
        body = {"guest_key": runtime.issuer.guest_key("guest")}
        limit = problem_of(await ann.post(PATH, body), 409, "seat-limit-exceeded")
        assert limit == {"limit": 4, "per": "performance"}
        body = {"guest_key": runtime.issuer.guest_key("rich")}
        await Fan(runtime, "rich").top_up(900_000)
        most = problem_of(await ann.post(PATH, body), 409, "balance-limit-exceeded")
        assert most["limit"] == 1_000_000
        await assert_reconciled(runtime)


async def test_a_place_goes_along_at_its_number(site: Site, ann: Visitor) -> None:
    guest, other = await new_guest(site), site.visitor("other")
    for fan in (guest, other):
        await fan.join()
    tokens = [guest.tokens["Queue-Token"], other.tokens["Queue-Token"], "unreadable"]
    moved = (await ann.post(PATH, {"guest_key": guest.key, "queue_tokens": tokens})).json()
    (place,) = moved["places"]
    assert place["concert_id"] == "hall"
    ann.tokens["Queue-Token"] = place["queue_token"]
    state = (await ann.get("/v1/queue-tokens/me")).json()
    assert (state["state"], state["position"], state["waiting"]) == ("waiting", 1, 2)
    problem_of(await guest.get("/v1/queue-tokens/me"), 410, "queue-token-expired")
    await site.admit()
    assert await ann.poll() == "admitted"
    await ann.top_up(50_000)
    assert (await ann.pay(await ann.held("1"))).status_code == 201


async def test_a_repeat_has_the_places_because_the_first_answer_may_be_lost(
    site: Site, ann: Visitor
) -> None:
    guest = await new_guest(site)
    await guest.join()
    body = {"guest_key": guest.key, "queue_tokens": [guest.tokens["Queue-Token"]]}
    first, second = [(await ann.post(PATH, body)).json() for _ in range(2)]
    assert first["places"] != []
    assert second == first
    ann.tokens["Queue-Token"] = second["places"][0]["queue_token"]
    await site.admit()
    assert await ann.poll() == "admitted"
    await ann.top_up(50_000)
    await ann.pay(await ann.held("1"))
    # It is over, and a repeat gives it to no one again.
    assert (await ann.post(PATH, body)).json()["places"] == []


async def test_a_place_that_the_account_cannot_take_stays_the_guests(
    site: Site, ann: Visitor
) -> None:
    guest = await new_guest(site)
    await guest.join()
    await ann.join()
    # What is over of a fan, is over up to its number.
    await ann.ask("DELETE", "/v1/queue-tokens/me")
    body = {"guest_key": guest.key, "queue_tokens": [guest.tokens["Queue-Token"]]}
    for _ in range(2):
        assert (await ann.post(PATH, body)).json()["places"] == []
    assert (await guest.get("/v1/queue-tokens/me")).json()["state"] == "waiting"


async def test_a_pass_goes_to_the_front_of_the_line_and_a_used_one_is_over(
    site: Site, ann: Visitor
) -> None:
    guest = await inside(site)
    body = {"guest_key": guest.key, "queue_tokens": [guest.tokens["Queue-Token"]]}
    (place,) = (await ann.post(PATH, body)).json()["places"]
    ann.tokens["Queue-Token"] = place["queue_token"]
    await site.admit()
    assert await ann.poll() == "admitted"
    used = await inside(site)
    await used.pay(await used.held("1"))
    body = {"guest_key": used.key, "queue_tokens": [used.tokens["Queue-Token"]]}
    assert (await ann.post(PATH, body)).json()["places"] == []


async def test_no_guest_merges_into_itself_or_into_a_guest_who_is_gone(site: Site) -> None:
    first, second = await new_guest(site), await new_guest(site)
    problem_of(await first.post(PATH, {"guest_key": first.key}), 422, "invalid-request")
    assert (await second.post(PATH, {"guest_key": first.key})).status_code == 200
    problem_of(await first.post(PATH, {"guest_key": second.key}), 401, "unauthenticated")
    problem_of(await second.post(PATH, {"guest_key": "unreadable"}), 401, "guest-key-invalid")
    problem_of(await site.ask("POST", PATH, json={}), 401, "unauthenticated")
