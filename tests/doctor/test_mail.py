"""What the doctor says of mail."""

from typing import Any

import pytest

from helpers.mail_server import mail_server
from yemae.doctor.mail import check_mail, check_mail_settings
from yemae.settings import Settings

MAIL = {"smtp_url": "smtps://mail.test", "mail_from": "tickets@example.com"}


@pytest.mark.parametrize(
    ("values", "state", "reason"),
    [
        ({}, "not_checked", "development"),
        ({"mode": "production"}, "warning", "none"),
        ({**MAIL}, "ok", "set"),
        ({**MAIL, "mode": "production"}, "warning", "no_links"),
        ({**MAIL, "mode": "production", "domain": "a.test"}, "ok", "set"),
        ({**MAIL, "mode": "production", "public_url": "https://a.test"}, "ok", "set"),
        ({"smtp_url": "mail.test"}, "failure", "bad"),
        ({"smtp_url": "smtps://mail.test"}, "failure", "bad"),
    ],
)
def test_a_production_server_without_mail_is_warned_of(
    values: dict[str, Any], state: str, reason: str
) -> None:
    found = check_mail_settings(Settings().replace(**values))
    assert (found.check, found.state, found.reason) == ("mail", state, reason)


def test_a_mail_server_that_does_not_let_us_in_is_a_failure() -> None:
    with mail_server() as server:
        settings = Settings().replace(**MAIL | {"smtp_url": server.url()})
        assert check_mail(settings).reason == "set"
        refused = settings.replace(smtp_url=server.url("smtp"))
        assert "STARTTLS" in check_mail(refused).says
    assert check_mail(settings).reason == "unreachable"
    assert server.post.taken == []
