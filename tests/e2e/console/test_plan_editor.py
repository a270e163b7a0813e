"""The plan of a concert edited as a drawing: drawn anew, bent, moved, undone, regraded, blocked."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from e2e.conftest import WAIT_MS, NewConcert, Opener
from e2e.console.operators import PHONE, sign_in
from e2e.fans import enter
from helpers.server import Server
from helpers.serving import until

DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 1000}}
BEHIND = """
[[grades]]
name = "VIP"
price = 99000

[[sections]]
name = "뒤"
grade = "R"
rows = ["B-D:1-8"]
numbering = "{row}-{seat}"
"""
PLAN = "**/concert-files/plan"
CURVE = "Radius of the curve"


def edit(page: Page, concert: str) -> Locator:
    """Open the form of a concert; returns its editor, when the plan is drawn."""
    page.goto("/console/concerts")
    row = page.get_by_role("row").filter(has=page.get_by_text(concert, exact=True))
    row.get_by_role("button", name=re.compile("^(Edit|고치기)$")).click()
    editor = page.get_by_role("region", name=re.compile("^(Plan editor|좌석 배치 편집)$"))
    expect(editor.get_by_role("application")).to_be_visible()
    return editor


def box_of(editor: Locator) -> FloatRect:
    """The map on the screen, all of it in sight."""
    surface = editor.get_by_role("application")
    surface.evaluate("surface => surface.scrollIntoView({ block: 'center' })")
    box = surface.bounding_box()
    assert box is not None
    return box


def top_of(page: Page, editor: Locator, section: str) -> float:
    """Press down the middle of the map; where on the screen the section begins."""
    box = box_of(editor)
    at = box["x"] + box["width"] / 2
    chosen = editor.get_by_role("combobox", name="Section", exact=True)
    for part in range(4, 40):
        y = box["y"] + box["height"] * part / 40
        page.mouse.click(at, y)
        if section in chosen.locator("option:checked").inner_text():
            return y
    raise AssertionError("the section is nowhere in the middle of the map")


def drag(page: Page, *points: tuple[float, float]) -> None:
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=5)
    page.mouse.up()


def test_a_hall_is_bent_regraded_and_blocked_and_its_fans_see_it(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert(more=BEHIND)
    page = sign_in(open_page(locale="en-GB", **DESKTOP), server.url, "operator")
    editor = edit(page, concert)
    by_grade = editor.get_by_role("table", name="By grade")
    expect(by_grade.get_by_role("row", name="R 34 0 0")).to_be_visible()
    expect(editor.get_by_role("table", name="By section")).to_contain_text(re.compile(r"뒤\s+R 24"))
    part = editor.get_by_role("group", name="Section", exact=True)

    # A section is chosen by a press, moved by the pointer, and put back.
    first = top_of(page, editor, "뒤")
    middle = box_of(editor)["x"] + box_of(editor)["width"] / 2
    before = part.get_by_label("x", exact=True).input_value()
    with page.expect_response(PLAN):
        drag(page, (middle, first), (middle + 90, first + 20))
    expect(part.get_by_label("x", exact=True)).not_to_have_value(before)
    editor.get_by_role("button", name="Undo").click()
    expect(part.get_by_label("x", exact=True)).to_have_value(before)

    # Keys bend it, and the field of the form says so.
    editor.get_by_role("application").focus()
    for _ in range(3):
        page.keyboard.press(".")
    curve = part.get_by_label(CURVE)
    expect(curve).to_have_value(re.compile(r"^\d+$"))
    with page.expect_response(PLAN) as drawn:
        curve.fill("150")
        curve.blur()
    plan = drawn.value.json()["plan"]
    front = plan["seats"]["y"][10:18]
    assert front[0] < front[4]
    hall = page.get_by_role("region", name="Hall", exact=True)
    form = hall.get_by_role("group", name="Section 뒤")
    expect(form.get_by_label(CURVE)).to_have_value("150")
    accessible(page)

    # A wrong field is named beside the drawing, which stays.
    wrong = form.get_by_label("Rows (one a line")
    wrong.fill("B-D:8-1")
    wrong.blur()
    notice = editor.get_by_role("status").filter(has_text="sections[1].rows[0]")
    expect(notice).to_be_visible()
    expect(editor.get_by_role("application")).to_be_visible()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    editor.get_by_role("button", name="Undo").click()
    expect(notice).to_have_count(0)

    # The right half of it gets another grade.
    first = top_of(page, editor, "뒤")
    editor.get_by_role("button", name="Lasso").click()
    box = box_of(editor)
    right, bottom = box["x"] + box["width"] - 4, box["y"] + box["height"] - 60
    drag(page, (middle, first - 30), (right, first - 30), (right, bottom), (middle, bottom))
    chosen = editor.get_by_role("group", name="Chosen seats")
    expect(chosen).to_contain_text("12 seats")
    chosen.get_by_label("New grade").select_option("VIP")
    chosen.get_by_role("button", name="Give this grade").click()
    expect(by_grade.get_by_role("row", name="VIP 12 12 0")).to_be_visible()

    # Two seats in front are held back.
    chosen.get_by_role("button", name="Clear").click()
    chosen.get_by_label("Seat numbers or rows").fill("1 2")
    chosen.get_by_role("button", name="Choose", exact=True).click()
    chosen.get_by_role("combobox", name="Reason").select_option("press")
    chosen.get_by_role("button", name="Block", exact=True).click()
    expect(by_grade.get_by_role("row", name="R 22 2 2")).to_be_visible()
    accessible(page)

    page.get_by_role("button", name="See what would change").click()
    changes = page.get_by_role("region", name="What changes")
    expect(changes).to_contain_text("VIP")
    expect(changes).to_contain_text("block press")
    page.get_by_role("button", name="Apply").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("block press")
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog).to_have_count(0)

    def plan_of_fans() -> dict[str, Any]:
        return dict(httpx.get(f"{server.url}/v1/performances/{concert}-1/plan").json())

    until(lambda: len(plan_of_fans()["sections"]) == 3, WAIT_MS / 1000)
    plan = plan_of_fans()
    sections = [(each["name"], each["seats"], each["grade"]) for each in plan["sections"]]
    assert sections == [("앞", 10, 1), ("뒤", 12, 1), ("뒤", 12, 0)]
    assert plan["seats"]["number"][22:26] == ["B-5", "B-6", "B-7", "B-8"]
    fan = open_page(locale="en-GB")
    enter(fan, concert)
    fan.locator("main ul a").first.click()
    expect(fan.get_by_role("application")).to_be_visible()
    expect(fan.get_by_text("VIP").first).to_be_visible()


@pytest.mark.parametrize("locale", ["ko-KR", "en-GB"])
def test_it_fits_a_phone_and_is_used_by_touch(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    accessible: Callable[[Page], None],
    locale: str,
) -> None:
    concert = new_concert(more=BEHIND)
    page = sign_in(open_page(locale=locale, **PHONE), server.url, "operator")
    editor = edit(page, concert)
    part = editor.get_by_role("group", name=re.compile("^(Section|구역)$"))
    box = box_of(editor)
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8)
    expect(part.locator("select")).to_have_value("sections 1")
    accessible(page)
    editor.get_by_role("button", name=re.compile("^(Row|줄)$")).click()
    expect(
        editor.get_by_role("group", name=re.compile("^(Chosen seats|고른 좌석)$"))
    ).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_price_stays_when_the_plan_is_undone_and_buttons_keep_the_focus(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert(more=BEHIND)
    page = sign_in(open_page(locale="en-GB", **DESKTOP), server.url, "operator")
    editor = edit(page, concert)
    undo, redo = (editor.get_by_role("button", name=name) for name in ("Undo", "Redo"))
    expect(undo).to_be_disabled()
    top_of(page, editor, "뒤")
    x = editor.get_by_role("group", name="Section", exact=True).get_by_label("x", exact=True)
    before = x.input_value()
    editor.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    expect(x).not_to_have_value(before)
    moved = x.input_value()
    price = page.get_by_role("region", name="Prices").get_by_label("Price required").first
    price.fill("77000")
    price.blur()
    undo.click()
    expect(x).to_have_value(before)
    expect(price).to_have_value("77000")
    # There is nothing more to undo, and the keys still go to the editor.
    expect(undo).to_be_disabled()
    expect(undo).to_be_focused()
    page.keyboard.press("Control+Shift+Z")
    expect(x).to_have_value(moved)
    expect(redo).to_be_disabled()

    editor.get_by_role("button", name="Row", exact=True).click()
    chosen = editor.get_by_role("group", name="Chosen seats")
    chosen.get_by_label("Seat numbers or rows").fill("1 2")
    chosen.get_by_role("button", name="Choose", exact=True).click()
    block = chosen.get_by_role("button", name="Block", exact=True)
    block.focus()
    with page.expect_response(PLAN):
        page.keyboard.press("Enter")
    expect(chosen).to_contain_text("Blocked: 2 seats.")
    expect(chosen.get_by_role("button", name="Take out of blocks")).to_be_visible()
    expect(block).to_be_focused()
    page.keyboard.press("Control+Z")
    expect(chosen.get_by_role("button", name="Take out of blocks")).to_have_count(0)


def swipe(page: Page, start: tuple[float, float], down: float) -> None:
    """Move one finger down the screen, or up."""
    session = page.context.new_cdp_session(page)
    x, y = start

    def send(kind: str, *points: float) -> None:
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": at} for at in points]},
        )

    send("touchStart", y)
    for step in range(1, 11):
        send("touchMove", y + down * step / 10)
    send("touchEnd")


def test_a_finger_scrolls_the_page_over_the_plan_and_pulls_the_chosen_section(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert(more=BEHIND)
    page = sign_in(open_page(locale="en-GB", **PHONE), server.url, "operator")
    editor = edit(page, concert)
    part = editor.get_by_role("group", name="Section", exact=True)
    box = box_of(editor)
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8)
    page.touchscreen.tap(*middle)
    expect(part.locator("select")).to_have_value("sections 1")
    y = part.get_by_label("y", exact=True)
    before, scrolled = y.input_value(), page.evaluate("scrollY")
    # The section follows, and the page stays.
    with page.expect_response(PLAN):
        swipe(page, middle, -60)
    expect(y).not_to_have_value(before)
    assert page.evaluate("scrollY") == scrolled
    # Beside it the page moves, and the section stays.
    now = y.input_value()
    swipe(page, (box["x"] + 8, box["y"] + 20), -150)
    page.wait_for_function("before => scrollY > before + 50", arg=scrolled)
    expect(y).to_have_value(now)


def test_a_hall_is_drawn_while_its_concert_has_no_title(server: Server, open_page: Opener) -> None:
    page = sign_in(open_page(locale="en-GB", **DESKTOP), server.url, "admin")
    page.goto("/console/concerts")
    page.get_by_role("button", name="New concert").click()
    editor = page.get_by_role("region", name="Plan editor")
    expect(editor).to_contain_text("Add a section, and it is drawn here.")
    page.get_by_role("button", name="Add the section").click()
    expect(editor.get_by_role("application")).to_be_visible()
    expect(editor.get_by_role("table", name="By section")).to_contain_text("1F R 160")
    editor.get_by_role("button", name="Undo").click()
    expect(editor).to_contain_text("Add a section, and it is drawn here.")
