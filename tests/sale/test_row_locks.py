"""Which rows are locked elsewhere, and which rows each request waits for. Pure."""

from datetime import UTC, datetime
from uuid import UUID

from helpers.holds import request as hold_request
from yemae.concerts.seats import LockedSeat, SeatOfOrder
from yemae.orders.orders import Buyer, LockedOrder, turn_of_phase
from yemae.sale.decide_payments import PayRequest
from yemae.sale.row_locks import (
    LockedRow,
    busy_of_holds,
    busy_of_payments,
    busy_of_top_ups,
    rows_of_hold,
    rows_of_payment,
    rows_of_top_up,
)
from yemae.values.pass_key import PassKey
from yemae.wallet.decide import TopUpRequest
from yemae.wallet.ledger import LockedWallet

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)
BUYERS = [Buyer("ann", is_locked=True), Buyer("ben", is_locked=False)]
WALLETS = [LockedWallet("ann", NOW, False, None), LockedWallet("ben", NOW, True, None)]


def seat(number: str, *, is_busy: bool) -> LockedSeat:
    return LockedSeat(1, number, "R", 10, True, NOW, is_busy, None)


def test_of_holds_turns_that_were_not_had_and_busy_seats_are_locked_elsewhere() -> None:
    seats = [seat("1", is_busy=False), seat("2", is_busy=True)]
    assert busy_of_holds(BUYERS, seats) == {LockedRow("buyer", "ben"), LockedRow("seat", (1, "2"))}


def test_of_top_ups_busy_wallets_are() -> None:
    assert busy_of_top_ups(WALLETS) == {LockedRow("wallet", "ben")}


def test_of_payments_each_kind_of_row_is() -> None:
    orders = [LockedOrder(ONE, NOW, False, None, None), LockedOrder(OTHER, NOW, True, None, None)]
    seats = [SeatOfOrder(ONE, True, NOW, False), SeatOfOrder(OTHER, True, NOW, True)]
    assert busy_of_payments(BUYERS, WALLETS, orders, seats) == {
        LockedRow("buyer", "ben"),
        LockedRow("wallet", "ben"),
        LockedRow("order", OTHER),
        LockedRow("seats of order", OTHER),
    }


def test_the_rows_of_a_request_come_in_the_order_in_which_they_are_locked() -> None:
    phase = LockedRow("buyer", turn_of_phase("hall"))
    assert rows_of_hold(hold_request("2", "1")) == [
        LockedRow("buyer", "ann"),
        phase,
        LockedRow("seat", (1, "1")),
        LockedRow("seat", (1, "2")),
    ]
    assert rows_of_payment(PayRequest(PassKey("hall", "ann", 7), ONE)) == [
        LockedRow("buyer", "ann"),
        phase,
        LockedRow("wallet", "ann"),
        LockedRow("order", ONE),
        LockedRow("seats of order", ONE),
    ]
    assert rows_of_top_up(TopUpRequest("ann", 1, "key")) == [LockedRow("wallet", "ann")]
