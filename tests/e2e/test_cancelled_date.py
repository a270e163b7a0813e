"""A date that is cancelled or moved, in a real browser: the list, the concert, and the order, whose
money the jobs process of the server gives back."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.fans import choose_seats, enter
from e2e.looked_at import KINDS, LOOKED_AT, PICTURES, LookedAt
from helpers.server import Server
from helpers.serving import until
from yemae.sale.cancel_date import cancel_date, postpone_date

CANCELLED = re.compile("공연 취소|Cancelled")
MOVED = re.compile("일정 변경|New date")
LATER = datetime(2030, 6, 7, 11, tzinfo=UTC)


def organiser(server: Server, concert: str, *, moves: bool) -> None:
    """Cancel or move the date of a concert, and wait until the server knows it. In a thread:
    Playwright's own loop runs in this one."""

    async def act() -> None:
        async with server.runtime() as runtime:
            if moves:
                await postpone_date(runtime, "op", f"{concert}-1", LATER, "The stage is broken")
            else:
                await cancel_date(runtime, "op", f"{concert}-1", "The singer is ill")

    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(act())).result()
    with httpx.Client(base_url=server.url) as client:
        shown = f"/v1/concerts/{concert}"
        until(lambda: client.get(shown).json()["schedule"] != "as_planned")


def bought(page: Page, concert: str) -> str:
    """Buy a seat; the address of the order."""
    enter(page, concert)
    choose_seats(page, "3")
    page.get_by_role("button", name=re.compile("결제하기$|pay$")).click()
    expect(page.get_by_role("article")).to_have_count(1)
    return page.url


@pytest.mark.parametrize("kind", LOOKED_AT)
def test_everybody_sees_that_a_date_is_cancelled_and_the_fan_is_refunded(
    new_concert: NewConcert,
    open_page: Opener,
    server: Server,
    accessible: Callable[[Page], None],
    kind: str,
) -> None:
    concert = new_concert()
    page = open_page(**KINDS[kind])
    fan = LookedAt(page, accessible, kind)
    order = bought(page, concert)
    organiser(server, concert, moves=False)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    title = page.get_by_role("heading", level=1)

    def is_refunded() -> bool:
        page.goto(order)
        expect(title).to_have_text(re.compile("티켓|tickets|취소된 예매예요|was cancelled"))
        return re.search("취소된 예매예요|was cancelled", title.inner_text()) is not None

    for _ in range(100):
        if is_refunded():
            break
    said = page.get_by_text(re.compile("이 날 공연은 취소됐어요|This date is cancelled"))
    expect(page.get_by_text("66,000").first).to_be_visible()
    fan.sees("date-cancelled-order", said)
    page.goto(f"/concerts/{concert}")
    fan.sees("date-cancelled", page.get_by_text(CANCELLED).first)
    page.goto("/")
    card = page.locator(f'a[href="/concerts/{concert}"]')
    expect(card.get_by_text(CANCELLED)).to_be_visible()


@pytest.mark.parametrize("kind", LOOKED_AT if PICTURES else ["phone-ko-dark"])
def test_a_fan_of_a_date_that_was_moved_cancels_it_although_no_policy_lets_them(
    new_concert: NewConcert,
    open_page: Opener,
    server: Server,
    accessible: Callable[[Page], None],
    kind: str,
) -> None:
    concert = new_concert()
    page = open_page(**KINDS[kind])
    fan = LookedAt(page, accessible, kind)
    order = bought(page, concert)
    organiser(server, concert, moves=True)
    page.goto("/")
    card = page.locator(f'a[href="/concerts/{concert}"]')
    expect(card.get_by_text(MOVED)).to_be_visible()
    page.goto(order)
    fan.sees("date-postponed", fan.text("공연 일시가 바뀌었어요|This date has a new time"))
    fan.confirms(fan.asks_to_cancel("66,000"), "66,000")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(re.compile("취소된 예매예요|This order was cancelled"))
