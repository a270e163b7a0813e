"""Authenticator apps: set up, used, and removed; recovery codes; sessions that go on."""

import asyncio
from typing import Any

import httpx
import pyotp
import pytest

from helpers.http import Site, problem_of
from helpers.time_travel import travel
from yemae.accounts.access import SHORT_TTL_S
from yemae.accounts.second_factors import STEP_S

PATH = "/v1/me/second-factor"
EMAIL, PASSWORD = "ann@example.com", "correct horse"

Bearer = dict[str, str]


@pytest.fixture
async def ann(site: Site) -> Bearer:
    """The bearer of an account with a password."""
    body = {"name": "Ann", "email": EMAIL, "password": PASSWORD}
    return bearer_of(await site.ask("POST", "/v1/users", json=body))


def bearer_of(answer: httpx.Response) -> Bearer:
    """The bearer of a session."""
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def code_of(site: Site, secret: str, steps: int = 0) -> str:
    """What the app shows, now or some half minutes from now."""
    return pyotp.TOTP(secret).at(int(site.runtime.issuer.signer.now()), counter_offset=steps)


def to_a_new_code(site: Site) -> None:
    """Go to the start of a half minute, so that none begins in the middle of a test."""
    travel(site.runtime, STEP_S - site.runtime.issuer.signer.now() % STEP_S)


async def begin(site: Site, bearer: Bearer) -> str:
    """The secret of a new app."""
    answer = await site.ask("POST", PATH, json={"password": PASSWORD}, headers=bearer)
    assert answer.status_code == 201, answer.text
    begun = answer.json()
    assert begun["uri"].startswith("otpauth://totp/Yemae:ann%40example.com?secret=")
    return str(begun["secret"])


async def confirm(site: Site, bearer: Bearer, code: str) -> httpx.Response:
    """The first code."""
    return await site.ask("POST", f"{PATH}/confirmation", json={"code": code}, headers=bearer)


async def set_up(site: Site, bearer: Bearer) -> tuple[str, dict[str, Any]]:
    """The secret of an app that counts, and what was answered to its first code."""
    to_a_new_code(site)
    secret = await begin(site, bearer)
    answer = await confirm(site, bearer, code_of(site, secret))
    assert answer.status_code == 201, answer.text
    return secret, answer.json()


async def sign_in(site: Site, code: str | None = None, **more: Any) -> httpx.Response:
    """A sign-in with the password."""
    body = {"email": EMAIL, "password": PASSWORD, **more}
    return await site.ask("POST", "/v1/sessions", json=body | ({"code": code} if code else {}))


async def test_an_app_counts_from_its_first_right_code_on(site: Site, ann: Bearer) -> None:
    to_a_new_code(site)
    nothing = {"confirmed_at": None, "recovery_codes_left": 0}
    assert (await site.get(PATH, headers=ann)).json() == nothing
    first = await confirm(site, ann, "123456")
    assert problem_of(first, 422, "invalid-request")["errors"][0]["field"] == "second_factor"
    lost, secret = await begin(site, ann), await begin(site, ann)
    assert lost != secret
    problem_of(await sign_in(site, code_of(site, secret)), 401, "wrong-code")
    problem_of(await confirm(site, ann, code_of(site, lost)), 401, "wrong-code")
    assert (await site.get(PATH, headers=ann)).json() == nothing
    answer = await confirm(site, ann, code_of(site, secret))
    assert len(set(answer.json()["recovery_codes"])) == 10
    found = (await site.get(PATH, headers=ann)).json()
    assert found["confirmed_at"] is not None
    assert found["recovery_codes_left"] == 10
    body = {"password": PASSWORD}
    weak = await site.ask("POST", PATH, json=body, headers=ann)
    problem_of(weak, 403, "second-factor-required")
    strong = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    for again in (
        await site.ask("POST", PATH, json=body, headers=strong),
        await confirm(site, ann, code_of(site, secret, 1)),
    ):
        assert problem_of(again, 422, "invalid-request")["errors"][0]["field"] == "second_factor"


async def test_a_code_is_good_once_and_for_a_minute(site: Site, ann: Bearer) -> None:
    secret, _ = await set_up(site, ann)
    problem_of(await sign_in(site, code_of(site, secret)), 401, "wrong-code")
    travel(site.runtime, 60)
    code = code_of(site, secret)
    answers = await asyncio.gather(*(sign_in(site, code) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401]
    # Older than the one that was used, and too far away.
    for steps in (-1, 0, 2, 3):
        problem_of(await sign_in(site, code_of(site, secret, steps)), 401, "wrong-code")
    assert (await sign_in(site, code_of(site, secret, 1))).status_code == 201


async def test_a_recovery_code_is_good_once_and_however_it_is_typed(
    site: Site, ann: Bearer
) -> None:
    _, done = await set_up(site, ann)
    first, second, *_ = done["recovery_codes"]
    typed = f"{first[:5].upper()}-{first[5:]} "
    assert (await sign_in(site, typed)).status_code == 201
    for wrong in (first, "zzzzzzzzzz", "１２３４５６"):
        problem_of(await sign_in(site, wrong), 401, "wrong-code")
    assert (await sign_in(site, second)).status_code == 201
    assert (await site.get(PATH, headers=ann)).json()["recovery_codes_left"] == 8


async def test_codes_are_not_guessed(site: Site, ann: Bearer) -> None:
    secret, _ = await set_up(site, ann)
    for _ in range(9):
        problem_of(await sign_in(site, "000000"), 401, "wrong-code")
    problem_of(await sign_in(site, code_of(site, secret, 1)), 429, "rate-limited")
    # The password alone is a sign-in, of a fan.
    assert (await sign_in(site)).status_code == 201


async def test_an_account_with_an_app_is_changed_with_both_factors_only(
    site: Site, ann: Bearer
) -> None:
    secret, done = await set_up(site, ann)
    alone = bearer_of(await sign_in(site))
    for method, path in (("DELETE", PATH), ("POST", "/v1/me/deletion")):
        refused = await site.ask(method, path, headers=alone)
        assert problem_of(refused, 403, "second-factor-required") == {"way": "code"}
    both = {"Authorization": f"Bearer {done['access_token']}"}
    travel(site.runtime, 700)
    late = await site.ask("DELETE", PATH, headers=both)
    problem_of(late, 403, "fresh-sign-in-required")
    fresh = bearer_of(await sign_in(site, code_of(site, secret)))
    assert (await site.ask("DELETE", PATH, headers=fresh)).status_code == 204
    gone = await site.ask("DELETE", PATH, headers=fresh)
    problem_of(gone, 422, "invalid-request")
    assert (await site.get(PATH, headers=fresh)).json()["recovery_codes_left"] == 0


async def test_a_deleted_account_leaves_no_app_and_no_codes(site: Site, ann: Bearer) -> None:
    _, done = await set_up(site, ann)
    both = {"Authorization": f"Bearer {done['access_token']}"}
    body = {"password": PASSWORD}
    answer = await site.ask("POST", "/v1/me/deletion", json=body, headers=both)
    assert answer.status_code == 204, answer.text
    async with site.runtime.postgres.transaction() as tx:
        for table in (b"second_factors", b"recovery_codes"):
            assert await tx.fetch(b"select 1 as one from " + table) == []


async def test_a_guest_has_no_app(site: Site) -> None:
    guest = bearer_of(await site.ask("POST", "/v1/guests", json={}))
    refused = await site.ask("POST", PATH, json={"password": "x"}, headers=guest)
    assert problem_of(refused, 422, "invalid-request")["errors"][0]["field"] == "second_factor"


async def test_a_short_session_ends_soon_and_goes_on_for_half_a_day(
    site: Site, ann: Bearer
) -> None:
    assert ann
    bearer = bearer_of(await sign_in(site, short=True))
    travel(site.runtime, SHORT_TTL_S - 60)
    renewed = bearer_of(await site.ask("POST", "/v1/sessions/renewal", headers=bearer))
    travel(site.runtime, 120)
    problem_of(await site.get("/v1/me", headers=bearer), 401, "unauthenticated")
    assert (await site.get("/v1/me", headers=renewed)).status_code == 200
    before, after = (
        site.runtime.issuer.signer.verify(each["Authorization"].removeprefix("Bearer "))
        for each in (bearer, renewed)
    )
    assert before is not None
    assert after is not None
    assert (before["auth_time"], before["amr"]) == (after["auth_time"], after["amr"])
    for _ in range(30):
        travel(site.runtime, SHORT_TTL_S - 180)
        answer = await site.ask("POST", "/v1/sessions/renewal", headers=renewed)
        if answer.status_code != 201:
            break
        renewed = bearer_of(answer)
    problem_of(answer, 403, "fresh-sign-in-required")


async def test_a_script_has_nothing_to_renew(site: Site) -> None:
    answer = await site.visitor("script").post("/v1/sessions/renewal")
    problem_of(answer, 403, "fresh-sign-in-required")
