"""What the doctor says of the settings that decide about money."""

import pytest

from yemae.doctor.findings import Finding
from yemae.doctor.money import check_top_ups
from yemae.settings import Settings


@pytest.mark.parametrize(
    ("values", "state", "reason"),
    [
        ({}, "not_checked", "free"),
        ({"mode": "production"}, "ok", "off"),
        ({"mode": "production", "top_ups": "free"}, "warning", "free_in_production"),
        ({"mode": "production", "top_ups": "card"}, "ok", "card"),
        ({"top_ups": "off"}, "ok", "off"),
    ],
)
def test_money_for_nothing_is_a_warning_in_production(
    values: dict[str, object], state: str, reason: str
) -> None:
    found = check_top_ups(Settings().replace(**values))
    assert isinstance(found, Finding)
    assert (found.check, found.state, found.reason) == ("top_ups", state, reason)
