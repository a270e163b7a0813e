"""Signing in to the console with two factors, and again for what is grave."""

from collections.abc import Callable

import httpx
import pyotp
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Opener
from e2e.console.operators import (
    PASSWORD,
    PHONE,
    Account,
    let_an_hour_pass,
    new_admin,
    sign_in_again,
    type_in,
)
from helpers.server import Server
from helpers.virtual_authenticator import give_device
from yemae.accounts.access import BY_CODE


@pytest.fixture
def admin(server: Server) -> Account:
    """An admin with a password."""
    return new_admin(server)


def app_of(server: Server, token: str) -> tuple[pyotp.TOTP, str]:
    """An authenticator app of the account, and one of its recovery codes."""
    bearer = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=server.url, headers=bearer) as api:
        path = "/v1/me/second-factor"
        begun = api.post(path, json={"password": PASSWORD}).raise_for_status().json()
        app = pyotp.TOTP(begun["secret"])
        body = {"code": app.now()}
        done = api.post(f"{path}/confirmation", json=body).raise_for_status().json()
    return app, str(done["recovery_codes"][0])


def test_a_password_and_a_code_sign_in(
    server: Server,
    admin: Account,
    open_page: Opener,
    accessible: Callable[[Page], None],
) -> None:
    email = admin.email
    _, recovery = app_of(server, admin.token)
    page = open_page(locale="en-GB", **PHONE)
    page.goto("/console/people")
    type_in(page, email)
    expect(page.get_by_role("status")).to_contain_text("authenticator app")
    accessible(page)
    page.get_by_label("Code of your authenticator app").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Wrong code")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code of your authenticator app").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Roles")


def test_a_grave_call_asks_again_and_goes_on(
    admin: Account, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    email = admin.email
    page = open_page(locale="en-GB")
    page.goto("/console/people")
    type_in(page, email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Roles")
    let_an_hour_pass(page, admin.user_id, BY_CODE)
    form = page.get_by_role("region", name="Give a role")
    form.get_by_label("E-mail address or user id").fill(email)
    form.get_by_role("button", name="Give").click()
    dialog = page.get_by_role("dialog", name="Please sign in again")
    expect(dialog).to_be_visible()
    accessible(page)
    sign_in_again(page)
    expect(page.get_by_role("status").filter(has_text="Viewer")).to_be_visible()


def test_a_passkey_signs_in_to_the_console(
    server: Server, admin: Account, open_page: Opener
) -> None:
    email = admin.email
    url = server.url.replace("127.0.0.1", "localhost")
    page = open_page(url=url, locale="en-GB")
    give_device(page)
    page.goto("/sign-in?way=in&next=/account")
    fields = page.locator("form input")
    fields.nth(0).fill(email)
    fields.nth(1).fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    keys = page.locator("section").filter(has=page.get_by_role("heading", name="Passkeys"))
    keys.get_by_label("What do you call this device?").fill("Laptop")
    keys.get_by_label("Password").fill(PASSWORD)
    keys.get_by_role("button", name="Add a passkey").click()
    expect(keys.get_by_text("Laptop", exact=True)).to_be_visible()
    page.goto("/console/people")
    type_in(page, email)
    expect(page.get_by_role("status")).to_contain_text("signs in with its passkey")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Roles")
