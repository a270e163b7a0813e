"""Operators in the browser: signed in without the page, in any role."""

import json
from typing import Any

import httpx
from playwright.sync_api import Page

from helpers.server import SECRET_KEY
from yemae.accounts.access import Issuer

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
