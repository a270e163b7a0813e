"""`yemae orders send`: who gets the tickets, what the log says, and what is refused."""

import pytest

from helpers.command import Done, yemae

NOWHERE = "0199d3b2-6a40-7c11-9d42-000000000001"


def send(*arguments: str) -> Done:
    """Send the tickets of an order."""
    return yemae("orders", "send", *arguments, "--reason", "Mistyped the address")


@pytest.fixture
def sold(hall: object) -> str:
    """The id of a paid order."""
    assert hall
    done = yemae("orders", "sell", "hall", "hall-1", "1", "--cash", "--name", "Ann", "--json")
    return str(done.json()["id"])


def test_the_tickets_of_an_order_go_to_an_address_and_the_log_has_no_address(sold: str) -> None:
    done = send(sold, "ann@example.com", "--language", "en")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{sold}: the tickets are on their way to ann@example.com\n"
    (message,) = yemae("outbox", "list", "--json").json()
    assert (message["kind"], message["email"]) == ("ticket_link", "a**@example.com")
    shown = yemae("orders", "show", sold).out
    assert "sent" in shown
    assert "Mistyped the address" in shown
    assert "ann@example.com" not in yemae("queue", "log", "hall").out


def test_what_cannot_be_sent_is_said_in_one_sentence(
    sold: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send("x", "ann@example.com").err == "yemae: 'x' is no order's id.\n"
    for address in ("ann", "@", "an n@example.com", f"ann@{'a' * 254}"):
        done = send(sold, address)
        assert (done.code, done.err) == (2, f"yemae: {address!r} is no e-mail address.\n")
    assert "no order" in send(NOWHERE, "ann@example.com").err
    monkeypatch.setenv("YEMAE_MODE", "production")
    done = send(sold, "ann@example.com")
    assert (done.code, done.err) == (2, "yemae: YEMAE_SMTP_URL is not set, so no mail is sent.\n")
