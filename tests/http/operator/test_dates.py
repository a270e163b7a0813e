"""Dates over HTTP for operators: cancel, move, pause; and what fans see of it."""

from typing import Any

import pytest

from helpers.concerts import FIRST, HALL, SEAT_PRICE, SECOND
from helpers.http import Site, Visitor, problem_of
from helpers.operators import log_of, operator

ONE = f"/v1/admin/performances/{FIRST}"
ALL = f"/v1/admin/concerts/{HALL}/cancellation"
WHY = {"reason": "The singer is ill"}
LATER = {"starts_at": "2030-03-01T11:00:00Z", **WHY}
CALLS: list[tuple[str, str, object]] = [
    ("POST", f"{ONE}/cancellation", WHY),
    ("POST", ALL, WHY),
    ("POST", f"{ONE}/postponement", LATER),
    ("GET", f"{ONE}/refunds", None),
    ("POST", f"{ONE}/refunds/pause", None),
    ("POST", f"{ONE}/refunds/resume", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=str)
async def test_every_call_needs_the_role_operator(
    site: Site, visitor: Visitor, method: str, path: str, body: object
) -> None:
    given: dict[str, Any] = {} if body is None else {"json": body}
    problem_of(await site.ask(method, path, **given), 401, "unauthenticated")
    problem_of(await visitor.ask(method, path, **given), 403, "operator-required")


async def test_a_cancelled_date_is_shown_to_its_fans_and_its_run_is_steered(
    site: Site, inside: Visitor
) -> None:
    await inside.top_up()
    order_id = await inside.held("1")
    assert (await inside.pay(order_id)).status_code == 201
    op = operator(site)
    begun = await op.ask("POST", f"{ONE}/cancellation", json=WHY)
    assert begun.status_code == 202, begun.text
    run = begun.json()
    assert (run["state"], run["orders_left"], run["amount_left"]) == ("running", 1, SEAT_PRICE)
    order = (await inside.get(f"/v1/orders/{order_id}")).json()
    assert order["schedule"] == "cancelled"
    concert = (await site.ask("GET", f"/v1/concerts/{HALL}")).json()
    dates = {date["id"]: date for date in concert["dates"]}
    assert (dates[FIRST]["schedule"], dates[FIRST]["sale_is_over"]) == ("cancelled", True)
    assert dates[SECOND]["schedule"] == concert["schedule"] == "as_planned"
    paused = (await op.ask("POST", f"{ONE}/refunds/pause")).json()
    assert paused["state"] == (await op.get(f"{ONE}/refunds")).json()["state"] == "paused"
    assert (await op.ask("POST", f"{ONE}/refunds/resume")).json()["state"] == "running"
    assert [action for _, action in await log_of(op)] == [
        "resume refunds", "pause refunds", "cancel date"
    ]  # fmt: skip


async def test_a_concert_is_cancelled_and_stays_in_the_list(site: Site) -> None:
    done = await operator(site).ask("POST", ALL, json=WHY)
    assert done.status_code == 202, done.text
    assert [run["performance_id"] for run in done.json()["runs"]] == [FIRST, SECOND]
    (listed,) = (await site.ask("GET", "/v1/concerts")).json()["concerts"]
    assert (listed["schedule"], listed["state"]) == ("cancelled", "closed")


async def test_a_date_that_moves_says_from_when(site: Site) -> None:
    done = await operator(site).ask("POST", f"{ONE}/postponement", json=LATER)
    assert done.status_code == 200, done.text
    assert done.json()["postponed_from"] == "2030-01-01T10:00:00.000Z"
    concert = (await site.ask("GET", f"/v1/concerts/{HALL}")).json()
    date = next(date for date in concert["dates"] if date["id"] == FIRST)
    assert (date["schedule"], date["starts_at"]) == ("postponed", "2030-03-01T11:00:00.000Z")
    assert date["postponed_from_local"] == "2030-01-01T10:00:00.000+00:00"
    assert date["refundable_until"] == done.json()["refundable_until"]


async def test_a_run_that_there_is_not_and_a_date_that_there_is_not(site: Site) -> None:
    op = operator(site)
    problem_of(await op.get(f"{ONE}/refunds"), 404, "refund-run-not-found")
    unknown = "/v1/admin/performances/none/cancellation"
    problem_of(await op.ask("POST", unknown, json=WHY), 404, "performance-not-found")
    problem_of(await op.ask("POST", f"{ONE}/postponement", json=WHY), 422, "invalid-request")
