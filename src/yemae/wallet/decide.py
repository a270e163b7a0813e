"""What a top-up does to a balance: a pure decision over locked wallets."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.refusals import BalanceLimitExceeded, IdempotencyConflict, Refusal, TopUpClosed

# `surcharge`: what a paid order costs more after a move to dearer seats. `payout`: money that goes
# on to the card that a refund is for. `merge`: a guest's balance that moves into an account.
Kind = Literal["top_up", "payment", "surcharge", "refund", "fee", "payout", "merge"]

# The ledger's own accounts; no user id starts with @.
CASH = "@cash"
SALES = "@sales"
# What is kept of cancelled orders.
FEES = "@fees"
# Refunds for which no seat was cancelled.
REFUNDS = "@refunds"
# Between the wallets of a guest and an account; always empty.
MERGES = "@merges"


class TopUpRequest(NamedTuple):
    """Money that comes in; the key is the fan's promise that it is the same request."""

    user_id: str
    amount: int
    idempotency_key: str


class Transfer(NamedTuple):
    """An immutable line of the ledger: `amount` moves from one account to the other."""

    id: UUID
    user_id: str
    kind: Kind
    from_account: str
    to_account: str
    amount: int
    balance_after: int
    order_id: UUID | None
    idempotency_key: str | None
    created_at: datetime


def handed_over(
    user_id: str, amount: int, balance: int, *, transfer_id: UUID, now: datetime
) -> Transfer:
    """Cash of the box office, on its way through the buyer's wallet, which had this balance."""
    return Transfer(
        id=transfer_id,
        user_id=user_id,
        kind="top_up",
        from_account=CASH,
        to_account=user_id,
        amount=amount,
        balance_after=balance + amount,
        order_id=None,
        idempotency_key=None,
        created_at=now,
    )


def decide_top_ups(
    requests: Sequence[TopUpRequest],
    balances: Mapping[str, int],
    earlier: Mapping[tuple[str, str], Transfer],
    *,
    now: datetime,
    balance_max: int,
    currency: str,
    new_id: Callable[[], UUID],
    room: int | None = None,
) -> list[Transfer | Refusal]:
    """Answer each top-up, in arrival order: a new transfer, the earlier one of the same key, or
    why not. `earlier` maps (user, key) to the transfer made with it; new ones are not in it. `room`
    is what all balances together may still grow by; None: any amount."""
    balances = dict(balances)
    made = dict(earlier)
    answers: list[Transfer | Refusal] = []
    for request in requests:
        key = (request.user_id, request.idempotency_key)
        before = made.get(key)
        if before is not None:
            answers.append(before if before.amount == request.amount else IdempotencyConflict())
            continue
        balance = balances[request.user_id] + request.amount
        if balance > balance_max:
            answers.append(BalanceLimitExceeded(balance_max, currency))
            continue
        if room is not None:
            if request.amount > room:
                answers.append(TopUpClosed())
                continue
            room -= request.amount
        balances[request.user_id] = balance
        made[key] = Transfer(
            id=new_id(),
            user_id=request.user_id,
            kind="top_up",
            from_account=CASH,
            to_account=request.user_id,
            amount=request.amount,
            balance_after=balance,
            order_id=None,
            idempotency_key=request.idempotency_key,
            created_at=now,
        )
        answers.append(made[key])
    return answers
