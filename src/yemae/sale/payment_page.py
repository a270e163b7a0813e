"""What a page of ours shows of a checkout whose provider has a script instead of a page."""

from typing import NamedTuple
from uuid import UUID

from yemae.payments import checkouts
from yemae.runtime import Runtime


class PaymentPage(NamedTuple):
    """What the fan pays, and what the provider's script is given. The reference is the provider's
    name of the payment."""

    reference: str
    method: str
    amount: int
    currency: str
    store: str
    channel: str


async def payment_page(runtime: Runtime, checkout_id: UUID) -> PaymentPage | None:
    """The page of a checkout; None: there is none, or nothing is to be paid on it any more. Anyone
    who has its address may pay, and it shows nothing of its fan."""
    provider = runtime.provider
    if provider is None or provider.page is None:
        return None
    async with runtime.postgres.transaction() as tx:
        checkout = await checkouts.by_id(tx, checkout_id)
    if checkout is None or checkout.reference is None or checkout.provider != provider.name:
        return None
    if checkout.state != "pending" or checkout.expires_at <= runtime.now():
        return None
    return PaymentPage(
        checkout.reference, checkout.method, checkout.amount, checkout.currency, *provider.page
    )
