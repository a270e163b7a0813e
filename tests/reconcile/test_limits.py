"""The laws of limits: orders are judged by those of their time, and by none that came later."""

import pytest

from helpers.blocks import block, unblock
from helpers.concerts import concert, load_concert
from helpers.fans import Fan
from races.interleaving import execute
from reconcile.conftest import Sale
from reconcile.test_books import PERCENT
from yemae.reconcile.report import Check
from yemae.reconcile.stores import reconcile_stores
from yemae.settings import Settings


async def test_seats_that_were_bought_under_a_higher_limit_are_no_violation(
    sale: Sale, settings: Settings
) -> None:
    fan = Fan(sale.runtime, "other")
    await fan.hold("3", "4")
    await load_concert(settings, concert(seat_limit=1))
    assert (await seat_limit_kept(sale)).violations == 0
    # A line of the log is about what was bought before it, and the check is as sharp as ever.
    await execute(
        settings.stores.database_url,
        "update orders set created_at = created_at + interval '2 minutes', "
        "expires_at = expires_at + interval '2 minutes' where user_id = 'other'",
        "update seats set held_until = held_until + interval '2 minutes' "
        "where order_id in (select id from orders where user_id = 'other')",
    )
    check = await seat_limit_kept(sale)
    assert check.examples == ("other has 3 seats of hall-1, the limit is 1",)


async def test_more_seats_than_any_limit_since_are_found(sale: Sale, settings: Settings) -> None:
    await Fan(sale.runtime, "other").hold("3", "4")
    await execute(settings.stores.database_url, "update concerts set seat_limit = 2")
    await load_concert(settings, concert(seat_limit=1))
    assert (await seat_limit_kept(sale)).examples == (
        "other has 3 seats of hall-1, the limit is 2",
    )


async def seat_limit_kept(sale: Sale) -> Check:
    return await check_of(sale, "seat_limit_kept")


async def check_of(sale: Sale, law: str) -> Check:
    found = await reconcile_stores(sale.runtime.postgres, sale.runtime.valkey)
    (check,) = (check for check in found.checks if check.name == law)
    return check


# The sale has sold two of ten seats, and the tenth is blocked.
BLOCKED_LONG_AGO = "update seat_blocks set changed_at = changed_at - interval '1 hour'"


@pytest.mark.parametrize(
    ("percent", "by_hand", "examples"),
    [
        (20, (), ()),
        (19, (), ("hall has sold 2 seats of hall-1, its allotment is 19 percent of 10",)),
        (
            22,
            (BLOCKED_LONG_AGO,),
            ("hall has sold 2 seats of hall-1, its allotment is 22 percent of 9",),
        ),
        (23, (BLOCKED_LONG_AGO,), ()),
        # A hold that has run out counts no more.
        (10, ("update orders set expires_at = now() where status = 'held'",), ()),
    ],
)
async def test_a_share_is_of_what_was_for_sale_at_the_last_order(
    sale: Sale,
    settings: Settings,
    percent: int,
    by_hand: tuple[str, ...],
    examples: tuple[str, ...],
) -> None:
    await execute(
        settings.stores.database_url,
        "update orders set sale = 'hall'",
        PERCENT.format(percent=percent),
        *by_hand,
    )
    assert (await check_of(sale, "allotment_share_kept")).examples == examples


async def test_seats_that_are_blocked_or_released_after_the_last_order_break_no_share(
    sale: Sale, settings: Settings
) -> None:
    await execute(
        settings.stores.database_url,
        "update orders set sale = 'hall'",
        PERCENT.format(percent=23),
        BLOCKED_LONG_AGO,
    )
    await block(sale.runtime, "5", "6", "7", "8", name="late")
    assert (await check_of(sale, "allotment_share_kept")).violations == 0
    await unblock(sale.runtime)
    assert (await check_of(sale, "allotment_share_kept")).violations == 0


async def test_a_share_is_judged_again_from_the_first_order_after_a_load(
    sale: Sale, settings: Settings
) -> None:
    await load_concert(settings, concert(seats=9, seat_limit=3))
    await execute(
        settings.stores.database_url,
        "update orders set sale = 'hall'",
        PERCENT.format(percent=20),
        BLOCKED_LONG_AGO,
    )
    assert (await check_of(sale, "allotment_share_kept")).violations == 0
    await execute(
        settings.stores.database_url,
        "alter table queue_actions disable trigger queue_actions_are_immutable",
        "update queue_actions set at = at - interval '1 hour' where action = 'load'",
    )
    assert (await check_of(sale, "allotment_share_kept")).violations == 1
