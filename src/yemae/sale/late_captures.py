"""Money that a provider has captured after a checkout had ended: it goes back at once.

A provider that cannot close the fan's open page may take money that nothing is sold for. A webhook
says so; the checkout stays as it ended.
"""

from yemae.base import metrics
from yemae.base.logs import logger
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Provider
from yemae.sale.ask_provider import answer_of

log = logger(__name__)


async def give_back_late(provider: Provider, checkout: Checkout) -> bool:
    """Give back what was captured for a checkout that is declined or cancelled. Returns whether
    nothing is left at the provider."""
    found = await answer_of(provider, provider.look_up(checkout.charge))
    if found is None:
        return False
    if found.state not in ("captured", "authorised"):
        return True
    metrics.CHECKOUTS_NOT_SELLABLE.labels(provider.name).inc()
    log.error(
        "card payment came after its checkout had ended: it is given back",
        checkout=str(checkout.id), provider=provider.name, amount=found.amount,
    )  # fmt: skip
    back = await answer_of(provider, provider.cancel(checkout.charge, f"{checkout.id}:late"))
    return back is not None and back.state == "cancelled"
