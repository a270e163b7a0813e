"""Card payment, second half: ask the provider under a lease, then sell or give back.

A return of the fan, a webhook and the job all come here, and only one of them asks at a time. First
a transaction gives the checkout a lease (`lease`), which keeps the order held for as long as the
provider may have captured; the provider is asked outside of any transaction; another transaction
writes what it said (`record`): the money in the wallet, the debit and the sale together. Without an
answer the checkout is in doubt, keeps its lease, and is looked up again. What was captured and
can't be sold is given back.
"""

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from yemae.base.batching import Batch, Done, Later, follow_up
from yemae.payments import checkouts
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Provider
from yemae.refusals import CheckoutNotFound, Refusal
from yemae.runtime import Runtime
from yemae.sale.ask_provider import answer_of, capture, provider_of
from yemae.sale.decide_checkouts import NOT_SELLABLE
from yemae.sale.lease import Leased, LeaseRequest, lease
from yemae.sale.receipts import Receipt
from yemae.sale.record import ProviderSaid, Settled, record

if TYPE_CHECKING:
    from yemae.sale.batches import Batches

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class CardVerb(Protocol[Request, Answer]):
    """`lease` or `record`."""

    async def __call__(  # noqa: D102
        self, runtime: Runtime, requests: list[Request], *, wait: bool = True
    ) -> Done[Answer | None]: ...


async def settle_checkout(
    runtime: Runtime, checkout_id: UUID, batches: "Batches | None" = None
) -> Checkout:
    """Ask the provider, and do what its answer means. Returns the checkout, which another process
    may have at hand, or which may be in doubt. Raises CheckoutNotFound or StoreUnavailable."""
    done = await settle(runtime, checkout_id, batches=batches)
    return done.checkout if isinstance(done, Receipt) else done


async def settle(
    runtime: Runtime,
    checkout_id: UUID,
    of_user: str | None = None,
    batches: "Batches | None" = None,
) -> Settled:
    """The same, with the receipt of what was captured just now. Raises CheckoutNotFound for
    another user's as well, when one is given. With batches its steps share transactions with those
    of other fans."""
    request = LeaseRequest(checkout_id, of_user)
    batch = batches.lease if batches else None
    leased: Leased = await _step(runtime, batch, lease, request, runtime.checkout_turns)
    checkout, step = leased
    provider = provider_of(runtime, checkout)
    if provider is None or step in ("none", "wait"):
        return checkout
    if step == "give_back":
        return await _give_back(runtime, provider, checkout, batches)
    found = await answer_of(provider, capture(provider, checkout))
    done = await _record(runtime, ProviderSaid(checkout, "capture", found), batches)
    if isinstance(done, Receipt) or done.settled_at is not None or done.reason != NOT_SELLABLE:
        return done
    return await _give_back(runtime, provider, done, batches)


async def look_up_checkout(runtime: Runtime, checkout_id: UUID) -> None:
    """Look a checkout up whose fan has not come back, and settle it when there is anything to
    settle. Raises CheckoutNotFound or StoreUnavailable."""
    async with runtime.checkout_turns, runtime.postgres.transaction() as tx:
        checkout = await checkouts.by_id(tx, checkout_id)
    if checkout is None or (provider := provider_of(runtime, checkout)) is None:
        raise CheckoutNotFound
    was_asked = checkout.lease_until is not None or checkout.state == "in_doubt"
    if not was_asked and checkout.expires_at > runtime.now():
        found = await answer_of(provider, provider.look_up(checkout.charge))
        if found is None or found.state in ("open", "unknown"):
            # The fan is still at the provider's page; the claim has set the next look-up.
            return
    await settle_checkout(runtime, checkout_id)


async def _give_back(
    runtime: Runtime, provider: Provider, checkout: Checkout, batches: "Batches | None"
) -> Settled:
    """Void the charge, or give back what was captured of it, and write that."""
    found = await answer_of(provider, provider.cancel(checkout.charge, f"{checkout.id}:all"))
    return await _record(runtime, ProviderSaid(checkout, "cancel", found), batches)


async def _record(runtime: Runtime, said: ProviderSaid, batches: "Batches | None") -> Settled:
    batch = batches.record if batches else None
    return await _step(runtime, batch, record, said, runtime.settle_turns)


async def _step(
    runtime: Runtime,
    batch: Batch[Request, Answer | None] | None,
    verb: CardVerb[Request, Answer],
    request: Request,
    turns: asyncio.Semaphore,
) -> Answer:
    """What the verb answers, from its batch or alone in its turn. What shared a batch with another
    request of its fan comes again; each batch decides one of them."""
    while True:
        if batch is not None:
            answer = await batch.submit(request)
        else:
            async with turns:
                done = await verb(runtime, [request])
            await follow_up("checkout", done.follow_ups)
            (only,) = done.answers
            assert not isinstance(only, Later), "what waits for its rows is answered"
            if isinstance(only, Refusal):
                raise only
            answer = only
        if answer is not None:
            return answer
