"""Sign-up, sign-in and identities of another issuer."""

import asyncio
import time
from datetime import datetime
from typing import Any

import jwt
import pytest

from helpers.http import Site, problem_of
from helpers.time_travel import travel
from yemae.accounts.limits import AT_ACCOUNT

WHO = {"name": "김예매", "email": "fan@example.com", "password": "correct horse"}
SESSION = {name: WHO[name] for name in ("email", "password")}
WRONG: list[dict[str, object]] = [
    {"name": ""},
    {"name": "   "},
    {"name": "n" * 101},
    {"name": "a\x00b"},
    {"name": "line\nbreak"},
    {"name": None},
    {"email": ""},
    {"email": "no at sign"},
    {"email": "two@at@signs"},
    {"email": "space in@example.com"},
    {"email": "fan@example.com\n"},
    {"email": "nul\x00@example.com"},
    {"email": "f" * 65 + "@example.com"},
    {"email": "fan@" + "e" * 250},
    {"email": 7},
    {"password": "short"},
    {"password": "p" * 129},
    {"password": " " * 8},
    {"password": "\u00a0\u3000\u200b" * 3},
    {"password": WHO["email"]},
    {"password": f" {WHO['email'].upper()} "},
    {"email": "zero\u200bwidth@example.com"},
    {"email": "c1\u009b@example.com"},
    {"name": "right\u202eleft"},
    {"name": "c1\u009b31m"},
    {"password": ["correct horse"]},
    {"id": "chosen"},
    {"balance": 1_000_000},
]
NOT_OURS = [
    "",
    "Bearer",
    "Bearer nonsense",
    "Basic ZmFuOmZhbg==",
    "Bearer " + "x" * 5_000,
    "Bearer " + jwt.encode({"sub": "a", "exp": 2e9}, "k" * 64, "HS256"),
    "Bearer " + jwt.encode({"sub": "a", "exp": 2e9}, "", "none"),
]
WITHOUT: list[dict[str, Any]] = [
    {"sub": "fan", "exp": 1},
    {"sub": "fan", "exp": "2030-01-01"},
    {"sub": "fan", "exp": None},
    {"sub": "fan", "exp": True},
    {"sub": "fan", "algorithm": "HS384"},
    {"sub": "fan", "exp": 10**400},
    {"sub": "fan", "exp": 1e300},
    {"sub": "fan", "exp": -1},
    {"sub": "fan", "nbf": 4_000_000_000},
    {"sub": "fan", "nbf": "0"},
    {"sub": "fan", "iat": 10**400},
    {"sub": "fan", "iat": False},
    {"sub": 7},
    {},
]


def signed(site: Site, algorithm: str = "HS256", **claims: object) -> dict[str, str]:
    key = site.runtime.settings.stores.secret_key
    token = jwt.encode({"exp": int(time.time()) + 60, **claims}, key, algorithm)
    return {"Authorization": f"Bearer {token}"}


async def test_signing_up_gives_a_user_and_a_token_that_works(site: Site) -> None:
    answer = await site.ask("POST", "/v1/users", json=WHO)
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == {"user", "access_token", "expires_at"}
    assert body["user"] == {
        "id": body["user"]["id"],
        "name": WHO["name"],
        "email": WHO["email"],
    }
    assert body["expires_at"].endswith("Z")
    me = await site.get("/v1/me", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert me.json() == body["user"] | {"has_password": True}
    assert me.headers["cache-control"] == "no-store"


async def test_the_token_ends_when_the_answer_said(site: Site) -> None:
    body = (await site.ask("POST", "/v1/users", json=WHO)).json()
    left_s = datetime.fromisoformat(body["expires_at"]).timestamp() - time.time()
    headers = {"Authorization": f"bearer {body['access_token']}"}
    travel(site.runtime, left_s - 5)
    assert (await site.get("/v1/me", headers=headers)).status_code == 200
    travel(site.runtime, 6)
    problem_of(await site.get("/v1/me", headers=headers), 401, "unauthenticated")


async def test_an_address_can_be_taken_once_whatever_its_capitals(site: Site) -> None:
    assert (await site.ask("POST", "/v1/users", json=WHO)).status_code == 201
    before = await site.contents()
    again = await site.ask("POST", "/v1/users", json=WHO | {"email": "FAN@Example.com"})
    assert problem_of(again, 409, "email-taken") == {}
    assert await site.contents() == before


async def test_signing_in_gives_a_new_token(site: Site) -> None:
    signed_up = (await site.ask("POST", "/v1/users", json=WHO)).json()
    answer = await site.ask("POST", "/v1/sessions", json=SESSION | {"email": "Fan@example.com"})
    assert answer.status_code == 201
    assert answer.json().keys() == {"access_token", "expires_at"}
    me = await site.get(
        "/v1/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"}
    )
    assert me.json() == signed_up["user"] | {"has_password": True}


@pytest.mark.parametrize(
    "given", [SESSION | {"password": "wrong"}, SESSION | {"email": "unknown@example.com"}]
)
async def test_wrong_credentials_do_not_tell_which_part_is_wrong(
    site: Site, given: dict[str, str]
) -> None:
    await site.ask("POST", "/v1/users", json=WHO)
    answer = await site.ask("POST", "/v1/sessions", json=given)
    assert problem_of(answer, 401, "wrong-credentials") == {}
    assert answer.json()["detail"] == "The email address or the password is wrong."


async def test_guessing_is_refused_for_that_address_only(site: Site) -> None:
    await site.ask("POST", "/v1/users", json=WHO)
    await site.ask("POST", "/v1/users", json=WHO | {"email": "other@example.com"})
    for _ in range(AT_ACCOUNT):
        wrong = await site.ask("POST", "/v1/sessions", json=SESSION | {"password": "x"})
        problem_of(wrong, 401, "wrong-credentials")
    for given in (SESSION, SESSION | {"email": "FAN@example.com"}):
        refused = await site.ask("POST", "/v1/sessions", json=given)
        assert problem_of(refused, 429, "rate-limited") == {}
        assert 50 <= int(refused.headers["retry-after"]) <= 60
    other = await site.ask("POST", "/v1/sessions", json=SESSION | {"email": "other@example.com"})
    assert other.status_code == 201


async def test_guesses_at_the_same_moment_count_like_any_others(site: Site) -> None:
    await site.ask("POST", "/v1/users", json=WHO)
    most = AT_ACCOUNT
    guess = SESSION | {"password": "x"}
    answers = await asyncio.gather(
        *(site.ask("POST", "/v1/sessions", json=guess) for _ in range(3 * most))
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [401] * most + [429] * (2 * most)


async def test_signing_in_forgets_earlier_failures(site: Site) -> None:
    await site.ask("POST", "/v1/users", json=WHO)
    for _ in range(2):
        for _ in range(AT_ACCOUNT - 1):
            await site.ask("POST", "/v1/sessions", json=SESSION | {"password": "x"})
        assert (await site.ask("POST", "/v1/sessions", json=SESSION)).status_code == 201


async def test_a_wrong_field_is_named_and_no_account_is_made(site: Site) -> None:
    before = await site.contents()
    for change in WRONG:
        answer = await site.ask("POST", "/v1/users", json=WHO | change)
        (error,) = problem_of(answer, 422, "invalid-request")["errors"]
        assert error["field"] == next(iter(change)), change
        assert error["detail"]
    assert await site.contents() == before


async def test_a_missing_field_is_named(site: Site) -> None:
    for missing in WHO:
        given = {name: value for name, value in WHO.items() if name != missing}
        extra = problem_of(await site.ask("POST", "/v1/users", json=given), 422, "invalid-request")
        assert extra["errors"] == [{"field": missing, "detail": "required"}]


async def test_a_foreign_identity_has_no_name_and_a_wallet_that_works(site: Site) -> None:
    headers = signed(
        site, sub="auth0|4711", aud="elsewhere", iss="https://login.example", extra=[1]
    )
    me = await site.get("/v1/me", headers=headers)
    nameless = {"id": "auth0|4711", "name": None, "email": None}
    assert me.json() == nameless | {"has_password": False}
    assert (await site.get("/v1/wallet", headers=headers)).json()["balance"] == 0
    credited = await site.ask(
        "POST",
        "/v1/wallet/top-ups",
        json={"amount": 500},
        headers=headers | {"Idempotency-Key": "1"},
    )
    assert credited.status_code == 201
    assert credited.json()["transfer"]["to_account"] == "auth0|4711"
    assert (await site.get("/v1/wallet", headers=headers)).json()["balance"] == 500


async def test_a_subject_that_no_user_may_have_is_unauthenticated(site: Site) -> None:
    for sub in ("@cash", "@sales", "@", "", "a b", "tab\t", "김예매", "x" * 129):
        answer = await site.get("/v1/wallet", headers=signed(site, sub=sub))
        problem_of(answer, 401, "unauthenticated")


async def test_a_token_that_we_did_not_sign_is_unauthenticated(site: Site) -> None:
    for authorization in NOT_OURS:
        answer = await site.get("/v1/me", headers={"Authorization": authorization})
        problem_of(answer, 401, "unauthenticated")
    problem_of(await site.get("/v1/me"), 401, "unauthenticated")


async def test_a_token_without_a_subject_and_an_end_to_come_is_unauthenticated(site: Site) -> None:
    for claims in WITHOUT:
        answer = await site.get("/v1/me", headers=signed(site, **claims))
        problem_of(answer, 401, "unauthenticated")


async def test_a_user_has_one_identity_with_every_issuer(site: Site) -> None:
    ours = (await site.ask("POST", "/v1/users", json=WHO)).json()["user"]
    me = (await site.get("/v1/me", headers=signed(site, sub=ours["id"]))).json()
    assert me == ours | {"has_password": True}
