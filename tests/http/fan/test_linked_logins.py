"""Logins elsewhere that a fan links to an account, and removes from it."""

import asyncio
from typing import Any

import httpx
import msgspec

from helpers.http import Site, open_site, problem_of
from helpers.login_double import LoginDouble
from helpers.signing_in import begin as begin_sign_in
from helpers.signing_in import complete as complete_sign_in
from helpers.signing_in import offered, there_and_back, who
from yemae.settings import Settings

PATH, PASSWORD = "/v1/me/sign-ins", "correct horse"


async def account(site: Site, email: str = "bob@example.com") -> dict[str, str]:
    """The bearer of an account with a password."""
    body = {"name": "Bob", "email": email, "password": PASSWORD}
    made = await site.ask("POST", "/v1/users", json=body)
    return {"Authorization": f"Bearer {made.json()['access_token']}"}


async def begun(site: Site, bearer: dict[str, str], **given: Any) -> httpx.Response:
    """A fan begins to link the provider."""
    body = {"provider": "club", **given}
    return await site.ask("POST", PATH, json=body, headers=bearer)


async def linked(
    site: Site, login: LoginDouble, bearer: dict[str, str], **given: Any
) -> httpx.Response:
    """A whole linking."""
    page = (await begun(site, bearer, **given)).json()["redirect_url"]
    return await completed(site, login.consent(page), bearer)


async def completed(
    site: Site, back: dict[str, str], bearer: dict[str, str], provider: str = "club"
) -> httpx.Response:
    """The fan's browser comes back."""
    body = {"provider": provider, **back}
    return await site.ask("POST", f"{PATH}/completion", json=body, headers=bearer)


async def listed(site: Site, bearer: dict[str, str]) -> list[dict[str, Any]]:
    """What leads to an account."""
    found: list[dict[str, Any]] = (await site.get(PATH, headers=bearer)).json()["sign_ins"]
    return found


async def test_a_linked_login_signs_in_to_the_account_until_it_is_removed(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        bearer = await account(site)
        mine = (await site.get("/v1/me", headers=bearer)).json()
        assert mine["has_password"]
        assert await listed(site, bearer) == []
        for _ in range(2):
            done = await linked(site, login, bearer, password=PASSWORD)
            assert done.status_code == 204, done.text
            assert await listed(site, bearer) == [{"provider": "club", "issuer": login.url}]
        assert await who(site, await there_and_back(site, login)) == mine
        assert (await site.ask("DELETE", f"{PATH}/club", headers=bearer)).status_code == 204
        assert await listed(site, bearer) == []
        other = await who(site, await there_and_back(site, login))
        assert other["id"] != mine["id"]
        for provider in ("club", "nowhere"):
            gone = await site.ask("DELETE", f"{PATH}/{provider}", headers=bearer)
            assert problem_of(gone, 422, "invalid-request")["errors"][0]["field"] == "provider"


async def test_the_password_is_asked_for_and_a_guest_links_nothing(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        bearer = await account(site)
        missing = problem_of(await begun(site, bearer), 422, "invalid-request")
        assert missing["errors"][0]["field"] == "password"
        problem_of(await begun(site, bearer, password="wrong"), 401, "wrong-credentials")
        guest = (await site.ask("POST", "/v1/guests", json={})).json()["access_token"]
        refused = await begun(site, {"Authorization": f"Bearer {guest}"})
        assert problem_of(refused, 422, "invalid-request")["errors"][0]["field"] == "provider"


async def test_an_attempt_is_for_its_own_account_and_its_own_purpose(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        bearer, other = await account(site), await account(site, "carol@example.com")
        expired = {"failure": "expired"}
        page = (await begun(site, bearer, password=PASSWORD)).json()["redirect_url"]
        back = login.consent(page)
        # A browser in which another fan has signed in meanwhile, and a plain sign-in.
        problem = problem_of(await completed(site, back, other), 400, "sign-in-failed")
        assert problem == expired
        problem = problem_of(await complete_sign_in(site, back), 400, "sign-in-failed")
        assert problem == expired
        plain = login.consent((await begin_sign_in(site)).json()["redirect_url"])
        problem = problem_of(await completed(site, plain, bearer), 400, "sign-in-failed")
        assert problem == expired
        assert (await completed(site, back, bearer)).status_code == 204


async def test_a_login_of_another_account_and_a_second_one_of_an_issuer_are_refused(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        await who(site, await there_and_back(site, login))
        bearer = await account(site)
        taken = await linked(site, login, bearer, password=PASSWORD)
        assert problem_of(taken, 400, "sign-in-failed") == {"failure": "taken"}
        for subject, status in (("bob-1", 204), ("bob-2", 422)):
            login.person["sub"] = subject
            done = await linked(site, login, bearer, password=PASSWORD)
            assert done.status_code == status, done.text


async def test_the_last_way_into_an_account_stays(settings: Settings, login: LoginDouble) -> None:
    async with offered(settings, login) as site:
        done = await there_and_back(site, login)
        bearer = {"Authorization": f"Bearer {done.json()['access_token']}"}
        only = await site.ask("DELETE", f"{PATH}/club", headers=bearer)
        assert problem_of(only, 422, "invalid-request")["errors"][0]["field"] == "provider"


async def test_two_windows_that_remove_two_logins_leave_one(
    settings: Settings, login: LoginDouble
) -> None:
    google = {"kind": "google", "client_id": "x"}
    text = msgspec.json.encode({"providers": [login.setting(), google]}).decode()
    async with open_site(settings, sign_in_providers=text) as site:
        done = await there_and_back(site, login)
        bearer = {"Authorization": f"Bearer {done.json()['access_token']}"}
        user_id = (await site.get("/v1/me", headers=bearer)).json()["id"]
        async with site.runtime.postgres.transaction() as tx:
            await tx.execute(
                b"insert into identities (issuer, subject, user_id)"
                b" values ('https://accounts.google.com', 'x', %(user_id)s)",
                user_id=user_id,
            )
        paths = (f"{PATH}/club", f"{PATH}/google")
        gone = await asyncio.gather(*(site.ask("DELETE", path, headers=bearer) for path in paths))
        assert sorted(answer.status_code for answer in gone) == [204, 422]
        assert len(await listed(site, bearer)) == 1


async def test_an_account_without_a_password_has_neither_another_one_nor_another_address(
    settings: Settings, login: LoginDouble
) -> None:
    async with offered(settings, login) as site:
        done = await there_and_back(site, login)
        bearer = {"Authorization": f"Bearer {done.json()['access_token']}"}
        assert (await who(site, done))["has_password"] is False
        for path, body, field in (
            (
                "password",
                {"current_password": "x", "password": "battery staple"},
                "current_password",
            ),
            ("email", {"email": "new@example.com", "password": "x"}, "password"),
        ):
            answer = await site.ask("POST", f"/v1/me/{path}", json=body, headers=bearer)
            assert problem_of(answer, 422, "invalid-request")["errors"][0]["field"] == field


async def test_members_of_the_own_login_are_linked_to_no_other_account(
    settings: Settings, login: LoginDouble
) -> None:
    own = {"issuer": login.url, "audience": "api"}
    value = {"providers": [login.setting()], "access_tokens": own}
    async with open_site(settings, sign_in_providers=msgspec.json.encode(value).decode()) as site:
        refused = await begun(site, await account(site), password=PASSWORD)
        assert problem_of(refused, 422, "invalid-request")["errors"][0]["field"] == "provider"
