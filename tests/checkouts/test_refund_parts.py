"""Refunds of an order that was paid in two ways: each part goes back to where it came from."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.bank import Bank, entry_of
from helpers.card_refunds import OP, balance, bought, cancel, refunds_of
from helpers.checkouts import Payer
from helpers.concerts import SEAT_PRICE, load_concert
from helpers.moves import TWO_GRADES, move
from helpers.reconcile import assert_reconciled
from races.interleaving import all_at_once, tally
from yemae.back_office.orders import to_words
from yemae.concerts.files.concert_file import parse
from yemae.http.test_bank.charges import RefundBehaviour
from yemae.jobs.send_refunds import send_refunds
from yemae.orders.order import Order
from yemae.payments.refunds import Refund, RefundState, to_wallet
from yemae.refusals import IdempotencyConflict, RefundExceedsPayment
from yemae.runtime import Runtime
from yemae.sale import looks
from yemae.sale.cancel import quote_cancellation
from yemae.sale.decide_refunds import Source, shares, split
from yemae.sale.refund import RefundWish, refund_order, retry_refund
from yemae.settings import Settings

CHEAP = 20_000
SURCHARGE = SEAT_PRICE - CHEAP
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CARD = Source(100, "@provider:test", UUID(int=3))


def wallet_refund(amount: int) -> Refund:
    return to_wallet(uuid4(), UUID(int=1), amount, NOW, by="fan", reason=None)


@given(
    outside=st.integers(1, 200),
    surcharge=st.integers(0, 200),
    asked=st.lists(st.tuples(st.integers(1, 120), st.booleans()), max_size=12),
    is_cash=st.booleans(),
)
def test_never_more_goes_back_by_a_way_than_was_paid_by_it(
    outside: int, surcharge: int, asked: list[tuple[int, bool]], is_cash: bool
) -> None:
    source = Source(outside) if is_cash else CARD._replace(amount=outside)
    made: list[Refund] = []
    for amount, declines in asked:
        standing = [each for each in made if each.state != "declined"]
        if sum(each.amount for each in standing) + amount > outside + surcharge:
            continue
        refund = wallet_refund(amount)._replace(idempotency_key=str(len(made)))
        parts = split(refund, source, made, uuid4)
        assert sum(part.amount for part in parts) == amount
        assert parts[0].id == refund.id
        assert [part.part_of for part in parts[1:]] == [refund.id] * (len(parts) - 1)
        assert [part.idempotency_key for part in parts[1:]] == [None] * (len(parts) - 1)
        state: RefundState = "declined" if declines and not is_cash else "settled"
        made += [
            part if part.destination == "wallet" else part._replace(state=state) for part in parts
        ]
        standing = [each for each in made if each.state != "declined"]
        back = sum(each.amount for each in standing if each.destination != "wallet")
        to_balance = sum(each.amount for each in standing if each.destination == "wallet")
        assert back <= outside
        assert to_balance <= surcharge


def test_what_the_wallet_paid_goes_to_the_wallet_and_a_lost_dispute_leaves_a_card_nothing() -> None:
    assert shares(40, None, []) == [("wallet", 40)]
    assert shares(0, CARD, []) == []
    assert shares(120, CARD, []) == [("checkout", 100), ("wallet", 20)]
    lost = wallet_refund(130)._replace(destination="checkout", checkout_id=CARD.checkout_id)
    assert shares(40, CARD, [lost]) == [("wallet", 40)]
    assert shares(40, Source(30), []) == [("cash", 30), ("wallet", 10)]


async def moved(
    payer: Payer, bank: Bank, settings: Settings, refunds: RefundBehaviour = "settle"
) -> tuple[Order, UUID]:
    """An order of a cheap seat that a card paid, moved to a dear one for the balance."""
    await load_concert(settings, parse(TWO_GRADES, "hall.toml"))
    await payer.runtime.catalogue.refresh()
    order, checkout = await bought(payer, bank, "11", refunds=refunds)
    await payer.top_up(SURCHARGE)
    await move(payer.runtime, order.id, "1", pricing="new")
    assert await balance(payer) == 0
    return order, checkout.id


async def test_a_cancelled_order_goes_back_to_the_card_and_to_the_balance(
    payer: Payer, bank: Bank, settings: Settings
) -> None:
    order, checkout_id = await moved(payer, bank, settings)
    quoted = await quote_cancellation(payer.runtime, OP, order.id)
    assert list(quoted.shares) == [("checkout", CHEAP), ("wallet", SURCHARGE)]
    done = await cancel(payer.runtime, order)
    assert [(each.destination, each.amount, each.state) for each in done.refunds] == [
        ("checkout", CHEAP, "pending"),
        ("wallet", SURCHARGE, "settled"),
    ]
    assert done.refunds[1].part_of == done.refunds[0].id
    assert to_words(done.refunds, "KRW") == "20,000 KRW to the card and 30,000 KRW to the wallet"
    await send_refunds(payer.runtime)
    assert (await entry_of(payer.runtime, checkout_id)).refunded == CHEAP
    assert await balance(payer) == SURCHARGE
    seen = await looks.own_order(payer.runtime, payer.user_id, order.id)
    (part,) = (await looks.own_cancellations(payer.runtime, [seen]))[order.id]
    assert [each.state for each in part.refunds] == ["settled", "settled"]
    await assert_reconciled(payer.runtime)


async def test_partial_refunds_at_the_same_time_never_exceed_either_way(
    payer: Payer, bank: Bank, settings: Settings, runtimes: list[Runtime]
) -> None:
    order, checkout_id = await moved(payer, bank, settings)
    await runtimes[0].catalogue.refresh()
    await runtimes[1].catalogue.refresh()
    wishes = [RefundWish(order.id, 12_000) for _ in range(6)]
    answers = await all_at_once(
        [refund_order(runtimes[at % 2], "op", wish) for at, wish in enumerate(wishes)]
    )
    assert tally(answers) == {"Refunded": 4, "RefundExceedsPayment": 2}
    await cancel(payer.runtime, order)
    await send_refunds(payer.runtime)
    assert (await entry_of(payer.runtime, checkout_id)).refunded == CHEAP
    assert await balance(payer) == SURCHARGE
    with pytest.raises(RefundExceedsPayment):
        await refund_order(payer.runtime, "op", RefundWish(order.id, 1))
    await assert_reconciled(payer.runtime)


async def test_a_repeat_of_a_key_answers_both_parts_and_another_amount_is_refused(
    payer: Payer, bank: Bank, settings: Settings
) -> None:
    order, _ = await moved(payer, bank, settings)
    wish = RefundWish(order.id, CHEAP + 5, idempotency_key="once")
    first = await refund_order(payer.runtime, "op", wish)
    again = await refund_order(payer.runtime, "op", wish)
    assert (first.amount, len(first.parts)) == (CHEAP + 5, 2)
    assert again.parts == first.parts
    with pytest.raises(IdempotencyConflict):
        await refund_order(payer.runtime, "op", wish._replace(amount=CHEAP))
    await assert_reconciled(payer.runtime)


async def test_only_the_part_that_a_card_declined_is_given_back_again(
    payer: Payer, bank: Bank, settings: Settings
) -> None:
    order, _ = await moved(payer, bank, settings, "decline")
    done = await cancel(payer.runtime, order)
    await send_refunds(payer.runtime)
    again = await retry_refund(payer.runtime, "op", done.refunds[0].id, "wallet")
    assert [(each.destination, each.amount) for each in again.parts] == [("wallet", CHEAP)]
    assert (await retry_refund(payer.runtime, "op", done.refunds[0].id)).parts == again.parts
    assert await balance(payer) == CHEAP + SURCHARGE
    seen = await looks.own_order(payer.runtime, payer.user_id, order.id)
    (part,) = (await looks.own_cancellations(payer.runtime, [seen]))[order.id]
    assert sorted(each.amount for each in part.refunds) == [CHEAP, SURCHARGE]
    assert [each.state for each in await refunds_of(payer.runtime, order)] == [
        "declined",
        "settled",
        "settled",
    ]
    await assert_reconciled(payer.runtime)
