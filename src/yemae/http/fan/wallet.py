"""잔액 · The wallet: balance, ledger lines, top-ups."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import (
    CURSOR,
    IDEMPOTENCY_KEY_REQUIRED,
    LIMIT,
    Answer,
    Body,
    Operation,
    Shown,
)
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.server.call import Call, one_page
from yemae.refusals import (
    BalanceLimitExceeded,
    BodyTooLarge,
    IdempotencyConflict,
    IdempotencyKeyRequired,
    InvalidRequest,
    MalformedBody,
    RateLimited,
    RequestTimeout,
    TopUpClosed,
    Unauthenticated,
)
from yemae.sale import looks
from yemae.sale.top_up import top_up_wallet
from yemae.values import money
from yemae.values.instants import Instant, instant
from yemae.wallet import decide

# Of every currency; the handler knows which it is.
AMOUNT_MAX = money.ORDER_SEATS_MAX * money.PRICE_MAX * 10**money.DIGITS_MAX


class TopUp(Body, frozen=True):
    """Money to put in, in the wallet's minor unit (KRW has none)."""

    amount: Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]


class WalletBody(msgspec.Struct, frozen=True):
    """What the fan can spend."""

    balance: int
    currency: str


class TransferBody(msgspec.Struct, frozen=True):
    """A ledger line: `amount` moved from one account to the other; the fan's own is their id,
    `@cash` is the world outside, `@provider:…` a payment provider, `@sales` is what tickets earn,
    `@fees` what is kept of cancelled ones, `@refunds` has what operators give back beside that,
    and `@merges` is between a guest and the account that the guest's balance moves into."""

    id: UUID
    kind: decide.Kind
    from_account: str
    to_account: str
    amount: int
    balance_after: int
    order_id: UUID | None
    created_at: Instant


class Transfers(msgspec.Struct, frozen=True):
    """One page of ledger lines, newest first; the next begins at `next_cursor`."""

    transfers: list[TransferBody]
    next_cursor: UUID | None


class ToppedUp(msgspec.Struct, frozen=True):
    """The balance after this top-up, and its ledger line."""

    balance: int
    transfer: TransferBody


TOP_UP = msgspec.json.Decoder(TopUp)

EXAMPLE_TRANSFER = {
    "id": EXAMPLE_ID,
    "kind": "top_up",
    "from_account": "@cash",
    "to_account": EXAMPLE_ID,
    "amount": 100000,
    "balance_after": 100000,
    "order_id": None,
    "created_at": "2026-11-22T11:01:00.000Z",
}


async def show_wallet(call: Call) -> Answer:
    """The fan's balance; a wallet that was never needed is empty."""
    wallet = await looks.own_wallet(call.runtime, call.user_id())
    return Answer(200, WalletBody(*wallet))


async def list_transfers(call: Call) -> Answer:
    """The fan's ledger lines."""
    user_id, limit, before = call.user_id(), call.limit(), call.cursor_uuid()
    found = await looks.own_transfers(call.runtime, user_id, before=before, limit=limit + 1)
    listed, following = one_page(found, limit)
    return Answer(200, Transfers([shown_transfer(line) for line in listed], following))


async def top_up(call: Call) -> Answer:
    """Put money in, once for each Idempotency-Key."""
    user_id = call.user_id()
    key = call.idempotency_key(required=True)
    assert key is not None
    amount = (await call.body(TOP_UP)).amount
    transfer = await top_up_wallet(call.runtime, call.batches, user_id, amount, key)
    return Answer(201, ToppedUp(transfer.balance_after, shown_transfer(transfer)))


def shown_transfer(line: decide.Transfer) -> TransferBody:
    """A ledger line as the API shows it."""
    return TransferBody(
        line.id,
        line.kind,
        line.from_account,
        line.to_account,
        line.amount,
        line.balance_after,
        line.order_id,
        instant(line.created_at),
    )


OPERATIONS = (
    Operation(
        "show_wallet",
        "GET",
        "/v1/wallet",
        "wallet",
        "Your balance",
        show_wallet,
        signed_in=True,
        answers=(Shown(200, "The balance", WalletBody, {"balance": 100000, "currency": "KRW"}),),
        problems=(Unauthenticated,),
    ),
    Operation(
        "top_up",
        "POST",
        "/v1/wallet/top-ups",
        "wallet",
        "Top up",
        top_up,
        signed_in=True,
        parameters=(IDEMPOTENCY_KEY_REQUIRED,),
        body=TopUp,
        body_example={"amount": 100000},
        answers=(
            Shown(201, "Credited", ToppedUp, {"balance": 100000, "transfer": EXAMPLE_TRANSFER}),
        ),
        problems=(
            Unauthenticated,
            TopUpClosed,
            IdempotencyKeyRequired,
            IdempotencyConflict,
            BalanceLimitExceeded,
            InvalidRequest,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
            RateLimited,
        ),
    ),
    Operation(
        "list_transfers",
        "GET",
        "/v1/wallet/transfers",
        "wallet",
        "Your ledger lines",
        list_transfers,
        signed_in=True,
        parameters=(CURSOR, LIMIT),
        answers=(
            Shown(
                200,
                "A page of ledger lines",
                Transfers,
                {"transfers": [EXAMPLE_TRANSFER], "next_cursor": None},
            ),
        ),
        problems=(Unauthenticated, InvalidRequest),
    ),
)
