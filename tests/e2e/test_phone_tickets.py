"""A fan puts tickets into the wallet app of the phone; where the server makes none, nothing offers
it."""

import json
import re
import zipfile
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.conftest import NewConcert, Opener
from e2e.fans import choose_seats, enter
from e2e.looked_at import KINDS, LOOKED_AT, LookedAt
from yemae.phone_tickets.google import SAVE

TITLE = re.compile("^(휴대폰의 지갑 앱에 담기|In your phone's wallet app)$")
TO_APPLE = re.compile("(Apple 지갑에 추가|Add to Apple Wallet)$")
TO_GOOGLE = re.compile("(Google 지갑에 추가|Add to Google Wallet)$")


def pays(page: Page, concert: str, *seats: str) -> None:
    """From nothing to the tickets."""
    enter(page, concert)
    choose_seats(page, *seats)
    page.get_by_role("button", name=re.compile("결제하기$|pay$")).click()
    expect(page.get_by_role("article")).to_have_count(len(seats))


@pytest.mark.parametrize("kind", LOOKED_AT)
def test_each_ticket_goes_to_apple_as_a_file_and_to_google_as_an_address(
    new_concert: NewConcert, open_page: Opener, accessible: Any, kind: str
) -> None:
    page = open_page(**KINDS[kind])
    pays(page, new_concert(), "7", "8")
    fan = LookedAt(page, accessible, kind)
    fan.sees("phone-tickets", page.get_by_role("heading", name=TITLE))
    expect(page.get_by_role("button", name=TO_APPLE)).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("button", name=TO_APPLE).last.click()
    assert download.value.suggested_filename == "ticket.pkpass"
    with zipfile.ZipFile(download.value.path()) as file:
        said = json.loads(file.read("pass.json"))
    seat = said["eventTicket"]["auxiliaryFields"][0]["value"]
    assert re.search(r"\b8번|seat 8\b", seat), seat
    # Google is not reached from a test, so the way there ends at our own answer.
    led_to = list[str]()

    def stays(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        led_to.append(answer.headers["location"])
        route.fulfill(body=f"{answer.status}")

    page.route("**/v1/phone-tickets/*", stays)
    page.get_by_role("button", name=TO_GOOGLE).first.click()
    expect(page.get_by_text("303")).to_be_visible()
    assert [each.startswith(SAVE) for each in led_to] == [True]


def test_a_phone_is_offered_its_own_app_only(new_concert: NewConcert, open_page: Opener) -> None:
    page = open_page(user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari")
    pays(page, new_concert(), "7")
    expect(page.get_by_role("button", name=TO_APPLE)).to_have_count(1)
    expect(page.get_by_role("button", name=TO_GOOGLE)).to_have_count(0)


def test_where_the_server_makes_none_nothing_offers_it(
    new_concert: NewConcert, open_page: Opener
) -> None:
    page = open_page()

    def without(route: Route) -> None:
        said = route.fetch()
        route.fulfill(response=said, json={**said.json(), "phone_tickets": []})

    page.route("**/v1/settings", without)
    pays(page, new_concert(), "7")
    with page.expect_response("**/v1/settings"):
        page.reload()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("이 주소로 티켓 보내기"))).to_be_visible()
    expect(page.get_by_role("heading", name=TITLE)).to_have_count(0)
