"""Card payment in the world of the journey machine: the verbs, the bank's books, and a bank that
the server cannot reach.
"""

from uuid import UUID

from helpers.bank import Bank, webhook
from yemae.base.rate_limit import Window
from yemae.http.test_bank import book
from yemae.http.test_bank.charges import BankEntry
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.orders.order import Order
from yemae.payments import checkouts
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Provider
from yemae.payments.providers import provider_of
from yemae.runtime import Runtime
from yemae.sale.batches import Batches, _batches
from yemae.sale.checkout import (
    Receipt,
    WantedCheckout,
    begin_checkout,
    begin_top_up,
    confirm_checkout,
)
from yemae.sale.gate import Entered, OpenPass
from yemae.sale.heed_webhook import heed_webhook
from yemae.sale.looks import own_order
from yemae.waiting_room.tokens import EntryToken

BACK = "http://test/orders/1"


class CardDesk:
    """Takes cards; the bank is there, or is not."""

    def __init__(self, runtime: Runtime, bank: Bank) -> None:
        self.runtime = runtime
        self.bank = bank
        self.batches = without_limits(runtime)
        there = runtime.provider
        # A port that nothing listens on.
        gone = Bank()
        gone.close()
        away = provider_of(runtime.settings.replace(port=gone.port))
        assert there is not None
        assert away is not None
        self._there: Provider = there
        self._away: Provider = away

    @property
    def bank_is_there(self) -> bool:
        """Whether the server reaches it."""
        return self.runtime.provider is self._there

    def reach_bank(self, *, is_there: bool) -> None:
        """From now on it does, or does not."""
        provider = self._there if is_there else self._away
        object.__setattr__(self.runtime, "provider", provider)

    async def close(self) -> None:
        """Close what the runtime does not close itself."""
        self.reach_bank(is_there=True)
        await self._away.close()

    async def begin(
        self, entry: EntryToken, order_id: UUID, key: str, *, is_open: bool = True
    ) -> Checkout:
        """Begin to pay an order, behind a gate that has opened or not."""
        opened = OpenPass(entry, entry.expires_at_s * 1000) if is_open else None
        wanted = WantedCheckout("card", BACK, key)
        fan = Entered(entry, key, opened)
        return await begin_checkout(self.runtime, self.batches, fan, order_id, wanted)

    async def top_up(self, user_id: str, amount: int, key: str) -> Checkout:
        """Begin to top up."""
        wanted = WantedCheckout("card", BACK, key)
        return await begin_top_up(self.runtime, self.batches, user_id, amount, wanted)

    async def begin_again(self, before: Checkout, key: str) -> Checkout:
        """Repeat the call that a checkout came from; its pass may be over."""
        if before.pass_key is None or before.order_id is None:
            return await self.top_up(before.user_id, before.amount, key)
        return await self.begin(
            EntryToken(*before.pass_key, 0), before.order_id, key, is_open=False
        )

    async def by_key(self, user_id: str, key: str) -> Checkout | None:
        """The checkout that a call left behind."""
        async with self.runtime.postgres.transaction() as tx:
            return await checkouts.by_key(tx, user_id, key)

    async def confirm(self, checkout: Checkout) -> Checkout | Receipt:
        """Its fan comes back."""
        user_id = checkout.user_id
        return await confirm_checkout(self.runtime, self.batches, user_id, checkout.id)

    async def hint(self, checkout_id: UUID) -> None:
        """A webhook of the bank."""
        await heed_webhook(self.runtime, "test", *webhook(self.runtime, checkout_id))

    async def look_up(self) -> int:
        """The job."""
        return await look_up_checkouts(self.runtime)

    async def stored(self, checkout_id: UUID) -> tuple[Checkout, Order | None]:
        """A checkout, and its order as its fan sees it."""
        async with self.runtime.postgres.transaction() as tx:
            checkout = await checkouts.by_id(tx, checkout_id)
        assert checkout is not None
        if checkout.order_id is None:
            return checkout, None
        return checkout, await own_order(self.runtime, checkout.user_id, checkout.order_id)

    async def entries(self) -> dict[UUID, BankEntry]:
        """The bank's books."""
        return {entry.id: entry for entry in await book.read(self.runtime)}


def without_limits(runtime: Runtime) -> Batches:
    """What a server's calls need, without the limits by the minute: hours pass here in seconds."""
    batches = _batches(runtime, 1)
    object.__setattr__(batches, "checkouts", Window(60, 1_000_000))
    return batches
