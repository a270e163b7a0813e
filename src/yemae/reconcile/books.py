"""PostgreSQL's part of the reconcile: seats, orders, tickets and money.

Everything is read in one snapshot, so it may run beside a live sale. A law is a statement of
books.sql, money.sql, card_books.sql or box_office_books.sql that lists its violations, and a
sentence that says what must hold.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from yemae.reconcile.report import Check
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries

QUERIES = {
    name: statement
    for file in ("books.sql", "money.sql", "card_books.sql", "box_office_books.sql")
    for name, statement in load_queries(__file__, file).items()
}
SIZES = QUERIES["sizes"]
QUEUE_LIMITS = QUERIES["queue_limits"]
ONE_PROCESSOR = b"select set_config('max_parallel_workers_per_gather', '0', true)"
# The number of a law's violations, and the first of them.
COUNT = b"""
select (select count(*) from violations) as violations,
       array(select violation from violations order by violation limit %(examples)s) as examples"""


class Law(NamedTuple):
    """What must hold, and the column of `sizes` that counts the rows it holds for."""

    of: str
    says: str


class QueueLimits(NamedTuple):
    """The limits that a concert's queue is checked against."""

    concert_id: str
    is_open_to_all: bool
    active_limit: int
    admit_per_minute: int
    by_hand: int
    # Whether Valkey must have the queue.
    has_begun: bool


LAWS = {
    "seat_in_one_order": Law("live_orders", "A seat is in at most one paid or live order."),
    "order_has_its_seats": Law("live_orders", "A paid or live order has all of its seats."),
    "seat_has_its_order": Law(
        "taken_seats",
        "A sold seat has its paid order, a held one its live order, its block or its run.",
    ),
    "cancelled_date_is_refunded": Law(
        "refund_runs",
        "A cancelled date whose refund run is done has no order and no ticket, and kept no fee.",
    ),
    "blocked_seat_is_not_sold": Law(
        "blocked_seats", "A blocked seat is in no paid or live order, and has no ticket."
    ),
    "ticket_for_each_paid_seat": Law("tickets", "The tickets are the seats of the paid orders."),
    "ticket_sold_once": Law("tickets", "A seat has at most one ticket."),
    "total_is_sum_of_prices": Law(
        "orders", "An order costs the sum of its seats' prices and its booking fee."
    ),
    "payment_for_each_paid_order": Law(
        "orders",
        "A paid or cancelled order has one payment, of what is left of it and what was taken out; "
        "no other order has one.",
    ),
    "payment_has_its_order": Law("payments", "A payment is for an order of the same fan."),
    "pass_pays_once": Law("payments", "A pass pays for one order."),
    "paid_order_debited_once": Law(
        "orders",
        "A paid or cancelled order was debited once, by what is left of it and what was taken out; "
        "no other order was.",
    ),
    "balance_is_sum_of_transfers": Law(
        "wallets", "A balance is the sum of its transfers and not negative."
    ),
    "transfer_has_both_sides": Law(
        "transfers", "A transfer has two sides, and one of them is its fan's wallet."
    ),
    "merge_moved_everything": Law(
        "transfers",
        "What left a guest's wallet came into the account's, and a merged guest has nothing left.",
    ),
    "top_up_credited_once": Law("keyed_transfers", "A top-up's key is credited once."),
    "captured_money_arrived": Law(
        "checkouts",
        "Captured money came into its fan's wallet once, and no other money from a provider did.",
    ),
    "captured_is_sold": Law(
        "checkouts", "What a provider captured was sold, topped up, given back, or is in doubt."
    ),
    "lease_keeps_its_hold": Law(
        "checkouts", "An order is held for as long as its provider may have captured."
    ),
    "doubt_ends": Law(
        "checkouts", "No card payment stays in doubt past its cap without an operator's knowledge."
    ),
    "box_office_has_its_cash": Law(
        "transfers",
        "What was sold at the box office for cash brought that cash, and a complimentary ticket "
        "cost nothing.",
    ),
    "cash_refund_has_its_money": Law(
        "transfers",
        "What goes back in cash has left the wallets, and is at most the cash that paid the order.",
    ),
    "cash_is_handed_out_by_an_operator": Law(
        "transfers", "A refund in cash is open, or an operator has handed it out."
    ),
    "card_refund_has_its_money": Law(
        "checkouts",
        "What left the wallets for a provider is what goes back to cards, less what it declined.",
    ),
    "card_refund_within_its_payment": Law(
        "checkouts", "No more goes back to a card than it paid for the order."
    ),
    "lost_dispute_is_booked": Law(
        "checkouts", "What a lost dispute of an order took is in the books as its refund."
    ),
    "refund_is_looked_after": Law(
        "checkouts", "No refund stays open without a next look or an operator's knowledge."
    ),
    "money_equals_tickets": Law(
        "tickets", "Sales account, payments, paid orders and tickets are the same sum."
    ),
    "cancelled_seat_has_no_ticket": Law(
        "tickets", "A cancelled seat has no ticket of its order any more."
    ),
    "cancellation_has_its_money": Law(
        "orders",
        "What was paid for cancelled seats left the sales account, and their fees are on theirs.",
    ),
    "refund_has_its_money": Law(
        "orders", "The settled refunds to the wallet are what the ledger gave back, less the fees."
    ),
    "refunded_at_most_what_was_paid": Law(
        "payments", "No more is refunded of an order than was paid for it."
    ),
    "seat_limit_kept": Law("live_orders", "No fan has more seats than the limit."),
    "concert_seat_limit_kept": Law(
        "live_orders", "No fan has more seats of a concert than its limit."
    ),
    "allotment_kept": Law("live_orders", "No phase of a sale has sold more than its allotment."),
    "allotment_share_kept": Law(
        "live_orders", "No phase of a sale has sold more than its share of what is for sale."
    ),
}


def _counted(name: str) -> bytes:
    return b"with violations as (" + QUERIES[name] + b")" + COUNT


COUNTED = {name: _counted(name) for name in LAWS}
COUNTED_ANSWERS = _counted("answered_and_not_paid")


async def check_books(tx: Transaction, examples: int) -> list[Check]:
    """Check every law, in one snapshot; at most `examples` violations of each are named."""
    sent_sizes = await tx.send(SIZES)
    counted = {name: await tx.send(query, examples=examples) for name, query in COUNTED.items()}
    looked_at = (await sent_sizes.one())._asdict()
    return [_checked(name, await found.one(), looked_at) for name, found in counted.items()]


async def sizes(tx: Transaction) -> dict[str, int]:
    """How many rows there are, by what laws are of, counted on one processor."""
    await tx.execute(ONE_PROCESSOR)
    return dict((await (await tx.send(SIZES)).one())._asdict())


async def check_law(tx: Transaction, name: str, looked_at: Mapping[str, int]) -> Check:
    """Check one law, on one processor and without examples."""
    await tx.execute(ONE_PROCESSOR)
    return _checked(name, await (await tx.send(COUNTED[name], examples=0)).one(), looked_at)


def _checked(name: str, found: Any, looked_at: Mapping[str, int]) -> Check:
    law = LAWS[name]
    return Check(
        name=name,
        says=law.says,
        looked_at=looked_at[law.of],
        violations=found.violations,
        examples=tuple(found.examples),
    )


async def check_answers(tx: Transaction, order_ids: Sequence[str], examples: int) -> Check:
    """Check that every order whose payment was answered with success is paid."""
    sent = await tx.send(COUNTED_ANSWERS, order_ids=list(order_ids), examples=examples)
    found = await sent.one()
    return Check(
        name="answer_is_a_fact",
        says="An order whose payment was answered with success is paid.",
        looked_at=len(order_ids),
        violations=found.violations,
        examples=tuple(found.examples),
    )


async def queue_limits(tx: Transaction) -> list[QueueLimits]:
    """The limits of each concert's queue."""
    return [QueueLimits(*row) for row in await tx.fetch(QUEUE_LIMITS)]
