"""New accounts and guests: whether they are open, how many, and what they take."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator

import httpx
import pytest

from helpers.http import Site, open_site, problem_of
from helpers.networks import UNREACHABLE, seen_from
from helpers.proofs import guarded, solve
from helpers.time_travel import travel
from yemae.accounts import passwords
from yemae.accounts.access import GUEST_KEY_TTL_S
from yemae.settings import ACCOUNTS_PER_MINUTE, Settings

WHO = {"name": "김예매", "email": "fan@example.com", "password": "correct horse"}
SESSION = {name: WHO[name] for name in ("email", "password")}
CHEAP = {"challenge_counter_max": 20}


def bearer(answer: httpx.Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def sign_up(site: Site, number: int, **more: object) -> httpx.Response:
    body = {**WHO, "email": f"fan-{number}@example.com", **more}
    return await site.ask("POST", "/v1/users", json=body)


async def test_a_guest_buys_without_a_password_and_comes_back_with_the_key(site: Site) -> None:
    guest = await site.ask("POST", "/v1/guests")
    assert guest.status_code == 201
    assert guest.json().keys() == {"user", "access_token", "expires_at", "guest_key"}
    me = (await site.get("/v1/me", headers=bearer(guest))).json()
    assert me == {**guest.json()["user"], "has_password": False}
    money = {"Idempotency-Key": "1"}
    paid_in = await site.ask(
        "POST", "/v1/wallet/top-ups", json={"amount": 500}, headers=bearer(guest) | money
    )
    assert paid_in.status_code == 201
    key = {"guest_key": guest.json()["guest_key"]}
    travel(site.runtime, site.runtime.settings.accounts.access_token_ttl_s + 1)
    problem_of(await site.get("/v1/me", headers=bearer(guest)), 401, "unauthenticated")
    again = await site.ask("POST", "/v1/guests/sessions", json=key)
    assert again.status_code == 201
    assert again.json()["user"] == guest.json()["user"]
    assert (await site.get("/v1/wallet", headers=bearer(again))).json()["balance"] == 500


async def test_a_guest_costs_no_hash_and_no_row(site: Site) -> None:
    """With every turn for hashes taken, guests go on; an account has to wait."""
    before = await site.contents()
    async with site.runtime.passwords.turns.turn("a"), site.runtime.passwords.turns.turn("b"):
        waiting = asyncio.create_task(sign_up(site, 1))
        guests = [await site.ask("POST", "/v1/guests", json={}) for _ in range(20)]
        again = [
            await site.ask(
                "POST", "/v1/guests/sessions", json={"guest_key": guest.json()["guest_key"]}
            )
            for guest in guests
        ]
        assert not waiting.done()
        assert await site.contents() == before
    assert {answer.status_code for answer in (*guests, *again, await waiting)} == {201}


async def test_what_is_no_guest_s_key_is_refused(site: Site) -> None:
    guest = (await site.ask("POST", "/v1/guests")).json()
    account = (await sign_up(site, 1)).json()
    for key in ("x", guest["access_token"], account["access_token"], "\x01", "a.b.c", "한글"):
        answer = await site.ask("POST", "/v1/guests/sessions", json={"guest_key": key})
        problem_of(answer, 401, "guest-key-invalid")
    headers = {"Authorization": f"Bearer {guest['guest_key']}"}
    problem_of(await site.get("/v1/me", headers=headers), 401, "unauthenticated")
    travel(site.runtime, GUEST_KEY_TTL_S + 1)
    late = await site.ask("POST", "/v1/guests/sessions", json={"guest_key": guest["guest_key"]})
    problem_of(late, 401, "guest-key-invalid")


async def test_sign_up_and_guests_can_be_closed_and_those_who_are_there_stay(
    settings: Settings, site: Site
) -> None:
    guest = (await site.ask("POST", "/v1/guests")).json()
    await site.ask("POST", "/v1/users", json=WHO)
    assert (await site.get("/v1/settings")).json() == {
        "sign_up": "open",
        "guests": "on",
        "proof_of_work": False,
        "top_ups": "free",
        "payment_methods": ["card"],
        "demo": True,
        "mail": True,
        "terms": None,
        "guest_email": "optional",
        "sign_in_providers": [],
        "passkeys": False,
        "phone_tickets": [],
    }
    async with open_site(settings, sign_up="off", guests="off") as closed:
        problem_of(await sign_up(closed, 1), 403, "sign-up-closed")
        problem_of(await closed.ask("POST", "/v1/guests"), 403, "guests-closed")
        shown = await closed.get("/v1/settings")
        assert shown.json() == {
            "sign_up": "off",
            "guests": "off",
            "proof_of_work": False,
            "top_ups": "free",
            "payment_methods": ["card"],
            "demo": True,
            "mail": True,
            "terms": None,
            "guest_email": "optional",
            "sign_in_providers": [],
            "passkeys": False,
            "phone_tickets": [],
        }
        assert shown.headers["cache-control"] == "public, max-age=10"
        key = {"guest_key": guest["guest_key"]}
        assert (await closed.ask("POST", "/v1/guests/sessions", json=key)).status_code == 201
        assert (await closed.ask("POST", "/v1/sessions", json=SESSION)).status_code == 201


@pytest.fixture(params=["valkey", "valkey-away"])
async def strict(settings: Settings, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """A site where three accounts may be made from one network in a minute; with Valkey, and
    without it."""
    changes = {} if request.param == "valkey" else {"valkey_url": UNREACHABLE}
    async with open_site(settings, accounts_per_address_per_minute=3, **changes) as opened:
        yield opened


async def test_a_network_makes_a_limited_number_of_accounts_and_guests_a_minute(
    strict: Site,
) -> None:
    async with seen_from(strict, "203.0.113.7") as here, seen_from(strict, "2001:db8::1") as there:
        answers = [await sign_up(here, n) for n in range(2)]
        answers += [await here.ask("POST", "/v1/guests") for _ in range(2)]
        answers += [await sign_up(here, 9)]
        assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
        problem_of(answers[-1], 429, "rate-limited")
        assert (await there.ask("POST", "/v1/guests")).status_code == 201
        # Who is there already is not counted.
        assert (
            await here.ask(
                "POST", "/v1/guests/sessions", json={"guest_key": answers[2].json()["guest_key"]}
            )
        ).status_code == 201


async def test_a_network_over_the_limit_costs_no_hash(strict: Site) -> None:
    for number in range(3):
        await sign_up(strict, number)
    async with strict.runtime.passwords.turns.turn("a"), strict.runtime.passwords.turns.turn("b"):
        problem_of(await sign_up(strict, 4), 429, "rate-limited")


def test_the_limit_is_wider_where_developers_make_many_fans() -> None:
    assert Settings().new_accounts_max() == ACCOUNTS_PER_MINUTE["development"]
    assert (
        Settings().replace(mode="production").new_accounts_max()
        == ACCOUNTS_PER_MINUTE["production"]
    )
    assert Settings().replace(accounts_per_address_per_minute=7).new_accounts_max() == 7


async def test_while_a_concert_asks_for_a_proof_of_work_a_new_account_takes_one(
    settings: Settings,
) -> None:
    async with open_site(settings, guarded(proof_of_work=True), **CHEAP) as site:
        assert (await site.get("/v1/settings")).json()["proof_of_work"] is True
        problem_of(await sign_up(site, 1), 403, "proof-of-work-required")
        problem_of(await site.ask("POST", "/v1/guests"), 403, "proof-of-work-required")
        proofs = [solve((await site.get("/v1/users/challenge")).json()) for _ in range(2)]
        assert (await sign_up(site, 1, altcha=proofs[0])).status_code == 201
        guest = await site.ask("POST", "/v1/guests", json={"altcha": proofs[1]})
        assert guest.status_code == 201
        for used in proofs:
            problem_of(await sign_up(site, 2, altcha=used), 403, "proof-of-work-invalid")
        of_the_hall = solve((await site.get("/v1/concerts/hall/challenge")).json())
        problem_of(await sign_up(site, 2, altcha=of_the_hall), 403, "proof-of-work-invalid")
        # Who comes back proves nothing.
        key = {"guest_key": guest.json()["guest_key"]}
        assert (await site.ask("POST", "/v1/guests/sessions", json=key)).status_code == 201


async def test_a_concert_whose_dates_have_begun_requires_no_proof_of_work(
    settings: Settings,
) -> None:
    async with open_site(settings, guarded(proof_of_work=True), **CHEAP) as site:
        travel(site.runtime, 10 * 365 * 86_400)
        assert (await site.get("/v1/settings")).json()["proof_of_work"] is False
        assert (await site.ask("POST", "/v1/guests")).status_code == 201


async def test_an_address_is_one_account_composed_or_decomposed(site: Site) -> None:
    composed = "émile.가람@éxample.com"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    made = await site.ask("POST", "/v1/users", json=WHO | {"email": decomposed})
    assert made.json()["user"]["email"] == composed
    problem_of(
        await site.ask("POST", "/v1/users", json=WHO | {"email": composed.upper()}),
        409,
        "email-taken",
    )
    for email in (composed, decomposed, composed.upper()):
        assert (
            await site.ask("POST", "/v1/sessions", json=SESSION | {"email": email})
        ).status_code == 201


async def test_a_name_and_a_password_are_the_same_composed_or_decomposed(site: Site) -> None:
    password = "비밀번호는각가나다"
    decomposed = unicodedata.normalize("NFD", password)
    body = WHO | {"name": unicodedata.normalize("NFD", "김예매"), "password": decomposed}
    assert (await site.ask("POST", "/v1/users", json=body)).json()["user"]["name"] == "김예매"
    for text in (password, decomposed):
        answer = await site.ask("POST", "/v1/sessions", json=SESSION | {"password": text})
        assert answer.status_code == 201


async def test_a_password_hashed_as_it_was_typed_still_signs_in(site: Site) -> None:
    """Earlier versions did so."""
    decomposed = unicodedata.normalize("NFD", "비밀번호는각가나다")
    await site.ask("POST", "/v1/users", json=WHO)
    raw = passwords.HASHER.hash(decomposed)
    async with site.runtime.postgres.transaction() as tx:
        await tx.send(b"update users set password_hash = %(raw)s", raw=raw)
    answer = await site.ask("POST", "/v1/sessions", json=SESSION | {"password": decomposed})
    assert answer.status_code == 201


@pytest.mark.parametrize(("key", "is_demo"), [("sk_test_1", True), ("sk_live_1", False)])
async def test_a_page_says_that_no_money_is_real_where_none_is(
    settings: Settings, key: str, *, is_demo: bool
) -> None:
    changes = {"payment_provider": "stripe", "payment_keys": f"{key} whsec_c2VjcmV0"}
    async with open_site(settings, top_ups="off", **changes) as opened:
        assert (await opened.get("/v1/settings")).json()["demo"] is is_demo
