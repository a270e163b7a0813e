"""Sending to a real mail server that takes, refuses, is slow, or breaks in the middle."""

from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import quote

import pytest

from helpers.mail_server import PASSWORD, USER, MailServer, Taken, certificate, mail_server
from yemae.mail.address import SmtpServer, smtp_server
from yemae.mail.errors import MailRefusedError, MailTroubleError
from yemae.mail.letters import Letter, message_of
from yemae.mail.smtp import connected
from yemae.settings import Settings

SENDER = Address("예매", "tickets", "example.com")
LETTER = Letter(
    "one", "ann@example.com", "ko", "예매가 끝났어요", "안녕하세요\n", "<p>안녕하세요</p>"
)
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def _server(url: str) -> SmtpServer:
    found = smtp_server(Settings().replace(smtp_url=url, mail_from="tickets@example.com"))
    assert found is not None
    return found


async def _send(url: str, letter: Letter = LETTER, *, answer_s: float = 20) -> str:
    async with connected(_server(url), answer_s=answer_s) as line:
        return await line.send(message_of(letter, SENDER, NOW), SENDER.addr_spec, letter.to)


async def test_a_letter_arrives_as_it_was_written() -> None:
    with mail_server() as server:
        assert await _send(server.url()) == "taken"
    (taken,) = server.post.taken
    assert (taken.sender, taken.to, taken.id) == (
        "tickets@example.com",
        ["ann@example.com"],
        "<one@example.com>",
    )
    assert taken.message["Subject"] == LETTER.subject
    text, html = (taken.message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == LETTER.text.splitlines()
    assert html.get_content().strip() == LETTER.html


async def test_starttls_comes_before_the_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    login = f"{USER}:{quote(PASSWORD, safe='')}@"
    with mail_server(context, needs_login=True) as server:
        assert await _send(server.url("smtp", login)) == "taken"
        with pytest.raises(MailTroubleError, match="535"):
            await _send(server.url("smtp", f"{USER}:wrong@"))


async def test_a_server_with_a_certificate_of_its_own_gets_no_password(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    refused = pytest.raises(MailTroubleError, match="CERTIFICATE_VERIFY_FAILED")
    with mail_server(context, needs_login=True) as server, refused:
        await _send(server.url("smtp", f"{USER}:secret@"))


async def test_no_letter_goes_to_a_server_that_has_no_starttls() -> None:
    with mail_server() as server, pytest.raises(MailTroubleError, match="STARTTLS"):
        await _send(server.url("smtp"))
    assert server.post.taken == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("550 no such user", MailRefusedError), ("450 try later", MailTroubleError)],
)
async def test_a_refused_recipient_is_refused_for_ever_or_for_now(
    answer: str, kind: type[Exception]
) -> None:
    with mail_server() as server:
        server.post.recipients["ann@example.com"] = answer
        with pytest.raises(kind, match=answer):
            await _send(server.url())
        # The connection is good for the next letter.
        server.post.recipients.clear()
        assert await _send(server.url()) == "taken"


@pytest.mark.parametrize(
    ("answer", "kind"), [("554 spam", MailRefusedError), ("452 full", MailTroubleError)]
)
async def test_a_refused_letter_is_refused_for_ever_or_for_now(
    answer: str, kind: type[Exception]
) -> None:
    with mail_server() as server:
        server.post.answer = answer
        with pytest.raises(kind, match=answer):
            await _send(server.url())


async def test_a_reason_names_no_recipient() -> None:
    with mail_server() as server:
        server.post.recipients["ann@example.com"] = "550 5.1.1 <Ann@Example.com>: User unknown"
        with pytest.raises(MailRefusedError, match=r"550 5\.1\.1 <address>: User unknown"):
            await _send(server.url())


async def test_a_server_that_says_nothing_more_is_trouble() -> None:
    with mail_server() as server:
        server.post.silent = True
        with pytest.raises(MailTroubleError):
            await _send(server.url(), answer_s=0.3)


async def test_a_server_that_breaks_in_the_middle_is_trouble_and_takes_the_same_letter_later() -> (
    None
):
    with mail_server() as server:
        _break_once(server)
        with pytest.raises(MailTroubleError):
            await _send(server.url())
        assert await _send(server.url()) == "taken"
    # The answer of the first was lost, so it came twice, as one and the same.
    assert [taken.id for taken in server.post.taken] == ["<one@example.com>"] * 2


def _break_once(server: MailServer) -> None:
    def broken(_: Taken) -> None:
        server.post.after = lambda _: None
        raise ConnectionError

    server.post.after = broken


async def test_where_no_server_listens_is_trouble() -> None:
    with mail_server() as server:
        url = server.url()
    with pytest.raises(MailTroubleError):
        await _send(url)
