"""Signing in with an account elsewhere: one browser, one use, one account; and a provider that
misbehaves."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import msgspec
import pytest

from helpers.http import Site, open_site, problem_of
from helpers.login_double import KEY, NULL, LoginDouble, SigningKey
from helpers.signing_in import begin, complete, offered, there_and_back, who
from helpers.time_travel import travel
from yemae.accounts.logins import keys
from yemae.accounts.roles import NO_GRANTS, Grant
from yemae.base.rate_limit import ShareRequest
from yemae.sale import sign_in_elsewhere
from yemae.settings import Settings
from yemae.terms.terms import publish
from yemae.terms.terms_file import LegalTexts, TermsFile


async def test_the_first_time_makes_an_account_and_the_next_times_find_it(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        shown = (await site.get("/v1/settings")).json()["sign_in_providers"]
        assert shown == [{"id": "club", "kind": "oidc", "name": {"ko": "팬클럽", "en": "Fan club"}}]
        first = await who(site, await there_and_back(site, login))
        assert (first["name"], first["email"]) == ("Ann", "ann@example.com")
        login.person = {"sub": "ann-1", "name": "Another", "email": "other@example.com"}
        assert await who(site, await there_and_back(site, login)) == first
        # The keys and the addresses are asked for once.
        assert login.called("GET") == 2


async def test_the_way_there_names_no_secret_and_the_cookie_is_for_this_browser_alone(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        begun = await begin(site)
        asked = parse_qs(urlsplit(begun.json()["redirect_url"]).query)
        assert asked["redirect_uri"] == ["http://test/sign-in/club"]
        assert asked["scope"] == ["openid email profile"]
        assert not {"code_verifier", "client_secret"} & asked.keys()
        cookie = begun.headers["set-cookie"]
        assert cookie.startswith(f"yemae-sign-in-{asked['state'][0][:8]}=")
        assert cookie.endswith("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax")
        assert begun.headers["cache-control"] == "no-store"
        done = await complete(site, login.consent(begun.json()["redirect_url"]))
        assert "Max-Age=0" in done.headers["set-cookie"]


async def test_behind_https_the_cookie_is_of_this_host_only(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login, domain="tickets.example.com") as site:
        begun = await begin(site)
        assert begun.headers["set-cookie"].startswith("__Host-yemae-sign-in-")
        assert begun.headers["set-cookie"].endswith("; Secure")
        name, _, value = begun.headers["set-cookie"].partition(";")[0].partition("=")
        back = login.consent(begun.json()["redirect_url"])
        await who(site, await complete(site, back, headers={"Cookie": f"a=b; {name}={value}"}))


async def test_another_browser_an_old_try_and_a_used_code_sign_no_one_in(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        begun = await begin(site)
        back = login.consent(begun.json()["redirect_url"])
        site.client.cookies.clear()
        expired = {"failure": "expired"}
        assert problem_of(await complete(site, back), 400, "sign-in-failed") == expired
        # A stranger's way back, opened in the browser of a fan who has begun one as well.
        other = await begin(site)
        assert problem_of(await complete(site, back), 400, "sign-in-failed") == expired
        mixed = {**login.consent(other.json()["redirect_url"]), "state": back["state"]}
        assert problem_of(await complete(site, mixed), 400, "sign-in-failed") == expired

        begun = await begin(site)
        back = login.consent(begun.json()["redirect_url"])
        cookie = {"Cookie": begun.headers["set-cookie"].partition(";")[0]}
        await who(site, await complete(site, back))
        again = await complete(site, back, headers=cookie)
        assert problem_of(again, 400, "sign-in-failed") == {"failure": "refused"}

        begun = await begin(site)
        back = login.consent(begun.json()["redirect_url"])
        travel(site.runtime, 601)
        assert problem_of(await complete(site, back), 400, "sign-in-failed") == expired


async def test_a_cookie_is_good_for_its_own_state_and_its_own_provider_only(
    settings: Settings, login: LoginDouble
) -> None:
    value = {"providers": [login.setting(), login.setting(id="other")]}
    text = msgspec.json.encode(value).decode()
    async with open_site(settings, sign_in_providers=text) as site:
        begun = await begin(site)
        name, _, cookie = begun.headers["set-cookie"].partition(";")[0].partition("=")
        back = login.consent(begun.json()["redirect_url"])
        site.client.cookies.clear()
        kept: dict[str, Any] = {"headers": {"Cookie": f"{name}={cookie}"}}
        # The name of the cookie says only how the state begins.
        other = {**back, "state": back["state"][:8] + "x" * 35}
        expired = {"failure": "expired"}
        assert problem_of(await complete(site, other, **kept), 400, "sign-in-failed") == expired
        refused = await complete(site, back, "other", **kept)
        assert problem_of(refused, 400, "sign-in-failed") == expired
        await who(site, await complete(site, back, **kept))


async def test_fans_come_back_to_the_public_address(settings: Settings, login: LoginDouble) -> None:
    async with offered(settings, login, public_url="https://tickets.example.com/") as site:
        begun = await begin(site)
        asked = parse_qs(urlsplit(begun.json()["redirect_url"]).query)
        assert asked["redirect_uri"] == ["https://tickets.example.com/sign-in/club"]
        name, _, cookie = begun.headers["set-cookie"].partition(";")[0].partition("=")
        assert name.startswith("__Host-")
        kept = {"Cookie": f"{name}={cookie}"}
        back = login.consent(begun.json()["redirect_url"])
        await who(site, await complete(site, back, headers=kept))


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"aud": ["yemae-client", "another-client"]},
        {"aud": ["yemae-client", "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "\ud800"},
        {"nonce": "\ud800"},
        {"exp": NULL},
        {"iat": NULL},
        {"nbf": NULL},
    ],
)
async def test_an_id_token_that_cannot_be_trusted_signs_no_one_in(
    settings: Settings, login: LoginDouble, wrong: dict[str, Any]
) -> None:
    async with offered(settings, login) as site:
        login.wrong = wrong
        refused = problem_of(await there_and_back(site, login), 400, "sign-in-failed")
        assert refused == {"failure": "refused"}


async def test_a_signature_of_another_key_or_algorithm_signs_no_one_in(
    settings: Settings, login: LoginDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forged(algorithm: str, key: object) -> Any:
        def sign(claims: dict[str, Any], _: object = None) -> str:
            return jwt.encode(claims, key, algorithm, headers={"kid": KEY.kid})  # type: ignore[arg-type]

        return sign

    async with offered(settings, login) as site:
        await who(site, await there_and_back(site, login))
        public = KEY.private.public_key().public_numbers().n.to_bytes(256, "big")
        for algorithm, key in (
            ("none", None), ("HS256", public), ("RS256", SigningKey("first").private),
        ):  # fmt: skip
            monkeypatch.setattr(login, "_signed", forged(algorithm, key))
            problem_of(await there_and_back(site, login), 400, "sign-in-failed")


async def test_new_keys_are_asked_for_once_and_then_known(
    settings: Settings, login: LoginDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with offered(settings, login) as site:
        await who(site, await there_and_back(site, login))
        login.keys = [SigningKey("second", "ES256")]
        # Not again so soon, whatever names come.
        problem_of(await there_and_back(site, login), 400, "sign-in-failed")
        assert login.called("/keys") == 1
        monkeypatch.setattr(keys, "AGAIN_S", 0.0)
        await who(site, await there_and_back(site, login))
        assert login.called("/keys") == 2


async def test_two_windows_at_the_first_time_make_one_account(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        pages = [(await begin(site)).json()["redirect_url"] for _ in range(4)]
        answers = await asyncio.gather(*(complete(site, login.consent(page)) for page in pages))
        assert len({(await who(site, answer))["id"] for answer in answers}) == 1


async def test_an_address_leads_to_no_account(settings: Settings, login: LoginDouble) -> None:
    async with offered(settings, login) as site:
        body = {"name": "A stranger", "email": "Ann@example.com", "password": "correct horse"}
        stranger = (await site.ask("POST", "/v1/users", json=body)).json()["user"]["id"]
        problem_of(await there_and_back(site, login), 409, "email-taken")
        # One that the provider has not verified is not even looked at.
        login.person["email_verified"] = False
        found = await who(site, await there_and_back(site, login))
        assert found["id"] != stranger
        assert found["email"] is None


async def test_a_new_account_agrees_to_the_terms_before(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        wanted = TermsFile("1", LegalTexts(en="Terms"), LegalTexts(en="Privacy"))
        async with site.runtime.postgres.transaction() as tx:
            assert await publish(tx, wanted)
        await site.runtime.terms.refresh(site.runtime.postgres)
        needed = problem_of(await there_and_back(site, login), 409, "consent-required")
        assert needed == {"version": "1"}
        first = await who(site, await there_and_back(site, login, terms="1"))
        assert await who(site, await there_and_back(site, login)) == first


async def test_groups_are_lanes_and_the_role_as_the_operator_has_said(
    settings: Settings, login: LoginDouble
) -> None:
    setting = login.setting(
        groups_claim="realm_access.roles", groups={"gold": "fanclub"}, roles={"staff": "door:hall"}
    )
    async with offered(settings, login, setting) as site:
        issuer = site.runtime.issuer
        for roles, expected in (
            (["gold", "fanclub"], (frozenset({"fanclub"}), NO_GRANTS)),
            (["staff"], (frozenset(), frozenset({Grant("door", "hall")}))),
            ("gold", (frozenset({"fanclub"}), NO_GRANTS)),
            (None, (frozenset(), NO_GRANTS)),
        ):
            login.person["realm_access"] = {"roles": roles}
            token = (await there_and_back(site, login)).json()["access_token"]
            assert issuer.identity(token)[2:4] == expected


async def test_a_provider_that_is_not_offered_is_named(site: Site) -> None:
    refused = problem_of(await begin(site, "nowhere"), 422, "invalid-request")
    assert refused["errors"][0]["field"] == "provider"


async def test_the_account_is_deleted_with_its_login_and_without_a_password(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        done = await there_and_back(site, login)
        first = await who(site, done)
        headers = {"Authorization": f"Bearer {done.json()['access_token']}"}
        kept = (await site.get("/v1/me/data", headers=headers)).json()
        assert kept["sign_ins"] == [{"issuer": login.url, "subject": "ann-1"}]
        gone = await site.ask("POST", "/v1/me/deletion", headers=headers)
        assert gone.status_code == 204, gone.text
        assert (await who(site, await there_and_back(site, login)))["id"] != first["id"]


async def test_a_network_has_a_limit(settings: Settings, login: LoginDouble) -> None:
    async with offered(settings, login, accounts_per_address_per_minute=1) as site:
        await who(site, await there_and_back(site, login))
        # Of the same person, so that it makes no account.
        problem_of(await there_and_back(site, login), 429, "rate-limited")
        assert login.called("/token") == 1


async def test_an_account_made_elsewhere_counts_as_a_new_account(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login, accounts_per_address_per_minute=1) as site:
        assert (await site.ask("POST", "/v1/guests", json={})).status_code == 201
        problem_of(await there_and_back(site, login), 429, "rate-limited")
        assert login.called("/token") == 1


async def test_fans_on_their_way_back_are_counted_while_a_provider_is_slow(
    settings: Settings, login: LoginDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_elsewhere, "COMING_BACK_MAX", 1)
    async with offered(settings, login) as site:
        await who(site, await there_and_back(site, login))
        give_back = site.runtime.streams.take(ShareRequest(sign_in_elsewhere.SHARE, 1))
        problem_of(await there_and_back(site, login), 503, "overloaded")
        give_back()
        await who(site, await there_and_back(site, login))
