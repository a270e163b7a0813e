"""What the verbs of the sale tell systems of the operator, in the transactions that cause it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from helpers.cancelling import cancellable
from helpers.card_refunds import cancel
from helpers.concerts import FIRST, HALL, SEAT_PRICE, SMALL, TEXT, load_concert
from helpers.fans import Fan
from helpers.moves import move
from helpers.paid_orders import bought
from helpers.time_travel import travel
from yemae.back_office import webhooks
from yemae.concerts.files.concert_file import parse
from yemae.jobs.note_openings import note_openings
from yemae.jobs.seat_count import count_seats
from yemae.orders.order import Order
from yemae.runtime import Runtime
from yemae.sale.cancel_date import cancel_date, postpone_date
from yemae.sale.refund import RefundWish, refund_order
from yemae.settings import Settings
from yemae.webhooks import events
from yemae.webhooks.events import WebhookEvent
from yemae.webhooks.payloads import TYPES, ConcertSoldOut

URL = "https://receiver.invalid/hooks"


@pytest.fixture
async def endpoint(settings: Settings, runtime: Runtime) -> UUID:
    """An endpoint that wants everything; the hall's orders can be cancelled."""
    await load_concert(settings, cancellable())
    await runtime.catalogue.refresh()
    return (await webhooks.add_endpoint(runtime, "op", URL, list(TYPES))).endpoint.id


async def announced(runtime: Runtime, endpoint_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of each event, oldest first."""
    found = await webhooks.log_of(runtime, endpoint_id, state=None, limit=1_000)
    said = [msgspec.json.decode(each.body) for each in reversed(found)]
    return [(each["type"], each["data"]) for each in said]


async def test_a_fan_pays_and_cancels(runtime: Runtime, fan: Fan, endpoint: UUID) -> None:
    order = await bought(fan, "1", "2")
    await fan.cancel("1")
    (paid, cancelled, voided, refund) = await announced(runtime, endpoint)
    assert [each[0] for each in (paid, cancelled, voided, refund)] == [
        "order.paid",
        "order.cancelled",
        "ticket.voided",
        "refund.settled",
    ]
    assert paid[1]["total"] == 2 * SEAT_PRICE
    assert set(paid[1]) == {
        *("order_id", "booking_number", "user_id", "concert_id", "performance_id", "seats"),
        *("booking_fee", "total", "currency", "payment_id", "paid_at"),
    }
    assert (cancelled[1]["status"], cancelled[1]["seats"]) == ("paid", ["1"])
    assert (voided[1]["seats"], voided[1]["reason"]) == (["1"], "cancelled")
    assert (refund[1]["amount"], refund[1]["destination"]) == (SEAT_PRICE, "wallet")
    assert {each[1]["order_id"] for each in (paid, cancelled, voided, refund)} == {str(order.id)}


async def test_what_is_refused_tells_nothing(runtime: Runtime, fan: Fan, endpoint: UUID) -> None:
    await fan.hold("1")
    with pytest.raises(Exception, match="balance"):
        await fan.pay()
    assert await announced(runtime, endpoint) == []


async def test_an_operator_moves_an_order_and_refunds_it(
    runtime: Runtime, fan: Fan, endpoint: UUID
) -> None:
    order = await bought(fan, "1")
    await move(runtime, order.id, "2")
    await refund_order(runtime, "op", RefundWish(order.id, 1_000))
    (_, voided, refund) = await announced(runtime, endpoint)
    assert (voided[0], voided[1]["seats"], voided[1]["reason"]) == ("ticket.voided", ["1"], "moved")
    assert (refund[0], refund[1]["amount"]) == ("refund.settled", 1_000)


async def test_a_date_is_moved_and_cancelled(runtime: Runtime, endpoint: UUID) -> None:
    await postpone_date(runtime, "op", FIRST, datetime(2030, 3, 1, tzinfo=UTC), "The stage broke")
    for _ in range(2):
        await cancel_date(runtime, "op", FIRST, "The singer is ill")
    (moved, cancelled) = await announced(runtime, endpoint)
    assert (moved[0], moved[1]["change"]) == ("performance.changed", "postponed")
    assert moved[1]["starts_at"] == "2030-03-01T00:00:00.000Z"
    assert (cancelled[1]["change"], cancelled[1]["starts_at_before"]) == (
        "cancelled", "2030-03-01T00:00:00.000Z",
    )  # fmt: skip


async def test_an_opening_is_announced_once_and_not_to_an_endpoint_that_came_later(
    runtime: Runtime, settings: Settings
) -> None:
    endpoint = (await webhooks.add_endpoint(runtime, "op", URL, ["queue.opened"])).endpoint.id
    opens_at = (runtime.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    later = TEXT.format(**SMALL | {"concert_id": "later"})
    await load_concert(
        settings, parse(later.replace("2026-01-01T00:00:00Z", opens_at), "later.toml")
    )
    await runtime.catalogue.refresh()
    assert await note_openings(runtime) == 0
    travel(runtime, 3_700)
    for _ in range(2):
        assert await note_openings(runtime) == 1
    assert [each["queue_id"] for _, each in await announced(runtime, endpoint)] == ["later"]
    travel(runtime, 2 * 86_400)
    assert await note_openings(runtime) == 0
    assert HALL in runtime.catalogue.queues


async def test_a_concert_is_sold_out_once_and_again_after_seats_came_back(
    runtime: Runtime, settings: Settings, endpoint: UUID
) -> None:
    tiny = TEXT.format(**SMALL | {"concert_id": "tiny", "seats": 1})
    await load_concert(settings, parse(tiny, "tiny.toml"))
    await runtime.catalogue.refresh()

    async def sold_out() -> int:
        runtime.uncounted.add("tiny")
        travel(runtime, 10)
        await count_seats(runtime)
        return sum(each[0] == "concert.sold_out" for each in await announced(runtime, endpoint))

    async def buy(performance: str) -> Order:
        fan = Fan(runtime, f"fan-{runtime.new_id()}", "tiny")
        await fan.top_up()
        await fan.hold("1", performance=performance)
        return (await fan.pay()).order

    await buy("tiny-1")
    assert await sold_out() == 0
    order = await buy("tiny-2")
    assert await sold_out() == await sold_out() == 1
    await cancel(runtime, order)
    assert await sold_out() == 1
    await buy("tiny-2")
    assert await sold_out() == 2


async def test_a_cause_is_announced_once(runtime: Runtime, endpoint: UUID) -> None:
    for _ in range(2):
        event = WebhookEvent(runtime.new_id(), "one", runtime.now(), ConcertSoldOut(concert_id="x"))
        async with runtime.postgres.transaction() as tx:
            await events.tell(tx, [event])
    assert len(await announced(runtime, endpoint)) == 1


async def test_without_an_endpoint_that_wants_it_nothing_is_written(
    runtime: Runtime, fan: Fan
) -> None:
    await webhooks.add_endpoint(runtime, "op", URL, ["queue.opened"])
    await bought(fan, "1")
    async with runtime.postgres.transaction() as tx:
        assert await tx.fetch(b"select 1 from webhook_events") == []
