"""What an operator does in the console, as steps: a concert, its sale, seats, orders and the books.

Each step begins on any screen of the console, in English, and goes by menus and buttons only.
"""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import USUAL
from e2e.console.operators import go, sign_in_again

PRICE = 66_000
# The clocks of the browser, which the form of a concert goes by.
ZONE = ZoneInfo(str(USUAL["timezone_id"]))


def make_concert(page: Page, concert: str, title: str) -> None:
    """A concert of twenty seats, A-1 to B-10, made in the form; its sale opens years from now."""
    go(page, "Concerts")
    page.get_by_role("button", name="New concert").click()
    basics = page.get_by_role("region", name="Basics")
    for label, value in (
        ("Id", concert),
        ("Title", title),
        ("Artist", "Testers"),
        ("Venue", "Hall, Seoul"),
    ):
        basics.get_by_label(f"{label} required").fill(value)
    dates = page.get_by_role("region", name="Dates and times of the sale")
    dates.get_by_label("Sale opens").fill("2030-01-01T20:00")
    date = dates.locator(".entry").first
    date.get_by_label("Id required").fill(f"{concert}-1")
    date.get_by_label("Starts").fill("2030-05-03T20:00")
    page.get_by_role("region", name="Prices").get_by_label("Price required").fill(str(PRICE))
    maker = page.get_by_role("form", name="Make a section of rows and seats")
    maker.get_by_label("Rows").fill("2")
    maker.get_by_label("Seats in a row").fill("10")
    maker.get_by_role("button", name="Add the section").click()
    apply(page)
    row = row_of(page, concert)
    row.get_by_role("button", name="Show in the list").click()
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()
    expect(row.get_by_role("button", name="Hide")).to_be_visible()


def row_of(page: Page, concert: str) -> Locator:
    """The row of a concert on the screen of concerts."""
    return page.get_by_role("row").filter(has=page.get_by_text(concert, exact=True))


def apply(page: Page) -> None:
    """Apply the form of a concert, and agree to what it asks."""
    page.get_by_role("button", name="Apply").click()
    dialog = page.get_by_role("dialog")
    carry_out = dialog.get_by_role("button", name="Apply")
    expect(carry_out).to_be_visible()
    agree = dialog.get_by_label("Change it all the same")
    if agree.is_visible():
        agree.check()
    carry_out.click()
    expect(dialog).to_have_count(0)


def open_concert(page: Page, title: str) -> None:
    """From the overview to the line of a concert."""
    go(page, "Overview")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Line")


def sign_off(page: Page, name: str, fans: int) -> None:
    """Sign the sale off for a number of fans."""
    go(page, "Go / no-go")
    form = page.get_by_role("form", name="Sign off")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Expected fans").fill(str(fans))
    form.get_by_role("button", name="Sign off").click()
    expect(page.get_by_role("listitem").filter(has_text=name)).to_contain_text("stands")


def steer(page: Page, move: str) -> None:
    """Pause, resume, drain or open the sale, on the line."""
    page.get_by_role("button", name=move, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=move, exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def expect_line(page: Page, *, waiting: int, inside: int) -> None:
    """The line has these fans, sooner or later."""
    now = page.get_by_role("region", name="Now").locator("dl")
    expect(now).to_contain_text(re.compile(rf"Waiting\s*{waiting}\s*\d+ absent"))
    expect(now).to_contain_text(re.compile(rf"Inside\s*{inside}\s*limit"))


def set_rate(page: Page, rate: int) -> None:
    """Another rate, on the line."""
    panel = page.get_by_role("region", name="Rate and limit")
    panel.get_by_label("Rate per minute").fill(str(rate))
    panel.get_by_role("button", name="Apply").click()
    expect(page.get_by_text(f"target {rate:,}")).to_be_visible()


def choose_seats(page: Page, *seats: str) -> Locator:
    """Choose these seats on their screen, and no others; gives the panel with the buttons."""
    chosen = page.get_by_role("region", name="Chosen seats")
    clear = chosen.get_by_role("button", name="Clear")
    if clear.is_visible():
        clear.click()
    chosen.get_by_label("Seat numbers or rows").fill(" ".join(seats))
    chosen.get_by_role("button", name="Choose", exact=True).click()
    many = f"{len(seats)} seat" + ("s" if len(seats) > 1 else "")
    expect(chosen.get_by_text(many, exact=True)).to_be_visible()
    return chosen


def change_seats(page: Page, what: str, *seats: str, **typed: str) -> None:
    """Block seats, release them, free their hold or sell them; `typed` goes into the fields whose
    labels begin with these words."""
    choose_seats(page, *seats).get_by_role("button", name=what, exact=True).click()
    dialog = page.get_by_role("dialog")
    for label, value in typed.items():
        dialog.get_by_label(label).fill(value)
    dialog.get_by_role("button", name=what, exact=True).click()
    expect(dialog).to_have_count(0)


def booking_of(page: Page, seat: str) -> str:
    """The booking number of the order that has a seat."""
    choose_seats(page, seat).get_by_role("button", name="Show order").click()
    shown = page.get_by_role("heading", name=re.compile("^Order "))
    expect(shown).to_be_visible()
    return shown.inner_text().removeprefix("Order ")


def find_booking(page: Page, number: str) -> Locator:
    """Find a fan by booking number; gives the card of the order."""
    go(page, "Find a fan")
    page.get_by_role("searchbox").fill(number)
    page.get_by_role("searchbox").press("Enter")
    card = page.get_by_role("region", name=f"Booking {number}")
    expect(card).to_contain_text("Paid")
    return card


def change_order(page: Page, card: Locator, what: str, *, asks_again: bool, **typed: str) -> None:
    """Cancel or refund an order, with a fresh sign-in where it `asks_again`."""
    card.get_by_role("button", name=what, exact=True).click()
    dialog = page.get_by_role("dialog", name=what)
    for label, value in {**typed, "Reason": "The seat is broken"}.items():
        dialog.get_by_label(label).fill(value)
    dialog.get_by_role("button", name=what, exact=True).click()
    if asks_again:
        sign_in_again(page)
    expect(page.get_by_role("dialog")).to_have_count(0)


def end_sale(page: Page, concert: str) -> None:
    """End the sale of the first date a minute ago, in the form of the concert."""
    go(page, "Concerts")
    row_of(page, concert).get_by_role("button", name="Edit").click()
    dates = page.get_by_role("region", name="Dates and times of the sale")
    ended_at = datetime.now(ZONE) - timedelta(minutes=1)
    ends = dates.locator(".entry").first.get_by_label("Sale ends")
    ends.fill(f"{ended_at:%Y-%m-%dT%H:%M}")
    ends.blur()
    apply(page)


def totals_of(page: Page) -> dict[str, str]:
    """The figures of all sales, by their labels, as the screen of sales has them."""
    go(page, "Sales")
    region = page.get_by_role("region", name="In all")
    expect(region).to_be_visible()
    found: dict[str, Any] = region.evaluate(
        """region => Object.fromEntries([...region.querySelectorAll("dl > div")].map(each =>
          [each.querySelector("dt").innerText, each.querySelector("dd").innerText]))"""
    )
    return found
