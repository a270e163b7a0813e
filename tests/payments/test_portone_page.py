"""The page on which a fan pays through PortOne: what it gives the script, and what it refuses."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from helpers.checkouts import Payer
from helpers.portone_double import API_SECRET, CHANNEL, STORE, WEBHOOK_SECRET, PortOneDouble
from helpers.time_travel import travel
from yemae.http.server.app import create_app
from yemae.http.site import portone_page
from yemae.settings import Settings


def browser(payer: Payer, language: str = "ko") -> httpx.AsyncClient:
    app = Starlette(routes=portone_page.routes())
    app.state = SimpleNamespace(runtime=payer.runtime)  # type: ignore[assignment]
    headers = {"accept-language": language}
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


async def test_the_page_has_the_amount_and_no_secret(
    portone_payer: Payer, portone: PortOneDouble
) -> None:
    checkout = await portone_payer.begin(await portone_payer.hold_inside("1"))
    assert checkout.redirect_url
    async with browser(portone_payer) as fan:
        page = await fan.get(checkout.redirect_url)
    assert (page.status_code, "결제하기" in page.text) == (200, True)
    for said in (
        f'data-store="{STORE}"', f'data-channel="{CHANNEL}"', f'data-amount="{checkout.amount}"',
        f'data-payment="{checkout.id.hex}"', f'data-back="/orders/1?checkout={checkout.id}"',
    ):  # fmt: skip
        assert said in page.text
    assert API_SECRET not in page.text
    assert WEBHOOK_SECRET not in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'self' https://cdn.portone.io;" in policy
    assert portone.called("pre-register") == 1


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "", "javascript:x"]
)
async def test_the_page_sends_no_fan_to_another_server(portone_payer: Payer, back: str) -> None:
    checkout = await portone_payer.begin(await portone_payer.hold_inside("1"))
    async with browser(portone_payer, "en") as fan:
        page = await fan.get(f"/pay/{checkout.id}", params={"back": back})
        gone = await fan.get(f"/pay/{uuid4()}", params={"back": back})
    assert 'data-back="/orders"' in page.text
    assert "evil" not in page.text
    assert (gone.status_code, gone.headers["location"]) == (303, "/orders")


async def test_what_is_not_to_be_paid_any_more_has_no_page(
    portone_payer: Payer, portone: PortOneDouble
) -> None:
    checkout = await portone_payer.begin(await portone_payer.hold_inside("1"))
    assert checkout.redirect_url
    travel(portone_payer.runtime, 301)
    async with browser(portone_payer) as fan:
        answer = await fan.get(checkout.redirect_url)
    assert answer.headers["location"] == f"/orders/1?checkout={checkout.id}"
    assert portone.payments == {}


async def test_scripts_and_styles_are_files(portone_payer: Payer) -> None:
    async with browser(portone_payer) as fan:
        script, style = await fan.get("/pay/page.js"), await fan.get("/pay/page.css")
    assert script.headers["content-type"].startswith("text/javascript")
    assert style.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(("provider", "has_page"), [("portone", True), ("stripe", False)])
def test_only_a_server_that_uses_portone_has_the_page(provider: Any, has_page: bool) -> None:
    app = create_app(Settings().replace(payment_provider=provider))
    assert has_page == any(getattr(each, "path", "").startswith("/pay/") for each in app.routes)
