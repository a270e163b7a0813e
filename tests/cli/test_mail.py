"""`yemae mail test`: what it sends, and what it says when it cannot."""

from pathlib import Path

import pytest

from helpers.command import yemae
from helpers.mail_server import mail_server


def test_a_test_mail_is_sent_and_the_servers_answer_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YEMAE_MAIL_FROM", "Tickets <tickets@example.com>")
    with mail_server() as server:
        monkeypatch.setenv("YEMAE_SMTP_URL", server.url())
        done = yemae("mail", "test", "ann@example.com", "--language", "ko")
        assert done == (0, "127.0.0.1 has taken the mail: taken\n", "")
        server.post.recipients["bob@example.com"] = "550 no such user"
        done = yemae("mail", "test", "bob@example.com")
        assert (done.code, done.err) == (
            1,
            "yemae: The mail server did not take it: 550 no such user\n",
        )
    (taken,) = server.post.taken
    assert taken.message["Subject"] == "시험 메일"


def test_what_is_missing_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YEMAE_SMTP_URL", "")
    done = yemae("mail", "test", "ann@example.com")
    assert (done.code, done.err) == (2, "yemae: YEMAE_SMTP_URL is not set, so no mail is sent.\n")
    monkeypatch.setenv("YEMAE_SMTP_URL", "smtps://127.0.0.1:9")
    done = yemae("mail", "test", "ann@example.com")
    assert done.err.startswith("yemae: YEMAE_MAIL_FROM cannot be used")
    monkeypatch.setenv("YEMAE_MAIL_FROM", "tickets@example.com")
    assert yemae("mail", "test", "ann").err == "yemae: 'ann' is no e-mail address.\n"
    (tmp_path / "test.en.html").write_text("{{ nothing }}")
    monkeypatch.setenv("YEMAE_MAIL_TEMPLATES_DIR", str(tmp_path))
    done = yemae("mail", "test", "ann@example.com")
    assert done.code == 2
    assert done.err.startswith("yemae: The mail template test.en cannot be used: 'nothing'")
