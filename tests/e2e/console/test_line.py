"""The screen of the line: its figures and curves, what steers it, and what a viewer may not do."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, NewFan, Opener
from e2e.console.operators import PHONE, client_of, sign_in
from helpers.server import Server

DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


def open_line(page: Page, concert: str) -> Page:
    page.goto(f"/console/{concert}/line")
    expect(page.get_by_role("heading", name=re.compile("지난 1시간|The last hour"))).to_be_visible()
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_shows_the_line_as_it_is(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    api_fan: NewFan,
    accessible: Callable[[Page], None],
    size: dict[str, Any],
) -> None:
    concert = new_concert(active_limit=1)
    first, second = api_fan(), api_fan()
    first.get_in(concert)
    second.join(concert)
    page = sign_in(open_page(locale="en-GB", **size), server.url, "operator")
    open_line(page, concert)
    now = page.get_by_role("region", name="Now")
    expect(now.locator("dl")).to_contain_text(re.compile(r"Waiting\s*1"))
    expect(now.locator("dl")).to_contain_text(re.compile(r"Inside\s*1\s*limit 1"))
    expect(page.locator(".plot canvas")).to_have_count(3)
    accessible(page)
    page.get_by_text("As a table").first.click()
    expect(page.get_by_role("columnheader", name="Waiting")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Another fan comes, and the figure follows by itself.
    api_fan().join(concert)
    expect(now.locator("dl")).to_contain_text(re.compile(r"Waiting\s*2"))


def test_an_operator_pauses_and_takes_it_back(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    page = open_line(sign_in(open_page(locale="en-GB"), server.url, "operator"), concert)
    page.get_by_role("button", name="Pause").click()
    dialog = page.get_by_role("dialog", name="Pause")
    expect(dialog).to_contain_text("No fan is admitted")
    accessible(page)
    dialog.get_by_role("button", name="Pause").press("Enter")
    expect(page.get_by_text("Paused", exact=True).first).to_be_visible()
    # What was done stands below the curves, and in the log.
    expect(page.get_by_role("listitem").filter(has_text="Paused")).to_contain_text("you")
    accessible(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    with client_of(server.url, "viewer") as api:
        log = api.get(f"/v1/admin/concerts/{concert}/queue/actions").json()["actions"]
    assert [each["action"] for each in log] == ["resume", "pause"]


def test_a_rate_says_what_it_will_do_before_it_is_applied(
    server: Server, open_page: Opener, new_concert: NewConcert, api_fan: NewFan
) -> None:
    concert = new_concert(active_limit=1)
    first, second = api_fan(), api_fan()
    first.get_in(concert)
    second.join(concert)
    page = open_line(sign_in(open_page(locale="en-GB"), server.url, "operator"), concert)
    panel = page.get_by_role("region", name="Rate and limit")
    expect(panel.get_by_role("button", name="Apply")).to_be_disabled()
    panel.get_by_label("Rate per minute").fill("900")
    expect(panel).to_contain_text(re.compile(r"At 900/min: .*last fan now in line is in at about"))
    panel.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Now 900 per minute, with a limit of 1.")).to_be_visible()
    expect(page.get_by_text("target 900")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("target 60,000")).to_be_visible()
    panel.get_by_label("Limit inside").fill("0")
    panel.get_by_role("button", name="Apply").click()
    assert panel.get_by_label("Limit inside").evaluate("field => !field.validity.valid")


def test_a_message_is_shown_as_fans_see_it(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    api_fan: NewFan,
    accessible: Callable[[Page], None],
) -> None:
    concert = new_concert(active_limit=1)
    api_fan().get_in(concert)
    fan = api_fan()
    fan.join(concert)
    page = open_line(sign_in(open_page(locale="en-GB"), server.url, "operator"), concert)
    page.get_by_role("button", name="Write a message").click()
    dialog = page.get_by_role("dialog", name="Message to fans")
    dialog.get_by_label("English").fill("Doors open 30 minutes later.")
    previews = dialog.locator(".previews > div")
    expect(previews).to_have_count(2)
    expect(previews.nth(0)).to_contain_text("Doors open 30 minutes later.")
    dialog.get_by_label("End").select_option(label="For 30 minutes")
    accessible(page)
    dialog.get_by_role("button", name="Show it").click()
    panel = page.get_by_role("region", name="Message to fans")
    expect(panel).to_contain_text("Doors open 30 minutes later.")
    expect(panel).to_contain_text("until")
    assert "Doors open" in json.dumps(fan.poll().get("message"))
    panel.get_by_role("button", name="Take it down").click()
    expect(panel).to_contain_text("No message is shown.")


def test_fans_are_admitted_at_once(
    server: Server, open_page: Opener, new_concert: NewConcert, api_fan: NewFan
) -> None:
    concert = new_concert(active_limit=5)
    page = open_line(sign_in(open_page(locale="ko-KR"), server.url, "operator"), concert)
    with client_of(server.url, "operator") as api:
        api.post(f"/v1/admin/concerts/{concert}/queue/pause").raise_for_status()
    fan = api_fan()
    fan.join(concert)
    expect(page.get_by_text("일시 중지").first).to_be_visible()
    panel = page.get_by_role("region", name="바로 입장")
    panel.get_by_label("인원").fill("1")
    panel.get_by_role("button", name="입장시키기").click()
    expect(page.get_by_text(re.compile("명이 입장했어요|입장한 팬이 없어요"))).to_be_visible()


def test_a_viewer_sees_all_figures_and_touches_nothing(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    page = open_line(sign_in(open_page(locale="en-GB"), server.url, "viewer"), concert)
    expect(page.get_by_text("You can look, but not change anything.")).to_be_visible()
    for name in ("Pause", "Drain", "Apply", "Admit", "Write a message"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.locator("main input")).to_have_count(0)
    expect(page.get_by_role("region", name="Rate and limit")).to_contain_text("60,000")
    accessible(page)


def test_two_operators_see_each_other(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    ann = open_line(sign_in(open_page(locale="en-GB"), server.url, "operator"), concert)
    ben = sign_in(open_page(locale="ko-KR"), server.url, "operator", name="Ben")
    open_line(ben, concert)
    ann.get_by_role("button", name="Drain").click()
    ann.get_by_role("dialog").get_by_role("button", name="Drain").click()
    expect(ben.get_by_text("입장 마감", exact=True).first).to_be_visible()
    expect(ben.get_by_role("listitem").filter(has_text="입장 마감")).to_contain_text("ann")
    ben.get_by_role("button", name="재개").click()
    ben.get_by_role("dialog").get_by_role("button", name="재개").click()
    expect(ann.get_by_role("button", name="Drain")).to_be_visible()
