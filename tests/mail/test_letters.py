"""What letters say, and what no text of theirs can do."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from pathlib import Path

import pytest

from yemae.mail.address import SmtpServer, sender, smtp_server
from yemae.mail.errors import TemplatesError
from yemae.mail.letters import Letter, Picture, message_of
from yemae.mail.templates import templates_of
from yemae.settings import Settings, SettingsError

SENDER = Address("Tickets", "tickets", "example.com")
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://a%40b:p%2Fw@mail.test", SmtpServer("mail.test", 587, "starttls", "a@b", "p/w")),
        ("smtps://mail.test", SmtpServer("mail.test", 465, "tls")),
        ("smtp+plain://[::1]:1025", SmtpServer("::1", 1025, "none")),
    ],
)
def test_the_mail_server_is_read_from_its_url(url: str, server: SmtpServer) -> None:
    settings = Settings().replace(smtp_url=url, mail_from="Tickets <tickets@example.com>")
    assert smtp_server(settings) == server
    assert sender(settings) == SENDER


@pytest.mark.parametrize(
    "url",
    ["mail.test", "http://mail.test", "smtp://", "smtp://m:p@h:x", "smtp://h/?tls=no", "smtp://[h"],
)
def test_what_is_no_mail_server_is_said_without_its_password(url: str) -> None:
    settings = Settings().replace(smtp_url=url, mail_from="tickets@example.com")
    with pytest.raises(SettingsError, match=r"^YEMAE_SMTP_URL cannot be used: expected smtp://"):
        smtp_server(settings)


def test_a_password_is_never_sent_unencrypted() -> None:
    settings = Settings().replace(
        smtp_url="smtp+plain://a:secret@h", mail_from="tickets@example.com"
    )
    with pytest.raises(SettingsError, match="unencrypted"):
        smtp_server(settings)


@pytest.mark.parametrize("name", ["", "Tickets", "tickets@", "a@b, c@d", "Ann <a@b>\r\nBcc: c@d"])
def test_a_sender_is_one_address(name: str) -> None:
    settings = Settings().replace(smtp_url="smtps://h", mail_from=name)
    with pytest.raises(SettingsError, match="YEMAE_MAIL_FROM"):
        smtp_server(settings)


@pytest.mark.parametrize(
    "to", ["a,b@example.com", '"x@y"@example.com', "김@example.com", "a>b@c.d"]
)
def test_an_address_is_one_recipient_however_it_is_written(to: str) -> None:
    letter = Letter("1", to, "en", "A\r\nBcc: other@example.com", "text\n", "<p>text</p>")
    message = message_of(letter, SENDER, NOW)
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert read["Bcc"] is None
    assert read["Subject"] == "A Bcc: other@example.com"
    assert len(read["To"].addresses) == 1


def test_pictures_belong_to_the_html_and_the_calendar_is_attached() -> None:
    letter = Letter("1", "a@b.c", "en", "S", "t\n", "<img>", (Picture("seat-1", b"png"),), b"ics")
    message = message_of(letter, SENDER, NOW)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/calendar",
    ]
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert picture["Content-ID"] == "<seat-1>"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_values_are_escaped_in_html_and_left_alone_in_text(language: str) -> None:
    url = "https://a.test/?a=1&b=<script>"
    words = templates_of(Settings()).render("test", language, {"language": language, "url": url})
    assert "&lt;script&gt;" in words.html
    assert "<script>" not in words.html
    assert url in words.text
    assert words.subject == {"ko": "시험 메일", "en": "A test mail"}[language]


def test_our_templates_are_read_before_their_folder_may_be_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes of root become another user, and the program may lie in root's own folder."""
    out_of_reach = tmp_path / "of-root"
    monkeypatch.setattr("yemae.mail.templates.BUILT_TEMPLATES", out_of_reach)
    templates = templates_of(Settings().replace(mail_templates_dir=out_of_reach))
    words = templates.render("test", "en", {"language": "en", "url": "https://tickets.example"})
    assert "https://tickets.example" in words.html


def test_templates_of_the_operator_come_first_and_what_they_lack_is_ours(tmp_path: Path) -> None:
    (tmp_path / "test.en.txt").write_text("Our own\n\nWords at {{ url }}\n")
    templates = templates_of(Settings().replace(mail_templates_dir=tmp_path))
    words = templates.render("test", "en", {"language": "en", "url": "https://a.test"})
    assert (words.subject, words.text) == ("Our own", "Words at https://a.test\n")
    assert "This server can send mail." in words.html


@pytest.mark.parametrize("text", ["{{ urll }}", "{% if %}", "{{ 1 / 0 }}"])
def test_a_template_with_a_mistake_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "test.en.txt").write_text(text)
    templates = templates_of(Settings().replace(mail_templates_dir=tmp_path))
    with pytest.raises(TemplatesError, match=r"^The mail template test\.en"):
        templates.render("test", "en", {"language": "en", "url": ""})
