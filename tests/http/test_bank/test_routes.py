"""The test bank over HTTP: its own merchant alone may call it."""

import httpx

from helpers.http import Site
from yemae.base.signing import key_for
from yemae.http.test_bank.routes import CHARGES, KEY_OF_CALLS, PAGE

CHARGE = "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11"
NEW = {"id": CHARGE, "amount": 100, "currency": "KRW", "return_url": "/x", "hook_url": "http://x"}


def merchant(site: Site) -> dict[str, str]:
    key = key_for(site.runtime.settings.stores.secret_key, KEY_OF_CALLS).hex()
    return {"Authorization": f"Bearer {key}"}


async def call(site: Site, method: str, path: str, json: object = None) -> httpx.Response:
    return await site.client.request(method, CHARGES + path, json=json, headers=merchant(site))


async def test_a_charge_is_added_once_listed_and_shown(site: Site) -> None:
    for amount in (100, 999):
        added = await call(site, "POST", "", {**NEW, "amount": amount})
        assert (added.status_code, added.json()) == (201, {"page": f"{PAGE}/{CHARGE}"})
    (listed,) = (await call(site, "GET", "")).json()
    assert listed == (await call(site, "GET", f"/{CHARGE}")).json()
    assert (listed["amount"], listed["state"]) == (100, "open")


async def test_what_is_not_there_or_not_right_is_refused(site: Site) -> None:
    other = CHARGE[:-1] + "2"
    for method, path in (("GET", ""), ("POST", "/confirm")):
        assert (await call(site, method, f"/{other}{path}")).status_code == 404
    assert (await call(site, "POST", f"/{other}/cancel", {"key": "k"})).status_code == 404
    give_back = {"amount": 1, "key": "k"}
    assert (await call(site, "POST", f"/{other}/refunds", give_back)).status_code == 404
    assert (await call(site, "GET", f"/{other}/refunds")).status_code == 404
    nothing = {"amount": 0, "key": "k"}
    assert (await call(site, "POST", f"/{CHARGE}/refunds", nothing)).status_code == 422
    assert (await call(site, "POST", "", {"id": CHARGE})).status_code == 422
    assert (await call(site, "POST", f"/{CHARGE}/cancel", {})).status_code == 422
    assert (await site.client.get(f"{PAGE}/{other}")).status_code == 404
    chosen = {"behaviour": "accept"}
    assert (await site.client.post(f"{PAGE}/{other}", data=chosen)).status_code == 404
    await call(site, "POST", "", NEW)
    wrong = await site.client.post(f"{PAGE}/{CHARGE}", data={"behaviour": "explode"})
    assert wrong.status_code == 422
    long = await site.client.post(f"{PAGE}/{CHARGE}", data={"behaviour": "x" * 5_000})
    assert long.status_code == 422


async def test_more_than_was_captured_is_not_given_back(site: Site) -> None:
    await call(site, "POST", "", NEW)
    await site.client.post(f"{PAGE}/{CHARGE}", data={"behaviour": "return_only"})
    assert (await call(site, "POST", f"/{CHARGE}/confirm")).json()["captured"] == 100
    more = await call(site, "POST", f"/{CHARGE}/refunds", {"amount": 101, "key": "a"})
    assert more.json()["state"] == "declined"
    part = await call(site, "POST", f"/{CHARGE}/refunds", {"amount": 40, "key": "b"})
    assert (part.status_code, part.json()["state"]) == (200, "settled")
    listed = (await call(site, "GET", f"/{CHARGE}/refunds")).json()
    assert [(each["key"], each["amount"]) for each in listed] == [("a", 101), ("b", 40)]
    whole = await call(site, "POST", f"/{CHARGE}/cancel", {"key": "c"})
    assert (whole.json()["state"], whole.json()["refunded"]) == ("cancelled", 100)
