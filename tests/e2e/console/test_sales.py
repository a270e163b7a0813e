"""The screen of sales: what fans buy shows by itself, agrees with the API, and comes as a file."""

import csv
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, NewRival, Opener
from e2e.console.operators import PHONE, client_of, sign_in
from helpers.owner import as_owner
from helpers.server import Server

# What no call of ours does.
CHANGE = """
update orders set total = total {sign} 1
where status = 'paid' and performance_key = (select key from performances where id = '{date}')"""
# No process begins another check for a minute.
HAS_JUST_ENDED = """
insert into last_reconcile (is_only, begun_at, ended_at) values (true, now(), now())
on conflict (is_only) do update set begun_at = now(), ended_at = now()"""
# The jobs process begins one at its next look.
IS_DUE = "update last_reconcile set begun_at = '-infinity', ended_at = null, wanted_at = null"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_is_bought_shows_by_itself(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    new_rival: NewRival,
    accessible: Callable[[Page], None],
    size: dict[str, Any],
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="en-GB", **size), server.url, "viewer")
    page.goto(f"/console/{concert}/sales")
    totals = page.get_by_role("region", name="In all")
    expect(totals).to_contain_text(re.compile(r"Sold\s*0\s*of 10 seats"))
    new_rival(concert).buy("1", "2")
    expect(totals).to_contain_text(re.compile(r"Sold\s*2\s*of 10 seats"))
    expect(totals).to_contain_text("₩132,000")
    expect(page.get_by_role("row", name=re.compile(r"^Total 2 0 8 0 ₩132,000"))).to_be_visible()
    expect(page.locator(".plot canvas")).to_have_count(2)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with client_of(server.url, "viewer") as api:
        total = api.get(f"/v1/admin/concerts/{concert}/sales").json()["total"]
    assert (total["sold"], total["revenue"]) == (2, 132_000)


def test_sales_come_as_a_file_for_spreadsheets(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    new_rival: NewRival,
    tmp_path: Path,
) -> None:
    concert = new_concert()
    new_rival(concert).buy("1")
    page = sign_in(open_page(locale="en-GB"), server.url, "viewer")
    page.goto(f"/console/{concert}/sales")
    page.get_by_role("combobox", name="By", exact=True).select_option(label="Way of sale")
    expect(page.get_by_role("row", name=re.compile("^Online 1 "))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == f"{concert}-sales-way.csv"
    kept = tmp_path / "sales.csv"
    download.value.save_as(kept)
    rows = list(csv.DictReader(kept.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["Way"]: row["Sold"] for row in rows}["Online"] == "1"


def cash(server: Server, concert: str, seat: str) -> None:
    """Sell a seat at the counter."""
    body = {"performance_id": f"{concert}-1", "seats": [seat], "tender": "cash", "name": "Ben"}
    with client_of(server.url, "box_office") as api:
        api.post("/v1/admin/orders", json=body).raise_for_status()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_money_is_shown_by_method_and_is_what_was_sold(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    new_rival: NewRival,
    accessible: Callable[[Page], None],
    tmp_path: Path,
    size: dict[str, Any],
) -> None:
    concert = new_concert()
    new_rival(concert).buy("1", "2")
    cash(server, concert, "5")
    page = sign_in(open_page(locale="en-GB", **size), server.url, "viewer")
    page.goto(f"/console/{concert}/sales")
    methods = page.get_by_role("region", name="Money by method").first
    wallet = re.compile("^Wallet 1 ₩132,000 ₩0 ₩0 ₩0 ₩132,000")
    expect(methods.get_by_role("row", name=wallet)).to_be_visible()
    expect(methods.get_by_role("row", name=re.compile("^Cash 1 ₩66,000"))).to_be_visible()
    sum_up = page.get_by_role("region", name="Captured − sold")
    expect(sum_up).to_contain_text(re.compile(r"Difference\s*✓ ₩0"))
    expect(sum_up).to_contain_text("₩198,000")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download XLSX").click()
    assert download.value.suggested_filename == f"{concert}-sales.xlsx"
    kept = tmp_path / "sales.xlsx"
    download.value.save_as(kept)
    with zipfile.ZipFile(kept) as book:
        assert 'name="Methods"' in book.read("xl/workbook.xml").decode()


def test_a_difference_is_red_and_leads_to_trouble(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    cash(server, concert, "5")
    as_owner(server.settings, CHANGE.format(sign="+", date=f"{concert}-1"))
    page = sign_in(open_page(locale="ko-KR"), server.url, "finance")
    page.goto(f"/console/{concert}/sales")
    sum_up = page.get_by_role("region", name="들어온 돈 − 판매")
    expect(sum_up).to_contain_text("들어온 돈과 판매가 맞지 않아요.")
    # All tests of this process share the server, and its books.
    as_owner(server.settings, CHANGE.format(sign="-", date=f"{concert}-1"))
    sum_up.get_by_role("link", name="문제 화면으로").click()
    expect(page).to_have_url(re.compile("/console/trouble$"))


def test_the_books_are_checked_when_finance_asks(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    new_rival: NewRival,
    accessible: Callable[[Page], None],
) -> None:
    concert = new_concert()
    new_rival(concert).buy("1")
    page = sign_in(open_page(locale="en-GB"), server.url, "finance")
    page.goto(f"/console/{concert}/sales")
    books = page.get_by_role("region", name="Reconcile")
    # The jobs process looks every five seconds, and checks again at most every minute.
    expect(books).to_contain_text("The books add up", timeout=30_000)
    expect(books).to_contain_text(re.compile(r"All \d+ laws that were checked hold\."))
    expect(books).to_contain_text(re.compile(r"Checked at \S+:\d+, in [\d.]+ s\."))
    accessible(page)
    books.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("The books are checked soon.")).to_be_visible()
    expect(books.get_by_role("button", name="Checking")).to_be_disabled()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download payments").click()
    assert download.value.suggested_filename == f"{concert}-payments.xlsx"
    viewer = sign_in(open_page(locale="en-GB"), server.url, "viewer", name="Ben")
    viewer.goto(f"/console/{concert}/sales")
    shown = viewer.get_by_role("region", name="Reconcile")
    expect(shown).to_contain_text("The books add up")
    assert shown.get_by_role("button").count() == 0


def test_a_check_that_no_jobs_process_begins_can_be_asked_for_again(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    page = sign_in(open_page(locale="en-GB"), server.url, "finance")
    page.clock.install()
    as_owner(server.settings, HAS_JUST_ENDED)
    page.goto(f"/console/{new_concert()}/sales")
    books = page.get_by_role("region", name="Reconcile")
    expect(books).to_contain_text("A check has the jobs process read the books once")
    books.get_by_role("button", name="Check now").click()
    expect(books.get_by_role("button", name="Checking")).to_be_disabled()
    page.clock.fast_forward(80_000)
    expect(books).to_contain_text("No jobs process has begun the check.")
    expect(books.get_by_role("button", name="Check now")).to_be_enabled()
    # All tests of this process share the server, and the next may wait for a check.
    as_owner(server.settings, IS_DUE)


def test_payments_are_taken_of_a_time_and_a_wrong_time_is_said_at_its_field(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    new_rival: NewRival,
    accessible: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    concert = new_concert()
    new_rival(concert).buy("1")
    page = sign_in(open_page(locale="en-GB", **PHONE), server.url, "finance")
    page.goto(f"/console/{concert}/sales")
    payments = page.get_by_role("region", name="Payments one by one")
    since = payments.get_by_label("From", exact=True)
    button = payments.get_by_role("button", name="Download payments")
    since.fill("1999-05-01T00:00")
    button.click()
    expect(since).to_be_focused()
    expect(since).to_have_attribute("aria-invalid", "true")
    expect(payments).to_contain_text("from 2000 to 2999")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    until = payments.get_by_label("Until", exact=True)
    since.fill("2030-05-03T20:00")
    until.fill("2030-05-03T19:00")
    button.click()
    expect(until).to_be_focused()
    expect(payments).to_contain_text("It has to be later than “From”.")
    until.fill("")
    rows: list[int] = []
    for typed in ("2999-01-01T00:00", ""):
        since.fill(typed)
        with page.expect_download() as download:
            button.click()
        kept = tmp_path / f"payments{len(rows)}.xlsx"
        download.value.save_as(kept)
        with zipfile.ZipFile(kept) as book:
            rows.append(book.read("xl/worksheets/sheet1.xml").decode().count("<row"))
    assert rows[1] == rows[0] + 1


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_funnel_leads_from_the_queue_to_the_payment(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    new_rival: NewRival,
    accessible: Callable[[Page], None],
    size: dict[str, Any],
) -> None:
    concert = new_concert()
    new_rival(concert).buy("1")
    with pytest.raises(httpx.HTTPStatusError):
        new_rival(concert).hold("1")
    page = sign_in(open_page(locale="en-GB", **size), server.url, "viewer")
    page.goto(f"/console/{concert}/funnel")
    steps = page.get_by_role("region", name="Fans at each step").get_by_role("listitem")
    for step, fans in (("Joined", 2), ("Admitted", 2), ("Held seats", 1), ("Paid", 1)):
        # The counts of orders come with the next second.
        expect(steps.filter(has_text=step)).to_contain_text(re.compile(rf"{fans}\s*\d+ per minute"))
    expect(steps.filter(has_text="Paid")).to_contain_text("100% of the step before")
    minutes = page.get_by_role("region", name="Each step per minute", exact=True)
    expect(minutes.locator(".plot canvas")).to_have_count(1)
    refused = page.get_by_role("region", name="What fans were refused")
    expect(refused.get_by_role("row", name=re.compile("^Holding seats .* 1$"))).to_be_visible()
    expect(refused.get_by_role("row", name="seat-taken 1")).to_be_visible()
    of_server = page.get_by_role("region", name="Refusals of the whole server")
    expect(of_server.get_by_role("row", name=re.compile(r"^seat-taken \d+$"))).to_be_visible()
    # The sale stays in sight while a problem is looked up.
    expect(of_server.get_by_role("link", name="seat-taken")).to_have_attribute("target", "_blank")
    calls = page.get_by_role("region", name="How long calls take")
    expect(calls.get_by_role("rowheader")).to_have_text(
        [
            "Join",
            "Poll the place",
            "Hold seats",
            "Begin to pay by card",
            "Confirm a card payment",
            "Pay from the wallet",
        ]
    )
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
