"""The history of an order: what is not seen in the orders of other tests."""

from datetime import UTC, datetime, timedelta

from helpers.concerts import SEAT_PRICE, load_concert
from helpers.fans import Fan
from helpers.moves import TWO_GRADES, move
from helpers.paid_orders import bought
from helpers.time_travel import travel
from yemae.back_office.order_timeline import timeline
from yemae.back_office.orders import OrderCheckout, show_order
from yemae.concerts.files.concert_file import parse
from yemae.runtime import Runtime
from yemae.settings import Settings


async def test_a_hold_that_ran_out_ends_with_its_expiry(runtime: Runtime) -> None:
    order = await Fan(runtime, "ann").hold("1")
    assert [each.what for each in timeline(await show_order(runtime, order.id))] == ["held"]
    travel(runtime, 3_600)
    events = timeline(await show_order(runtime, order.id))
    assert [(each.what, each.at) for each in events] == [
        ("held", order.created_at),
        ("expired", order.expires_at),
    ]


async def test_a_card_payment_is_an_event_when_it_begins_and_another_when_it_ends(
    runtime: Runtime,
) -> None:
    order = await Fan(runtime, "ann").hold("1")
    whole = await show_order(runtime, order.id)
    begun = datetime.now(UTC) + timedelta(minutes=1)
    ended = begun + timedelta(minutes=1)
    declined = OrderCheckout("test", 50_000, "declined", "no_funds", begun, ended)
    in_doubt = OrderCheckout("test", 50_000, "in_doubt", "no_answer", ended, None)
    events = timeline(whole._replace(checkouts=[declined, in_doubt]))
    assert [(each.at, each.what, each.state, each.reason) for each in events[1:]] == [
        (begun, "checkout", "pending", None),
        (ended, "checkout", "declined", "no_funds"),
        (ended, "checkout", "in_doubt", "no_answer"),
    ]


async def test_what_a_move_charged_is_of_the_move_and_not_of_the_payment(
    settings: Settings, runtime: Runtime
) -> None:
    await load_concert(settings, parse(TWO_GRADES, "hall.toml"))
    await runtime.catalogue.refresh()
    order = await bought(Fan(runtime, "ann"), "11")
    await move(runtime, order.id, "1", pricing="new")
    await move(runtime, order.id, "2")
    whole = await show_order(runtime, order.id)
    assert whole.payment is not None
    assert whole.payment.amount == SEAT_PRICE
    assert [(each.what, each.seats, each.amount) for each in timeline(whole)[1:]] == [
        ("paid", (), 20_000),
        ("moved", ("1",), SEAT_PRICE - 20_000),
        ("moved", ("2",), None),
    ]
