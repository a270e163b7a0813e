"""`yemae users`: who may steer queues."""

import json
from pathlib import Path

import psycopg
import pytest

from helpers.command import yemae
from yemae.accounts.access import Identity, Issuer
from yemae.settings import Settings


@pytest.fixture
def ann(named_stores: Settings) -> str:
    """The id of a user who has signed up."""
    with psycopg.connect(named_stores.stores.database_url) as connection:
        connection.execute(
            "insert into users (id, name, email) values ('u-1', 'Ann', 'ann@example.com')"
        )
    return "u-1"


def operators() -> list[str]:
    return [user["id"] for user in yemae("users", "list-operators", "--json").json()]


def test_a_user_becomes_an_operator_and_a_fan_again(ann: str) -> None:
    assert operators() == []
    granted = yemae("users", "grant-operator", "ANN@example.com")
    assert granted == (
        0,
        "u-1 (Ann, ann@example.com) is an operator from the next sign-in on\n",
        "",
    )
    assert operators() == [ann]
    assert "ann@example.com" in yemae("users", "list-operators").out
    revoked = yemae("users", "revoke-operator", ann)
    assert revoked.out == "u-1 (Ann, ann@example.com) is no operator from the next sign-in on\n"
    assert operators() == []


@pytest.mark.usefixtures("named_stores")
@pytest.mark.parametrize("command", ["grant-operator", "revoke-operator"])
def test_a_user_who_is_not_there_is_one_sentence(command: str) -> None:
    done = yemae("users", command, "unknown")
    assert done == (2, "", "yemae: There is no user 'unknown': they have to sign up first.\n")


@pytest.mark.parametrize("named", ["u-1", "ANN@example.com"])
def test_an_account_is_deleted_with_a_reason_in_the_log(
    ann: str, named_stores: Settings, named: str
) -> None:
    with psycopg.connect(named_stores.stores.database_url, autocommit=True) as connection:
        connection.execute(
            "insert into wallets (user_id, balance, currency) values ('u-1', 0, 'KRW')"
        )
        connection.execute(
            "insert into push_notices (user_id, queue_id, kind, number, lane, endpoint, p256dh,"
            " auth, language) values ('u-1', 'hall', 'turn', 1, 0, 'https://x', 'x', 'x', 'en')"
        )
        done = yemae("users", "delete", named, "--reason", "Asked in writing")
        assert done == (0, f"{ann} is deleted, and signed out everywhere\n", "")
        row = connection.execute("select name, email, password_hash from users").fetchone()
        assert row == (None, None, None)
        assert connection.execute("select count(*) from push_notices").fetchone() == (0,)
        assert connection.execute("select user_id from sign_outs").fetchall() == [(ann,)]
    log = yemae("log", "--json").out
    assert "delete account" in log
    assert "Asked in writing" in log
    assert "ann@example.com" not in log


def test_an_account_is_exported_with_a_reason_in_the_log(ann: str, tmp_path: Path) -> None:
    done = yemae("users", "export", "ANN@example.com", "--reason", "Asked in writing")
    assert done.json()["user"] == {"id": ann, "name": "Ann", "email": "ann@example.com"}
    assert done.json()["wallet"]["balance"] == 0
    file = tmp_path / "ann.json"
    named = ("users", "export", ann, "--reason", "Asked in writing", "-o", str(file))
    assert yemae(*named) == (0, "", "")
    assert json.loads(file.read_text("utf-8")) == done.json()
    assert file.stat().st_mode & 0o777 == 0o600
    again = yemae(*named)
    assert (again.code, again.err) == (2, f"yemae: {file} cannot be written: File exists.\n")
    log = yemae("log", "--json").out
    assert log.count("export account") == 3
    assert "ann@example.com" not in log
    assert "There is no user" in yemae("users", "export", "unknown", "--reason", "Asked").err


def test_a_lost_authenticator_app_is_removed(ann: str, named_stores: Settings) -> None:
    with psycopg.connect(named_stores.stores.database_url, autocommit=True) as connection:
        connection.execute(
            "insert into second_factors (user_id, id, confirmed_at)"
            " values ('u-1', gen_random_uuid(), now())"
        )
        connection.execute("insert into recovery_codes (user_id, digest) values ('u-1', 'x')")
        command = ("users", "reset-second-factor", ann, "--reason", "Lost phone")
        assert yemae(*command).out == "u-1 has no longer an authenticator app\n"
        assert yemae(*command).out == "u-1 did not have an authenticator app\n"
        assert connection.execute("select count(*) from recovery_codes").fetchone() == (0,)
    assert yemae("log", "--json").out.count("reset second factor") == 1
    unknown = yemae("users", "reset-second-factor", "unknown", "--reason", "x")
    assert "There is no user" in unknown.err


def test_an_account_with_a_balance_is_not_deleted(ann: str, named_stores: Settings) -> None:
    with psycopg.connect(named_stores.stores.database_url, autocommit=True) as connection:
        connection.execute(
            "insert into wallets (user_id, balance, currency) values ('u-1', 5, 'KRW')"
        )
    done = yemae("users", "delete", ann, "--reason", "Asked")
    assert done.code == 2
    assert done.err.startswith("yemae: The account is not deleted. balance: is not used up")
    assert "There is no user" in yemae("users", "delete", "unknown", "--reason", "Asked").err


def test_tokens_carry_a_role_and_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEMAE_SECRET_KEY", "k" * 32)
    issuer = Issuer("k" * 32, 60)
    token = yemae("tokens", "issue", "ann", "--role", "operator").out.strip()
    assert issuer.identity(token) == Identity("ann", True, frozenset())
    token = yemae("tokens", "issue", "ben", "--group", "a", "--group", "팬클럽").out.strip()
    assert issuer.identity(token) == Identity("ben", False, frozenset({"a", "팬클럽"}))
    assert yemae("tokens", "issue", "ann", "--role", "king").code == 2


def roles() -> list[tuple[str, str, str | None]]:
    found = yemae("users", "roles", "--json").json()
    return [(each["user_id"], each["role"], each["concert_id"]) for each in found]


def test_roles_are_granted_listed_and_revoked(ann: str) -> None:
    granted = yemae("users", "grant-admin", "ANN@example.com", "--reason", "The first one")
    assert granted == (0, "u-1 (Ann, ann@example.com) has the role admin\n", "")
    assert yemae("users", "grant", "viewer", ann).code == 0
    assert yemae("users", "grant-operator", ann).code == 0
    assert roles() == [(ann, "admin", None), (ann, "admin", None), (ann, "viewer", None)]
    assert "viewer" in yemae("users", "roles").out
    revoked = yemae("users", "revoke", "viewer", ann)
    assert revoked.out == "u-1 has no longer the role viewer\n"
    assert yemae("users", "revoke", "viewer", ann).out == "u-1 did not have the role viewer\n"
    assert roles() == [(ann, "admin", None), (ann, "admin", None)]
    # What `grant-operator` gave is listed as an admin's, and goes with it.
    revoked = yemae("users", "revoke", "admin", ann)
    assert revoked.out == "u-1 has no longer the role admin\n"
    assert (roles(), operators()) == ([], [])


@pytest.mark.usefixtures("named_stores")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("grant", "king", "u-1"), "'king' is no role: it is one of viewer, door, "),
        (("revoke", "king", "u-1"), "'king' is no role: it is one of viewer, door, "),
        (("grant", "viewer", "u-1", "--concert", "no"), "There is no concert with this id."),
        (("grant", "viewer", "unknown"), "user: No account has this id or e-mail address."),
        (("revoke", "viewer", "unknown"), "user: No account has this id or e-mail address."),
    ],
)
def test_a_role_user_or_concert_that_is_not_there_is_one_sentence(
    arguments: tuple[str, ...], sentence: str
) -> None:
    done = yemae("users", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"yemae: {sentence}")


def test_tokens_carry_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEMAE_SECRET_KEY", "k" * 32)
    issued = yemae("tokens", "issue", "ann", "--grant", "viewer", "--grant", "door:hall")
    identity = Issuer("k" * 32, 60).identity(issued.out.strip())
    assert identity.roles == {("viewer", None), ("door", "hall")}
    assert yemae("tokens", "issue", "ann", "--grant", "king").code == 2


def test_roles_given_and_taken_back_are_in_the_log_of_the_server(ann: str) -> None:
    yemae("users", "grant-operator", ann)
    yemae("users", "revoke-operator", ann)
    yemae("users", "grant", "viewer", ann, "--reason", "Evening shift")
    lines = yemae("log", "--json").json()
    assert [(line["action"], line["concert_id"]) for line in lines] == [
        ("grant role", None),
        ("revoke operator", None),
        ("grant operator", None),
    ]
    assert lines[0]["details"] == {"user_id": ann, "role": "viewer", "reason": "Evening shift"}
    shown = yemae("log", "--action", "grant role", "--who", lines[0]["who"], "--limit", "5").out
    assert "Evening shift" in shown
    assert "revoke operator" not in shown
    assert yemae("log", "--concert", "nowhere", "--json").json() == []
    assert yemae("log", "--limit", "0").code == 2
