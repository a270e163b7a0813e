"""The sign-in page follows what the server offers, and the account page ends every session."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import POLITE, NewConcert, Opener
from e2e.fans import continue_as_guest
from helpers.server import Server

GUEST = "비회원으로 예매하기"
SIGN_UP, SIGN_IN = "회원 가입", "로그인"
EVERYWHERE = "모든 기기에서 로그아웃"


@pytest.fixture(scope="module")
def closed(kept_database_url: str, kept_valkey_url: str) -> Iterator[Server]:
    """A second node of the same server, without sign-up and guests."""
    urls = {"YEMAE_DATABASE_URL": kept_database_url, "YEMAE_VALKEY_URL": kept_valkey_url}
    off = {"YEMAE_SIGN_UP": "off", "YEMAE_GUESTS": "off"}
    with tempfile.TemporaryDirectory(prefix="yemae-e2e-", ignore_cleanup_errors=True) as folder:
        started = Server(Path(folder), **POLITE, **urls, **off)
        started.start()
        try:
            yield started
        finally:
            started.stop()


def make_account(page: Page, email: str) -> None:
    page.goto("/sign-in?next=/orders")
    page.get_by_label("이름").fill("김예매")
    page.get_by_label("이메일").fill(email)
    page.get_by_label("비밀번호").fill("correct horse")
    page.locator("form").get_by_role("button", name=SIGN_UP).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("예매 내역")


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in?next=/orders")
    page.get_by_role("group").get_by_role("button", name=SIGN_IN).click()
    page.get_by_label("이메일").fill(email)
    page.get_by_label("비밀번호").fill("correct horse")
    page.locator("form").get_by_role("button", name=SIGN_IN).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("예매 내역")


def test_what_the_server_does_not_offer_the_page_does_not_offer(
    open_page: Opener, closed: Server, accessible: Callable[[Page], None]
) -> None:
    offered, not_offered = open_page(), open_page(url=closed.url)
    offered.goto("/sign-in")
    expect(offered.get_by_role("button", name=GUEST)).to_be_visible()
    not_offered.goto("/sign-in")
    expect(not_offered.get_by_role("heading", level=1)).to_have_text(SIGN_IN)
    expect(not_offered.get_by_label("비밀번호")).to_be_visible()
    expect(not_offered.get_by_role("button", name=GUEST)).to_have_count(0)
    expect(not_offered.get_by_role("button", name=SIGN_UP)).to_have_count(0)
    accessible(not_offered)


def test_a_new_fan_solves_a_challenge_while_a_concert_asks_for_one(
    new_concert: NewConcert, open_page: Opener
) -> None:
    new_concert(queue="proof_of_work = true")
    guest, account = open_page(), open_page()
    challenges: list[str] = []
    for page in (guest, account):
        page.on("request", lambda request: challenges.append(request.url))
    guest.goto("/orders")
    continue_as_guest(guest)
    expect(guest.get_by_role("heading", level=1)).to_have_text("예매 내역")
    make_account(account, "proven@example.com")
    asked = [url for url in challenges if url.endswith("/v1/users/challenge")]
    assert len(asked) == 2


def test_signing_out_everywhere_ends_the_session_of_another_browser(
    open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    here, there = open_page(), open_page()
    make_account(here, "everywhere@example.com")
    sign_in(there, "everywhere@example.com")
    here.get_by_role("button", name="내 계정").click()
    here.get_by_role("link", name="내 계정").click()
    here.get_by_role("button", name=EVERYWHERE).click()
    dialog = here.get_by_role("dialog")
    expect(dialog).to_be_visible()
    accessible(here)
    with here.expect_response("**/v1/sessions") as ended:
        dialog.get_by_role("button", name=EVERYWHERE).click()
    assert ended.value.status == 204
    expect(here.get_by_role("link", name=SIGN_IN)).to_be_visible()
    there.reload()
    expect(there.get_by_text("아직 예매한 내역이 없어요")).to_have_count(0)
    expect(there.get_by_label("비밀번호")).to_be_visible()


def test_a_guest_of_an_earlier_page_comes_back(open_page: Opener) -> None:
    """Such a guest has an address and a password in place of a key."""
    page = open_page()
    page.goto("/sign-in")
    made = page.evaluate(
        """async () => {
          const guest = { email: "guest-1@guest.invalid", password: "0123456789abcdef" };
          const body = JSON.stringify({ name: "게스트", ...guest });
          const headers = { "Content-Type": "application/json" };
          const answer = await fetch("/v1/users", { method: "POST", headers, body });
          const { user } = await answer.json();
          localStorage.setItem("yemae:session", JSON.stringify({
            userId: user.id, name: user.name, accessToken: "gone",
            expiresAt: "2026-01-01T00:00:00.000Z", guest,
          }));
          return answer.status;
        }"""
    )
    assert made == 201
    page.goto("/orders")
    expect(page.get_by_text("아직 예매한 내역이 없어요")).to_be_visible()
