"""What moves from a guest into an account, and what stands in the way of it. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from yemae.concerts.catalogue import Catalogue
from yemae.orders.orders import SeatsOfBuyer
from yemae.refusals import SeatLimitExceeded
from yemae.wallet.decide import MERGES, Transfer


def exceeded_limit(
    guest_id: str, user_id: str, counts: Sequence[SeatsOfBuyer], catalogue: Catalogue
) -> SeatLimitExceeded | None:
    """The seat limit that both together exceed, of a date or a concert where both have seats: the
    highest of its phases. What one of them has alone was judged when it was held."""
    seats = {(row.user_id, row.performance_key): row.seats for row in counts}
    keys = {row.performance_key for row in counts}
    for concert in catalogue.concerts.values():
        dates = [date.key for date in concert.performances if date.key in keys]
        if not dates:
            continue
        phases = (each for each in catalogue.queues.values() if each.concert_id == concert.id)
        limit = max(each.seat_limit for each in phases)
        for key in dates:
            guests, users = seats.get((guest_id, key), 0), seats.get((user_id, key), 0)
            if guests and users and guests + users > limit:
                return SeatLimitExceeded(limit)
        of_concert = concert.seat_limit_per_concert
        guests = sum(seats.get((guest_id, key), 0) for key in dates)
        users = sum(seats.get((user_id, key), 0) for key in dates)
        if of_concert is not None and guests and users and guests + users > of_concert:
            return SeatLimitExceeded(of_concert, "concert")
    return None


def transfers_of(
    guest_id: str,
    user_id: str,
    amount: int,
    balance: int,
    now: datetime,
    new_id: Callable[[], UUID],
) -> list[Transfer]:
    """The guest's whole balance out of one wallet and into the other, which has `balance`."""
    out = Transfer(
        id=new_id(), user_id=guest_id, kind="merge", from_account=guest_id, to_account=MERGES,
        amount=amount, balance_after=0, order_id=None, idempotency_key=None, created_at=now,
    )  # fmt: skip
    into = out._replace(
        id=new_id(), user_id=user_id, from_account=MERGES, to_account=user_id,
        balance_after=balance + amount,
    )  # fmt: skip
    return [out, into]
