"""Disputes (chargebacks): what the provider says of a captured checkout, written down.

The door reads the rows: tickets of an order open nothing while a dispute of it is open, and once it
is lost. What was lost is in the provider's list of refunds. It is in the books before its row says
that the dispute has ended: from then on the order gives money back again.
"""

from yemae.base.logs import logger
from yemae.payments import disputes
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Provider
from yemae.runtime import Runtime
from yemae.sale.ask_provider import answer_of
from yemae.sale.send_refunds import look_at_refunds

log = logger(__name__)


async def look_at_disputes(runtime: Runtime, provider: Provider, checkout: Checkout) -> bool:
    """Write what has changed of its disputes and of its refunds, and say what an operator has to
    hear. Returns whether the provider has answered. Raises StoreUnavailable."""
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        asked_at = (await disputes.look(tx, checkout.order_id)).now
    said = await answer_of(provider, provider.disputes(checkout.charge))
    if said is None or not await look_at_refunds(runtime, provider, checkout):
        return False
    if not said:
        return True
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        changed = [
            each
            for each in said
            if await disputes.note(tx, runtime.new_id(), checkout, each, asked_at)
        ]
    for each in changed:
        order = str(checkout.order_id) if checkout.order_id else None
        log.error(
            "card payment is disputed" if each.state == "open" else "dispute has ended",
            state=each.state, order=order, checkout=str(checkout.id), provider=provider.name,
            reference=each.reference, amount=each.amount,
        )  # fmt: skip
    return True
