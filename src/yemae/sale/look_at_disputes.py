"""Disputes (chargebacks): what the provider says of a captured checkout, written down.

The door reads the rows: tickets of an order open nothing while a dispute of it is open, and once it
is lost. What was lost is in the provider's list of refunds, and recorded with those.
"""

from yemae.base.logs import logger
from yemae.payments import disputes
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Provider
from yemae.runtime import Runtime
from yemae.sale.ask_provider import answer_of

log = logger(__name__)


async def look_at_disputes(runtime: Runtime, provider: Provider, checkout: Checkout) -> bool:
    """Write what has changed, and say what an operator has to hear. Returns whether the provider
    has answered. Raises StoreUnavailable."""
    said = await answer_of(provider, provider.disputes(checkout.charge))
    if not said:
        return said is not None
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        changed = [
            each for each in said if await disputes.note(tx, runtime.new_id(), checkout, each)
        ]
    for each in changed:
        order = str(checkout.order_id) if checkout.order_id else None
        log.error(
            "card payment is disputed" if each.state == "open" else "dispute has ended",
            state=each.state, order=order, checkout=str(checkout.id), provider=provider.name,
            reference=each.reference, amount=each.amount,
        )  # fmt: skip
    return True
