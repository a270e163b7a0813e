"""A webhook of a payment provider: a hint to look up, and nothing else."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from yemae.payments.provider import SignatureError, UnclearError
from yemae.refusals import CheckoutNotFound, NotFound, ProviderUnavailable, WebhookInvalid
from yemae.runtime import Runtime
from yemae.sale.late_captures import give_back_late
from yemae.sale.look_at_disputes import look_at_disputes
from yemae.sale.settle import settle_checkout

if TYPE_CHECKING:
    from yemae.sale.batches import Batches


async def heed_webhook(
    runtime: Runtime,
    name: str,
    headers: Mapping[str, str],
    body: bytes,
    batches: "Batches | None" = None,
) -> None:
    """Look a checkout up because its provider says that something happened; what it says is not
    believed. Returns once that is committed. Raises NotFound for a provider that is not used,
    WebhookInvalid, or ProviderUnavailable while it is not known."""
    provider = runtime.provider
    if provider is None or provider.name != name:
        raise NotFound
    try:
        checkout_id = await provider.read_webhook(headers, body)
    except SignatureError:
        raise WebhookInvalid from None
    except UnclearError as error:
        raise ProviderUnavailable from error
    if checkout_id is None:
        return
    try:
        checkout = await settle_checkout(runtime, checkout_id, batches)
    except CheckoutNotFound:
        return  # Signed, and about a charge that is not ours: there is nothing to look up.
    is_known = checkout.busy_until is None and checkout.state != "in_doubt"
    if is_known and checkout.state == "captured":
        is_known = await look_at_disputes(runtime, provider, checkout)
    elif checkout.state in ("declined", "cancelled"):
        is_known = await give_back_late(provider, checkout)
    if not is_known:
        raise ProviderUnavailable
