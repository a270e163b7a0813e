"""The console with the keyboard alone: no mouse, no touch, no method that clicks."""

import re

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import NewConcert, NewRival, Opener
from e2e.console.operators import PASSWORD, client_of, new_admin, sign_in
from helpers.server import Server

# More than the parts of any screen that take the focus.
STEPS_MAX = 150
SCREENS = {
    "h": "Overview",
    "l": "Line",
    "u": "Funnel",
    "s": "Sales",
    "e": "Seats",
    "f": "Find a fan",
    "n": "Concerts",
    "y": "Go / no-go",
    "d": "Closing report",
    "o": "Log",
    "r": "Roles",
    "i": "Settings",
    "t": "Trouble",
    "w": "Webhooks",
}
# Whether what has the focus has an outline that shows it.
IS_MARKED = """element => {
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
}"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, which is seen."""
    expect(wanted).to_be_visible()
    for _ in range(STEPS_MAX):
        if wanted.evaluate("element => element === document.activeElement"):
            assert wanted.evaluate(IS_MARKED)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {wanted}")


def press(page: Page, wanted: Locator) -> None:
    """Go to a button and press it."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def type_into(page: Page, field: Locator, text: str) -> None:
    """Go to a field, and type over what it has."""
    tab_to(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def go_by(page: Page, key: str) -> None:
    """To a screen by its key; its heading has the focus, so that readers say where they are. In a
    field, keys are what is typed."""
    while page.evaluate("() => document.activeElement.matches('input, select, textarea')"):
        page.keyboard.press("Tab")
    page.keyboard.press("g")
    page.keyboard.press(key)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(SCREENS[key])
    expect(heading).to_be_focused()


def test_every_screen_has_its_key(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    page = sign_in(open_page(locale="en-GB"), server.url, "admin")
    page.goto(f"/console/{new_concert()}/line")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    for key in sorted(SCREENS):
        go_by(page, key)


def test_a_sale_is_run_with_the_keyboard_alone(
    server: Server, open_page: Opener, new_concert: NewConcert, new_rival: NewRival
) -> None:
    concert, admin = new_concert(), new_admin(server)
    new_rival(concert).buy("1")
    page = open_page(locale="en-GB")
    page.goto(f"/console/{concert}/line")
    type_into(page, page.get_by_label("E-mail address"), admin.email)
    type_into(page, page.get_by_label("Password"), PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Line")
    dialog = page.get_by_role("dialog")

    # A dialog that is closed gives the focus back to the button that opened it.
    pause = page.get_by_role("button", name="Pause", exact=True)
    press(page, pause)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(pause).to_be_focused()
    page.keyboard.press("Enter")
    press(page, dialog.get_by_role("button", name="Pause", exact=True))
    expect(page.get_by_text("Paused", exact=True).first).to_be_visible()
    press(page, page.get_by_role("button", name="Undo"))
    expect(pause).to_be_visible()
    type_into(page, page.get_by_label("Rate per minute"), "900")
    page.keyboard.press("Enter")
    expect(page.get_by_text("target 900")).to_be_visible()

    go_by(page, "e")
    type_into(page, page.get_by_label("Seat numbers or rows"), "9 10")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="Block", exact=True))
    tab_to(page, dialog.get_by_role("combobox", name="Reason"))
    page.keyboard.type("Press")
    press(page, dialog.get_by_role("button", name="Block", exact=True))
    expect(page.get_by_text("press · Press (2)")).to_be_visible()

    go_by(page, "f")
    with client_of(server.url, "admin") as api:
        found = api.get("/v1/admin/orders", params={"performance_id": f"{concert}-1"}).json()
    number = found["orders"][0]["booking_number"]
    type_into(page, page.get_by_role("searchbox"), number)
    page.keyboard.press("Enter")
    card = page.get_by_role("region", name=f"Booking {number}")
    press(page, card.get_by_role("button", name="Cancel order"))
    type_into(page, dialog.get_by_label("Reason"), "The seat is broken")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Cancelled")

    go_by(page, "y")
    form = page.get_by_role("form", name="Sign off")
    type_into(page, form.get_by_label("Expected fans"), "20")
    page.keyboard.press("Enter")
    signed = page.get_by_role("listitem").filter(has_text=re.compile("for 20 fans"))
    expect(signed).to_contain_text("stands")

    go_by(page, "d")
    expect(page.get_by_text("Everything adds up.")).to_be_visible()
    with page.expect_download():
        press(page, page.get_by_role("button", name="Download report"))
