"""A fan who pays by card, by the verbs of `sale/`."""

from uuid import UUID

from helpers.concerts import HALL
from helpers.fans import Fan
from yemae.orders.order import Order
from yemae.payments.checkout import Checkout
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.sale.checkout import (
    Receipt,
    WantedCheckout,
    begin_checkout,
    begin_top_up,
    confirm_checkout,
)
from yemae.sale.gate import Entered, OpenPass
from yemae.sale.looks import own_order
from yemae.waiting_room.tokens import EntryToken

BACK = "http://test/orders/1"


class Payer(Fan):
    """A fan inside."""

    def __init__(
        self,
        runtime: Runtime,
        batches: Batches,
        user_id: str = "fan",
        concert_id: str = HALL,
    ) -> None:
        super().__init__(runtime, user_id, concert_id)
        self.batches = batches

    def _entered(self, key: str | None) -> Entered:
        entry = self.entry
        assert isinstance(entry, EntryToken)
        return Entered(entry, key, OpenPass(entry, entry.expires_at_s * 1000))

    async def hold_inside(self, *seats: str) -> Order:
        """Come in, once, and hold seats."""
        if self.entry is None:
            await self.enter()
        return await self.hold(*seats)

    async def begin(self, order: Order, key: str | None = None) -> Checkout:
        """Begin to pay an order by card."""
        wanted = WantedCheckout("card", BACK, key)
        return await begin_checkout(
            self.runtime, self.batches, self._entered(key), order.id, wanted
        )

    async def begin_top_up(self, amount: int, key: str = "top-up") -> Checkout:
        """Begin to top up by card."""
        wanted = WantedCheckout("card", BACK, key)
        return await begin_top_up(self.runtime, self.batches, self.user_id, amount, wanted)

    async def confirm(self, checkout_id: UUID) -> Checkout | Receipt:
        """Come back from the bank's page."""
        return await confirm_checkout(self.runtime, self.batches, self.user_id, checkout_id)

    async def status(self, order: Order) -> str:
        """What has become of an order."""
        return (await own_order(self.runtime, self.user_id, order.id)).status
