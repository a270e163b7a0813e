"""Forgotten passwords: one mail to the account's address, one use, and the end of every session."""

from uuid import uuid4

import httpx
import pytest

from helpers.http import Site, problem_of, running_site
from helpers.time_travel import travel
from yemae.accounts import password_resets, sessions
from yemae.accounts.mail_links import MailLink
from yemae.accounts.passwords import Passwords
from yemae.accounts.throttles import LINKS_OF_ADDRESS, LINKS_OF_NETWORK
from yemae.jobs.letters_of_orders import letter_of
from yemae.mail.templates import templates_of
from yemae.outbox import messages as outbox
from yemae.outbox.messages import OutboxMessage
from yemae.refusals import WrongCredentials
from yemae.sale.password_reset import PATH
from yemae.settings import Settings

ANN = "ann@example.com"
OLD, NEW = "correct horse", "battery staple"
# 32 bytes in Base64.
LINK_CHARS = 43
ASK, SET = "/v1/password-resets", "/v1/password-resets/new-password"


@pytest.fixture
async def token(site: Site) -> str:
    """An access token of Ann, who has an account."""
    body = {"name": "Ann", "email": ANN, "password": OLD}
    made = await site.ask("POST", "/v1/users", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["access_token"])


async def ask(site: Site, email: str = ANN, status: int = 202) -> httpx.Response:
    """Ask for a link."""
    answer = await site.ask("POST", ASK, json={"email": email, "language": "en"})
    assert answer.status_code == status, answer.text
    return answer


async def mails(site: Site) -> list[OutboxMessage]:
    """The messages about forgotten passwords, newest first."""
    async with site.runtime.postgres.transaction() as tx:
        found = await outbox.listed(tx, None, 100)
    return [message for message in found if message.kind == "password_reset"]


async def link_of(site: Site, message: OutboxMessage) -> str:
    """The link that a mail has."""
    letter = await letter_of(site.runtime, templates_of(site.runtime.settings), message)
    assert letter.to == ANN
    url = next(line for line in letter.text.splitlines() if PATH in line)
    assert url in letter.html
    return url.partition("#")[2]


async def set_password(site: Site, link: str, password: str = NEW) -> httpx.Response:
    return await site.ask("POST", SET, json={"link": link, "password": password})


async def sign_in(site: Site, password: str) -> int:
    answer = await site.ask("POST", "/v1/sessions", json={"email": ANN, "password": password})
    return answer.status_code


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_the_link_of_the_mail_sets_a_password_once_and_ends_every_session(
    site: Site, token: str
) -> None:
    await ask(site, "ANN@example.com")
    (message,) = await mails(site)
    link = await link_of(site, message)
    done = await set_password(site, link)
    assert done.status_code == 201
    assert done.headers["cache-control"] == "no-store"
    problem_of(await site.get("/v1/me", headers=bearer(token)), 401, "unauthenticated")
    me = await site.get("/v1/me", headers=bearer(done.json()["access_token"]))
    assert me.json()["email"] == ANN
    assert [await sign_in(site, password) for password in (OLD, NEW)] == [401, 201]
    again = problem_of(await set_password(site, link, "another one"), 422, "invalid-request")
    assert again["errors"][0]["field"] == "link"


@pytest.mark.usefixtures("token")
async def test_a_link_is_good_for_an_hour(site: Site) -> None:
    await ask(site)
    (message,) = await mails(site)
    link = await link_of(site, message)
    travel(site.runtime, 3_590)
    problem_of(await set_password(site, link, ANN), 422, "invalid-request")
    travel(site.runtime, 20)
    problem = problem_of(await set_password(site, link), 422, "invalid-request")
    assert problem["errors"][0]["field"] == "link"
    assert await sign_in(site, OLD) == 201


@pytest.mark.usefixtures("token")
async def test_one_mail_is_sent_within_ten_minutes_and_using_a_link_ends_the_others(
    site: Site,
) -> None:
    for _ in range(2):
        await ask(site)
    assert len(await mails(site)) == 1
    travel(site.runtime, 601)
    await ask(site)
    links = [await link_of(site, message) for message in await mails(site)]
    assert len(set(links)) == 2
    assert (await set_password(site, links[1])).status_code == 201
    problem_of(await set_password(site, links[0]), 422, "invalid-request")


@pytest.mark.usefixtures("token")
async def test_the_answer_says_nothing_of_whether_there_is_an_account(site: Site) -> None:
    answers = [await ask(site, email) for email in (ANN, "bob@example.com")]
    assert len({(each.status_code, each.content) for each in answers}) == 1
    assert [message.email for message in await mails(site)] == [ANN]


@pytest.mark.usefixtures("token")
async def test_an_address_and_a_network_can_ask_a_limited_number_of_times(site: Site) -> None:
    for email in ("bob@example.com", ANN):
        for _ in range(LINKS_OF_ADDRESS):
            await ask(site, email)
        problem_of(await ask(site, email, 429), 429, "rate-limited")
    for number in range(LINKS_OF_NETWORK - 2 * LINKS_OF_ADDRESS - 2):
        await ask(site, f"fan-{number}@example.com")
    problem_of(await ask(site, "last@example.com", 429), 429, "rate-limited")


async def test_a_server_that_sends_no_mail_has_no_links(settings: Settings) -> None:
    silent = settings.replace(mode="production", secret_key="k" * 32)
    async with running_site(silent) as site:
        problem_of(await ask(site, ANN, 404), 404, "not-found")


@pytest.mark.parametrize("link", ["A" * LINK_CHARS, "x", "Ä" * 20])
async def test_what_is_no_link_of_ours_is_refused(site: Site, link: str) -> None:
    problem_of(await set_password(site, link), 422, "invalid-request")


def test_a_link_is_of_one_server_and_one_reset() -> None:
    reset = uuid4()
    link = MailLink.RESET.text("k" * 32, reset)
    assert len(link) == LINK_CHARS
    # The bits that stand for nothing: Base64 reads the same bytes.
    assert MailLink.RESET.read("k" * 32, link[:-1] + chr(ord(link[-1]) + 1)) is None
    assert MailLink.RESET.read("k" * 32, link) == reset
    assert MailLink.RESET.read("another key", link) is None
    assert MailLink.CONFIRM.read("k" * 32, link) is None
    assert MailLink.RESET.text("k" * 32, uuid4()) != link


@pytest.mark.parametrize("way", ["another password", "signed out everywhere"])
async def test_a_link_ends_with_a_change_of_the_password_and_a_sign_out_everywhere(
    site: Site, token: str, way: str
) -> None:
    await ask(site)
    link = await link_of(site, (await mails(site))[0])
    if way == "another password":
        body = {"current_password": OLD, "password": "owner's own"}
        answer = await site.ask("POST", "/v1/me/password", json=body, headers=bearer(token))
        assert answer.status_code == 201, answer.text
    else:
        runtime = site.runtime
        user_id, issued_s = runtime.issuer.session(token)
        await sessions.sign_out_everywhere(runtime.postgres, runtime.issuer, user_id, issued_s)
    problem_of(await set_password(site, link), 422, "invalid-request")
    assert await sign_in(site, NEW) == 401
    # The owner can ask for another one at once.
    await ask(site)
    assert len(await mails(site)) == 2


async def test_a_reset_that_ends_meanwhile_is_not_written_over(site: Site, token: str) -> None:
    await ask(site)
    link = await link_of(site, (await mails(site))[0])
    runtime, user_id = site.runtime, site.runtime.issuer.user_id(token)

    class InBetween(Passwords):
        """The owner uses the link while the new password waits for its hash."""

        async def hash(self, password: str, address: str) -> str:
            assert (await set_password(site, link)).status_code == 201
            return await super().hash(password, address)

    with pytest.raises(WrongCredentials):
        await sessions.change_password(
            runtime.postgres,
            runtime.issuer,
            InBetween(runtime.passwords.turns),
            runtime.sign_in_limit,
            user_id,
            current=OLD,
            password="thief's own",
            address="203.0.113.7",
        )
    assert await sign_in(site, NEW) == 201


@pytest.mark.usefixtures("token")
async def test_a_link_whose_hour_ends_while_its_password_is_hashed_is_over(site: Site) -> None:
    await ask(site)
    (message,) = await mails(site)
    travel(site.runtime, 3_601)
    async with site.runtime.postgres.transaction() as tx:
        assert await password_resets.use(tx, message.cause, "any") is None
    assert await sign_in(site, OLD) == 201
