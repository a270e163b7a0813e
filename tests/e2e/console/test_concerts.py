"""Concerts made, changed, copied and downloaded in the console, without a file."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.console.operators import PASSWORD, PHONE, go, new_account, run_users, sign_in, type_in
from helpers.concerts import SMALL, TEXT
from helpers.server import Server


def test_a_concert_is_made_from_an_empty_form_and_its_sale_signed_off(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = f"{new_concert()}-made"
    page = sign_in(open_page(locale="en-GB"), server.url, "admin")
    page.goto("/console/concerts")
    page.get_by_role("button", name="New concert").click()
    basics = page.get_by_role("region", name="Basics")
    basics.get_by_label("Id required").fill(concert)
    basics.get_by_label("Title required").fill("A night made by hand")
    basics.get_by_label("Artist required").fill("Testers")
    basics.get_by_label("Venue required").fill("Hall, Seoul")
    dates = page.get_by_role("region", name="Dates and times of the sale")
    dates.get_by_label("Sale opens").fill("2030-01-01T20:00")
    first = dates.locator(".entry").first
    first.get_by_label("Id required").fill(f"{concert}-1")
    first.get_by_label("Starts").fill("2030-05-03T20:00")
    page.get_by_role("region", name="Prices").get_by_label("Price required").fill("66000")
    maker = page.get_by_role("form", name="Make a section of rows and seats")
    maker.get_by_label("Rows").fill("2")
    maker.get_by_label("Seats in a row").fill("10")
    maker.get_by_role("button", name="Add the section").click()
    details = page.get_by_role("region", name="Details")
    details.get_by_label("Description (Markdown)").fill("**New** songs")
    details.get_by_label("Description (Markdown)").blur()
    page.get_by_role("button", name="See what would change").click()
    changes = page.get_by_role("region", name="What changes")
    expect(changes).to_contain_text(f"concert {concert}: A night made by hand")
    expect(page.get_by_role("img", name="Picture of the plan, 20 seats")).to_be_visible()
    expect(page.locator("strong").filter(has_text="New").first).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Apply").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"date {concert}-1")
    accessible(page)
    dialog.get_by_role("button", name="Apply").click()
    row = page.get_by_role("row").filter(has_text="A night made by hand")
    expect(row).to_contain_text("Hidden")
    shown = httpx.get(f"{server.url}/v1/concerts/{concert}").raise_for_status().json()
    assert shown["title"] == "A night made by hand"
    row.get_by_role("button", name="Show in the list").click()
    dialog.get_by_role("button", name="Apply").click()
    expect(row.get_by_role("button", name="Hide")).to_be_visible()
    page.goto(f"/console/{concert}/ready")
    form = page.get_by_role("form", name="Sign off")
    form.get_by_label("Expected fans").fill("20")
    form.get_by_label("Expected fans").press("Enter")
    signed = page.get_by_role("listitem").filter(has_text="for 20 fans")
    expect(signed).to_contain_text("stands")


def test_a_field_that_is_wrong_is_named(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="ko-KR", **PHONE), server.url, "operator")
    page.goto("/console/concerts")
    row = page.get_by_role("row").filter(has=page.get_by_text(concert, exact=True))
    row.get_by_role("button", name="고치기").click()
    accessible(page)
    limit = page.get_by_label("한 날짜의 1인 매수 제한")
    limit.fill("21")
    limit.blur()
    page.get_by_role("button", name="바뀌는 것 확인").click()
    expect(page.get_by_role("status").filter(has_text="seat_limit")).to_be_visible()
    limit.fill("3")
    limit.blur()
    page.get_by_role("button", name="바뀌는 것 확인").click()
    expect(page.get_by_role("list", name="바뀌는 것")).to_contain_text("→ 3")


def test_it_is_hidden_copied_downloaded_and_uploaded(
    server: Server, open_page: Opener, new_concert: NewConcert, tmp_path: Path
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="en-GB"), server.url, "admin")
    page.goto("/console/concerts")
    row = page.get_by_role("row").filter(has=page.get_by_text(concert, exact=True))
    row.get_by_role("button", name="Hide").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("hidden: false → true")
    dialog.get_by_role("button", name="Apply").click()
    expect(row).to_contain_text("Hidden")
    page.get_by_role("button", name="Undo").last.click()
    expect(row.get_by_role("button", name="Hide")).to_be_visible()
    with page.expect_download() as waiting:
        row.get_by_role("button", name="Download as a file").click()
    saved = tmp_path / "saved.toml"
    waiting.value.save_as(saved)
    assert tomllib.loads(saved.read_text(encoding="utf-8"))["id"] == concert
    row.get_by_role("button", name="Duplicate").click()
    dialog.get_by_label("Id of the new concert").fill(f"{concert}-b")
    dialog.get_by_role("button", name="Duplicate").click()
    expect(page.get_by_role("region", name="Basics").get_by_label("Id required")).to_have_value(
        f"{concert}-b"
    )
    page.get_by_role("button", name="To the list").click()
    file = tmp_path / "new.toml"
    file.write_text("hidden = true\n" + TEXT.format(**SMALL | {"concert_id": f"{concert}-c"}))
    page.get_by_label("Upload a file").set_input_files(file)
    page.get_by_role("button", name="Apply").click()
    dialog.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("row").filter(has_text=f"{concert}-c")).to_be_visible()


def edited(page: Page, concert: str) -> Locator:
    """Open the form of a concert and type another title; the field."""
    row = page.get_by_role("row").filter(has=page.get_by_text(concert, exact=True))
    row.get_by_role("button", name="Edit").click()
    title = page.get_by_role("region", name="Basics").get_by_label("Title required")
    title.fill("Another night")
    return title


def test_what_is_not_saved_is_not_left_without_a_question(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="en-GB"), server.url, "operator")
    page.goto("/console")
    go(page, "Concerts")
    # While nothing is unsaved, nothing is asked.
    page.get_by_role("button", name="Edit").first.click()
    page.get_by_role("button", name="To the list").click()
    title = edited(page, concert)
    question = page.get_by_role("dialog", name="Leave without saving?")

    def stay() -> None:
        expect(question).to_be_visible()
        expect(page).to_have_url(re.compile("/console/concerts$"))
        question.get_by_role("button", name="Stay").click()
        expect(question).to_have_count(0)
        expect(title).to_have_value("Another night")

    # The browser's own way, and while it is being typed.
    page.evaluate("() => history.back()")
    expect(question).to_be_visible()
    accessible(page)
    stay()
    page.get_by_role("link", name="Overview").click()
    stay()
    page.get_by_role("heading", level=1).focus()
    page.keyboard.press("g")
    page.keyboard.press("h")
    stay()
    page.get_by_role("button", name="To the list").click()
    stay()
    page.get_by_role("button", name="Sign out").click()
    stay()
    with page.expect_event("dialog") as asked:
        page.evaluate("() => void setTimeout(() => location.reload())")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(title).to_have_value("Another night")
    page.evaluate("() => history.back()")
    question.get_by_role("button", name="Leave without saving").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("Concerts")
    expect(title).to_have_count(0)


def test_a_session_that_ends_takes_nothing_away_that_is_not_saved(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    account = new_account(server)
    run_users(server, "grant", "operator", account.email)
    page = open_page(locale="en-GB")
    page.clock.install()
    page.goto("/console/concerts")
    type_in(page, account.email)
    title = edited(page, concert)
    title.blur()
    run_users(server, "revoke", "operator", account.email)
    page.clock.fast_forward(61_000)
    dialog = page.get_by_role("dialog", name="Sign in to the console")
    expect(dialog).to_contain_text("What you have changed and not applied is still here.")
    accessible(page)
    run_users(server, "grant", "operator", account.email)
    # Closing it asks, and it comes back.
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stay").click()
    dialog.get_by_label("E-mail address").fill(account.email)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(title).to_have_value("Another night")
    expect(title).to_be_editable()


def test_a_viewer_looks_and_does_not_change(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="en-GB"), server.url, "viewer")
    page.goto("/console/concerts")
    expect(page.get_by_role("button", name="New concert")).to_have_count(0)
    row = page.get_by_role("row").filter(has=page.get_by_text(concert, exact=True))
    expect(row.get_by_role("button", name="Hide")).to_have_count(0)
    row.get_by_role("button", name="Look").click()
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    expect(page.get_by_label("Title required")).not_to_be_editable()
