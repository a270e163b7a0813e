"""Who gets which seats, and how many one fan may have: pure decisions over rows that are locked.

Requests are decided in arrival order, each all or nothing. A refusal is a value here, so that one
request's bad luck does not touch the others.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from yemae.concerts.pricing import NO_PRICING, Pricing
from yemae.concerts.seat_map.marks import companions_without
from yemae.concerts.seats import LockedSpot
from yemae.orders.order import Order
from yemae.refusals import (
    CompanionSeatAlone,
    EntryTokenExpired,
    IdempotencyConflict,
    PriceTypeUnavailable,
    Refusal,
    SaleClosed,
    SeatLimitExceeded,
    SeatNotFound,
    SeatsUnavailable,
    SeatTaken,
)
from yemae.sale.allotments import Allotments
from yemae.sale.prices_of_holds import priced
from yemae.sale.spots import Spots, SpotsWanted
from yemae.values.pass_key import PassKey

# Of fans who have no seats yet.
NOTHING: Mapping[tuple[str, int], int] = MappingProxyType({})


class BestAvailable(NamedTuple):
    """Adjacent seats of a grade; the fan leaves the choice to the server. `largest` is how many
    there were side by side, when there were not enough to be offered."""

    grade: str
    seats: int
    largest: int = 0


class LimitOfConcert(NamedTuple):
    """How many seats one fan may have of all performances of a concert together."""

    seats: int
    performance_keys: tuple[int, ...]


class HoldRequest(NamedTuple):
    """Seats and spots that a fan inside wants; the gate has been passed. With `best`, the seats are
    those that they were offered, none when there were none."""

    pass_key: PassKey
    performance_id: str
    performance_key: int
    seat_numbers: tuple[str, ...]
    seat_limit: int
    currency: str
    idempotency_key: str | None = None
    best: BestAvailable | None = None
    # The hold ends by then, if its own time is not over before.
    ends_by: datetime = datetime.max.replace(tzinfo=UTC)
    # The id of each seat's price type, None for the full price; empty: full prices only.
    price_types: tuple[str | None, ...] = ()
    pricing: Pricing = NO_PRICING
    of_concert: LimitOfConcert | None = None
    # The concert, where the pass is of another phase than its general sale.
    phase_of: str | None = None
    spots: tuple[SpotsWanted, ...] = ()
    # The digest of the concert's cancellation policy.
    cancellation: str | None = None
    # How many seats of the performance the phase may sell; None: all that are free.
    allotment: int | None = None

    @property
    def user_id(self) -> str:
        """The fan."""
        return self.pass_key.user_id

    @property
    def phase_key(self) -> tuple[str, int]:
        """The queue and the performance."""
        return self.pass_key.concert_id, self.performance_key


class SeatOnOffer(NamedTuple):
    """What a hold needs to know of a locked seat."""

    grade: str
    price: int
    free: bool
    mark: str | None = None


def decide_holds(
    requests: Sequence[HoldRequest],
    seats: Mapping[tuple[int, str], SeatOnOffer],
    seats_of_buyers: Mapping[tuple[str, int], int],
    earlier: Mapping[tuple[str, str], Order],
    *,
    spots: Spots | None = None,
    allotments: Allotments | None = None,
    passes_used: Container[PassKey] = (),
    over: Container[tuple[str, int]] = (),
    now: datetime,
    hold_ttl_s: int,
    new_id: Callable[[], UUID],
) -> list[Order | Refusal]:
    """Answer each hold: a new order, the earlier one of the same key, or why not.

    `seats` maps (performance, number) to every wanted seat that exists, `spots` has those of areas,
    `allotments` what phases have sold of theirs, `seats_of_buyers` maps (user, performance) to the
    seats that count against the limit, `earlier` maps (user, Idempotency-Key) to the order made
    with it, `passes_used` are the passes that a payment has ended, and `over` are the (queue,
    performance) that are no longer sold. The new orders are those not in `earlier`.
    """
    taken: set[tuple[int, str]] = set()
    spots = Spots() if spots is None else spots
    allotments = Allotments() if allotments is None else allotments
    counts = dict(seats_of_buyers)
    hold_ends_at = now + timedelta(seconds=hold_ttl_s)
    made = dict(earlier)
    answers: list[Order | Refusal] = []
    for request in requests:
        user_id = request.pass_key.user_id
        key = (user_id, request.idempotency_key or "")
        if request.idempotency_key and key in made:
            answers.append(same_hold(request, made[key]))
            continue
        buyer = (user_id, request.performance_key)
        wanted = [(request.performance_key, number) for number in request.seat_numbers]
        refusal = (
            EntryTokenExpired()
            if request.pass_key in passes_used or request.ends_by <= now
            else SaleClosed()
            if over and request.phase_key in over
            else _refuse_hold(request, wanted, seats, taken, counts, allotments)
            or (spots.refuse(request) if request.spots else None)
            or (_refuse_types(request, seats, spots, now) if request.price_types else None)
        )
        if refusal is not None:
            answers.append(refusal)
            continue
        chosen = [(seat[1], seats[seat]) for seat in wanted]
        if request.spots:
            chosen += [(spot.number or "", _offer(spot)) for spot in spots.give(request)]
        order = _order(request, chosen, now, hold_ends_at, new_id())
        taken.update(wanted)
        counts[buyer] = counts.get(buyer, 0) + len(chosen)
        if request.allotment is not None:
            allotments.give(request, len(chosen))
        if request.idempotency_key:
            made[key] = order
        answers.append(order)
    return answers


def seats_wanted(request: HoldRequest) -> int:
    """How many seats a hold asks for, named, left to the server, or in areas."""
    if request.best is not None and not request.seat_numbers:
        return request.best.seats
    seats = len(request.seat_numbers)
    return seats + sum(spots.wanted for spots in request.spots) if request.spots else seats


def exceeded_limit(
    request: HoldRequest, seats_of_buyers: Mapping[tuple[str, int], int] = NOTHING
) -> SeatLimitExceeded | None:
    """The seat limit of one fan that this request exceeds, of one performance or of the concert:
    held and paid seats together with those of the request. `seats_of_buyers` counts, by (user,
    performance), what fans have."""
    user_id, wanted = request.pass_key.user_id, seats_wanted(request)
    has = seats_of_buyers.get((user_id, request.performance_key), 0)
    if has + wanted > request.seat_limit:
        return SeatLimitExceeded(request.seat_limit)
    of_concert = request.of_concert
    if of_concert is not None:
        has = sum(seats_of_buyers.get((user_id, key), 0) for key in of_concert.performance_keys)
        if has + wanted > of_concert.seats:
            return SeatLimitExceeded(of_concert.seats, "concert")
    return None


def same_hold(request: HoldRequest, order: Order) -> Order | Refusal:
    """The order that this Idempotency-Key made before, if it was for the same seats, as many of
    each area and the same price types, or for as many of the same grade where the choice was left
    to the server."""
    if request.best is None:
        same = _is_wanted(request, order.seat_numbers)
    else:
        wanted, grades = request.best, set(order.seat_grades)
        same = len(order.seat_grades) == wanted.seats and grades == {wanted.grade}
    types = [None if each is None else each["id"] for each in order.price_types or ()]
    same = same and list(request.price_types) == types
    same = same and request.performance_key == order.performance_key
    return order if same else IdempotencyConflict()


def _is_wanted(request: HoldRequest, numbers: list[str]) -> bool:
    """Whether an order's seats are those of a request: its seats first, then its spots."""
    seats = len(request.seat_numbers)
    if list(request.seat_numbers) != numbers[:seats] or len(numbers) != seats_wanted(request):
        return False
    rest = iter(numbers[seats:])
    return all(
        spots.entries.has(next(rest)) for spots in request.spots for _ in range(spots.wanted)
    )


def _refuse_hold(
    request: HoldRequest,
    wanted: Sequence[tuple[int, str]],
    seats: Mapping[tuple[int, str], SeatOnOffer],
    taken: set[tuple[int, str]],
    seats_of_buyers: Mapping[tuple[str, int], int],
    allotments: Allotments,
) -> Refusal | None:
    unknown = [seat[1] for seat in wanted if seat not in seats]
    if unknown:
        return SeatNotFound(unknown)
    if (too_many := exceeded_limit(request, seats_of_buyers)) is not None:
        return too_many
    if request.allotment is not None and (
        beyond := allotments.refuse(request, seats_wanted(request))
    ):
        return beyond
    if request.best is not None and not wanted:
        return SeatsUnavailable(*request.best)
    gone = [seat[1] for seat in wanted if seat in taken or not seats[seat].free]
    if gone:
        return SeatTaken(gone)
    marks = {seat[1]: mark for seat in wanted if (mark := seats[seat].mark) is not None}
    alone = marks and companions_without(marks)
    return CompanionSeatAlone(alone) if alone else None


def _offer(spot: LockedSpot) -> SeatOnOffer:
    return SeatOnOffer(spot.grade, spot.price, free=True)


def _refuse_types(
    request: HoldRequest,
    seats: Mapping[tuple[int, str], SeatOnOffer],
    spots: Spots,
    now: datetime,
) -> Refusal | None:
    """A price type that its seat's grade does not have, that has ended, or that is for the box
    office, is refused: the fan has seen another price."""
    key, gone = request.performance_key, []
    chosen = [seats[key, number] for number in request.seat_numbers]
    chosen += map(_offer, spots.first(request))
    for wanted, seat in zip(request.price_types, chosen, strict=False):
        if wanted is None:
            continue
        known = request.pricing.types.get(wanted)
        if known is None or known.is_closed(now) or known.price(seat.grade, seat.price) is None:
            gone.append(wanted)
    return PriceTypeUnavailable(gone) if gone else None


def _order(
    request: HoldRequest,
    chosen: Sequence[tuple[str, SeatOnOffer]],
    now: datetime,
    hold_ends_at: datetime,
    order_id: UUID,
) -> Order:
    prices, price_types = priced(request, [seat for _, seat in chosen])
    booking_fee = request.pricing.fee(len(chosen))
    queue_id, user_id, pass_number = request.pass_key
    return Order(
        id=order_id,
        user_id=user_id,
        concert_id=request.phase_of or queue_id,
        performance_id=request.performance_id,
        performance_key=request.performance_key,
        status="held",
        seat_numbers=[number for number, _ in chosen],
        seat_grades=[seat.grade for _, seat in chosen],
        seat_prices=prices,
        total=sum(prices) + booking_fee,
        currency=request.currency,
        created_at=now,
        expires_at=min(hold_ends_at, request.ends_by),
        pass_number=pass_number,
        idempotency_key=request.idempotency_key,
        booking_fee=booking_fee,
        price_types=price_types,
        sale=None if request.phase_of is None else queue_id,
        cancellation=request.cancellation,
    )
