"""Access tokens of the operator's own login: taken by any call, checked without a wait, and good
while their key is."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from helpers.concerts import HALL
from helpers.http import Site, open_site, problem_of, until
from helpers.login_double import AUDIENCE, NULL, LoginDouble, SigningKey
from helpers.signing_in import there_and_back
from helpers.time_travel import travel
from yemae.accounts.access import Identity
from yemae.accounts.logins import keys, own
from yemae.settings import Settings
from yemae.terms.terms import publish
from yemae.terms.terms_file import LegalTexts, TermsFile


@pytest.fixture
async def members(settings: Settings, login: LoginDouble) -> AsyncIterator[Site]:
    """A server that takes its tokens, with its keys read."""
    own_login = {
        "issuer": login.url, "audience": AUDIENCE, "groups": {"gold": "fanclub"},
        "roles": {"staff": "finance"},
    }  # fmt: skip
    value = {"access_tokens": own_login, "providers": [login.setting()]}
    async with open_site(settings, sign_in_providers=msgspec.json.encode(value).decode()) as site:

        async def is_ready() -> bool:
            return bool((await ask(site, login.token())).status_code != 503)

        await until(is_ready)
        yield site


async def ask(site: Site, token: str) -> Any:
    """Ask who a token belongs to."""
    return await site.get("/v1/me", headers={"Authorization": f"Bearer {token}"})


async def test_a_member_is_a_fan_and_an_employee_an_operator(
    members: Site, login: LoginDouble
) -> None:
    fan = await ask(members, login.token())
    nameless = {"id": "member-1", "name": None, "email": None}
    assert fan.json() == nameless | {"has_password": False}
    headers = {"Authorization": f"Bearer {login.token(groups=['gold', 'unknown'])}"}
    joined = await members.ask("POST", f"/v1/concerts/{HALL}/queue-tokens", headers=headers)
    assert joined.status_code == 201
    identity = members.runtime.issuer.identity(login.token(groups=["gold", "fanclub"]))
    assert identity == Identity("member-1", False, frozenset({"fanclub"}))
    sales = f"/v1/admin/concerts/{HALL}/sales"
    problem_of(await members.get(sales, headers=headers), 403, "operator-required")
    staff = {"Authorization": f"Bearer {login.token(groups=['staff'], sub='staff-1')}"}
    assert (await members.get(sales, headers=staff)).status_code == 200


async def test_a_member_who_signs_in_on_the_page_is_the_same_fan(
    members: Site, login: LoginDouble
) -> None:
    # Their token has come before, and so the row may be there.
    await ask(members, login.token())
    async with members.runtime.postgres.transaction() as tx:
        await tx.execute(b"insert into users (id) values ('member-1')")
    login.person["sub"] = "member-1"
    begun = await members.ask("POST", "/v1/sign-ins", json={"provider": "club"})
    back = {"provider": "club", **login.consent(begun.json()["redirect_url"])}
    done = await members.ask("POST", "/v1/sign-ins/completion", json=back)
    assert (await ask(members, done.json()["access_token"])).json()["id"] == "member-1"
    shown = (await ask(members, done.json()["access_token"])).json()
    assert (shown["name"], shown["email"]) == ("Ann", "ann@example.com")
    login.person["sub"] = "no id of ours"
    begun = await members.ask("POST", "/v1/sign-ins", json={"provider": "club"})
    back = {"provider": "club", **login.consent(begun.json()["redirect_url"])}
    refused = await members.ask("POST", "/v1/sign-ins/completion", json=back)
    problem_of(refused, 400, "sign-in-failed")


@pytest.mark.parametrize("is_known", [False, True])
async def test_a_members_consent_and_name_are_kept_and_anothers_address_stays_there(
    members: Site, login: LoginDouble, *, is_known: bool
) -> None:
    body = {"name": "Another", "email": "ann@example.com", "password": "correct horse"}
    assert (await members.ask("POST", "/v1/users", json=body)).status_code == 201
    wanted = TermsFile("1", LegalTexts(en="Terms"), LegalTexts(en="Privacy"))
    async with members.runtime.postgres.transaction() as tx:
        assert await publish(tx, wanted)
        if is_known:
            await tx.execute(b"insert into users (id) values ('member-1')")
    await members.runtime.terms.refresh(members.runtime.postgres)
    login.person["sub"] = "member-1"
    problem_of(await there_and_back(members, login), 409, "consent-required")
    assert (await there_and_back(members, login, terms="1")).status_code == 201
    async with members.runtime.postgres.transaction() as tx:
        (row,) = await tx.fetch(b"select name, email, terms from users where id = 'member-1'")
    assert tuple(row) == ("Ann", None, "1")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"exp": None},
        {"exp": 1e300},
        {"exp": "later"},
        *({name: value} for name in ("exp", "nbf", "iat") for value in (NULL, True, [1], -1, {})),
        {"nbf": "now"},
        {"iat": float("nan")},
        {"aud": {"yemae-api": 1}},
        {"sub": ["member-1"]},
        {"nbf": 4_000_000_000},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": 1},
        {"sub": "@books"},
        {"sub": "x" * 129},
    ],
)
async def test_a_token_that_is_not_for_us_or_not_good_now_is_refused(
    members: Site, login: LoginDouble, claims: dict[str, Any]
) -> None:
    problem_of(await ask(members, login.token(**claims)), 401, "unauthenticated")


async def test_clocks_may_differ_a_little_and_an_end_is_an_end(
    members: Site, login: LoginDouble
) -> None:
    token = login.token(aud=["another", AUDIENCE])
    for passed_s in (0, 630):
        travel(members.runtime, passed_s)
        assert (await ask(members, token)).status_code == 200
    travel(members.runtime, 60)
    problem_of(await ask(members, token), 401, "unauthenticated")


async def test_a_key_of_another_is_refused(members: Site, login: LoginDouble) -> None:
    forged = login.token(SigningKey("first"))
    problem_of(await ask(members, forged), 401, "unauthenticated")
    for text in ("", "x", "x.y.z", "e30.e30.", forged[:-4]):
        problem_of(await ask(members, text), 401, "unauthenticated")


async def test_new_keys_are_read_when_a_token_has_one_and_old_ones_end(
    members: Site, login: LoginDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = login.token()
    assert (await ask(members, old)).status_code == 200
    login.keys = [SigningKey("second", "ES256")]
    new = login.token()
    # Just read: an invented name asks for nothing.
    problem_of(await ask(members, new), 401, "unauthenticated")
    assert login.called("/keys") == 1
    monkeypatch.setattr(keys, "AGAIN_S", 0.0)
    refused = await ask(members, new)
    problem_of(refused, 503, "overloaded")

    async def is_known() -> bool:
        return bool((await ask(members, new)).status_code == 200)

    monkeypatch.setattr(keys, "AGAIN_S", 30.0)
    await until(is_known)
    assert login.called("/keys") == 2
    problem_of(await ask(members, old), 401, "unauthenticated")


async def test_a_login_that_is_away_keeps_its_keys(
    members: Site, login: LoginDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_tokens = members.runtime.logins.own_tokens
    assert own_tokens is not None
    login.fail("lose_request", "/keys")
    await own_tokens.refresh()
    assert (await ask(members, login.token(sub="another"))).status_code == 200
    monkeypatch.setattr(own, "REMEMBERED_MAX", 1)
    for sub in ("one", "two"):
        assert (await ask(members, login.token(sub=sub))).status_code == 200
    # Signing out everywhere ends its tokens as well.
    token = {"Authorization": f"Bearer {login.token(sub='two')}"}
    assert (await members.ask("DELETE", "/v1/sessions", headers=token)).status_code == 204
    assert (await members.get("/v1/me", headers=token)).status_code == 401


async def test_until_the_first_keys_are_there_a_token_is_asked_to_wait(
    settings: Settings, login: LoginDouble
) -> None:
    login.fail("hang", "openid")
    value = {"access_tokens": {"issuer": login.url, "audience": AUDIENCE}}
    async with open_site(settings, sign_in_providers=msgspec.json.encode(value).decode()) as site:
        problem_of(await ask(site, login.token()), 503, "overloaded")
        problem_of(await ask(site, login.token(iss="https://other")), 401, "unauthenticated")
        assert (await site.visitor("fan").get("/v1/me")).status_code == 200
