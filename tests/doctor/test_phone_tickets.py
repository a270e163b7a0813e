"""Doctor says which wallet apps tickets are made for, and when the certificate of Apple ends."""

from datetime import UTC, datetime, timedelta

import pytest

from helpers.phone_tickets import apple, google
from yemae.doctor.phone_tickets import check_phone_tickets
from yemae.settings import Settings

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("text", "reason", "state"),
    [
        ("", "none", "not_checked"),
        ("nothing", "bad", "failure"),
        (google(), "made", "ok"),
        (apple() + google(), "made", "ok"),
        (apple(ends=timedelta(days=20)), "expires", "warning"),
        (apple(ends=-timedelta(days=1)) + google(), "expired", "failure"),
    ],
)
def test_doctor_looks_at_what_signs_phone_tickets(text: str, reason: str, state: str) -> None:
    finding = check_phone_tickets(Settings().replace(phone_tickets=text), NOW)
    assert (finding.reason, finding.state) == (reason, state)
