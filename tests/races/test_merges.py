"""A merge of a guest into an account, against another merge and against the other verbs."""

from uuid import UUID

import pytest

from helpers.concerts import SEAT_PRICE
from helpers.fans import Fan
from helpers.merging import merge
from helpers.moves import TWO_GRADES, move
from helpers.paid_orders import bought
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import (
    ROW_LOCK,
    TURN,
    Pause,
    overtake,
    several_runtimes,
    tally,
    without,
)
from yemae.accounts import merged_users, sign_outs, users
from yemae.accounts.access import Identity
from yemae.concerts.files.concert_file import parse
from yemae.orders import orders
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale.account_deletion import delete_account
from yemae.sale.merge import carry_on
from yemae.sale.refund import RefundWish, refund_order
from yemae.settings import Settings
from yemae.wallet import ledger


async def owner_of(runtime: Runtime, order_id: UUID) -> str:
    async with runtime.postgres.transaction() as tx:
        found = await orders.origin_of(tx, order_id)
    assert found is not None
    return found.user_id


async def balance_of(runtime: Runtime, user_id: str) -> int:
    async with runtime.postgres.transaction() as tx:
        wallet = await ledger.wallet_of(tx, user_id)
    return 0 if wallet is None else wallet.balance


@pytest.fixture
def before_the_write(monkeypatch: pytest.MonkeyPatch) -> Pause:
    """A merge that has decided, and has not written that the guest is merged."""
    return Pause(monkeypatch, merged_users, "write")


async def test_of_two_accounts_one_gets_everything(
    runtimes: list[Runtime], before_the_write: Pause, database_url: str
) -> None:
    order = await bought(Fan(runtimes[0], "guest"), "1")
    first, second = (
        merge(runtime, "guest", into)
        for runtime, into in zip(runtimes, ("ann", "ben"), strict=True)
    )
    answers = await overtake(database_url, before_the_write, first, second)
    assert tally(answers) == {"Merged": 1, "GuestKeyInvalid": 1}
    assert await owner_of(runtimes[0], order.id) == "ann"
    assert await balance_of(runtimes[0], "ben") == 0
    await assert_reconciled(runtimes[0])


async def test_control_without_the_turn_both_would_move_it(
    runtimes: list[Runtime],
    before_the_write: Pause,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await bought(Fan(runtimes[0], "guest"), "1")
    without(monkeypatch, orders, "LOCK_BUYERS", TURN, "key")
    without(monkeypatch, ledger, "LOCK_WALLETS", ROW_LOCK)
    first, second = (
        merge(runtime, "guest", into)
        for runtime, into in zip(runtimes, ("ann", "ben"), strict=True)
    )
    answers = await overtake(database_url, before_the_write, first, second)
    assert "GuestKeyInvalid" not in tally(answers)


async def test_a_repeat_in_the_same_moment_is_answered_the_same(
    runtimes: list[Runtime], before_the_write: Pause, database_url: str
) -> None:
    await bought(Fan(runtimes[0], "guest"), "1")
    both = [merge(runtime, "guest", "ann") for runtime in runtimes]
    first, second = await overtake(database_url, before_the_write, *both)
    assert first == second
    await assert_reconciled(runtimes[0])


async def test_two_guests_who_merge_into_each_other_end_in_one(
    runtimes: list[Runtime], before_the_write: Pause, database_url: str
) -> None:
    for guest in ("ann", "ben"):
        await Fan(runtimes[0], guest).top_up(1_000, guest)
    first, second = merge(runtimes[0], "ann", "ben"), merge(runtimes[1], "ben", "ann")
    answers = await overtake(database_url, before_the_write, first, second)
    assert tally(answers) == {"Merged": 1, "Unauthenticated": 1}
    assert await balance_of(runtimes[0], "ben") == 2_000
    await assert_reconciled(runtimes[0])


async def test_a_chain_of_merges_ends_in_the_last_account(runtimes: list[Runtime]) -> None:
    order = await bought(Fan(runtimes[0], "one"), "1")
    await merge(runtimes[0], "one", "two")
    await merge(runtimes[0], "two", "three")
    assert await owner_of(runtimes[0], order.id) == "three"
    await refund_order(runtimes[0], "op", RefundWish(order.id, 1_000))
    await assert_reconciled(runtimes[0])
    async with runtimes[0].postgres.transaction() as tx:
        assert sorted(await merged_users.guests_of(tx, "three")) == ["one", "two"]


async def test_a_hold_and_a_payment_of_a_merged_guest_are_refused(
    runtimes: list[Runtime], before_the_write: Pause, database_url: str
) -> None:
    guest = Fan(runtimes[1], "guest")
    await guest.top_up()
    answers = await overtake(
        database_url, before_the_write, merge(runtimes[0], "guest", "ann"), guest.hold("1")
    )
    assert tally(answers) == {"Merged": 1, "EntryTokenExpired": 1}
    await assert_reconciled(runtimes[0])


async def test_a_hold_that_comes_first_stops_the_merge(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    pause = Pause(monkeypatch, orders, "open_held")
    guest = Fan(runtimes[1], "guest")
    answers = await overtake(
        database_url, pause, guest.hold("1"), merge(runtimes[0], "guest", "ann")
    )
    assert tally(answers) == {"Order": 1, "InvalidRequest": 1}


async def test_a_refund_goes_to_the_one_who_has_the_order(
    runtimes: list[Runtime], before_the_write: Pause, database_url: str
) -> None:
    order = await bought(Fan(runtimes[0], "guest"), "1")
    before = await balance_of(runtimes[0], "guest")
    wish = RefundWish(order.id, 1_000)
    moved, refused = await overtake(
        database_url,
        before_the_write,
        merge(runtimes[0], "guest", "ann"),
        refund_order(runtimes[1], "op", wish),
    )
    assert moved.amount == before
    # It had locked the wallet of the guest: nothing was done, and a second try finds the account.
    assert isinstance(refused, StoreUnavailable)
    assert refused.is_locked
    await refund_order(runtimes[1], "op", wish)
    assert await balance_of(runtimes[0], "ann") == before + 1_000
    await assert_reconciled(runtimes[0])


async def test_a_deleted_account_gets_no_guest(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    await bought(Fan(runtimes[0], "guest"), "1")
    async with runtimes[0].postgres.transaction() as tx:
        await users.ensure_users(tx, ["ann"])
    pause = Pause(monkeypatch, sign_outs, "sign_out")
    issued_s = runtimes[0].now().timestamp()
    deletion = delete_account(runtimes[0], Identity("ann"), issued_s, password=None, address="")
    done, refused = await overtake(
        database_url, pause, deletion, merge(runtimes[1], "guest", "ann")
    )
    assert done is None, done
    assert type(refused).__name__ == "Unauthenticated"
    await assert_reconciled(runtimes[0])


async def test_money_that_comes_late_is_moved_on(
    runtimes: list[Runtime], before_the_write: Pause, database_url: str
) -> None:
    guest = Fan(runtimes[1], "guest")
    await guest.top_up(1_000, "first")
    await overtake(
        database_url,
        before_the_write,
        merge(runtimes[0], "guest", "ann"),
        guest.top_up(500, "late"),
    )
    assert await balance_of(runtimes[0], "guest") == 500
    assert [await carry_on(runtimes[0]) for _ in range(2)] == [1, 0]
    assert await balance_of(runtimes[0], "ann") == 1_500
    await assert_reconciled(runtimes[0])


async def test_what_a_move_charges_before_and_after_can_be_refunded(settings: Settings) -> None:
    async with several_runtimes(settings, 1, parse(TWO_GRADES, "hall.toml")) as (runtime,):
        order = await bought(Fan(runtime, "guest"), "11", "12")
        await move(runtime, order.id, "1", "12", pricing="new")
        await merge(runtime, "guest", "ann")
        await move(runtime, order.id, "1", "2", pricing="new")
        await assert_reconciled(runtime)
        done = await refund_order(runtime, "op", RefundWish(order.id, 2 * SEAT_PRICE))
        assert done.left == 0
        await assert_reconciled(runtime)


async def test_the_law_sees_money_and_orders_that_stayed(
    runtimes: list[Runtime], database_url: str
) -> None:
    order = await bought(Fan(runtimes[0], "guest"), "1")
    await merge(runtimes[0], "guest", "ann")
    async with runtimes[0].postgres.transaction() as tx:
        await tx.execute(b"update orders set user_id = 'guest' where id = %(id)s", id=order.id)
        await tx.execute(b"update merged_users set merged_at = merged_at - interval '1 day'")
    assert database_url
    assert "merge_moved_everything" in await violations(runtimes[0])
