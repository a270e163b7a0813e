"""Providers that fail, hang, lead elsewhere or speak OAuth 2 alone."""

import asyncio
import time
from typing import Any

import pytest

from helpers.http import problem_of
from helpers.login_double import LoginDouble
from helpers.signing_in import begin, complete, offered, there_and_back, who
from yemae.accounts.logins import metadata
from yemae.settings import Settings


@pytest.mark.parametrize(("kind", "at"), [("lose_request", "token"), ("refuse", "openid")])
async def test_a_provider_that_fails_is_said_to_and_another_try_succeeds(
    settings: Settings,
    login: LoginDouble,
    kind: Any,
    at: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metadata, "PAUSE_S", 0.0)
    async with offered(settings, login) as site:
        login.fail(kind, at)
        begun = await begin(site)
        if begun.status_code == 201:
            begun = await complete(site, login.consent(begun.json()["redirect_url"]))
        problem_of(begun, 503, "identity-provider-unavailable")
        await who(site, await there_and_back(site, login))


async def test_a_provider_that_hangs_holds_up_its_own_fans_only_and_once(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        client = site.runtime.logins._client
        client._timeout_s = 0.3
        login.fail("hang", "openid")
        started = time.monotonic()
        waiting = [asyncio.create_task(begin(site)) for _ in range(20)]
        assert (await site.get("/v1/concerts")).status_code == 200
        for answer in await asyncio.gather(*waiting):
            problem_of(answer, 503, "identity-provider-unavailable")
        # One question for all of them, and one wait.
        assert login.called("openid") == 1
        assert time.monotonic() - started < client._timeout_s * len(waiting)


@pytest.mark.parametrize(
    "found",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": 1},
        {"authorization_endpoint": ""},
    ],
)
async def test_metadata_that_lead_elsewhere_are_not_followed(
    settings: Settings, login: LoginDouble, found: dict[str, Any]
) -> None:
    async with offered(settings, login) as site:
        login.metadata = found
        problem_of(await begin(site), 503, "identity-provider-unavailable")


async def test_metadata_without_a_token_endpoint_sign_no_one_in(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        login.metadata = {"token_endpoint": ""}
        problem_of(await there_and_back(site, login), 503, "identity-provider-unavailable")


async def test_a_secret_goes_where_the_provider_wants_it(
    settings: Settings, login: LoginDouble
) -> None:
    login.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    async with offered(settings, login) as site:
        await who(site, await there_and_back(site, login))
    async with offered(settings, login, login.setting(client_secret="wrong")) as site:
        problem_of(await there_and_back(site, login), 400, "sign-in-failed")


async def test_naver_is_asked_for_the_profile(settings: Settings, login: LoginDouble) -> None:
    setting = login.setting(kind="naver", id="naver")
    async with offered(settings, login, setting) as site:
        begun = await begin(site, "naver")
        page = begun.json()["redirect_url"]
        assert page.startswith(f"{login.url}/oauth2.0/authorize?")
        assert "nonce" not in page
        done = await complete(site, login.consent(page), "naver")
        found = await who(site, done)
        assert (found["name"], found["email"]) == ("Ann", None)
