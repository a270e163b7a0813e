"""잔액 · Top-ups, each key once."""

from functools import partial
from typing import TYPE_CHECKING

from yemae.accounts import users
from yemae.base.batching import Done, decided_apart
from yemae.refusals import InvalidRequest
from yemae.runtime import Runtime
from yemae.sale import row_locks
from yemae.sale.replays import by_key, keys_of, latest, new_answers
from yemae.wallet import ledger
from yemae.wallet.decide import TopUpRequest, Transfer, decide_top_ups

if TYPE_CHECKING:
    from yemae.sale.batches import Batches


async def top_up_wallet(
    runtime: Runtime, batches: "Batches", user_id: str, amount: int, key: str
) -> Transfer:
    """Credit an amount once for each Idempotency-Key. Raises InvalidRequest, RateLimited,
    IdempotencyConflict or BalanceLimitExceeded."""
    most = runtime.settings.sale.largest_balance
    if amount > most:
        raise InvalidRequest.of("amount", f"Expected `int` <= {most}")
    batches.top_ups.count(user_id)
    return await batches.top_up.submit(TopUpRequest(user_id, amount, key))


async def top_up(
    runtime: Runtime, requests: list[TopUpRequest], *, wait: bool = True
) -> Done[Transfer]:
    """Credit all top-ups of the same moment, each key once."""
    fans = [request.user_id for request in requests]
    async with runtime.postgres.transaction() as tx:
        await users.ensure_users(tx, fans)
        await ledger.ensure_wallets(tx, fans, runtime.settings.sale.currency)
        wallets_sent = await ledger.lock_wallets(tx, fans, wait=wait)
        earlier_sent = await ledger.top_ups_by_key(tx, keys_of(requests))
        wallets = await wallets_sent.rows()
        earlier = by_key(await earlier_sent.rows())
        busy = row_locks.busy_of_top_ups(wallets)
        decide = partial(
            decide_top_ups,
            balances=ledger.balances(wallets),
            earlier=earlier,
            now=latest(wallets),
            balance_max=runtime.settings.sale.largest_balance,
            currency=runtime.settings.sale.currency,
            new_id=runtime.new_id,
        )
        answers = decided_apart(requests, busy, row_locks.rows_of_top_up, decide)
        await ledger.append(tx, new_answers(answers, earlier.values()))
    return Done(answers)
