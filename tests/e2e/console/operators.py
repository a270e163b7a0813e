"""Operators in the browser: signed in without the page, in any role."""

import json
import os
import subprocess
import sys
from typing import Any, NamedTuple

import httpx
from playwright.sync_api import Page, expect

from helpers.server import SECRET_KEY, Server
from yemae.accounts.access import BY_PASSWORD, Issuer, Means, SignInMoment

PASSWORD = "correct horse battery"
HOUR_S = 3_600
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


def token_of(name: str, *roles: str) -> str:
    """An access token with roles, as from a login of the operator's own."""
    return Issuer(SECRET_KEY, ttl_s=3600).issue(name, roles=roles).text


def client_of(url: str, *roles: str, name: str = "op") -> httpx.Client:
    """The API, as an operator with these roles uses it."""
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token_of(name, *roles)}"})


def sign_in(page: Page, url: str, *roles: str, name: str = "Ann") -> Page:
    """Let this tab of the console be of an operator with these roles, from its next page on."""
    token = token_of(name.lower(), *roles)
    bearer = {"Authorization": f"Bearer {token}"}
    me = httpx.get(f"{url}/v1/admin/me", headers=bearer).raise_for_status().json()
    session = {
        "userId": me["user_id"],
        "accessToken": token,
        "expiresAt": "2099-01-01T00:00:00.000Z",
        "name": name,
        "roles": me["roles"],
    }
    kept = json.dumps(json.dumps(session))
    page.add_init_script(f"sessionStorage.setItem('yemae:console', {kept})")
    return page


class Account(NamedTuple):
    """An account with a password, `PASSWORD`, and the token of its sign-up."""

    email: str
    token: str
    user_id: str


def new_account(server: Server) -> Account:
    """An account without any role."""
    email = f"op-{os.getpid()}-{os.urandom(4).hex()}@example.com"
    body = {"name": "Ann Lee", "email": email, "password": PASSWORD}
    made = httpx.post(f"{server.url}/v1/users", json=body).raise_for_status().json()
    return Account(email, made["access_token"], made["user"]["id"])


def run_users(server: Server, *words: str) -> None:
    """A command about users."""
    command = [sys.executable, "-m", "yemae", "users", *words]
    subprocess.run(command, env=server.environ, check=True, capture_output=True)


def new_admin(server: Server) -> Account:
    """The account of an admin."""
    account = new_account(server)
    run_users(server, "grant-admin", account.email)
    return account


def type_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the form that signs in, and send it."""
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def let_an_hour_pass(page: Page, user_id: str, means: tuple[Means, ...] = BY_PASSWORD) -> None:
    """Let the session of this tab be as it is an hour after its sign-in."""
    issuer = Issuer(SECRET_KEY, ttl_s=HOUR_S)
    earlier = SignInMoment(issuer.signer.now() - HOUR_S, means)
    page.evaluate(
        """token => {
          const kept = JSON.parse(sessionStorage.getItem("yemae:console"));
          sessionStorage.setItem("yemae:console", JSON.stringify({...kept, accessToken: token}));
        }""",
        issuer.issue(user_id, signed_in=earlier).text,
    )
    page.reload()


def sign_in_again(page: Page) -> None:
    """Answer the question for a fresh sign-in; what it was asked for goes on by itself."""
    dialog = page.get_by_role("dialog", name="Please sign in again")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog).to_have_count(0)


def go(page: Page, screen: str) -> None:
    """To a screen, by the menu of this width."""
    menu = page.get_by_role("navigation", name="Menu")
    expect(menu).to_be_visible()
    link = menu.get_by_role("link", name=screen, exact=True)
    if not link.is_visible():
        page.get_by_role("button", name="More", exact=True).click()
        link = page.get_by_role("dialog").get_by_role("link", name=screen, exact=True)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(screen)
