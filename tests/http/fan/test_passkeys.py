"""Passkeys: added to an account, and signed in with, by an authenticator in software."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from helpers.authenticator import VERIFIED, Authenticator
from helpers.http import Site, open_site, problem_of
from helpers.time_travel import travel
from yemae.accounts.passkeys import CHALLENGE_TTL_S
from yemae.sale.passkeys import PASSKEYS_MAX
from yemae.settings import Settings

ORIGIN, DOMAIN = "https://tickets.example.com", "tickets.example.com"
PATH, SIGN_IN = "/v1/me/passkeys", "/v1/passkey-sign-ins"
EMAIL, PASSWORD = "ann@example.com", "correct horse"

Bearer = dict[str, str]


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """A server whose address has a name."""
    async with open_site(settings, public_url=ORIGIN) as opened:
        yield opened


@pytest.fixture
async def ann(site: Site) -> Bearer:
    """The bearer of an account with a password."""
    return await account(site, EMAIL)


async def account(site: Site, email: str) -> Bearer:
    """The bearer of a new account."""
    body = {"name": "Ann", "email": email, "password": PASSWORD}
    return bearer_of(await site.ask("POST", "/v1/users", json=body))


def bearer_of(answer: httpx.Response) -> Bearer:
    """The bearer of a session."""
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def begun(site: Site, bearer: Bearer, password: str | None = PASSWORD) -> dict[str, Any]:
    """What a device is asked to make."""
    body = {} if password is None else {"password": password}
    answer = await site.ask("POST", PATH, json=body, headers=bearer)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def add(site: Site, bearer: Bearer, body: dict[str, Any]) -> httpx.Response:
    """What the device has made goes to the server."""
    return await site.ask("POST", f"{PATH}/completion", json=body, headers=bearer)


async def device_of(site: Site, bearer: Bearer, name: str = "Phone") -> Authenticator:
    """A device with a passkey of the account."""
    device = Authenticator(ORIGIN)
    answer = await add(site, bearer, {**device.make(await begun(site, bearer)), "name": name})
    assert answer.status_code == 201, answer.text
    return device


async def asked(site: Site) -> dict[str, Any]:
    """What a device is asked to sign."""
    return dict((await site.ask("POST", SIGN_IN)).json())


async def signed(site: Site, body: dict[str, Any]) -> httpx.Response:
    """What the device has signed goes to the server."""
    return await site.ask("POST", f"{SIGN_IN}/completion", json=body)


async def sign_in(site: Site, device: Authenticator) -> httpx.Response:
    """A whole sign-in."""
    return await signed(site, device.sign(await asked(site)))


async def listed(site: Site, bearer: Bearer) -> list[dict[str, Any]]:
    """The passkeys of an account."""
    found: list[dict[str, Any]] = (await site.get(PATH, headers=bearer)).json()["passkeys"]
    return found


def refused_as(answer: httpx.Response) -> str:
    """Why a passkey was not taken."""
    return str(problem_of(answer, 400, "sign-in-failed")["failure"])


def field_of(answer: httpx.Response) -> str:
    """The field that was refused."""
    return str(problem_of(answer, 422, "invalid-request")["errors"][0]["field"])


async def test_a_passkey_signs_in_to_its_account_until_it_is_removed(
    site: Site, ann: Bearer
) -> None:
    assert await listed(site, ann) == []
    begun_now = await begun(site, ann)
    assert begun_now["domain"] == DOMAIN
    assert begun_now["user_name"] == EMAIL
    device = await device_of(site, ann)
    (mine,) = await listed(site, ann)
    assert (mine["name"], mine["synced"], mine["used_at"]) == ("Phone", False, None)
    again = bearer_of(await sign_in(site, device))
    me = (await site.get("/v1/me", headers=again)).json()
    assert me["email"] == EMAIL
    (used,) = await listed(site, again)
    assert used["used_at"] is not None
    # The device hears which keys it has.
    assert len((await begun(site, ann))["exclude"]) == 1
    path = f"{PATH}/{mine['id']}"
    renamed = await site.ask("PATCH", path, json={"name": "내 전화"}, headers=ann)
    assert renamed.json()["name"] == "내 전화"
    data = (await site.get("/v1/me/data", headers=ann)).json()
    assert [each["name"] for each in data["passkeys"]] == ["내 전화"]
    assert (await site.ask("DELETE", path, headers=ann)).status_code == 204
    assert refused_as(await sign_in(site, device)) == "refused"
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        for gone in (path, f"{PATH}/none"):
            problem_of(await site.ask(method, gone, json=body, headers=ann), 404, "not-found")


async def test_a_challenge_is_good_once_and_for_ten_minutes_and_for_its_own_purpose(
    site: Site, ann: Bearer
) -> None:
    device = await device_of(site, ann)
    body = device.sign(await asked(site))
    assert (await signed(site, body)).status_code == 201
    assert refused_as(await signed(site, body)) == "expired"
    late, new = device.sign(await asked(site)), device.make(await begun(site, ann))
    travel(site.runtime, CHALLENGE_TTL_S + 1)
    assert refused_as(await signed(site, late)) == "expired"
    assert refused_as(await add(site, ann, new)) == "expired"
    # Of another account, of the other purpose, and not of our making.
    bob = await account(site, "bob@example.com")
    theirs = device.make(await begun(site, bob))
    assert refused_as(await add(site, ann, theirs)) == "expired"
    device = await device_of(site, ann)
    mixed = {**device.sign(await begun(site, ann))}
    assert refused_as(await signed(site, mixed)) == "expired"
    for challenge in ("x", body["challenge"][:-2]):
        assert refused_as(await signed(site, {**body, "challenge": challenge})) == "expired"


async def test_of_the_same_answer_twice_at_once_one_is_taken(site: Site, ann: Bearer) -> None:
    device = await device_of(site, ann)
    body = device.sign(await asked(site))
    answers = await asyncio.gather(*(signed(site, body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 400, 400, 400, 400]


async def test_a_count_that_does_not_rise_is_refused(site: Site, ann: Bearer) -> None:
    device = await device_of(site, ann)
    for count, taken in ((5, True), (5, False), (4, False), (6, True), (0, False)):
        device.count = count
        answer = await sign_in(site, device)
        assert answer.status_code == (201 if taken else 400), (count, answer.text)


async def test_a_device_that_lies_of_the_site_the_user_or_the_key_is_refused(
    site: Site, ann: Bearer
) -> None:
    device = await device_of(site, ann)
    right = device.sign(await asked(site))
    for name, value in (
        ("origin", "https://tickets.example.com.evil.example"),
        ("domain", "evil.example"),
        ("flags", device.flags & ~VERIFIED),
    ):
        before, other = getattr(device, name), Authenticator(ORIGIN)
        for each in (device, other):
            setattr(each, name, value)
        assert refused_as(await sign_in(site, device)) == "refused", name
        made = other.make(await begun(site, ann))
        assert field_of(await add(site, ann, made)) == "attestation_object", name
        setattr(device, name, before)
        assert (await sign_in(site, device)).status_code == 201
    for changed in (
        {"signature": right["signature"]},
        {"user_handle": "AAAA"},
        {"credential_id": "AAAA"},
        {"credential_id": "A"},
        {"client_data": "AAAA"},
        {"authenticator_data": "AAAA"},
    ):
        fresh = device.sign(await asked(site))
        assert refused_as(await signed(site, {**fresh, **changed})) == "refused", changed


async def test_the_password_is_asked_for_and_a_guest_has_no_passkeys(
    site: Site, ann: Bearer
) -> None:
    missing = await site.ask("POST", PATH, headers=ann)
    assert field_of(missing) == "password"
    wrong = await site.ask("POST", PATH, json={"password": "wrong"}, headers=ann)
    problem_of(wrong, 401, "wrong-credentials")
    guest = bearer_of(await site.ask("POST", "/v1/guests", json={}))
    assert field_of(await site.ask("POST", PATH, json={}, headers=guest)) == "passkey"


async def test_a_key_leads_to_one_account_and_an_account_has_few(
    site: Site, ann: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = await device_of(site, ann)
    bob = await account(site, "bob@example.com")
    assert device.key is not None
    same = device.key.credential_id
    taken = Authenticator(ORIGIN).make(await begun(site, bob), same)
    assert refused_as(await add(site, bob, taken)) == "taken"
    await device_of(site, bob)
    assert PASSKEYS_MAX > 2
    monkeypatch.setattr("yemae.sale.passkeys.PASSKEYS_MAX", 2)
    late = Authenticator(ORIGIN).make(await begun(site, bob))
    await device_of(site, bob)
    assert field_of(await add(site, bob, late)) == "passkey"
    full = await site.ask("POST", PATH, json={"password": PASSWORD}, headers=bob)
    assert field_of(full) == "passkey"


async def test_the_only_way_into_an_account_stays_and_guards_it(site: Site, ann: Bearer) -> None:
    device = await device_of(site, ann)
    async with site.runtime.postgres.transaction() as tx:
        await tx.execute(b"update users set password_hash = null")
    (mine,) = await listed(site, ann)
    path = f"{PATH}/{mine['id']}"
    assert field_of(await site.ask("DELETE", path, headers=ann)) == "passkey"
    assert len(await listed(site, ann)) == 1
    # A session that was left open is not enough any more.
    travel(site.runtime, 601)
    for method, guarded in (("DELETE", path), ("POST", PATH), ("POST", "/v1/me/deletion")):
        left_open = await site.ask(method, guarded, headers=ann)
        assert problem_of(left_open, 403, "fresh-sign-in-required") == {"within_s": 600}
    fresh = bearer_of(await sign_in(site, device))
    second = Authenticator(ORIGIN)
    made = second.make(await begun(site, fresh, None))
    assert (await add(site, fresh, made)).status_code == 201
    assert (await site.ask("DELETE", path, headers=fresh)).status_code == 204
    late = Authenticator(ORIGIN).make(await begun(site, fresh, None))
    assert (await site.ask("POST", "/v1/me/deletion", headers=fresh)).status_code == 204
    assert refused_as(await sign_in(site, second)) == "refused"
    problem_of(await add(site, fresh, late), 401, "unauthenticated")


async def test_wrong_answers_are_limited_by_network(site: Site, ann: Bearer) -> None:
    device = await device_of(site, ann)
    body = {**device.sign(await asked(site)), "challenge": "x"}
    for _ in range(30):
        assert refused_as(await signed(site, body)) == "expired"
    problem_of(await signed(site, body), 429, "rate-limited")


async def test_a_sign_out_everywhere_ends_it_and_a_passkey_signs_in_again(
    site: Site, ann: Bearer
) -> None:
    device = await device_of(site, ann)
    first = bearer_of(await sign_in(site, device))
    assert (await site.ask("DELETE", "/v1/sessions", headers=first)).status_code == 204
    problem_of(await site.get("/v1/me", headers=first), 401, "unauthenticated")
    again = bearer_of(await sign_in(site, device))
    assert (await site.get("/v1/me", headers=again)).status_code == 200


@pytest.mark.parametrize("url", ["http://tickets.example.com", "https://192.0.2.1"])
async def test_a_server_without_a_name_or_tls_offers_none(settings: Settings, url: str) -> None:
    async with open_site(settings, public_url=url) as site:
        assert (await site.get("/v1/settings")).json()["passkeys"] is False
        problem_of(await site.ask("POST", SIGN_IN), 404, "not-found")


async def test_in_development_they_are_for_the_host_that_is_asked(settings: Settings) -> None:
    async with open_site(settings) as site:
        for host, domain in (("localhost:8000", "localhost"), ("127.0.0.1:8000", None)):
            answer = await site.ask("POST", SIGN_IN, headers={"Host": host})
            assert answer.json().get("domain") == domain
