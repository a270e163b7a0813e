"""What the doctor says of the endpoints of webhooks."""

import psycopg
import pytest

from helpers.owner import owner_url
from yemae.doctor.webhooks import check_webhooks
from yemae.settings import Settings

ADD = (
    "insert into webhook_endpoints (id, url, events, created_by, disabled_at, disabled_reason,"
    " failing_since) values (gen_random_uuid(), 'https://x.example/token', '{order.paid}', 'op',"
)


def test_an_endpoint_that_was_switched_off_is_named(settings: Settings) -> None:
    url = settings.stores.database_url

    def check() -> str:
        found = check_webhooks(settings, url, is_current=True)
        assert "token" not in found.says
        return f"{found.state} {found.reason}"

    with psycopg.connect(owner_url(settings), autocommit=True) as connection:
        assert check() == "ok none"
        connection.execute(f"{ADD} null, null, null)")
        assert check() == "ok right"
        # What an operator switches off is meant to be off.
        connection.execute(f"{ADD} now(), 'operator', null)")
        assert check() == "ok right"
        connection.execute(f"{ADD} null, null, now())")
        assert check() == "warning failing"
        connection.execute(f"{ADD} now(), 'answered 410 Gone', now())")
        assert check() == "warning off"
        found = check_webhooks(settings, url, is_current=True)
        query = "select id from webhook_endpoints where disabled_reason like '%410%'"
        assert str(connection.execute(query).fetchone()[0]) == found.values["ids"]  # type: ignore[index]


def test_a_database_that_is_away_or_older_is_not_asked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_webhooks(settings, "", is_current=False).reason == "unknown"
    monkeypatch.setattr("yemae.store.connection_pool.OPEN_S", 0.2)
    away = "postgresql://yemae@127.0.0.1:1/none?connect_timeout=1"
    assert check_webhooks(settings, away, is_current=True).reason == "unknown"
