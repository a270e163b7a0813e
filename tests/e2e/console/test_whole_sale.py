"""A sale from set-up to closing report with the console alone, as a new operator runs it, on a
desktop and on a phone; fans come by the API."""

import os
import re
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewFan, NewRival, Opener
from e2e.console import steps
from e2e.console.operators import (
    DESKTOP,
    PHONE,
    client_of,
    go,
    let_an_hour_pass,
    new_admin,
    type_in,
)
from helpers.command import finish, start
from helpers.server import Server

REFUND = 10_000
# What is left of three orders: two seats were cancelled and given back, and a refund besides.
SOLD, CANCELLED = 3, 2
REVENUE, REFUNDS = 5 * steps.PRICE, 2 * steps.PRICE + REFUND
# Of the payments, refunds and transfers themselves, not of the report.
MONEY = """
select (select coalesce(sum(p.amount), 0) from payments as p where p.concert_id = %(concert)s),
       (select coalesce(sum(r.amount), 0)
        from refunds as r join payments as p using (order_id)
        where p.concert_id = %(concert)s and r.state <> 'declined'),
       (select count(*) from tickets as t join performances as d on d.key = t.performance_key
        where d.concert_id = %(concert)s)"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_sale_is_run_with_the_console_alone(
    server: Server,
    open_page: Opener,
    api_fan: NewFan,
    new_rival: NewRival,
    kept_database_url: str,
    tmp_path: Path,
    size: dict[str, Any],
) -> None:
    operator = new_admin(server)
    concert, title = f"whole-{os.urandom(4).hex()}", f"A night of {os.urandom(2).hex()}"
    page = open_page(locale="en-GB", **size)
    page.goto("/console")
    type_in(page, operator.email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")

    # Before the sale: a concert without a file, signed off, with the first fans in line.
    steps.make_concert(page, concert, title)
    steps.open_concert(page, title)
    steps.sign_off(page, "Ann Lee", fans=20)
    go(page, "Line")
    for _ in range(3):
        api_fan().join(concert)
    steps.expect_line(page, waiting=3, inside=0)

    # The sale opens, is paused, gets another rate, and goes on.
    steps.steer(page, "Open the sale now")
    steps.expect_line(page, waiting=0, inside=3)
    steps.steer(page, "Pause")
    api_fan().join(concert)
    steps.expect_line(page, waiting=1, inside=3)
    steps.set_rate(page, 900)
    steps.steer(page, "Resume")
    steps.expect_line(page, waiting=0, inside=4)
    new_rival(concert).buy("A-1", "A-2")
    new_rival(concert).buy("B-1")
    new_rival(concert).hold("B-5")

    # Seats: two are held back and one comes back, a hold is freed, two are sold at the counter.
    go(page, "Seats")
    totals = page.get_by_role("region", name="Total")
    expect(totals).to_contain_text(re.compile(r"Sold\s*3"))
    steps.change_seats(page, "Block", "A-9", "A-10", Note="For the band")
    expect(totals).to_contain_text(re.compile(r"Blocked\s*2"))
    steps.change_seats(page, "Release block", "A-10")
    expect(totals).to_contain_text(re.compile(r"Blocked\s*1"))
    steps.change_seats(page, "Free hold", "B-5", Reason="The fan has left")
    expect(totals).to_contain_text(re.compile(r"Held\s*0"))
    steps.change_seats(page, "Sell", "B-9", "B-10", Name="A walk-in")
    expect(totals).to_contain_text(re.compile(r"Sold\s*5"))
    cancelled, refunded = (steps.booking_of(page, seat) for seat in ("A-1", "B-1"))

    # Fans: found by what they say, an hour after the sign-in, so money asks for another one.
    let_an_hour_pass(page, operator.user_id)
    card = steps.find_booking(page, cancelled)
    steps.change_order(page, card, "Cancel order", asks_again=True)
    expect(card).to_contain_text("Cancelled")
    card = steps.find_booking(page, refunded)
    steps.change_order(page, card, "Refund", asks_again=False, Amount=str(REFUND))
    expect(page.get_by_text("The money goes back.")).to_be_visible()

    _the_figures_agree(server, page, concert, kept_database_url)

    # The end: no fan joins any more, nothing is sold any more, and the books are sealed.
    go(page, "Line")
    steps.steer(page, "Drain")
    expect(page.get_by_text("Draining", exact=True).first).to_be_visible()
    steps.end_sale(page, concert)
    go(page, "Line")
    expect(page.get_by_text("Closed", exact=True).first).to_be_visible()
    seen = httpx.get(f"{server.url}/v1/concerts/{concert}/queue").raise_for_status().json()
    assert seen["state"] == "closed"
    _the_report_is_sealed(server, page, tmp_path)
    with client_of(server.url, "admin") as api:
        lines = api.get("/v1/admin/log", params={"concert_id": concert}).json()["lines"]
    assert {line["who"] for line in lines} == {operator.user_id}
    done = {line["action"] for line in lines}
    assert done >= {"load", "sign off", "open-now", "pause", "set", "resume", "drain", "cancel"}


def _the_figures_agree(server: Server, page: Page, concert: str, database_url: str) -> None:
    """What the console shows of money and seats is what the books say, and these add up."""
    go(page, "Funnel")
    fans = page.get_by_role("region", name="Fans at each step").get_by_role("listitem")
    # The box office sells without the queue.
    for step, count in (("Joined", 7), ("Admitted", 7), ("Held seats", 3), ("Paid", 2)):
        found = fans.filter(has=page.get_by_text(step, exact=True))
        expect(found).to_contain_text(re.compile(rf"{count}\s*\d+ per minute"))
    go(page, "Sales")
    net = f"₩{REVENUE - REFUNDS:,}"
    expect(page.get_by_role("region", name="In all")).to_contain_text(net)
    shown = steps.totals_of(page)
    assert shown == {
        "Sold": str(SOLD),
        "Free": "16",
        "Held": "0",
        "Blocked": "1",
        "Cancelled": str(CANCELLED),
        "Revenue": f"₩{REVENUE:,}",
        "Booking fees": "₩0",
        "Cancellation fees": "₩0",
        "Refunds": f"₩{REFUNDS:,}",
        "Net": net,
    }
    with psycopg.connect(database_url) as session:
        row = session.execute(MONEY, {"concert": concert}).fetchone()
    assert row is not None
    captured, given_back, tickets = map(int, row)
    # Captured less what is sold and what went back: nothing is left over.
    assert captured - REVENUE == 0
    assert (given_back, tickets) == (REFUNDS, SOLD)
    total = finish(start("sales", concert, "--json", **server.environ)).json()["total"]
    assert (total["sold"], total["revenue"], total["net"]) == (SOLD, REVENUE, captured - given_back)
    books = finish(start("reconcile", "--json", **server.environ))
    broken = [check for check in books.json()["checks"] if check["violations"]]
    assert (books.code, broken) == (0, []), books.err


def _the_report_is_sealed(server: Server, page: Page, folder: Path) -> None:
    """The closing report says that everything adds up, and its file is as it was sealed."""
    go(page, "Closing report")
    expect(page.get_by_text("Everything adds up.")).to_be_visible()
    inside = page.get_by_role("region", name="What is in it")
    expect(inside).to_contain_text(f"₩{REVENUE - REFUNDS:,}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report").click()
    kept = folder / "report.zip"
    download.value.save_as(kept)
    checked = finish(start("concerts", "check-report", str(kept), **server.environ))
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.endswith("as this server has sealed it\n")
