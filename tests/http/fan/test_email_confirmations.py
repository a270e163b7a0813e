"""Addresses that are confirmed by a mail: of accounts to be, and new ones of accounts."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest

from helpers.http import Site, open_site, problem_of
from helpers.owner import owner_url
from helpers.time_travel import travel
from yemae.accounts.limits import AT_ACCOUNT
from yemae.accounts.throttles import LINKS_OF_ADDRESS
from yemae.doctor.mail import check_mail_settings
from yemae.jobs import sweep
from yemae.jobs.letters_of_orders import letter_of
from yemae.mail.templates import templates_of
from yemae.outbox import messages as outbox
from yemae.sale.email_confirmation import PATH
from yemae.settings import Settings

ANN, NEW = "ann@example.com", "ann.new@example.com"
PASSWORD = "correct horse"
DAY_S = 86_400
MAILS_S = 601


@pytest.fixture
async def site(settings: Settings, usual_concert: str) -> AsyncIterator[Site]:
    """A server where accounts are made by the link of a mail."""
    assert usual_concert
    async with open_site(settings, sign_up="confirmed") as opened:
        yield opened


async def sign_up(
    site: Site, email: str = ANN, name: str = "Ann", password: str = PASSWORD
) -> httpx.Response:
    body = {"name": name, "email": email, "password": password, "language": "en"}
    return await site.ask("POST", "/v1/users", json=body)


async def sign_in(site: Site, email: str = ANN, password: str = PASSWORD) -> httpx.Response:
    return await site.ask("POST", "/v1/sessions", json={"email": email, "password": password})


async def mails(site: Site) -> list[tuple[str, str, str]]:
    """Of each mail that is written, newest first: its kind, its address, the link that it has."""
    async with site.runtime.postgres.transaction() as tx:
        found = await outbox.listed(tx, None, 100)
    letters: list[tuple[str, str, str]] = []
    for message in found:
        if message.email is None:
            # Its link was used, and nothing of it is left.
            continue
        letter = await letter_of(site.runtime, templates_of(site.runtime.settings), message)
        links = [line for line in letter.text.splitlines() if PATH in line]
        letters.append((message.kind, letter.to, links[0].partition("#")[2] if links else ""))
    return letters


async def confirm(site: Site, link: str, password: str = PASSWORD) -> httpx.Response:
    body = {"link": link, "password": password}
    return await site.ask("POST", "/v1/email-confirmations", json=body)


async def account(site: Site, email: str = ANN) -> dict[str, str]:
    """The bearer of a confirmed account."""
    await sign_up(site, email)
    session = (await confirm(site, (await mails(site))[0][2])).json()["session"]
    return {"Authorization": f"Bearer {session['access_token']}"}


async def test_the_account_comes_into_being_by_the_link(site: Site) -> None:
    assert (await site.get("/v1/settings")).json()["sign_up"] == "confirmed"
    made = await sign_up(site)
    assert (made.status_code, made.content) == (202, b"")
    problem_of(await sign_in(site), 401, "wrong-credentials")
    ((kind, to, link),) = await mails(site)
    assert (kind, to) == ("confirm_email", ANN)
    done = await confirm(site, link)
    assert done.headers["cache-control"] == "no-store"
    bearer = {"Authorization": f"Bearer {done.json()['session']['access_token']}"}
    me = (await site.get("/v1/me", headers=bearer)).json()
    assert (me["name"], me["email"]) == ("Ann", ANN)
    assert (await sign_in(site)).status_code == 201
    again = problem_of(await confirm(site, link), 422, "invalid-request")
    assert again["errors"][0]["field"] == "link"


async def test_the_answer_says_nothing_of_accounts_and_their_owner_hears_of_it(site: Site) -> None:
    await account(site)
    known, unknown = await sign_up(site), await sign_up(site, "ben@example.com")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    first, second = await mails(site)
    assert first[:2] == ("confirm_email", "ben@example.com")
    assert second[:2] == ("email_taken", ANN)
    for _ in range(LINKS_OF_ADDRESS - 2):
        await sign_up(site)
    problem_of(await sign_up(site), 429, "rate-limited")


async def test_of_two_links_of_one_address_the_first_makes_the_account(site: Site) -> None:
    await sign_up(site)
    travel(site.runtime, MAILS_S)
    await sign_up(site, name="Other")
    (_, _, second), (_, _, first) = await mails(site)
    assert (await confirm(site, first)).json()["user"]["name"] == "Ann"
    problem_of(await confirm(site, second), 409, "email-taken")


async def test_a_stranger_who_signed_up_with_an_address_gets_no_account_of_its_owner(
    site: Site,
) -> None:
    await sign_up(site, name="Mallory", password="of a stranger")
    ((_, _, link),) = await mails(site)
    problem_of(await confirm(site, link), 401, "wrong-credentials")
    problem_of(await sign_in(site, password="of a stranger"), 401, "wrong-credentials")
    # Her own sign-up is confirmed by the link that is on its way already.
    await sign_up(site)
    assert len(await mails(site)) == 1
    assert (await confirm(site, link)).json()["user"]["name"] == "Ann"
    assert (await sign_in(site)).status_code == 201
    problem_of(await sign_in(site, password="of a stranger"), 401, "wrong-credentials")
    problem_of(await confirm(site, link, "of a stranger"), 422, "invalid-request")


async def test_wrong_passwords_of_a_link_count_as_at_a_sign_in(site: Site) -> None:
    await sign_up(site)
    ((_, _, link),) = await mails(site)
    for _ in range(AT_ACCOUNT):
        problem_of(await confirm(site, link, "wrong"), 401, "wrong-credentials")
    problem_of(await confirm(site, link), 429, "rate-limited")


async def test_a_link_of_a_change_takes_the_password_of_its_account(site: Site) -> None:
    bearer = await account(site)
    body = {"email": NEW, "password": PASSWORD}
    await site.ask("POST", "/v1/me/email", json=body, headers=bearer)
    link = (await mails(site))[0][2]
    problem_of(await confirm(site, link, "of another"), 401, "wrong-credentials")
    changed = {"current_password": PASSWORD, "password": "battery staple"}
    await site.ask("POST", "/v1/me/password", json=changed, headers=bearer)
    assert (await confirm(site, link, "battery staple")).json()["user"]["email"] == NEW


async def test_one_mail_of_an_address_in_ten_minutes_and_limits_apart_from_those_of_resets(
    site: Site,
) -> None:
    await sign_up(site)
    await sign_up(site)
    assert len(await mails(site)) == 1
    travel(site.runtime, MAILS_S)
    await sign_up(site)
    assert [kind for kind, _, _ in await mails(site)] == ["confirm_email"] * 2
    for _ in range(LINKS_OF_ADDRESS):
        reset = await site.ask("POST", "/v1/password-resets", json={"email": ANN})
        assert reset.status_code == 202
    assert (await sign_up(site)).status_code == 202


async def test_an_old_address_that_was_changed_meanwhile_ends_the_link(site: Site) -> None:
    bearer = await account(site)
    for email in (NEW, "other@example.com"):
        body = {"email": email, "password": PASSWORD}
        await site.ask("POST", "/v1/me/email", json=body, headers=bearer)
    (_, _, second), (_, _, first) = (await mails(site))[:2]
    assert (await confirm(site, first)).status_code == 200
    refused = problem_of(await confirm(site, second), 422, "invalid-request")
    assert refused["errors"][0]["field"] == "link"


async def test_of_two_changes_to_one_address_at_once_one_has_it(site: Site) -> None:
    links = []
    for email in (ANN, "ben@example.com"):
        bearer = await account(site, email)
        body = {"email": NEW, "password": PASSWORD}
        await site.ask("POST", "/v1/me/email", json=body, headers=bearer)
        links.append(next(link for _, to, link in await mails(site) if to == NEW))
        travel(site.runtime, MAILS_S)
    answers = await asyncio.gather(*(confirm(site, link) for link in links))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    problem_of(next(each for each in answers if each.status_code == 409), 409, "email-taken")


async def test_a_link_is_good_for_a_day_and_its_row_goes_after_a_week(site: Site) -> None:
    await sign_up(site)
    ((_, _, link),) = await mails(site)
    travel(site.runtime, DAY_S + 1)
    problem_of(await confirm(site, link), 422, "invalid-request")
    problem_of(await confirm(site, "A" * 43), 422, "invalid-request")
    travel(site.runtime, 8 * DAY_S)
    await sweep.sweep(site.runtime)
    with psycopg.connect(owner_url(site.runtime.settings)) as connection:
        assert connection.execute("select from email_confirmations").fetchall() == []


async def test_another_address_is_confirmed_there_and_the_old_one_hears_of_it(site: Site) -> None:
    bearer = await account(site)
    body = {"email": NEW, "password": PASSWORD, "language": "en"}
    for wrong, status, slug in (
        ({**body, "password": "wrong"}, 401, "wrong-credentials"),
        ({**body, "email": "none"}, 422, "invalid-request"),
    ):
        answer = await site.ask("POST", "/v1/me/email", json=wrong, headers=bearer)
        problem_of(answer, status, slug)
    asked = await site.ask("POST", "/v1/me/email", json=body, headers=bearer)
    assert asked.status_code == 202
    await site.ask("POST", "/v1/password-resets", json={"email": ANN})
    assert (await sign_in(site)).status_code == 201
    link = next(link for kind, to, link in await mails(site) if to == NEW)
    done = (await confirm(site, link)).json()
    assert (done["user"]["email"], done["session"]) == (NEW, None)
    assert (await sign_in(site, NEW)).status_code == 201
    problem_of(await sign_in(site), 401, "wrong-credentials")
    assert ("email_changed", ANN) in [mail[:2] for mail in await mails(site)]
    # Links for a new password that went to the old address end.
    with psycopg.connect(owner_url(site.runtime.settings)) as connection:
        open_links = "select from password_resets where used_at is null"
        assert connection.execute(open_links).fetchall() == []


async def test_an_address_that_is_taken_meanwhile_is_not_given_twice(site: Site) -> None:
    bearer = await account(site)
    body = {"email": NEW, "password": PASSWORD}
    await site.ask("POST", "/v1/me/email", json=body, headers=bearer)
    link = (await mails(site))[0][2]
    travel(site.runtime, MAILS_S)
    await account(site, NEW)
    problem_of(await confirm(site, link), 409, "email-taken")
    assert (await sign_in(site)).status_code == 201


async def test_a_deletion_leaves_no_address_that_waits_for_its_link(site: Site) -> None:
    bearer = await account(site)
    body = {"email": NEW, "password": PASSWORD}
    await site.ask("POST", "/v1/me/email", json=body, headers=bearer)
    gone = {"password": PASSWORD}
    await site.ask("POST", "/v1/me/deletion", json=gone, headers=bearer)
    with psycopg.connect(owner_url(site.runtime.settings)) as connection:
        assert connection.execute("select from email_confirmations").fetchall() == []


async def test_a_guest_has_no_address_to_change(site: Site) -> None:
    guest = site.visitor("guest")
    answer = await guest.post("/v1/me/email", {"email": NEW, "password": PASSWORD})
    assert problem_of(answer, 422, "invalid-request")["errors"][0]["field"] == "password"


def test_without_mail_the_server_does_not_start() -> None:
    settings = Settings().replace(mode="production", sign_up="confirmed", public_url="")
    assert check_mail_settings(settings).reason == "no_confirmation"
