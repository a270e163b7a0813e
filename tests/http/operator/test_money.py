"""The money of a concert and the reconcile over HTTP."""

import io
import zipfile

import pytest

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, problem_of
from helpers.operators import having, operator
from yemae.http.operator import money
from yemae.jobs.check_books import check_books

SALES = f"/v1/admin/concerts/{HALL}/sales"
MONEY, WORKBOOK = f"{SALES}/money", f"{SALES}/workbook"
RECONCILE = "/v1/admin/reconcile"
CASH = {"performance_id": FIRST, "seats": ["1"], "tender": "cash", "name": "Ben Lee"}


async def test_money_is_shown_by_method_with_what_it_is_for(
    site: Site, op: Visitor, inside: Visitor
) -> None:
    await inside.top_up()
    assert (await inside.pay(await inside.held("2"))).status_code == 201
    assert (await op.post("/v1/admin/orders", CASH)).status_code == 201
    answer = await having(site, "viewer").get(MONEY)
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    wallet, cash = found["methods"]
    assert (wallet["provider"], wallet["method"], wallet["charged"]) == (None, "wallet", 50_000)
    assert (cash["method"], cash["payments"], cash["left"]) == ("cash", 1, 50_000)
    assert (found["total"]["left"], found["sold"], found["difference"]) == (100_000, 100_000, 0)
    assert (found["fees_kept"], found["set_aside"]) == (0, 0)
    problem_of(await op.get(MONEY.replace(HALL, "another")), 404, "concert-not-found")
    assert set(site.runtime.money_reports) == {HALL}


@pytest.mark.parametrize(
    ("language", "sheets"),
    [("ko", ("판매 현황", "분별 판매", "결제 수단별")), ("en", ("Sales", "Minutes", "Methods"))],
)
async def test_the_workbook_has_a_sheet_for_each_report_in_a_language(
    op: Visitor, language: str, sheets: tuple[str, ...]
) -> None:
    await op.post("/v1/admin/orders", CASH)
    answer = await op.get(f"{WORKBOOK}?language={language}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert f'filename="{HALL}-sales.xlsx"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        names = book.read("xl/workbook.xml").decode()
        cells = book.read("xl/worksheets/sheet3.xml").decode()
    assert [name for name in sheets if f'name="{name}"' in names] == list(sheets)
    # No cell is a formula.
    assert "<f>" not in cells
    problem_of(await op.get(f"{WORKBOOK}?language=fr"), 422, "invalid-request")


async def test_payments_come_one_by_one_to_finance_with_a_line_in_the_log(
    site: Site, op: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = (await op.post("/v1/admin/orders", CASH)).json()
    finance, path = having(site, f"finance:{HALL}"), f"{SALES}/payments"
    for role in ("viewer", "operator", "box_office"):
        problem_of(await having(site, role).post(path, {}), 403, "forbidden")
    answer = await finance.post(path, {"language": "ko", "until": "2031-01-01T00:00:00Z"})
    assert answer.status_code == 200, answer.text
    assert f'filename="{HALL}-payments.xlsx"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        texts = book.read("xl/sharedStrings.xml").decode()
    assert order["id"] in texts
    assert order["booking_number"] in texts
    assert "Ben Lee" not in texts
    line = (await op.get("/v1/admin/log?limit=1")).json()["lines"][0]
    assert (line["action"], line["details"]["payments"]) == ("payments file", 1)
    later = await finance.post(path, {"since": "2031-01-01T00:00:00Z"})
    with zipfile.ZipFile(io.BytesIO(later.content)) as book:
        assert order["id"] not in book.read("xl/sharedStrings.xml").decode()
    problem_of(
        await finance.post(path, {"since": "0001-01-01T00:00:00+09:00"}), 422, "invalid-request"
    )
    for until in ("2031-01-01T00:00:00Z", "2031-01-01T08:59:59+09:00"):
        body = {"since": "2031-01-01T00:00:00Z", "until": until}
        wrong = problem_of(await finance.post(path, body), 422, "invalid-request")
        assert wrong["errors"] == [{"field": "until", "detail": "Expected a time after since"}]
    monkeypatch.setattr(money, "PAYMENTS_MAX", 0)
    assert problem_of(await finance.post(path, {}), 422, "invalid-request")


async def test_the_reconcile_is_shown_to_all_who_see_and_asked_for_by_finance(site: Site) -> None:
    viewer, finance = having(site, f"viewer:{HALL}"), having(site, "finance")
    assert (await viewer.get(RECONCILE)).json() == {
        "holds": None,
        "checked_at": None,
        "node": None,
        "took_ms": None,
        "laws": [],
        "is_running": False,
        "is_wanted": False,
    }
    for role in (viewer, having(site, f"finance:{HALL}"), having(site, "operator")):
        problem_of(await role.post(RECONCILE), 403, "forbidden")
    assert (await finance.post(RECONCILE)).status_code == 202
    assert (await viewer.get(RECONCILE)).json()["is_wanted"]
    await check_books(site.runtime)
    found, of_server = [(await each.get(RECONCILE)).json() for each in (viewer, finance)]
    assert (found["holds"], found["is_wanted"]) == (True, False)
    law = found["laws"][0]
    assert (law["name"], law["violations"]) == ("seat_in_one_order", 0)
    assert law["says_ko"]
    # How many rows the whole server has is not for a role at one concert.
    assert found["node"] is None
    assert {each["looked_at"] for each in found["laws"]} == {None}
    assert of_server["node"]
    assert all(isinstance(each["looked_at"], int) for each in of_server["laws"])
    line = (await operator(site).get("/v1/admin/log?limit=1")).json()["lines"][0]
    assert (line["action"], line["concert_id"]) == ("reconcile", None)
