"""The desk: where the callers of the same moment meet. One Batch for each hot verb of the journey,
one set per process."""

from dataclasses import dataclass, fields

from yemae import journey, passes
from yemae.batching import Batch
from yemae.house import House
from yemae.journey import JoinRequest
from yemae.orders.decide import HoldRequest, Order, Paid, PayRequest
from yemae.waiting_room.line import Standing
from yemae.waiting_room.tokens import EntryToken, QueueToken
from yemae.wallet.decide import TopUpRequest, Transfer


@dataclass(frozen=True)
class Desk:
    """Submit a request, get its answer or its Refusal."""

    join: Batch[JoinRequest, Standing]
    place: Batch[QueueToken, Standing]
    check_entry: Batch[EntryToken, EntryToken]
    hold: Batch[HoldRequest, Order]
    top_up: Batch[TopUpRequest, Transfer]
    pay: Batch[PayRequest, Paid]
    # Keyed by performance: everybody who looks at the same moment shares the look.
    seats_left: Batch[int, int]
    free_seats: Batch[int, bytes]

    async def close(self) -> None:
        """Finish everybody who waits, and take nobody new."""
        for field in fields(self):
            await getattr(self, field.name).close()


def open_desk(house: House) -> Desk:
    """The desk of a house, with the limits of its settings."""
    limits = {
        "size_max": house.settings.batch_size_max,
        "callers_max": house.settings.batch_callers_max,
        "lanes": house.settings.batch_lanes,
    }
    return Desk(
        join=Batch("join", lambda batch: journey.join(house, batch), **limits),
        place=Batch("place", lambda batch: journey.place(house, batch), **limits),
        check_entry=Batch("check_entry", lambda batch: passes.check_entry(house, batch), **limits),
        hold=Batch("hold", lambda batch: journey.hold(house, batch), **limits),
        top_up=Batch("top_up", lambda batch: journey.top_up(house, batch), **limits),
        pay=Batch("pay", lambda batch: journey.pay(house, batch), **limits),
        seats_left=Batch("seats_left", lambda batch: journey.seats_left(house, batch), **limits),
        free_seats=Batch("free_seats", lambda batch: journey.free_seats(house, batch), **limits),
    )
