"""Tickets of an area without seats: by map, list and keyboard, with price types, up to the entry
number."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import DESKTOP, PHONE, NewConcert, Opener
from e2e.fans import enter, hold

AREA = """
[[areas]]
name = "스탠딩 A"
grade = "R"
capacity = 500
"""
CHILD = """
[[price_types]]
id = "child"
name = "어린이"
name_en = "Child"
prices = { R = 30000 }
proof = "생년월일이 적힌 서류"
proof_en = "a document with your date of birth"
"""
LEFT = re.compile("5[01]0매 남음|5[01]0 left")


def tray(page: Page) -> Locator:
    return page.get_by_role("region", name=re.compile("^(선택한 티켓|Your tickets)$"))


def more(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^(한 매 늘리기|One ticket more)$"))


def tap_area(page: Page) -> Locator:
    """Tap the only area, which is below the stage in the middle. Returns what asks how many."""
    box = page.get_by_role("application").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.6)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("스탠딩 A")
    return dialog


def open_map(page: Page, concert: str) -> None:
    enter(page, concert)
    page.locator("main ul a").first.click()
    expect(page.get_by_role("application")).to_be_visible()
    expect(page.get_by_text(LEFT).first).to_be_attached()


@pytest.mark.parametrize("locale", ["ko-KR", "en-GB"])
def test_a_tap_on_an_area_asks_how_many_and_the_order_has_entry_numbers(
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
    locale: str,
) -> None:
    page = open_page(viewport=PHONE, locale=locale)
    open_map(page, new_concert(more=AREA, seats=False))
    expect(tray(page)).to_contain_text(re.compile("4매까지|up to 4 tickets"))
    dialog = tap_area(page)
    accessible(page)
    more(page).click()
    more(page).click()
    expect(dialog.locator("output")).to_have_text(re.compile("2매|2 tickets"))
    dialog.get_by_role("button", name=re.compile("^(확인|Done)$")).click()
    expect(tray(page)).to_contain_text(re.compile("스탠딩 A · (2매|2 tickets)"))
    expect(tray(page)).to_contain_text("132,000")
    hold(page)
    page.wait_for_url("**/orders/*")
    for entry in (1, 2):
        words = f"입장번호 {entry}번" if locale == "ko-KR" else f"entry number {entry}"
        expect(page.locator("main dl")).to_contain_text(
            f"스탠딩 A{'' if locale == 'ko-KR' else ','} {words}"
        )
    page.locator(".actions button").first.click()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("article").first).to_contain_text(
        "입장번호 1번" if locale == "ko-KR" else "entry number 1"
    )


@pytest.mark.parametrize("locale", ["ko-KR", "en-GB"])
def test_each_ticket_of_an_area_has_a_price_type_of_its_own(
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
    locale: str,
) -> None:
    page = open_page(viewport=PHONE, locale=locale)
    open_map(page, new_concert(more=AREA + CHILD, seats=False))
    dialog = tap_area(page)
    at_first = more(page).bounding_box()
    for _ in range(3):
        more(page).click()
    assert more(page).bounding_box() == at_first, "a second tap meets the same button"
    types = dialog.get_by_role("combobox")
    expect(types).to_have_count(3)
    name = re.compile("^(스탠딩 A 2번째 티켓 권종|Ticket type, 스탠딩 A, ticket 2)$")
    dialog.get_by_role("combobox", name=name).select_option("child")
    accessible(page)
    dialog.get_by_role("button", name=re.compile("^(확인|Done)$")).click()
    expect(tray(page)).to_contain_text(re.compile("어린이 1매|Child, 1 ticket"))
    expect(tray(page)).to_contain_text("162,000")
    accessible(page)
    page.reload()
    expect(tray(page)).to_contain_text(re.compile("어린이 1매|Child, 1 ticket"))
    expect(tray(page)).to_contain_text("162,000")
    # The tray opens it again; what is taken back takes its price type along.
    chip = tray(page).get_by_role("button", name=re.compile("^스탠딩 A · (3매|3 tickets)"))
    chip.first.click()
    less = page.get_by_role("button", name=re.compile("^(한 매 줄이기|One ticket fewer)$"))
    less.click()
    less.click()
    more(page).click()
    expect(types.last).to_have_value("")
    types.last.select_option("child")
    dialog.get_by_role("button", name=re.compile("^(확인|Done)$")).click()
    hold(page)
    page.wait_for_url("**/orders/*")
    for part in ("66,000", "30,000", "96,000", re.compile("어린이|Child")):
        expect(page.locator("main dl")).to_contain_text(part)
    page.locator(".actions button").first.click()
    tickets = page.get_by_role("article")
    expect(tickets).to_have_count(2)
    expect(tickets.last).to_contain_text(re.compile("생년월일이 적힌|your date of birth"))
    expect(tickets.first).not_to_contain_text(re.compile("생년월일이 적힌|your date of birth"))


def test_the_map_before_the_queue_says_what_an_area_costs(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert(more=AREA, seats=False)
    page = open_page(viewport=PHONE, locale="en-GB")
    page.goto(f"/concerts/{concert}")
    page.get_by_role("link", name="See the seat map").click()
    application = page.get_by_role("application")
    expect(application).to_be_visible()
    expect(page.get_by_text("Tap an area or a seat")).to_be_visible()
    expect(page.get_by_text("500 left")).to_have_count(0)
    application.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("스탠딩 A, R, ₩66,000").first).to_be_visible()
    accessible(page)


def test_the_list_has_a_stepper_and_seats_can_be_chosen_beside_it(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = open_page(viewport=DESKTOP)
    open_map(page, new_concert(more=AREA))
    page.get_by_role("button", name="목록").click()
    heads = page.locator("main button[aria-expanded]")
    expect(heads.nth(1)).to_contain_text("500매 남음")
    heads.nth(1).click()
    stepper = page.get_by_role("group", name="스탠딩 A 매수")
    stepper.get_by_role("button", name="한 매 늘리기").click()
    expect(heads.nth(1)).to_contain_text("1매 선택 · 500매 남음")
    accessible(page)
    heads.nth(0).click()
    for number in ("3", "4", "5"):
        page.get_by_role("checkbox", name=re.compile(rf"\b{number}번,")).click()
    expect(tray(page)).to_contain_text("4/4매")
    heads.nth(1).click()
    plus = stepper.get_by_role("button", name="한 매 늘리기")
    expect(plus).to_have_attribute("aria-disabled", "true")
    plus.click(force=True)
    expect(stepper.locator("output")).to_have_text("1매")
    page.reload()
    expect(tray(page)).to_contain_text("4/4매")
    hold(page)
    page.wait_for_url("**/orders/*")
    expect(page.locator("main dl")).to_contain_text("스탠딩 A 입장번호 1번")
    expect(page.locator("main dl")).to_contain_text("앞 A열 5번")


def test_the_keyboard_comes_to_an_area_and_opens_it(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page(viewport=DESKTOP)
    open_map(page, new_concert(more=AREA, seats=False))
    application = page.get_by_role("application")
    application.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[aria-live=polite]").last).to_contain_text("스탠딩 A")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("입장번호")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
