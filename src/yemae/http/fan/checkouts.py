"""카드 결제 · Card payment: begin, look at and confirm a checkout."""

import re
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import (
    ENTRY_PROOF,
    ENTRY_TOKEN,
    IDEMPOTENCY_KEY,
    IDEMPOTENCY_KEY_REQUIRED,
    OF_BODIES,
    Answer,
    Body,
    Operation,
    Shown,
)
from yemae.http.fan.concerts import ENTRY_PROBLEMS
from yemae.http.fan.order_shapes import show
from yemae.http.fan.orders import path_order_id
from yemae.http.fan.payments import EXAMPLE_PAYMENT, PaymentBody, contact_of, payment_body
from yemae.http.fan.terms import EXAMPLE_VERSION, Accepted
from yemae.http.fan.users import EXAMPLE_ID, Email
from yemae.http.fan.wallet import AMOUNT_MAX, EXAMPLE_TRANSFER, ToppedUp, shown_transfer
from yemae.http.server.call import Call
from yemae.outbox.messages import Language
from yemae.refusals import (
    CheckoutInProgress,
    CheckoutNotFound,
    ConsentRequired,
    IdempotencyConflict,
    IdempotencyKeyRequired,
    InvalidRequest,
    OrderAlreadyPaid,
    OrderExpired,
    OrderNotFound,
    OrderNotHeld,
    PaymentDeclined,
    PaymentMethodClosed,
    ProviderUnavailable,
    RateLimited,
    TopUpClosed,
    Unauthenticated,
)
from yemae.sale import checkout as sale
from yemae.values.instants import Instant, instant

# A path of this server: nothing that a browser reads as another host, also not with backslashes.
PATH = re.compile(r"/(?!/)[!-\[\]-~]{0,499}")
Method = Annotated[str, Meta(pattern="^[a-z_]{1,30}$")]


class BeginCheckout(Body, frozen=True):
    """How to pay. `return_url` is where the provider sends the fan back to: an address or a path of
    this server, without it the page of the order. `terms`: what the fan agrees to. `email` and
    `language`: where mails about the order go, as in a payment from the balance."""

    method: Method
    return_url: Annotated[str, Meta(min_length=1, max_length=600)] | None = None
    terms: Accepted | None = None
    email: Email | None = None
    language: Language | None = None


class BeginTopUp(Body, frozen=True):
    """How much to top up, in the wallet's minor unit, and how to pay for it."""

    amount: Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
    method: Method
    return_url: Annotated[str, Meta(min_length=1, max_length=600)] | None = None


class CheckoutBody(msgspec.Struct, frozen=True):
    """One attempt to pay by card: `pending` until the fan has paid at `redirect_url`, `in_doubt`
    while the provider has not said whether it captured; `captured`, `declined` and `cancelled` are
    final. `order_id` null: a top-up."""

    id: UUID
    state: Literal["pending", "captured", "declined", "cancelled", "in_doubt"]
    order_id: UUID | None
    provider: str
    method: str
    amount: int
    currency: str
    reason: str | None
    redirect_url: str | None
    created_at: Instant
    expires_at: Instant


ORDER_CHECKOUT = msgspec.json.Decoder(BeginCheckout)
TOP_UP_CHECKOUT = msgspec.json.Decoder(BeginTopUp)
EXAMPLE_CHECKOUT = {
    "id": EXAMPLE_ID,
    "state": "pending",
    "order_id": EXAMPLE_ID,
    "provider": "test",
    "method": "card",
    "amount": 66000,
    "currency": "KRW",
    "reason": None,
    "redirect_url": f"https://tickets.example.com/test-bank/pay/{EXAMPLE_ID}",
    "created_at": "2026-11-22T11:01:30.000Z",
    "expires_at": "2026-11-22T11:06:00.000Z",
}
EXAMPLE_IN_DOUBT = {**EXAMPLE_CHECKOUT, "state": "in_doubt", "reason": "no_answer"}


async def begin_checkout(call: Call) -> Answer:
    """Begin to pay a held order by card."""
    fan = await call.enter()
    order_id = path_order_id(call)
    body = await call.body(ORDER_CHECKOUT)
    url = _return_url(call, body.return_url, f"/orders/{order_id}")
    contact = contact_of(call, body.email, body.language)
    wanted = sale.WantedCheckout(body.method, url, fan.key, body.terms, contact)
    begun = await sale.begin_checkout(call.runtime, call.batches, fan, order_id, wanted)
    return _begun(call, begun)


async def begin_top_up(call: Call) -> Answer:
    """Begin to top up by card."""
    user_id = call.user_id()
    key = call.idempotency_key(required=True)
    body = await call.body(TOP_UP_CHECKOUT)
    wanted = sale.WantedCheckout(body.method, _return_url(call, body.return_url, "/wallet"), key)
    begun = await sale.begin_top_up(call.runtime, call.batches, user_id, body.amount, wanted)
    return _begun(call, begun)


async def show_checkout(call: Call) -> Answer:
    """One of the fan's own checkouts, as this server knows it."""
    user_id, checkout_id = call.user_id(), _path_checkout_id(call)
    return Answer(200, _shown(call, await sale.own_checkout(call.runtime, user_id, checkout_id)))


async def confirm_checkout(call: Call) -> Answer:
    """Confirm a checkout after the fan has come back from the provider's page. Safe to repeat."""
    user_id, checkout_id = call.user_id(), _path_checkout_id(call)
    done = await sale.confirm_checkout(call.runtime, call.batches, user_id, checkout_id)
    if isinstance(done, sale.Checkout):
        return Answer(202, _shown(call, done))
    if done.paid is None:
        line = shown_transfer(done.transfer)
        return Answer(200, ToppedUp(done.transfer.balance_after, line))
    payment, order = done.paid
    return Answer(201, payment_body(payment, await show(call, order)))


def _path_checkout_id(call: Call) -> UUID:
    checkout_id = call.path_uuid("checkout_id")
    if checkout_id is None:
        raise CheckoutNotFound
    return checkout_id


def _return_url(call: Call, given: str | None, usual: str) -> str:
    """An address of this server. Raises InvalidRequest for any other."""
    origin = call.origin()
    if origin is None:
        raise InvalidRequest.of("Host", "Expected the name of this server")
    path = usual if given is None else given.removeprefix(origin)
    if PATH.fullmatch(path) is None:
        raise InvalidRequest.of("return_url", "Expected an address of this server")
    return origin + path


def _begun(call: Call, begun: sale.Checkout) -> Answer:
    place = ((b"location", f"/v1/checkouts/{begun.id}".encode()),)
    return Answer(201, _shown(call, begun), place)


def _shown(call: Call, checkout: sale.Checkout) -> CheckoutBody:
    url = checkout.redirect_url if checkout.state == "pending" else None
    if url is not None and url.startswith("/"):
        url = (call.origin() or "") + url
    return CheckoutBody(
        checkout.id,
        checkout.state,
        checkout.order_id,
        checkout.provider,
        checkout.method,
        checkout.amount,
        checkout.currency,
        checkout.reason,
        url,
        instant(checkout.created_at),
        instant(checkout.expires_at),
    )


OF_BEGINNINGS = (
    PaymentMethodClosed,
    IdempotencyConflict,
    ProviderUnavailable,
    RateLimited,
    *OF_BODIES,
)
OPERATIONS = (
    Operation(
        "begin_checkout",
        "POST",
        "/v1/orders/{order_id}/checkouts",
        "checkouts",
        "Begin to pay an order by card",
        begin_checkout,
        signed_in=True,
        body=BeginCheckout,
        body_example={"method": "card", "terms": EXAMPLE_VERSION},
        parameters=(ENTRY_TOKEN, ENTRY_PROOF, IDEMPOTENCY_KEY),
        answers=(Shown(201, "Begun: send the fan there", CheckoutBody, EXAMPLE_CHECKOUT),),
        problems=(
            *ENTRY_PROBLEMS,
            OrderNotFound,
            OrderNotHeld,
            OrderAlreadyPaid,
            OrderExpired,
            ConsentRequired,
            CheckoutInProgress,
            *OF_BEGINNINGS,
        ),
        step="pay",
        timed_as="begin",
    ),
    Operation(
        "begin_top_up",
        "POST",
        "/v1/wallet/checkouts",
        "checkouts",
        "Begin to top up by card",
        begin_top_up,
        signed_in=True,
        body=BeginTopUp,
        body_example={"amount": 100000, "method": "card"},
        parameters=(IDEMPOTENCY_KEY_REQUIRED,),
        answers=(
            Shown(
                201,
                "Begun: send the fan there",
                CheckoutBody,
                {**EXAMPLE_CHECKOUT, "order_id": None, "amount": 100000},
            ),
        ),
        problems=(Unauthenticated, TopUpClosed, IdempotencyKeyRequired, *OF_BEGINNINGS),
    ),
    Operation(
        "show_checkout",
        "GET",
        "/v1/checkouts/{checkout_id}",
        "checkouts",
        "One of your checkouts",
        show_checkout,
        signed_in=True,
        answers=(Shown(200, "The checkout", CheckoutBody, EXAMPLE_CHECKOUT),),
        problems=(Unauthenticated, CheckoutNotFound),
    ),
    Operation(
        "confirm_checkout",
        "POST",
        "/v1/checkouts/{checkout_id}/confirm",
        "checkouts",
        "Confirm after the fan has come back",
        confirm_checkout,
        signed_in=True,
        answers=(
            Shown(
                201, "The order is paid; the entry token has ended", PaymentBody, EXAMPLE_PAYMENT
            ),
            Shown(
                200,
                "The top-up is credited",
                ToppedUp,
                {
                    "balance": 100000,
                    "transfer": {**EXAMPLE_TRANSFER, "from_account": "@provider:test"},
                },
            ),
            Shown(
                202,
                "Not known yet: ask again in some seconds, or look at the checkout",
                CheckoutBody,
                EXAMPLE_IN_DOUBT,
            ),
        ),
        problems=(Unauthenticated, CheckoutNotFound, PaymentDeclined, RateLimited),
        step="pay",
        timed_as="confirm",
    ),
)
