"""Fans who sign in with an account elsewhere, over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from helpers.http import Site, open_site
from helpers.login_double import LoginDouble
from yemae.settings import Settings

BEGIN, COMPLETE = "/v1/sign-ins", "/v1/sign-ins/completion"


@asynccontextmanager
async def offered(
    settings: Settings, login: LoginDouble, setting: dict[str, Any] | None = None, **changes: object
) -> AsyncIterator[Site]:
    """A server on which fans sign in there."""
    text = msgspec.json.encode({"providers": [setting or login.setting()]}).decode()
    async with open_site(settings, sign_in_providers=text, **changes) as site:
        yield site


async def begin(site: Site, provider: str = "club", **more: Any) -> httpx.Response:
    """A fan wants to sign in."""
    return await site.ask("POST", BEGIN, json={"provider": provider, **more})


async def complete(
    site: Site, back: dict[str, str], provider: str = "club", **given: Any
) -> httpx.Response:
    """The fan's browser comes back."""
    return await site.ask("POST", COMPLETE, json={"provider": provider, **back}, **given)


async def there_and_back(site: Site, login: LoginDouble, **more: Any) -> httpx.Response:
    """A whole sign-in."""
    begun = await begin(site, **more)
    assert begun.status_code == 201, begun.text
    return await complete(site, login.consent(begun.json()["redirect_url"]))


async def who(site: Site, signed_in: httpx.Response) -> dict[str, Any]:
    """Who an answer has signed in."""
    assert signed_in.status_code == 201, signed_in.text
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    found: dict[str, Any] = (await site.get("/v1/me", headers=headers)).json()
    return found
