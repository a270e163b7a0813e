"""A fan who calls the verbs of `sale/`; refusals are raised."""

import itertools
from collections.abc import Awaitable
from typing import TypeVar, cast
from uuid import UUID

from helpers.concerts import FIRST, HALL
from helpers.time_travel import travel
from yemae.base.batching import Done, Later, follow_up
from yemae.orders.order import Order, Status
from yemae.refusals import Refusal
from yemae.runtime import Runtime
from yemae.sale import admission, gate, hold, join, pay, places, release, top_up
from yemae.sale.cancel import Cancelled, CancelWish, cancel_order
from yemae.sale.decide_holds import HoldRequest
from yemae.sale.decide_payments import Paid, PayRequest
from yemae.sale.join import JoinRequest
from yemae.values.pass_key import PassKey
from yemae.waiting_room.places import Standing
from yemae.waiting_room.tokens import EntryToken, QueueToken
from yemae.wallet.decide import TopUpRequest, Transfer

Answer = TypeVar("Answer")

# A pass pays once; a fan who was not admitted by the waiting room has a new one each time.
_passes = itertools.count(1)


async def carried_out(verb: Awaitable[Done[Answer]]) -> list[Answer | Refusal]:
    """The answers of a verb after its follow-ups, as its batch runs it."""
    done = await verb
    await follow_up("test", done.follow_ups)
    answers = [answer for answer in done.answers if not isinstance(answer, Later)]
    assert len(answers) == len(done.answers), "a verb that waits for its locks has an answer"
    return answers


def only(answers: list[Answer | Refusal]) -> Answer:
    """The one answer of a batch of one, or its refusal raised."""
    (answer,) = answers
    if isinstance(answer, Refusal):
        raise answer
    return answer


class Fan:
    """One user at one concert. Keeps the latest standing, token, pass and order."""

    def __init__(self, runtime: Runtime, user_id: str, concert_id: str = HALL) -> None:
        self.runtime = runtime
        self.user_id = user_id
        self.concert_id = concert_id
        self.token: QueueToken | None = None
        self.entry: EntryToken | None = None
        self.order: Order | None = None

    async def join(self) -> Standing:
        """Take a place."""
        standing = only(
            await carried_out(join.join(self.runtime, [JoinRequest(self.concert_id, self.user_id)]))
        )
        self.token = QueueToken(self.concert_id, self.user_id, standing.number, standing.lane)
        return self._note(standing)

    async def poll(self) -> Standing:
        """Ask where I stand."""
        assert self.token is not None
        return self._note(only(await carried_out(places.place(self.runtime, [self.token]))))

    def _note(self, standing: Standing) -> Standing:
        if standing.word == "admitted":
            self.entry = EntryToken(
                self.concert_id, self.user_id, standing.number, standing.pass_ends_at_ms // 1000
            )
        return standing

    async def enter(self) -> EntryToken:
        """Join and be let in by one tick."""
        await self.join()
        await admission.admit(self.runtime, self.runtime.catalogue.queue(self.concert_id))
        standing = await self.poll()
        assert standing.word == "admitted", standing
        assert self.entry is not None
        return self.entry

    async def check_entry(self) -> gate.OpenPass:
        """Pass the gate."""
        assert self.entry is not None
        return only(await carried_out(gate.check_entry(self.runtime, [self.entry])))

    def _pass_key(self) -> PassKey:
        """The fan's own pass, or a new one without a waiting room."""
        number = self.entry.number if self.entry else next(_passes)
        return PassKey(self.concert_id, self.user_id, number)

    def hold_request(
        self,
        *seats: str,
        performance: str = FIRST,
        key: str | None = None,
        price_types: tuple[str | None, ...] = (),
    ) -> HoldRequest:
        """The hold as the HTTP layer would make it."""
        found = self.runtime.catalogue.performance(performance)
        concert = self.runtime.catalogue.queue(self.concert_id)
        return HoldRequest(
            self._pass_key(),
            found.id,
            found.key,
            seats,
            concert.seat_limit,
            concert.currency,
            key,
            price_types=price_types,
            pricing=concert.pricing,
            cancellation=concert.cancellation,
            phase_of=concert.phase_of,
            allotment=concert.phase.allotment,
        )

    async def hold(
        self,
        *seats: str,
        performance: str = FIRST,
        key: str | None = None,
        price_types: tuple[str | None, ...] = (),
    ) -> Order:
        """Hold seats."""
        request = self.hold_request(
            *seats, performance=performance, key=key, price_types=price_types
        )
        self.order = only(await carried_out(hold.hold(self.runtime, [request])))
        return self.order

    async def end(self, order: Order, status: Status) -> None:
        """Have an order that is held end like this: released, paid or expired."""
        if status == "released":
            await self.release(order.id)
        elif status == "paid":
            await self.top_up()
            await self.pay(order.id)
        else:
            assert status == "expired"
            travel(self.runtime, (order.expires_at - self.runtime.now()).total_seconds() + 1)

    async def release(self, order_id: UUID | None = None) -> Order:
        """Give the latest (or another) order back."""
        wanted = order_id or cast("Order", self.order).id
        return await release.release(self.runtime, self.user_id, wanted)

    def pay_request(self, order_id: UUID | None = None, key: str | None = None) -> PayRequest:
        """The payment as the HTTP layer would make it."""
        wanted = order_id or cast("Order", self.order).id
        return PayRequest(self._pass_key(), wanted, key)

    async def pay(self, order_id: UUID | None = None, key: str | None = None) -> Paid:
        """Pay the latest (or another) order."""
        return only(await carried_out(pay.pay(self.runtime, [self.pay_request(order_id, key)])))

    async def cancel(
        self,
        *seats: str,
        order_id: UUID | None = None,
        fee: int | None = None,
        key: str | None = None,
    ) -> Cancelled:
        """Cancel seats of the latest (or another) order; without any, all that it has."""
        wanted = order_id or cast("Order", self.order).id
        wish = CancelWish(wanted, seats or None, fee, key)
        return await cancel_order(self.runtime, self.user_id, wish)

    async def top_up(self, amount: int = 1_000_000, key: str = "top-up") -> Transfer:
        """Put money in."""
        return only(
            await carried_out(
                top_up.top_up(self.runtime, [TopUpRequest(self.user_id, amount, key)])
            )
        )
