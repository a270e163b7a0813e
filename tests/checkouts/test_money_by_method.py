"""The money of a concert by method: cards by their provider, the wallet, and the box office."""

from helpers.bank import Bank
from helpers.card_refunds import bought, cancel
from helpers.card_refunds import refunds_of as refunds_of_order
from helpers.checkouts import Payer
from helpers.concerts import FIRST, HALL, SEAT_PRICE
from helpers.fans import Fan
from helpers.paid_orders import bought as bought_from_the_wallet
from helpers.reconcile import assert_reconciled
from races.interleaving import execute
from yemae.back_office import money
from yemae.back_office.money import MethodFigures
from yemae.jobs.send_refunds import send_refunds
from yemae.runtime import Runtime
from yemae.sale.cancel import By, CancelWish, cancel_seats
from yemae.sale.decide_box_office import SellWish
from yemae.sale.refund import RefundWish, refund_order, retry_refund
from yemae.sale.sell import sell_at_box_office


async def by_method(runtime: Runtime) -> dict[tuple[str | None, str], MethodFigures]:
    """The figures of each method, once the books add up."""
    await assert_reconciled(runtime)
    found = await money.report(runtime, HALL)
    assert found.difference == 0
    return {(line.provider, line.method): line.figures for line in found.lines}


async def test_each_method_has_what_came_in_and_what_goes_back(payer: Payer, bank: Bank) -> None:
    runtime = payer.runtime
    assert await by_method(runtime) == {}
    order, _ = await bought(payer, bank, "1", "2")
    await bought_from_the_wallet(Fan(runtime, "ann"), "3")
    cash = SellWish(FIRST, ["4", "5"], "cash", name="Ben Lee")
    sold = await sell_at_box_office(runtime, "op", cash)
    free = cash._replace(seats=["6"], tender="complimentary")
    await sell_at_box_office(runtime, "op", free)
    found = await by_method(runtime)
    assert list(found) == [
        ("test", "card"),
        (None, "wallet"),
        (None, "complimentary"),
        (None, "cash"),
    ]
    assert found["test", "card"] == MethodFigures(payments=1, charged=2 * SEAT_PRICE)
    assert found[None, "wallet"] == MethodFigures(payments=1, charged=SEAT_PRICE)
    assert found[None, "cash"] == MethodFigures(payments=1, charged=2 * SEAT_PRICE)
    assert found[None, "complimentary"] == MethodFigures(payments=1)
    # A cancelled seat of the card is on its way until the provider has it, cash until it is handed
    # out.
    await cancel(runtime, order, "1")
    by = By("op", is_operator=True, takes_fee=False, reason="x")
    await cancel_seats(runtime, by, CancelWish(sold.order.id, ["4"]))
    found = await by_method(runtime)
    for way in (("test", "card"), (None, "cash")):
        assert (found[way].refunds, found[way].refunding) == (1, SEAT_PRICE)
        assert found[way].left == SEAT_PRICE
    await send_refunds(runtime)
    card = (await by_method(runtime))["test", "card"]
    assert (card.refunded, card.refunding, card.left) == (SEAT_PRICE, 0, SEAT_PRICE)


async def test_what_a_provider_declines_waits_and_may_go_to_the_wallet(
    payer: Payer, bank: Bank
) -> None:
    runtime = payer.runtime
    order, _ = await bought(payer, bank, "1", refunds="decline")
    await cancel(runtime, order)
    await send_refunds(runtime)
    found = await money.report(runtime, HALL)
    assert (found.total.left, found.kept.sold, found.kept.set_aside) == (SEAT_PRICE, 0, SEAT_PRICE)
    (refund,) = await refunds_of_order(runtime, order)
    await retry_refund(runtime, "op", refund.id, to="wallet")
    found_by = await by_method(runtime)
    assert found_by[None, "wallet"].refunded == SEAT_PRICE
    assert found_by["test", "card"].left == SEAT_PRICE
    assert (await money.report(runtime, HALL)).total.left == 0


async def test_what_is_in_doubt_is_beside_the_rest(payer: Payer, bank: Bank) -> None:
    order = await payer.hold_inside("1")
    await payer.begin(order)
    in_doubt = "update checkouts set state = 'in_doubt', look_at = now()"
    await execute(payer.runtime.settings.stores.database_url, in_doubt)
    found = await money.report(payer.runtime, HALL)
    assert found.total == MethodFigures(in_doubt=SEAT_PRICE)
    assert found.difference == 0
    assert bank.port


async def test_books_that_were_changed_by_hand_show_a_difference(payer: Payer, bank: Bank) -> None:
    runtime = payer.runtime
    order, _ = await bought(payer, bank, "1")
    await refund_order(runtime, "op", RefundWish(order.id, 10_000, "Bad view"))
    assert (await money.report(runtime, HALL)).difference == 0
    url = runtime.settings.stores.database_url
    for broken, repaired, difference in (
        ("update orders set total = total + 1", "update orders set total = total - 1", -1),
        (
            "update checkouts set amount = amount + 5",
            "update checkouts set amount = amount - 5",
            5,
        ),
        ("update refunds set amount = amount + 7", "update refunds set amount = amount - 7", -7),
    ):
        await execute(url, broken)
        assert (await money.report(runtime, HALL)).difference == difference, broken
        await execute(url, repaired)
    assert (await money.report(runtime, HALL)).difference == 0
