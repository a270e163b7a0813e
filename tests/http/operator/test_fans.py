"""Fans over HTTP for operators: who is found by what, what is shown of them, and to whom."""

from typing import Any

import pytest

from helpers.concerts import HALL
from helpers.http import Site, Visitor, problem_of
from helpers.operators import having
from yemae.orders.booking_number import booking_number
from yemae.refusals import StoreUnavailable
from yemae.store import valkey
from yemae.waiting_room import places

FANS = "/v1/admin/fans"
SIGN_UP = {"name": "김예매", "email": "ann@example.com", "password": "correct horse"}
WHY = {"reason": "Asks by phone"}


@pytest.fixture
async def ann(site: Site) -> Visitor:
    """A fan with an account, inside, with money."""
    made = (await site.ask("POST", "/v1/users", json=SIGN_UP)).json()
    visitor = site.visitor(made["user"]["id"])
    visitor.tokens["Authorization"] = f"Bearer {made['access_token']}"
    await visitor.join()
    await site.admit()
    assert await visitor.poll() == "admitted"
    await visitor.top_up()
    return visitor


async def found(op: Visitor, text: str, more: str = "") -> list[str]:
    """The ids of the fans that a text finds."""
    answer = await op.get(f"{FANS}?{more}", params={"q": text} | _parts(more))
    assert answer.status_code == 200, answer.text
    return [fan["user_id"] for fan in answer.json()["fans"]]


def _parts(more: str) -> dict[str, str]:
    return dict(part.split("=") for part in more.split("&") if part)


async def shown(op: Visitor, fan: Visitor) -> dict[str, Any]:
    """A fan as an operator sees them."""
    answer = await op.get(f"{FANS}/timeline", params={"user_id": fan.user_id})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_fan_is_found_by_each_thing_that_they_may_say(
    site: Site, op: Visitor, ann: Visitor
) -> None:
    order_id = await ann.held("1", "2")
    order = (await ann.get(f"/v1/orders/{order_id}")).json()
    number = (await op.get(f"/v1/admin/orders/{order_id}")).json()["queue_number"]
    said = (order_id, order["booking_number"], order["booking_number"].lower(), ann.user_id)
    for text in (*said, "ANN@example.com", "예매", str(number)):
        assert await found(op, text) == [ann.user_id], text
    for text in ("other@example.com", "이예매", "1", booking_number(site.runtime.new_id())):
        assert await found(op, text) == [], text
    answer = await op.get(FANS, params={"q": "ann@example.com"})
    assert answer.headers["cache-control"] == "no-store"
    (fan,) = answer.json()["fans"]
    assert (fan["name"], fan["email"]) == ("김*매", "a**@example.com")
    assert (fan["orders"], fan["last_order_id"]) == (1, order_id)
    assert fan["last_concert_id"] == HALL


async def test_a_fan_is_found_by_the_address_that_they_gave_at_the_payment(
    op: Visitor, inside: Visitor
) -> None:
    await inside.top_up()
    order_id = await inside.held("1")
    body = {"email": "guest@example.com", "language": "en"}
    paid = await inside.post(f"/v1/orders/{order_id}/payment", body)
    assert paid.status_code == 201, paid.text
    assert await found(op, "Guest@example.com") == [inside.user_id]
    (mail,) = (await shown(op, inside))["mails"]
    assert (mail["kind"], mail["state"], mail["order_id"]) == ("order_paid", "waiting", order_id)


async def test_a_fan_in_line_is_found_by_queue_number_without_an_order(
    site: Site, op: Visitor
) -> None:
    waiting = site.visitor("waiting")
    await waiting.join()
    (place,) = (await shown(op, waiting))["places"]
    assert (place["concert_id"], place["state"], place["ahead"]) == (HALL, "waiting", 0)
    number = str(place["queue_number"])
    assert await found(op, number) == []
    assert await found(op, number, f"concert_id={HALL}") == ["waiting"]
    here, elsewhere = having(site, f"support:{HALL}"), having(site, "support:elsewhere")
    assert await found(here, number, f"concert_id={HALL}") == ["waiting"]
    asked = {"q": number, "concert_id": HALL}
    problem_of(await elsewhere.get(FANS, params=asked), 403, "forbidden")
    problem_of(await op.get(FANS, params=asked | {"concert_id": "x"}), 404, "concert-not-found")
    await site.admit()
    (place,) = (await shown(op, waiting))["places"]
    assert (place["state"], place["ends_at"] is None) == ("admitted", False)


async def test_the_timeline_has_what_happened_to_every_order(op: Visitor, ann: Visitor) -> None:
    order_id = await ann.held("1")
    assert (await ann.pay(order_id)).status_code == 201
    await op.post(f"/v1/admin/orders/{order_id}/fan", WHY)
    whole = await shown(op, ann)
    assert (whole["name"], whole["email"]) == ("김*매", "a**@example.com")
    assert [each["what"] for each in whole["events"]] == ["held", "paid", "revealed"]
    assert {each["order_id"] for each in whole["events"]} == {order_id}
    assert [each["id"] for each in whole["orders"]] == [order_id]
    assert whole["places"] == []


async def test_a_place_that_is_over_is_listed_unless_it_was_used_to_buy(
    site: Site, op: Visitor, ann: Visitor
) -> None:
    queue = f"/v1/admin/concerts/{HALL}/queue"
    other = site.visitor("other")
    await other.join()
    await site.admit()
    assert (await op.post(f"{queue}/revoke", {"user_id": other.user_id})).status_code == 200
    (place,) = (await shown(op, other))["places"]
    assert (place["concert_id"], place["state"]) == (HALL, "over")
    assert (await ann.pay(await ann.held("1"))).status_code == 201
    at = await places.standing(site.runtime.valkey, HALL, ann.user_id)
    assert at.word == "over"
    assert (await shown(op, ann))["places"] == []
    answer = await op.post(f"{queue}/reopen", {"user_id": ann.user_id, **WHY})
    assert answer.json()["reopened"] is False


async def test_places_are_null_while_valkey_is_away(
    op: Visitor, ann: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(valkey.Valkey, "run", away)
    whole = await shown(op, ann)
    assert (whole["places"], whole["orders"]) == (None, [])


async def test_a_role_at_another_concert_finds_and_sees_nothing(
    site: Site, op: Visitor, ann: Visitor
) -> None:
    await ann.held("1")
    elsewhere, here = having(site, "support:elsewhere"), having(site, f"support:{HALL}")
    assert await found(here, "ann@example.com") == [ann.user_id]
    assert await found(elsewhere, "ann@example.com") == []
    asked = {"params": {"user_id": ann.user_id}}
    problem_of(await elsewhere.get(f"{FANS}/timeline", **asked), 422, "invalid-request")
    assert (await here.get(f"{FANS}/timeline", **asked)).status_code == 200
    body = {"user_id": ann.user_id, **WHY}
    problem_of(await elsewhere.post(f"{FANS}/reveal", body), 422, "invalid-request")
    assert (await op.get("/v1/admin/log")).json()["lines"] == []
    answer = await here.post(f"{FANS}/reveal", body)
    assert answer.json() == {"user_id": ann.user_id, "name": "김예매", "email": "ann@example.com"}
    assert (await op.post(f"{FANS}/reveal", body)).status_code == 201
    lines = (await op.get("/v1/admin/log")).json()["lines"]
    assert [(each["action"], each["concert_id"], each["reason"]) for each in lines] == [
        ("reveal", None, "Asks by phone"),
        ("reveal", HALL, "Asks by phone"),
    ]
    assert lines[0]["details"] == {"user_id": ann.user_id}


async def test_what_is_asked_for_has_limits(op: Visitor) -> None:
    for text in ("", " ", "x" * 321, "\x00"):
        problem = problem_of(await op.get(FANS, params={"q": text}), 422, "invalid-request")
        assert problem["errors"][0]["field"] == "q"
    nowhere = {"user_id": "nowhere"}
    problem_of(await op.get(f"{FANS}/timeline", params=nowhere), 422, "invalid-request")
    problem_of(await op.post(f"{FANS}/reveal", nowhere | WHY), 422, "invalid-request")


async def test_tickets_are_sent_again_or_to_another_address(op: Visitor, ann: Visitor) -> None:
    order_id = await ann.held("1")
    path = f"/v1/admin/orders/{order_id}/mails"
    problem_of(await op.post(path, WHY), 409, "order-not-paid")
    assert (await ann.pay(order_id)).status_code == 201
    assert (await op.post(path, WHY)).status_code == 202
    new = {"email": "new@example.com", "language": "en", **WHY}
    assert (await op.post(path, new)).status_code == 202
    mails = (await shown(op, ann))["mails"]
    assert [each["kind"] for each in mails] == ["ticket_link", "ticket_link", "order_paid"]
    assert await found(op, "new@example.com") == [ann.user_id]
    lines = (await op.get(f"/v1/admin/log?order_id={order_id}")).json()["lines"]
    assert [each["action"] for each in lines] == ["send tickets", "send tickets"]
    assert "new@example.com" not in str(lines)


async def test_an_order_without_an_address_has_to_be_given_one(
    op: Visitor, inside: Visitor
) -> None:
    await inside.top_up()
    order_id = await inside.held("1")
    assert (await inside.pay(order_id)).status_code == 201
    path = f"/v1/admin/orders/{order_id}/mails"
    problem = problem_of(await op.post(path, WHY), 422, "invalid-request")
    assert problem["errors"][0]["field"] == "email"


async def test_a_hold_is_extended_once(op: Visitor, ann: Visitor) -> None:
    order_id = await ann.held("1")
    before = (await ann.get(f"/v1/orders/{order_id}")).json()["expires_at"]
    path = f"/v1/admin/orders/{order_id}/extension"
    after = (await op.post(path, WHY)).json()["expires_at"]
    assert after > before
    assert (await op.post(path, WHY)).json()["expires_at"] == after
    assert (await ann.pay(order_id)).status_code == 201
    problem_of(await op.post(path, WHY), 409, "order-not-held")
