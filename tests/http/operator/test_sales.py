"""The sales of a concert over HTTP: for operators only, and what they are shown."""

from typing import Any

import pytest

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, problem_of
from helpers.operators import operator
from helpers.time_travel import travel
from yemae.http.operator import sales

SALES = f"/v1/admin/concerts/{HALL}/sales"
MINUTES = f"{SALES}/minutes"


async def shown(op: Visitor, path: str) -> Any:
    """What a report shows."""
    answer = await op.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def bought(fan: Visitor, *seats: str) -> None:
    """Buy seats of the first date."""
    await fan.top_up()
    assert (await fan.pay(await fan.held(*seats))).status_code == 201


@pytest.mark.parametrize("path", [SALES, MINUTES])
async def test_every_report_needs_the_role_operator(
    site: Site, visitor: Visitor, path: str
) -> None:
    problem_of(await site.ask("GET", path), 401, "unauthenticated")
    problem_of(await visitor.get(path), 403, "operator-required")
    unknown = path.replace(HALL, "another")
    problem_of(await operator(site).get(unknown), 404, "concert-not-found")
    assert set(site.runtime.sales_reports) <= {HALL}


async def test_sales_are_shown_by_date_and_grade_with_their_money(
    site: Site, inside: Visitor
) -> None:
    await bought(inside, "1", "2")
    found = await shown(operator(site), SALES)
    first, second = found["lines"]
    assert (first["performance_id"], first["grade"], first["price_type"]) == (FIRST, "R", None)
    assert (first["starts_at"], first["starts_at_local"]) == (
        "2030-01-01T10:00:00.000Z",
        "2030-01-01T10:00:00.000+00:00",
    )
    seats = ("sold", "cancelled", "held", "blocked", "free")
    assert [first[name] for name in seats] == [2, 0, 0, 0, 8]
    assert [second[name] for name in seats] == [0, 0, 0, 0, 10]
    assert found["total"] == {
        **{name: first[name] + second[name] for name in seats},
        "revenue": 100_000,
        "booking_fees": 0,
        "cancellation_fees": 0,
        "refunds": 0,
        "net": 100_000,
    }


async def test_a_process_reads_the_sales_of_a_concert_once_in_a_while(
    site: Site, inside: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    op = operator(site)
    before = await shown(op, SALES)
    await bought(inside, "1")
    assert await shown(op, SALES) == before
    monkeypatch.setattr(site.runtime.sales_reports[HALL], "_max_age_s", -1.0)
    after = await shown(op, SALES)
    assert (before["total"]["sold"], after["total"]["sold"]) == (0, 1)


async def test_minutes_come_in_pages_from_a_moment_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    op = operator(site)
    for seat in ("1", "2", "3"):
        (fan,) = await site.enter(f"fan-{seat}")
        await bought(fan, seat)
        travel(site.runtime, 60)
    monkeypatch.setattr(sales, "MINUTES_MAX", 2)
    first = await shown(op, MINUTES)
    assert [(each["seats"], each["charged"]) for each in first["minutes"]] == 2 * [(1, 50_000)]
    rest = await shown(op, f"{MINUTES}?since={first['next_since']}")
    assert [each["seats"] for each in rest["minutes"]] == [1]
    assert rest["next_since"] is None
    for wrong in ("yesterday", "2026-11-22T11:04:00"):
        problem_of(await op.get(f"{MINUTES}?since={wrong}"), 422, "invalid-request")
