"""What another site, a planted session and a frame cannot do to an operator who is signed in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pyotp
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.console.operators import PASSWORD, client_of, new_admin, sign_in, token_of, type_in
from helpers.browser import PLAIN_HOST
from helpers.server import Server


class Stranger(BaseHTTPRequestHandler):
    """Every page of another site."""

    def do_GET(self) -> None:
        """The page; the test puts the rest into it."""
        body = b"<!doctype html><title>Win a ticket</title><body></body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """It says nothing."""


@contextmanager
def another_site() -> Iterator[str]:
    """The address of a site that is not the server's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://{PLAIN_HOST}:{serving.server_port}/"
        serving.shutdown()


@pytest.fixture
def stranger(open_page: Opener, server: Server, new_concert: NewConcert) -> Iterator[Page]:
    """A tab with a page of another site, in the browser of an operator whose console is open. Its
    browser may complain."""
    operator = sign_in(open_page(locale="en-GB"), server.url, "admin")
    operator.goto(f"/console/{new_concert()}/line")
    expect(operator.get_by_role("button", name="Pause")).to_be_visible()
    with another_site() as url:
        page = operator.context.new_page()
        page.goto(url)
        yield page


def control_of(server: Server, concert: str) -> str:
    with client_of(server.url, "viewer") as api:
        return str(api.get(f"/v1/admin/concerts/{concert}/queue").json()["control"])


FORM = """url => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: url });
  document.body.append(form);
  form.submit();
}"""
ASK = """async url => {
  await fetch(url, { method: "POST", credentials: "include", mode: "no-cors" });
}"""
FRAME = """url => new Promise((done) => {
  const frame = Object.assign(document.createElement("iframe"), { src: url, onload: done });
  document.body.append(frame);
})"""


def test_another_site_calls_nothing_in_the_name_of_the_operator(
    server: Server, stranger: Page, new_concert: NewConcert
) -> None:
    concert = new_concert()
    pause = f"{server.url}/v1/admin/concerts/{concert}/queue/pause"
    # The browser has nothing that it would send along by itself.
    assert stranger.context.cookies(server.url) == []
    with stranger.expect_response(pause) as answered:
        stranger.evaluate(ASK, pause)
    assert answered.value.status == 401
    with stranger.expect_response(pause) as answered:
        stranger.evaluate(FORM, pause)
    assert answered.value.status == 401
    assert control_of(server, concert) == "running"


def test_another_tab_and_an_address_sign_no_one_in(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    operator = sign_in(open_page(locale="en-GB"), server.url, "admin")
    operator.goto(f"/console/{concert}/line")
    expect(operator.get_by_role("button", name="Pause")).to_be_visible()
    token = token_of("mallory", "viewer")
    # A token in an address or a cookie is not looked at.
    kinds = ("access_token", "token", "session", "yemae:console")
    operator.context.add_cookies([{"name": "token", "value": token, "url": server.url}])
    tab = open_page(like=operator)
    for name in kinds:
        tab.goto(f"/console/{concert}/line?{name}={token}#{name}={token}")
        expect(tab.get_by_role("heading", level=1)).to_have_text("Sign in to the console")
    cookies = dict.fromkeys(kinds[:3], token)
    refused = httpx.get(f"{server.url}/v1/admin/me", cookies=cookies)
    assert refused.status_code == 401


def test_a_session_from_before_gets_nothing_of_the_one_after(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    admin = new_admin(server)
    planted = token_of("mallory", "viewer")
    page = sign_in(open_page(locale="en-GB"), server.url, "viewer", name="Mallory")
    page.goto(f"/console/{concert}/line")
    expect(page.get_by_text("Mallory")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    type_in(page, admin.email)
    expect(page.get_by_text("Ann Lee")).to_be_visible()
    kept = page.evaluate("() => JSON.parse(sessionStorage.getItem('yemae:console')).accessToken")
    assert kept not in (planted, admin.token)
    bearer = {"Authorization": f"Bearer {planted}"}
    path = f"{server.url}/v1/admin/concerts/{concert}/queue/pause"
    assert httpx.post(path, headers=bearer).status_code == 403


def test_a_session_without_the_second_factor_is_not_lifted_by_one_with_it(
    server: Server, open_page: Opener
) -> None:
    admin = new_admin(server)
    with httpx.Client(base_url=server.url) as api:
        bearer = {"Authorization": f"Bearer {admin.token}"}
        path = "/v1/me/second-factor"
        begun = api.post(path, json={"password": PASSWORD}, headers=bearer).raise_for_status()
        app = pyotp.TOTP(begun.json()["secret"])
        made = api.post(f"{path}/confirmation", json={"code": app.now()}, headers=bearer)
        recovery = made.raise_for_status().json()["recovery_codes"][0]
        half = api.post("/v1/sessions", json={"email": admin.email, "password": PASSWORD}).json()
        bearer = {"Authorization": f"Bearer {half['access_token']}"}
        page = open_page(locale="en-GB")
        page.goto("/console")
        type_in(page, admin.email)
        page.get_by_label("Code of your authenticator app").fill(recovery)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        refused = api.get("/v1/admin/concerts", headers=bearer)
    assert refused.json()["type"] == "/problems/second-factor-required"


def test_the_console_stands_in_no_frame_of_another_site(server: Server, stranger: Page) -> None:
    for path in ("/console", "/console/people", "/account"):
        stranger.evaluate(FRAME, f"{server.url}{path}")
    frames = [frame.url for frame in stranger.frames[1:]]
    assert len(frames) == 3
    assert all(url.startswith("chrome-error://") for url in frames), frames
