"""Every law of the books: it holds over a sale, and what breaks it is found."""

import re
from datetime import timedelta

import pytest

from helpers.blocks import block
from helpers.concerts import SEAT_PRICE
from helpers.fans import Fan
from helpers.reconcile import violations
from helpers.time_travel import travel
from races.interleaving import execute
from reconcile.conftest import Sale
from yemae.reconcile.books import LAWS
from yemae.reconcile.stores import reconcile, reconcile_stores
from yemae.settings import Settings

NEVER_CHANGED = "alter table transfers disable trigger transfers_are_immutable"
# Seat 1 of the paid order, and money of it.
CANCELLED = (
    "insert into cancellations select gen_random_uuid(), id, user_id, '{{1}}', '{{R}}', "
    "'{{{price}}}', null, 0, 0, now(), user_id, null, null from orders where status = 'paid'"
)
REFUNDED = (
    "insert into refunds select gen_random_uuid(), id, null, {amount}, 'wallet', null, '{state}', "
    "null, 'op', now(), {at}, null from orders where status = 'paid'"
)
IN_CASH = REFUNDED.format(amount=1, state="pending", at="null").replace("wallet", "cash")
# A phase that sells a share.
PERCENT = (
    "update concerts set phase = jsonb_build_object('name', '', 'name_en', '', 'ends_at', null, "
    "'code_hashes', '[]'::jsonb, 'group', '', 'allotment_percent', {percent})"
)
# A refund of the paid order through the other one's checkout, and without a line in the ledger.
TO_CARD = (
    "insert into refunds select gen_random_uuid(), o.id, null, 1, 'checkout', c.id, 'pending', "
    "null, 'op', now(), null, null from orders as o, checkouts as c where o.status = 'paid'"
)
# By the law: how many violations there are then, and what is done by hand to have them.
BREAKS: dict[str, tuple[int, tuple[str, ...]]] = {
    "seat_in_one_order": (1, ("update orders set seat_numbers = '{1}' where status = 'held'",)),
    "order_has_its_seats": (
        1,
        ("update seats set order_id = null, held_until = null where held_until < 'infinity'",),
    ),
    "seat_has_its_order": (
        2,
        ("update orders set status = 'released'",),
    ),
    "blocked_seat_is_not_sold": (
        1,
        ("update orders set seat_numbers = '{10}' where status = 'held'",),
    ),
    "cancelled_date_is_refunded": (
        3,
        (
            "update refund_runs set performance_key = "
            "(select key from performances where id = 'hall-1')",
        ),
    ),
    "ticket_for_each_paid_seat": (1, ("delete from tickets",)),
    "ticket_sold_once": (
        1,
        (
            "alter table tickets drop constraint seat_sold_once",
            "insert into tickets select t.performance_key, t.number, o.id "
            "from tickets as t, orders as o where o.status = 'held'",
        ),
    ),
    "total_is_sum_of_prices": (
        2,
        (
            "update orders set total = total + 1 where status = 'held'",
            "update orders set booking_fee = 1 where status = 'paid'",
        ),
    ),
    "payment_for_each_paid_order": (
        1,
        (
            "alter table payments drop constraint order_paid_once, drop constraint pass_pays_once",
            "insert into payments select gen_random_uuid(), order_id, user_id, concert_id, "
            "pass_number, amount, balance_after, paid_at, idempotency_key from payments",
        ),
    ),
    "payment_has_its_order": (
        1,
        (
            "alter table payments disable trigger payments_are_immutable",
            "update payments set user_id = 'other'",
        ),
    ),
    "pass_pays_once": (
        1,
        (
            "alter table payments drop constraint pass_pays_once",
            "insert into payments select gen_random_uuid(), o.id, p.user_id, concert_id, "
            "p.pass_number, amount, balance_after, paid_at, null "
            "from payments as p, orders as o where o.status = 'held'",
        ),
    ),
    "paid_order_debited_once": (
        1,
        (
            "drop index payment_debited_once",
            "insert into transfers select gen_random_uuid(), user_id, kind, from_account, "
            "to_account, amount, 0, order_id, null, created_at from transfers "
            "where kind = 'payment'",
        ),
    ),
    "balance_is_sum_of_transfers": (2, ("update wallets set balance = balance + 1",)),
    "transfer_has_both_sides": (
        1,
        (
            NEVER_CHANGED,
            "alter table transfers drop constraint both_sides",
            "update transfers set from_account = '@sales' where kind = 'top_up'",
        ),
    ),
    "merge_moved_everything": (1, ("insert into merged_users select user_id, 'other', 0, 0, "
        "now() - interval '1 hour' from orders where status = 'paid'",)),
    "top_up_credited_once": (
        1,
        (
            "drop index top_up_credited_once",
            "insert into transfers select gen_random_uuid(), user_id, kind, from_account, "
            "to_account, amount, balance_after, null, idempotency_key, created_at "
            "from transfers where kind = 'top_up'",
        ),
    ),
    "captured_money_arrived": (
        1,
        (
            NEVER_CHANGED,
            "update transfers set from_account = '@provider:test' where kind = 'top_up'",
        ),
    ),
    "captured_is_sold": (
        1,
        (
            "insert into checkouts (id, user_id, provider, method, amount, currency, state, "
            "created_at, expires_at, settled_at, transfer_id) "
            "select gen_random_uuid(), user_id, 'test', 'card', amount, 'KRW', 'captured', "
            "now(), now(), now(), id from transfers where kind = 'top_up'",
        ),
    ),
    "lease_keeps_its_hold": (1, ("update orders set checkout_id = null",)),
    "doubt_ends": (
        1,
        (
            "update checkouts set handed_over_at = null, "
            "lease_until = now() - interval '1 hour'",
        ),
    ),
    "card_refund_has_its_money": (1, (TO_CARD,)),
    "card_refund_within_its_payment": (1, (TO_CARD,)),
    "lost_dispute_is_booked": (1, (TO_CARD.replace("null, 'op'", "'dispute_lost', 'op'"),)),
    "refund_is_looked_after": (1, (TO_CARD,)),
    "money_equals_tickets": (
        1,
        (NEVER_CHANGED, "update transfers set amount = amount - 1 where kind = 'payment'"),
    ),
    "cancelled_seat_has_no_ticket": (
        1,
        (
            CANCELLED.format(price=0),
            "update orders set seat_numbers = '{9}' where status = 'paid'",
        ),
    ),
    "box_office_has_its_cash": (
        3,
        (
            # A paid order that cost something, and cash that no top-up and no sale brought.
            "insert into box_office_sales select id, 'complimentary', 'op', null, null, now() "
            "from orders where status = 'paid'",
            NEVER_CHANGED,
            "update transfers set idempotency_key = null where kind = 'top_up'",
            # Of an order that was not sold for cash.
            "insert into box_office_surcharges select t.id, o.id, 'op' from transfers as t, "
            "orders as o where t.kind = 'payment' and o.id = t.order_id",
        ),
    ),
    # Cash of an order that its fan paid from the balance.
    "cash_refund_has_its_money": (1, (IN_CASH,)),
    "cash_is_handed_out_by_an_operator": (
        1,
        (IN_CASH, "update refunds set state = 'settled', settled_at = now()"),
    ),
    "cancellation_has_its_money": (1, (CANCELLED.format(price=1),)),
    "refund_has_its_money": (1, (REFUNDED.format(amount=1, state="settled", at="now()"),)),
    "refunded_at_most_what_was_paid": (
        1,
        (
            "drop trigger refunded_at_most_what_was_paid on refunds",
            REFUNDED.format(amount=SEAT_PRICE + 1, state="in_doubt", at="null"),
        ),
    ),
    "seat_limit_kept": (2, ("update concerts set seat_limit = 1", "update orders set "
        "seat_numbers = '{3,4}', seat_grades = '{R,R}', seat_prices = '{1,1}'")),
    "concert_seat_limit_kept": (2, ("update concerts set seat_limit_per_concert = 1",
        "update orders set "
        "seat_numbers = '{3,4}', seat_grades = '{R,R}', seat_prices = '{1,1}'")),
    "allotment_kept": (1, ("update orders set sale = 'hall'",
        "update concerts set phase = jsonb_build_object('name', '', 'name_en', '', 'ends_at', "
        "null, 'code_hashes', '[]'::jsonb, 'group', '', 'allotment', 1)")),
    # Of ten seats; the blocked one may have been for sale when the last order was made.
    "allotment_share_kept": (1, ("update orders set sale = 'hall'", PERCENT.format(percent=19))),
}  # fmt: skip


async def test_everything_holds_over_a_sale_and_was_looked_at(
    sale: Sale, settings: Settings
) -> None:
    found = await reconcile(settings)
    assert found.holds
    assert found == await reconcile_stores(sale.runtime.postgres, sale.runtime.valkey)
    assert [check.name for check in found.checks if not check.looked_at] == []
    looked_at = {check.name: check.looked_at for check in found.checks}
    assert looked_at["seat_in_one_order"] == 2
    assert looked_at["transfer_has_both_sides"] == 2
    assert looked_at["admitted_within_rate"] == 3


def test_every_law_has_something_that_breaks_it() -> None:
    assert BREAKS.keys() == LAWS.keys()


@pytest.mark.parametrize("law", LAWS)
async def test_what_breaks_a_law_is_found_and_shown(
    sale: Sale, settings: Settings, law: str
) -> None:
    count, by_hand = BREAKS[law]
    await execute(settings.stores.database_url, *by_hand)
    found = await reconcile(settings)
    assert not found.holds
    (check,) = (check for check in found.checks if check.name == law)
    assert (check.violations, len(check.examples)) == (count, count)
    assert any(
        re.search(r"fan|other|seat [12]|KRW|allotment", each) for each in check.examples
    ) or any(str(order.id) in check.examples[0] for order in (sale.paid.order, sale.held))


async def test_examples_are_bounded_and_the_count_is_not(sale: Sale, settings: Settings) -> None:
    await execute(settings.stores.database_url, *BREAKS["seat_limit_kept"][1])
    found = await reconcile_stores(sale.runtime.postgres, sale.runtime.valkey, examples=1)
    (check,) = (check for check in found.checks if check.name == "seat_limit_kept")
    assert check.violations == 2
    assert len(check.examples) == 1


async def test_a_hold_that_has_run_out_breaks_nothing(sale: Sale) -> None:
    sale.runtime.postgres.clock_offset_s = sale.runtime.settings.sale.hold_ttl_s + 1
    found = await reconcile_stores(sale.runtime.postgres, sale.runtime.valkey)
    assert found.holds
    (held,) = (check for check in found.checks if check.name == "seat_in_one_order")
    assert held.looked_at == 1


async def test_a_block_that_was_released_at_its_time_breaks_nothing(sale: Sale) -> None:
    at = sale.runtime.now() + timedelta(hours=1)
    await block(sale.runtime, "9", name="house", releases_at=at)
    assert await violations(sale.runtime) == {}
    travel(sale.runtime, 3_601)
    await Fan(sale.runtime, "other").hold("9")
    assert await violations(sale.runtime) == {}


async def test_a_blocked_seat_with_another_end_than_its_block_is_found(
    sale: Sale, settings: Settings
) -> None:
    await execute(
        settings.stores.database_url,
        "update seats set held_until = now() + interval '1 hour' where number = '10' "
        "and order_id is not null",
    )
    (example,) = (await violations(sale.runtime))["seat_has_its_order"]
    assert str(example).startswith("seat 10 of hall-1 is taken for order ")


async def test_all_laws_see_one_moment(sale: Sale, settings: Settings) -> None:
    async with sale.runtime.postgres.transaction(frozen=True) as tx:
        (before,) = await tx.fetch(b"select count(*) from tickets")
        await execute(settings.stores.database_url, "delete from tickets")
        assert await tx.fetch(b"select count(*) from tickets") == [before]


async def test_an_account_that_money_came_from_must_be_the_right_one(
    sale: Sale, settings: Settings
) -> None:
    assert sale.paid.payment.amount == SEAT_PRICE
    await execute(
        settings.stores.database_url,
        NEVER_CHANGED,
        "update transfers set to_account = '@cash' where kind = 'payment'",
    )
    found = await reconcile(settings)
    broken = {check.name for check in found.checks if check.violations}
    assert broken == {"transfer_has_both_sides", "money_equals_tickets"}
