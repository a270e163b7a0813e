"""`yemae orders`: what the commands write, and what they say when they cannot."""

import asyncio
import json

import psycopg
import pytest

from helpers.command import Done, yemae
from helpers.concerts import FIRST
from helpers.fans import Fan
from yemae.orders.booking_number import booking_number
from yemae.orders.order import Order
from yemae.orders.ticket_code import Ticket, TicketSigner
from yemae.runtime import open_runtime
from yemae.settings import Settings

CHECKOUT = "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11"


def orders(*arguments: str) -> Done:
    """Run a command of the group."""
    return yemae("orders", *arguments)


def move(*arguments: str) -> Done:
    """Move an order."""
    return orders("move", *arguments)


async def _sell(settings: Settings) -> Order:
    async with open_runtime(settings) as runtime:
        fan = Fan(runtime, "fan")
        await fan.top_up()
        await fan.hold("1")
        return (await fan.pay()).order


@pytest.fixture
def sold(hall: Settings) -> Order:
    """A paid order of seat 1."""
    return asyncio.run(_sell(hall))


def test_a_paid_order_moves_and_only_its_new_ticket_opens_the_door(
    sold: Order, hall: Settings
) -> None:
    done = move(str(sold.id), "7")
    assert done == (0, f"{sold.id} (paid) has 7 of hall-1 for 50,000 KRW\n", "")
    signer = TicketSigner(hall.stores.secret_key)
    old, new = (signer.sign(Ticket(sold.id, FIRST, seat)) for seat in ("1", "7"))
    checked = yemae("tickets", "check", old, new)
    assert checked.out.splitlines() == [
        "refused: Seat 1 was not sold to the order of this ticket.",
        "valid: Test, 2030-01-01 10:00Z, hall-1, seat 7",
    ]
    log = yemae("queue", "log", "hall").out
    assert f"order: {sold.id}, seats: 1 → 7, total: 50,000 → 50,000" in log


def test_what_cannot_be_moved_is_one_sentence(sold: Order) -> None:
    assert move("x", "7").err == "yemae: 'x' is no order's id.\n"
    assert move(str(sold.id), "77").err == "yemae: This performance has no seat 77.\n"
    done = move(str(sold.id), "7", "8")
    assert (done.code, done.err) == (2, "yemae: seats: the order has 1 seats, so name as many.\n")
    done = move(str(sold.id), "7", "--from-block", "house")
    assert done.err == "yemae: The concert has no seat block of this name.\n"


def test_an_order_is_found_shown_refunded_and_cancelled(sold: Order, hall: Settings) -> None:
    found = orders("find", "--fan", "fan", "--seat", "1")
    assert found.code == 0
    assert str(sold.id) in found.out
    assert "50,000 KRW" in found.out
    assert str(sold.id) not in orders("find", "--status", "held").out
    number = booking_number(sold.id)
    assert number in orders("show", str(sold.id)).out
    assert str(sold.id) in orders("find", "--booking", number).out
    assert str(sold.id) not in orders("find", "--booking", "AAAAA-AAAAA").out
    done = orders("refund", str(sold.id), "10000", "--reason", "Bad view")
    assert done == (
        0,
        f"{sold.id}: refunded: 10,000 KRW to the wallet; 40,000 KRW of the payment left\n",
        "",
    )
    done = orders("cancel", str(sold.id), "1", "--reason", "Broken seat")
    assert done == (
        0,
        f"{sold.id} (cancelled): 1 cancelled, refunded: 40,000 KRW to the wallet, kept: 0 KRW\n",
        "",
    )
    code = TicketSigner(hall.stores.secret_key).sign(Ticket(sold.id, FIRST, "1"))
    refused = yemae("tickets", "check", code)
    assert refused.out == "refused: The order of this ticket is cancelled, not paid.\n"
    shown = orders("show", str(sold.id)).out
    for words in ("cancelled", "Broken seat", "Bad view", "40,000 KRW to the wallet, settled"):
        assert words in shown
    assert [line.split()[2] for line in shown.splitlines()[-5:]] == [
        "held",
        "paid",
        "refund",
        "cancelled",
        "refund",
    ]
    whole = json.loads(orders("show", str(sold.id), "--json").out)
    assert (whole["status"], whole["refunded"]) == ("cancelled", 50_000)
    (line,) = json.loads(orders("find", "--json").out)
    assert (line["id"], line["status"]) == (str(sold.id), "cancelled")
    log = yemae("queue", "log", "hall").out
    assert "reason: Broken seat" in log
    assert "reason: Bad view" in log


def test_names_and_addresses_are_masked_until_a_reason_is_given(
    sold: Order, hall: Settings
) -> None:
    with psycopg.connect(hall.stores.database_url) as database:
        database.execute("update users set name = '김철수', email = 'ann@example.com'")
    found = orders("find", "--name", "철수").out
    assert "김*수 a**@example.com" in found
    assert "(김*수 a**@example.com)" in orders("show", str(sold.id)).out
    number = orders("show", str(sold.id), "--json").json()["queue_number"]
    assert orders("find", "--queue-number", str(number)).out == found
    assert str(sold.id) not in orders("find", "--queue-number", str(number + 1)).out
    assert "reveal" not in yemae("queue", "log", "hall").out
    assert orders("show", str(sold.id), "--reveal", " ").err == (
        "yemae: --reveal is one line of 1 to 200 characters.\n"
    )
    shown = orders("show", str(sold.id), "--reveal", "Asks by phone")
    assert "(김철수 ann@example.com)" in shown.out
    as_json = orders("show", str(sold.id), "--reveal", "Again", "--json").json()
    assert (as_json["name"], as_json["email"]) == ("김철수", "ann@example.com")
    log = yemae("queue", "log", "hall").out
    assert "reason: Asks by phone" in log
    assert "reason: Again" in log


def test_what_cannot_be_cancelled_or_refunded_is_one_sentence(sold: Order) -> None:
    done = orders("cancel", str(sold.id), "9", "--reason", "x")
    assert done.err == "yemae: Not in this order: 9. Nothing was changed.\n"
    done = orders("cancel", str(sold.id), "--fee", "policy", "--reason", "x")
    assert done.err.startswith("yemae: The time in which fans can cancel this order is over")
    done = orders("refund", str(sold.id), "50001", "--reason", "x")
    assert done.err == (
        "yemae: 50,000 KRW of the payment is left to refund. Nothing was refunded.\n"
    )
    done = orders("cancel", str(sold.id), "--reason", "two\nlines")
    assert done.err == "yemae: --reason is one line of 1 to 200 characters.\n"
    assert orders("find", "--status", "lost").err.startswith("yemae: --status must be one of held")
    assert orders("find", "--booking", "K0").err == (
        "yemae: 'K0' is no booking number: it has ten letters and digits.\n"
    )


def test_card_payments_in_doubt_are_listed(hall: Settings) -> None:
    assert yemae("orders", "in-doubt").out.splitlines()[0].split()[0] == "Checkout"
    with psycopg.connect(hall.stores.database_url) as database:
        database.execute("insert into users (id) values ('fan')")
        database.execute("insert into wallets (user_id, currency) values ('fan', 'KRW')")
        database.execute(
            "insert into checkouts (id, user_id, provider, method, amount, currency, state, reason,"
            " created_at, expires_at, look_at) values (%s, 'fan', 'test', 'card', 5000, 'KRW',"
            " 'in_doubt', 'no_answer', '2026-11-01T00:00Z', now(), now())",
            [CHECKOUT],
        )
    assert f"{CHECKOUT}  top-up" in yemae("orders", "in-doubt").out
    (listed,) = json.loads(yemae("orders", "in-doubt", "--json").out)
    assert listed == {
        "checkout": CHECKOUT,
        "order": None,
        "user": "fan",
        "provider": "test",
        "amount": 5000,
        "currency": "KRW",
        "reason": "no_answer",
        "since": "2026-11-01T00:00:00.000Z",
        "handed_over_at": None,
    }


def test_declined_refunds_to_cards_are_listed_and_given_back_to_the_wallet(
    sold: Order, hall: Settings
) -> None:
    with psycopg.connect(hall.stores.database_url) as database:
        card = (CHECKOUT, sold.id, sold.pass_number)
        (line,) = database.execute(
            "insert into transfers (id, user_id, kind, from_account, to_account, amount,"
            " balance_after, created_at) values (gen_random_uuid(), 'fan', 'top_up',"
            " '@provider:test', 'fan', 50000, 50000, now()) returning id"
        ).fetchone() or (None,)
        database.execute(
            "insert into checkouts (id, user_id, order_id, concert_id, pass_number, provider,"
            " method, amount, currency, state, created_at, expires_at, settled_at, transfer_id)"
            " values (%s, 'fan', %s, 'hall', %s, 'test', 'card', 50000, 'KRW', 'captured',"
            " now(), now(), now(), %s)",
            [*card, line],
        )
    orders("cancel", str(sold.id), "--reason", "Broken seat")
    with psycopg.connect(hall.stores.database_url) as database:
        database.execute("update refunds set state = 'declined', failure = 'card_closed'")
    listed = orders("refunds").out
    assert "card_closed" in listed
    assert "50,000 KRW" in listed
    (refund,) = json.loads(orders("refunds", "--json", "--all").out)
    assert (refund["provider"], refund["state"]) == ("test", "declined")
    assert "50,000 KRW to the card, declined" in orders("show", str(sold.id)).out
    done = orders("retry-refund", refund["id"], "--to", "wallet")
    assert done.out.startswith(f"{sold.id}: goes back: 50,000 KRW to the wallet (settled) as ")
    assert orders("refunds", "--json").out == "[]\n"
    assert orders("retry-refund", "x").err == "yemae: 'x' is no refund's id.\n"
