"""The history of an order: what is not seen in the orders of other tests."""

from datetime import UTC, datetime, timedelta

from helpers.fans import Fan
from helpers.time_travel import travel
from yemae.back_office.order_timeline import timeline
from yemae.back_office.orders import OrderCheckout, show_order
from yemae.runtime import Runtime


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
